#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""format_reset.py SG TIMES: sends FORMAT UNIT, does not wait for it but resets the unit at once, and
looks what became of the medium; again and again. Prints what TEST UNIT READY said, each once.
"""
import ctypes
import fcntl
import os
import struct
import sys

SG_IO, SG_SCSI_RESET, RESET_DEVICE, NONE = 0x2285, 0x2284, 1, -1
UNIT_ATTENTION = 6

fd = os.open(sys.argv[1], os.O_RDWR)
sense = ctypes.create_string_buffer(64)


def command(cdb):
    """What the driver takes, and what it points to."""
    buf = ctypes.create_string_buffer(cdb, len(cdb))
    return bytearray(struct.pack("iiBBHIPPPIIiPBBBBHHiII4x", ord("S"), NONE, len(cdb), len(sense), 0,
                                 0, 0, ctypes.addressof(buf), ctypes.addressof(sense), 600000, 0, 0,
                                 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), buf


def unit_ready():
    """Sense key and codes, of whatever comes behind unit attentions."""
    hdr, _cdb = command(bytes(6))
    while True:
        fcntl.ioctl(fd, SG_IO, hdr)
        if not hdr[64]:
            return "ready"
        key, asc, ascq = sense.raw[2] & 15, sense.raw[12], sense.raw[13]
        if key != UNIT_ATTENTION:
            return f"{key:x}/{asc:02x}/{ascq:02x}"


def format_and_reset():
    hdr, _cdb = command(bytes([4, 0, 0, 0, 0, 0]))
    os.write(fd, hdr)
    fcntl.ioctl(fd, SG_SCSI_RESET, struct.pack("i", RESET_DEVICE))
    os.readv(fd, [hdr])
    return unit_ready()


print(*sorted({format_and_reset() for _ in range(int(sys.argv[2]))}))
