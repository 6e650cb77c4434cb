#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the log of dm-log-writes, its device LOG or a copy of it, has as durable.

    LOG IMAGE [FROM [TO]]	writes it into IMAGE: all, or the entries FROM to TO - 1
    LOG				lists when a power cut would leave something new: "TO flush", "TO fua",
				"TO mark TEXT", where TO is as above

That target logs a write when a flush came after it was answered, or when it has FUA; so the log ends
with what a power cut would have left. Format: Linux, drivers/md/dm-log-writes.c.
"""
import struct
import sys

MAGIC = 0x6A736677736872
FLUSH, FUA, DISCARD, MARK = 1 << 0, 1 << 1, 1 << 2, 1 << 3


def entries(log):
    """Each as its number, place, data and flags; those of a mark are its text, of a DISCARD zeros."""
    magic, _version, nr, block = struct.unpack("<QQQI", log.read(28))
    assert magic == MAGIC, "no log"
    log.seek(block)
    for number in range(nr):
        head = log.read(block)
        sector, sectors, flags, length = struct.unpack_from("<QQQQ", head)
        data = bytes(sectors * block) if flags & DISCARD else log.read(sectors * block)
        yield number, sector * block, head[32:32 + length] if flags & MARK else data, flags


def replay(log, image, first=0, end=1 << 63):
    done = 0
    for number, at, data, flags in entries(log):
        if first <= number < end:
            done += 1
            if not flags & (DISCARD | MARK):
                image.seek(at)
                image.write(data)
    print(f"{done} entries")


def moments(log):
    for number, _at, data, flags in entries(log):
        if flags & MARK:
            print(number + 1, "mark", data.decode())
        elif flags & (FLUSH | FUA):
            print(number + 1, "fua" if flags & FUA else "flush")


def main():
    with open(sys.argv[1], "rb") as source:
        if len(sys.argv) > 2:
            with open(sys.argv[2], "r+b") as target:
                replay(source, target, *map(int, sys.argv[3:]))
        else:
            moments(source)


if __name__ == "__main__":
    main()
