#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""sg_io.py DEVICE LENGTH CDB-BYTE...: sends a command that reads LENGTH bytes through SG_IO.

Prints "STATUS SENSE", the sense as it came, in hexadecimal digits, or "-"; and on a second line
"RESIDUAL BROUGHT": how many bytes of the buffer are no longer what they were.
"""
import ctypes
import fcntl
import os
import struct
import sys

SG_IO, FROM_DEV, NONE = 0x2285, -3, -1
UNTOUCHED = 0xa5

length = int(sys.argv[2])
cdb = ctypes.create_string_buffer(bytes.fromhex("".join(sys.argv[3:])), len(sys.argv) - 3)
data = ctypes.create_string_buffer(bytes([UNTOUCHED]) * length, max(length, 1))
sense = ctypes.create_string_buffer(255)
hdr = bytearray(struct.pack("iiBBHIPPPIIiPBBBBHHiII4x", ord("S"), FROM_DEV if length else NONE,
                            len(cdb), len(sense), 0, length, ctypes.addressof(data),
                            ctypes.addressof(cdb), ctypes.addressof(sense), 60000, 0, 0, 0,
                            0, 0, 0, 0, 0, 0, 0, 0, 0))
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(fd, SG_IO, hdr)
status, _, _, sense_len, _, _, resid = struct.unpack_from("BBBBHHi", hdr, 64)
print(f"{status:02x} {sense.raw[:sense_len].hex() or '-'}")
print(resid, len(data.raw[:length].rstrip(bytes([UNTOUCHED]))))
