# SPDX-License-Identifier: GPL-2.0-only
"""
An administrator who changes what LUNs lead to: another device with the same data, by name or
because an initiator changes its group; and takes LUNs away for a moment.
"""
from administrator import Administrator
from world import DISKS, GROUP, LOCAL_HOST, SCST, TARGETS, initiator_name

TWINS = [name for name, disk in DISKS.items() if len(disk.devices) > 1]
SECONDS = 0.3		# the longest pause between two acts


class Actor(Administrator):
    may_break = ("replace", "replace_no_ua", "move", "unmap", "setting")
    promises = "every LUN is there again a moment later, and leads to the same data"

    def start(self):
        self.initiators = {"local": [("local", LOCAL_HOST)],
                           "iscsi": [(word, initiator_name(word)) for word in self.words]}

    def step(self):
        acts = (self.replace, self.replace, self.move, self.move, self.unmap, self.async_replace)
        self.random.choice(acts)(self.random.choice(list(TARGETS)))
        self.pause(SECONDS)

    def luns(self, target):
        group = self.random.choice(["", f"ini_groups/{GROUP}/"])
        return f"{TARGETS[target]}/{group}luns"

    def replace(self, target):
        disk = self.random.choice(TWINS)
        verb = self.random.choice(["replace", "replace_no_ua"])
        device = self.random.choice(DISKS[disk].devices)
        with self.cause(verb, disk):
            self.write(f"{self.luns(target)}/mgmt", f"{verb} {device} {DISKS[disk].lun}")

    def move(self, target):
        """Of an initiator: to the group, and back."""
        nexus, name = self.random.choice(self.initiators[target])
        mgmt = f"{TARGETS[target]}/ini_groups/{GROUP}/initiators/mgmt"
        for verb in ("add", "del"):
            with self.cause("move", nexus):
                self.write(mgmt, f"{verb} {name}")
            self.pause(SECONDS)

    def unmap(self, target):
        name, disk = self.random.choice(list(DISKS.items()))
        with self.cause("unmap", name):
            if self.write(f"{self.luns(target)}/mgmt", f"del {disk.lun}"):
                self.pause(SECONDS)
            self.map_again(name)

    def async_replace(self, _target):
        with self.cause("setting", "*"):
            self.write(f"{SCST}/async_lun_replace", self.random.choice("01"))

    def stop(self):
        self.write(f"{SCST}/async_lun_replace", "0")
