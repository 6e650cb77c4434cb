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
        begin = time.monotonic()
        error = self.try_to_write(path, text)
        self.say("refused" if error else "wrote", path, text, *[error] * bool(error),
                 f"took={time.monotonic() - begin:.1f}")
        return not error

    def try_to_write(self, path, text):
        """Return: errno, or 0."""
        try:
            with open(path, "w") as file:
                file.write(text)
        except OSError as error:
            return error.errno
        return 0

    def map_again(self, disk, *tables):
        """Where nothing leads to it; without @tables, anywhere. Others may do so, or the opposite."""
        end = time.monotonic() + 60 * PATIENCE
        lun = DISKS[disk].lun
        for luns in tables or self.all_tables():
            while os.path.exists(luns) and not os.path.exists(f"{luns}/{lun}/read_only"):
                assert time.monotonic() < end, f"nothing comes to {luns}/{lun}"
                self.write(f"{luns}/mgmt", f"add {self.some_device(disk)} {lun}")

    @staticmethod
    def all_tables():
        return [luns for target in TARGETS.values()
                for luns in [f"{target}/luns", *glob.glob(f"{target}/ini_groups/*/luns")]]

    def moves(self, target, mgmt, nexus, name, stay):
        """
        An initiator to the group of this initiators/mgmt, and back; @stay: called meanwhile. One
        for which there was no memory stays where it is: until it is asked for again.
        """
        with self.cause("away", nexus):
            for verb in ("add", "del"):
                with self.cause("move", nexus):
                    self.write(mgmt, f"{verb} {name}")
                if verb == "add":
                    stay()
            while self.is_away(target, name):
                with self.cause("move", nexus):
                    for verb in ("add", "del"):
                        Administrator.try_to_write(self, mgmt, f"{verb} {name}")	# without faults
                self.pause(0.1)

    @staticmethod
    def is_away(target, name):
        """Has it a session whose LUNs are those of a group? It may go while one looks."""
        for luns in glob.glob(f"{TARGETS[target]}/sessions/{name}*/luns"):
            try:
                if "ini_groups" in os.readlink(luns):
                    return True
            except OSError:
                pass
        return False

    def some_device(self, disk):
        there = [device for device in DISKS[disk].devices
                 if os.path.exists(f"{SCST}/devices/{device}")]
        return self.random.choice(there or DISKS[disk].devices)
