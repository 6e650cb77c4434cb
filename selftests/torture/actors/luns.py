# SPDX-License-Identifier: GPL-2.0-only
"""
An administrator who changes what LUNs lead to: another device with the same data, by name or
because an initiator changes its group; and takes LUNs away for a moment, or longer.
"""
from actor import PATIENCE
from administrator import Administrator
from world import DISKS, GROUP, LOCAL_HOST, SCST, TARGETS, initiator_name

TWINS = [name for name, disk in DISKS.items() if len(disk.devices) > 1]
SECONDS = 0.3		# the longest pause between two acts
LONG = 4 * PATIENCE + 5	# longer than local.py waits for a command


class Actor(Administrator):
    may_break = ("replace", "replace_no_ua", "move", "away", "unmap", "setting")
    promises = "every LUN is there again a moment later, and leads to the same data"

    def start(self):
        self.initiators = {"local": [("local", LOCAL_HOST)],
                           "iscsi": [(word, initiator_name(word)) for word in self.words]}

    def step(self):
        acts = (self.replace, self.replace, self.move, self.move, self.unmap, self.async_replace)
        self.random.choice(acts)(self.random.choice(list(TARGETS)))
        self.pause(SECONDS)

    def luns(self, target):
        """Return: the directory, and how a scope names it."""
        group = self.random.choice(["", GROUP])
        where = f"{TARGETS[target]}/ini_groups/{group}" if group else TARGETS[target]
        return f"{where}/luns", f"{target}/{group}"

    def replace(self, target):
        disk = self.random.choice(TWINS)
        verb = self.random.choice(["replace", "replace_no_ua"])
        device = self.random.choice(DISKS[disk].devices)
        luns, table = self.luns(target)
        with self.cause(verb, f"{disk}@{table}"):
            self.write(f"{luns}/mgmt", f"{verb} {device} {DISKS[disk].lun}")

    def move(self, target):
        """Of an initiator: to the group, and back."""
        nexus, name = self.random.choice(self.initiators[target])
        mgmt = f"{TARGETS[target]}/ini_groups/{GROUP}/initiators/mgmt"
        self.moves(target, mgmt, nexus, name, lambda: self.pause(SECONDS))
        self.pause(SECONDS)

    def unmap(self, target):
        name, disk = self.random.choice(list(DISKS.items()))
        luns, table = self.luns(target)
        with self.cause("unmap", f"{name}@{table}"):
            if self.write(f"{luns}/mgmt", f"del {disk.lun}"):
                self.pause(LONG if self.one_in(8) else SECONDS)
            self.map_again(name, luns)

    def async_replace(self, _target):
        with self.cause("setting", "*"):
            self.write(f"{SCST}/async_lun_replace", self.random.choice("01"))

    def stop(self):
        self.write(f"{SCST}/async_lun_replace", "0")
