# SPDX-License-Identifier: GPL-2.0-only
"""What actors share that write to sysfs."""
import glob
import os
import time

from actor import PATIENCE, Actor
from world import DISKS, SCST, TARGETS


class Administrator(Actor):
    def write(self, path, text):
        """One write. Return: whether it was taken; somebody else may have been quicker."""
        try:
            with open(path, "w") as file:
                file.write(text)
        except OSError as error:
            self.say("refused", path, text, error.errno)
            return False
        self.say("wrote", path, text)
        return True

    def map_again(self, disk):
        """Wherever nothing leads to it. Others take LUNs away meanwhile, or put them there."""
        end = time.monotonic() + 60 * PATIENCE
        lun = DISKS[disk].lun
        for target in TARGETS.values():
            for luns in [f"{target}/luns", *glob.glob(f"{target}/ini_groups/*/luns")]:
                while os.path.exists(luns) and not os.path.exists(f"{luns}/{lun}/read_only"):
                    assert time.monotonic() < end, f"nothing comes to {luns}/{lun}"
                    self.write(f"{luns}/mgmt", f"add {self.some_device(disk)} {lun}")

    def some_device(self, disk):
        there = [device for device in DISKS[disk].devices
                 if os.path.exists(f"{SCST}/devices/{device}")]
        return self.random.choice(there or DISKS[disk].devices)
