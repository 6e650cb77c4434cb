#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""series.py SG SECONDS OPCODE: so long, four threads send one COMPARE AND WRITE of block 0 after the
other, of zeros against zeros, and one sends OPCODE, READ(10) or WRITE(10) of that block.

Prints how many there were of both, and how many ms the slowest of the latter took.
"""
import ctypes
import fcntl
import os
import struct
import sys
import threading
import time

SG_IO, TO_DEV, FROM_DEV = 0x2285, -2, -3
BLOCK = 512
COMPARE_AND_WRITE = bytes.fromhex("89000000000000000000000000010000")

device, seconds, opcode = sys.argv[1], float(sys.argv[2]), int(sys.argv[3], 16)


class Sender(threading.Thread):
    """Sends a command again and again until it is time."""

    def __init__(self, cdb, direction, length, until):
        super().__init__()
        self.cdb, self.direction, self.length, self.until = cdb, direction, length, until
        self.fd = os.open(device, os.O_RDWR)
        self.sent, self.slowest, self.error = 0, 0, None

    def send(self):
        cdb = ctypes.create_string_buffer(self.cdb, len(self.cdb))
        data = ctypes.create_string_buffer(self.length)
        sense = ctypes.create_string_buffer(32)
        hdr = bytearray(struct.pack("iiBBHIPPPIIiPBBBBHHiII4x", ord("S"), self.direction,
                                    len(cdb), 32, 0, self.length, ctypes.addressof(data),
                                    ctypes.addressof(cdb), ctypes.addressof(sense), 300000,
                                    0, 0, 0, *[0] * 9))
        fcntl.ioctl(self.fd, SG_IO, hdr)
        if hdr[64] or struct.unpack_from("H", hdr, 68)[0]:
            raise OSError(f"{self.cdb[0]:02x}: status {hdr[64]:02x}, sense {sense.raw.hex()}")

    def run(self):
        try:
            while (start := time.monotonic()) < self.until:
                self.send()
                self.sent += 1
                self.slowest = max(self.slowest, time.monotonic() - start)
        except OSError as error:
            self.error = error


end = time.monotonic() + seconds
series = [Sender(COMPARE_AND_WRITE, TO_DEV, 2 * BLOCK, end) for _ in range(4)]
turn = Sender(bytes([opcode, 0, 0, 0, 0, 0, 0, 0, 1, 0]), TO_DEV if opcode == 0x2a else FROM_DEV,
              BLOCK, end)
for sender in series + [turn]:
    sender.start()
for sender in series + [turn]:
    sender.join()
    if sender.error:
        sys.exit(str(sender.error))
print(sum(sender.sent for sender in series), turn.sent, int(turn.slowest * 1000))
