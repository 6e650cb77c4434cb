#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""hog.py MIB SECONDS: writes to so much memory again and again, and looks whether it keeps what it got.

Each page gets a number of its own in each round. Prints how many rounds that was.
"""
import mmap
import struct
import sys
import time

PAGE = 4096
pages = int(sys.argv[1]) * (1 << 20) // PAGE
end = time.monotonic() + int(sys.argv[2])
memory = mmap.mmap(-1, pages * PAGE)
number = struct.Struct("QQ")
rounds = 0
while rounds == 0 or time.monotonic() < end:
    for page in range(pages):
        if number.unpack_from(memory, page * PAGE) != (rounds and page, rounds):
            sys.exit(f"page {page} is not what it was in round {rounds}")
        number.pack_into(memory, page * PAGE, page, rounds + 1)
    rounds += 1
print(rounds)
