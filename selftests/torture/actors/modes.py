# SPDX-License-Identifier: GPL-2.0-only
"""
A host that changes what becomes of other commands when one fails (QErr), and who is told of
those that are aborted (TAS), of a disk on which nothing is promised about that.
"""
from nexus import TAS, mode_select
from serial_actor import SerialActor
from world import DISKS

QERR = 6			# of byte 3 of the control mode page
VALUES = (2, 6)			# 01b: all of the task set, 11b: those of the same nexus
SECONDS = 0.5


class Actor(SerialActor):
    may_break = ("mode", "qerr", "abort", "login")
    promises = "each disk has its usual mode parameters again a moment later"

    def start(self):
        super().start()
        self.disks = [name for name, disk in DISKS.items() if not disk.is_told]
        self.open_ports(1, *self.disks)

    def select(self, disk, qerr, tas):
        page = bytearray(self.world.pages[disk])
        page[3] = page[3] & ~QERR | qerr
        page[5] = page[5] & ~TAS | tas
        with self.cause("mode", disk):
            return self.carry_out_without(self.ports[0], disk, mode_select(page))

    def step(self):
        disk = self.random.choice(self.disks)
        with self.cause("qerr", disk):
            self.select(disk, self.random.choice(VALUES), self.random.choice((0, TAS, TAS)))
            self.pause(SECONDS)
            while self.select(disk, 0, self.random.choice((0, TAS))) != "good":
                self.pause(0.1)
        self.pause(4 * SECONDS)

    def stop(self):
        self.close_ports()
