#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""pieces.py DISK BELOW: memory in pieces is one write of DISK, and one read, past the page cache.

Every piece lies at an odd place in pages of its own, so that no two become one for the devices on the
way, and there are as many as a request of some of them has, and more. BELOW, the device that DISK
stands on, has to have what was written where it was written, and nothing else; a read fills the pieces,
and no memory beside them. Prints how many rounds that was; the first that is wrong ends it.
"""
import mmap
import os
import random
import sys

COUNTS = 2, 3, 4, 8, 127, 200, 256, 300
SECTOR, PAGE = 512, 4096
STRIDE = 3 * PAGE			# a piece of a page touches two, at most
UNTOUCHED = b"\xa5"

memory = mmap.mmap(-1, STRIDE * max(COUNTS) + PAGE)
view = memoryview(memory)


def option(device, name):
    with open(f"/sys/block/{os.path.basename(device)}/queue/{name}") as text:
        return int(text.read())


def odd_places(count, size):
    return [slice(at, at + size) for at in
            (i * STRIDE + SECTOR * random.randrange(1, PAGE // SECTOR) for i in range(count))]


def read_below(fd, at, size):
    """In one piece of aligned memory."""
    whole = mmap.mmap(-1, size)
    if os.preadv(fd, [whole], at) != size:
        sys.exit(f"what is below is shorter than {at + size}")
    return whole[:]


def differs(what, pieces, size, where):
    sys.exit(f"{what}, with {pieces} pieces of {size} bytes, at {where}")


def check_write(disk, below, at, places, margin):
    size = places[0].stop - places[0].start
    total = size * len(places)
    before = read_below(below, at - margin, total + 2 * margin)
    data = os.urandom(total)
    memory[:places[-1].stop + PAGE] = os.urandom(1) * (places[-1].stop + PAGE)
    for i, place in enumerate(places):
        memory[place] = data[i * size:(i + 1) * size]
    if os.pwritev(disk, [view[place] for place in places], at) != total:
        differs("less was written", len(places), size, at)
    after = read_below(below, at - margin, total + 2 * margin)
    if after[margin:-margin] != data:
        differs("something else was written", len(places), size, at)
    if after[:margin] != before[:margin] or after[-margin:] != before[-margin:]:
        differs("more was written", len(places), size, at)
    return data


def check_read(disk, at, places, data):
    size, end = places[0].stop - places[0].start, places[-1].stop + PAGE
    memory[:end] = UNTOUCHED * end
    if os.preadv(disk, [view[place] for place in places], at) != len(data):
        differs("less was read", len(places), size, at)
    for i, place in enumerate(places):
        if memory[place] != data[i * size:(i + 1) * size]:
            differs("something else was read", len(places), size, at)
        memory[place] = UNTOUCHED * size
    if memory[:end] != UNTOUCHED * end:
        differs("memory beside the pieces has changed", len(places), size, at)


def main():
    disk = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT)
    below = os.open(sys.argv[2], os.O_RDONLY | os.O_DIRECT)
    block = option(sys.argv[1], "logical_block_size")
    blocks = os.lseek(below, 0, os.SEEK_END) // block
    rounds = 0
    for size in sorted({block, PAGE}):
        for count in COUNTS:
            nr = count * size // block
            at = random.randrange(1, blocks - nr - 1) * block
            data = check_write(disk, below, at, odd_places(count, size), block)
            check_read(disk, at, odd_places(count, size), data)
            rounds += 1
    print(rounds)


main()
