# SPDX-License-Identifier: GPL-2.0-only
"""
The file system below the disk "file" has no space left for a moment: whoever writes where nothing
was before is told so, and nothing else happens to anybody.
"""
import errno
import os

from scsi import Command
from serial_actor import SerialActor
from world import DIR, SECTORS

DISK = "file"
FILLER = f"{DIR}/filler"
CHUNK = 8			# blocks: a page of the file system
FIRST = 1024			# the first that others do not use
SECONDS = 3.0


class Actor(SerialActor):
    may_break = ("no_space", "abort", "login")
    promises = "there is space again a moment later, and what was answered GOOD is there"

    def start(self):
        super().start()
        self.open_ports(1, DISK)
        self.next = FIRST

    def fill(self):
        with open(FILLER, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def write_anew(self):
        """Where nothing was before, and reads it again."""
        lba, self.next = self.next, self.next + CHUNK
        self.writes += 1
        write = Command("write", lba, CHUNK, f"{self.number}.{self.writes}")
        if self.carry_out_without(self.ports[0], DISK, write) == "good":
            self.carry_out_without(self.ports[0], DISK, Command("read", lba, CHUNK))

    def step(self):
        if self.next + 8 * CHUNK < SECTORS:
            with self.cause("no_space", DISK):
                self.fill()
                for _ in range(self.random.randint(1, 4)):
                    self.write_anew()
                os.unlink(FILLER)
            self.write_anew()
        self.pause(SECONDS)

    def stop(self):
        self.close_ports()
