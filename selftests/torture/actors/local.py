# SPDX-License-Identifier: GPL-2.0-only
"""
One of several programs at the disks of scst_local, by SG_IO: one command at a time, with a
time-out that is shorter than some hangs, so that the host's error handler has something to do.
"""
import ctypes
import errno
import fcntl
import os
import struct
import time

from actor import PATIENCE
from initiator_actor import InitiatorActor
from scsi import outcome
from world import sg_of

SG_IO, SG_SCSI_RESET, RESET_DEVICE = 0x2285, 0x2284, 1
NONE, TO_DEV, FROM_DEV = -1, -2, -3
HEADER = struct.Struct("iiBBHIPPPIIiPBBBBHHiII4x")
# host_status: no such disk (any more); and those that the error handler has ended.
GONE, ENDED = (1, 15), (3, 5, 8)
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
            self.done(number, disk, command, *self.sg_io(node, command))
        except OSError as error:
            self.done(number, disk, command,
                      "gone" if error.errno in NO_DISK else f"errno {error.errno}")

    def sg_io(self, node, command):
        """Return: answer, data."""
        size = command.reads or len(command.data)
        way = FROM_DEV if command.reads else TO_DEV if size else NONE
        cdb = ctypes.create_string_buffer(command.cdb, len(command.cdb))
        data = ctypes.create_string_buffer(command.data, max(size, 1))
        sense = ctypes.create_string_buffer(64)
        header = bytearray(HEADER.pack(ord("S"), way, len(command.cdb), len(sense), 0, size,
                                       ctypes.addressof(data), ctypes.addressof(cdb),
                                       ctypes.addressof(sense), 4000 * PATIENCE, 0, 0, 0,
                                       0, 0, 0, 0, 0, 0, 0, 0, 0))
        fcntl.ioctl(node, SG_IO, header)
        status, _, _, sense_len, host, _, _ = struct.unpack_from("BBBBHHi", header, 64)
        if host:
            return ("gone" if host in GONE else "ended" if host in ENDED else f"host {host}"), b""
        return outcome(status, sense.raw[:sense_len]), data.raw[:size]

    def reset(self, disk, node):
        """LUN RESET: those of others are aborted, and ours."""
        kind = "told_reset" if self.world.DISKS[disk].is_told else "reset"
        with self.cause(kind, disk):
            try:
                fcntl.ioctl(node, SG_SCSI_RESET, struct.pack("i", RESET_DEVICE))
            except OSError as error:
                self.say("refused", "reset", disk, error.errno)
