#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""State files as kernel/core/store/slots_format.h describes them, read without the kernel's code.

    FILE	prints for slot 0 and 1 the generation, or "-" for one that is not good
    FILE DATA	also writes the data of the slot in force to DATA; fails if there is none
"""
import struct
import sys

BLOCK, HEADER = 4096, 32


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def slot(content, which):
    """Its generation and data, or None."""
    image = b"".join(content[at:at + BLOCK] for at in range(which * BLOCK, len(content), 2 * BLOCK))
    if len(image) < HEADER or image[:8] != b"SCSTSLOT":
        return None
    crc, generation, length, version = struct.unpack_from("<IQII", image, 12)
    if version != 1 or HEADER + length > len(image) or crc32c(image[16:HEADER + length]) != crc:
        return None
    return generation, image[HEADER:HEADER + length]


with open(sys.argv[1], "rb") as source:
    slots = [slot(source.read(), which) for which in (0, 1) if not source.seek(0)]
print(*(found[0] if found else "-" for found in slots))
if len(sys.argv) > 2:
    good = [found for found in slots if found]
    if not good:
        sys.exit("no slot is good")
    with open(sys.argv[2], "wb") as target:
        target.write(max(good)[1])
