# SPDX-License-Identifier: GPL-2.0-only
"""
One of several programs at the disks of scst_local, by SG_IO: one command at a time, with a
time-out that is shorter than some hangs, so that the host's error handler has something to do.
"""
import errno
import fcntl
import os
import struct
import time

from actor import PATIENCE
from initiator_actor import InitiatorActor
from sg import sg_io
from world import sg_of

SG_SCSI_RESET, RESET_DEVICE = 0x2284, 0x101	# or nothing: while the LUN is away, not the target instead
NO_DISK = (errno.ENODEV, errno.ENXIO, errno.ENOENT)


class Actor(InitiatorActor):
    may_break = ("reset", "told_reset")
    promises = "all its commands return"
    nexus = "local"

    def start(self):
        super().start()
        self.nodes = {}
        self.resets = int(self.words[0]) if self.words else 0

    def node(self, disk):
        """A descriptor, or None while the disk is away."""
        path = sg_of(disk)
        if disk in self.nodes and self.nodes[disk][0] != path:
            os.close(self.nodes.pop(disk)[1])
        if path and disk not in self.nodes:
            try:
                self.nodes[disk] = path, os.open(path, os.O_RDWR | os.O_NONBLOCK)
            except OSError:
                return None
        return self.nodes[disk][1] if path else None

    def step(self):
        disk = self.choose_disk()
        node = self.node(disk)
        if node is None:
            time.sleep(0.02)
        elif self.resets and self.one_in(self.resets):
            self.reset(disk, node)
        else:
            self.send(disk, node, self.choose(disk))

    def send(self, disk, node, command):
        number = self.begin(disk, command)
        try:
            self.done(number, disk, command, *sg_io(node, command, 4000 * PATIENCE))
        except OSError as error:
            self.done(number, disk, command,
                      "gone" if error.errno in NO_DISK else f"errno {error.errno}")

    def reset(self, disk, node):
        """LUN RESET: those of others are aborted, and ours."""
        kind = "told_reset" if self.world.DISKS[disk].is_told else "reset"
        self.say("begins", kind, disk)
        result = "done"
        try:
            fcntl.ioctl(node, SG_SCSI_RESET, struct.pack("i", RESET_DEVICE))
        except OSError as error:
            result = f"errno={error.errno}"
        self.say("ends", kind, disk, result)
