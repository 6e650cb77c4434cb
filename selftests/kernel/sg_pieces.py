#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""sg_pieces.py DEVICE SKEW COUNT [OPCODE]: COUNT pieces of memory are one WRITE, and then one READ.

They have 512 bytes each, the first SKEW more, and lie apart, so that no two become one. What is read
has to be what was written; its SHA-256 is printed, for whoever looks below the target. OPCODE is that of
another command of ten bytes instead of WRITE.
"""
import ctypes
import fcntl
import hashlib
import os
import struct
import sys

SG_IO, TO_DEV, FROM_DEV = 0x2285, -2, -3
PIECE, STRIDE = 512, 8192

device, skew, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
write = int(sys.argv[4], 16) if len(sys.argv) > 4 else 0x2a
lengths = [PIECE + skew] + [PIECE] * (count - 1)
size = sum(lengths)
area = ctypes.create_string_buffer(STRIDE * count + STRIDE)
base = -(-ctypes.addressof(area) // STRIDE) * STRIDE
iovec = ctypes.create_string_buffer(b"".join(
    struct.pack("QQ", base + i * STRIDE, length) for i, length in enumerate(lengths)))


def fill(data):
    at = 0
    for i, length in enumerate(lengths):
        ctypes.memmove(base + i * STRIDE, data[at:at + length], length)
        at += length


def content():
    return b"".join(ctypes.string_at(base + i * STRIDE, n) for i, n in enumerate(lengths))


def command(fd, opcode, direction, block):
    cdb = ctypes.create_string_buffer(struct.pack(">BxIxHx", opcode, 0, size // block), 10)
    sense = ctypes.create_string_buffer(32)
    hdr = bytearray(struct.pack("iiBBHIPPPIIiPBBBBHHiII4x", ord("S"), direction, 10, 32, count,
                                size, ctypes.addressof(iovec), ctypes.addressof(cdb),
                                ctypes.addressof(sense), 60000, 0, 0, 0, *[0] * 9))
    fcntl.ioctl(fd, SG_IO, hdr)
    status, _, _, sense_len = struct.unpack_from("BBBB", hdr, 64)
    if status or struct.unpack_from("H", hdr, 68)[0]:
        sys.exit(f"{opcode:02x}: status {status:02x}, sense {sense.raw[:sense_len].hex()}")


def main():
    written = os.urandom(size)
    fd = os.open(device, os.O_RDWR)
    with open(f"/sys/block/{os.path.basename(device)}/queue/logical_block_size") as text:
        block = int(text.read())
    fill(written)
    command(fd, write, TO_DEV, block)
    fill(bytes(size))
    command(fd, 0x28, FROM_DEV, block)
    if content() != written:
        sys.exit("what was read is not what was written")
    print(hashlib.sha256(written).hexdigest())


main()
