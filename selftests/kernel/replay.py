#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""replay.py LOG IMAGE [FROM UNTIL]: writes into IMAGE what the log of dm-log-writes, its device LOG, has as
durable; all of it, or the entries from FROM until before UNTIL.
replay.py LOG: prints the marks of the log, a line each: how many entries are in front of it, and its text;
and last how many entries there are.

That target logs a write when a flush came after it was answered, or when it has FUA; so the log ends
with what a power cut would have left, and each of its beginnings is what one would have left earlier.
Format: Linux, drivers/md/dm-log-writes.c.
"""
import struct
import sys

MAGIC = 0x6A736677736872
DISCARD, MARK = 1 << 2, 1 << 3


def entries(log):
    """Yields (sector, sectors, flags, text of a mark), with the log at the data of each."""
    magic, _version, nr, block = struct.unpack("<QQQI", log.read(28))
    assert magic == MAGIC, "no log"
    log.seek(block)
    for _ in range(nr):
        sector, sectors, flags, length = struct.unpack("<QQQQ", log.read(32))
        text = log.read(block - 32)[:length] if flags & MARK else log.read(block - 32)[:0]
        at = log.tell()
        yield sector * block, sectors * block, flags, text.decode()
        log.seek(at + (0 if flags & DISCARD else sectors * block))


def show_marks(log):
    nr = 0
    for nr, (_, _, flags, text) in enumerate(entries(log), 1):
        if flags & MARK:
            print(nr - 1, text)
    print(nr)


def replay(log, image, first, last):
    nr = 0
    for nr, (at, size, flags, _) in enumerate(entries(log), 1):
        if first < nr <= last and not flags & (DISCARD | MARK):
            image.seek(at)
            image.write(log.read(size))
    print(f"{nr} entries")


with open(sys.argv[1], "rb") as LOG:
    if len(sys.argv) == 2:
        show_marks(LOG)
    else:
        with open(sys.argv[2], "r+b") as IMAGE:
            replay(LOG, IMAGE, *map(int, sys.argv[3:] or (0, sys.maxsize)))
