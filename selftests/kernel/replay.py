#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""replay.py LOG IMAGE: writes into IMAGE what the log of dm-log-writes, its device LOG, has as durable.

That target logs a write when a flush came after it was answered, or when it has FUA; so the log ends
with what a power cut would have left. Format: Linux, drivers/md/dm-log-writes.c.
"""
import struct
import sys

MAGIC = 0x6A736677736872
DISCARD = 1 << 2

with open(sys.argv[1], "rb") as log, open(sys.argv[2], "r+b") as image:
    magic, _version, entries, block = struct.unpack("<QQQI", log.read(28))
    assert magic == MAGIC, "no log"
    log.seek(block)
    for _ in range(entries):
        sector, sectors, flags = struct.unpack("<QQQ", log.read(24))
        log.seek(block - 24, 1)
        if flags & DISCARD:
            continue
        image.seek(sector * block)
        image.write(log.read(sectors * block))
print(f"{entries} entries")
