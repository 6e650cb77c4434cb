# SPDX-License-Identifier: GPL-2.0-only
"""
An administrator of devices: blocks them for a moment, closes and opens their back ends, deletes a
device that has a twin and makes it again, and turns what can be turned.
"""
import glob

from administrator import Administrator
from world import DISKS, SCST, device_parameters, handler_of

SECONDS = 0.4
# Files of a device, or of everything, and what may be written there.
SETTINGS = {
    "devices/{}/threads_num": ["0", "1", "4"],
    "devices/{}/threads_pool_type": ["shared", "per_initiator"],
    "devices/{}/max_trans_len": ["65536", "16777216"],
    "measure_latency": ["0", "1"],
    "force_global_sgv_pool": ["0", "1"],
    "sgv/global_stats": ["0"],
    "targets/scst_local/scst_local_tgt/cpu_mask": ["1", "3"],
}


class Actor(Administrator):
    may_break = ("block", "close", "unmap", "setting")
    promises = "every device comes back with its data, and no command of another disk notices"

    def step(self):
        name, disk = self.random.choice(list(DISKS.items()))
        device = self.random.choice(disk.devices)
        self.random.choice([self.block, self.close, self.close, self.delete, self.set,
                            self.look])(name, device)
        self.pause(SECONDS)

    def block(self, disk, device):
        with self.cause("block", disk):
            if self.write(f"{SCST}/devices/{device}/block", "1"):
                self.pause(SECONDS)
                self.write(f"{SCST}/devices/{device}/block", "0")

    def close(self, disk, device):
        """The back end is closed, whoever uses it, and opened again."""
        with self.cause("close", disk):
            self.write(f"{SCST}/devices/{device}/active", "0")
            self.pause(SECONDS)
            self.write(f"{SCST}/devices/{device}/active", "1")

    def delete(self, disk, device):
        """What leads there leads nowhere, until it does again."""
        if len(DISKS[disk].devices) > 1:
            with self.cause("unmap", disk):
                if self.write(handler_of(device), f"del_device {device}"):
                    self.pause(SECONDS)
                    while not self.write(handler_of(device), device_parameters(device)):
                        self.pause(0.1)		# memory may be short for a moment
                self.map_again(disk)

    def set(self, _disk, device):
        path = self.random.choice(list(SETTINGS))
        with self.cause("setting", "*"):
            self.write(f"{SCST}/{path.format(device)}", self.random.choice(SETTINGS[path]))

    def look(self, _disk, device):
        """Whoever reads meets what goes."""
        for path in glob.glob(f"{SCST}/devices/{device}/*") + [f"{SCST}/trace_cmds"]:
            try:
                with open(path) as file:
                    file.read()
            except OSError:
                pass
