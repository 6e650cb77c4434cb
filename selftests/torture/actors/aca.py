# SPDX-License-Identifier: GPL-2.0-only
"""
A host that asks for ACA at the disk "old" (NACA): when its command fails, nobody comes to that disk
until it has said CLEAR ACA, or somebody resets the disk.
"""
import time

from actor import PATIENCE
from nexus import CLEAR_ACA
from scsi import Command
from serial_actor import SerialActor

DISK = "old"
BEYOND = bytes([0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 4])	# READ (10) that fails, with NACA
SECONDS = 4.0


class Actor(SerialActor):
    may_break = ("aca", "abort", "login")
    promises = "what it stopped goes on a moment later"

    def start(self):
        super().start()
        self.open_ports(1, DISK)

    def step(self):
        port = self.ports[0]
        with self.cause("aca", DISK):
            if self.carry_out(port, DISK, Command.other("naca", BEYOND, b"")).startswith("check"):
                self.pause(0.3)
            self.clear(port)
        self.pause(SECONDS)

    def clear(self, port):
        """Whether there is one or not: after a reset there is none."""
        end, managed = time.monotonic() + 60 * PATIENCE, []
        try:
            port.manage(CLEAR_ACA, DISK)
            while not managed:
                assert time.monotonic() < end, "CLEAR ACA is not answered"
                managed = port.listen(0.05)[1]
        except (EOFError, ConnectionError):
            self.say("closed", port.name)
            self.log_in(port)

    def stop(self):
        self.close_ports()
