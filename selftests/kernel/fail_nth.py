#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""fail_nth.py SG: writes a block and reads it, with the 1st, 2nd, 3rd ... allocation of that failing.

The initiator's part of the way is in the same task, and allocates, too: it may say that it has no memory.
What it was told is GOOD has to be there; what failed has left the old block or the new one. Prints how
many writes and reads met a failing allocation. Needs fault injection: /proc/thread-self/fail-nth.
"""
import os
import struct
import sys

from opcodes import FROM_DEV, GOOD, TO_DEV, Unit

SIZE, LBA = 4096, 64
KNOB = os.open("/proc/thread-self/fail-nth", os.O_RDWR)


def with_fault(nth, send):
    """What @send gave, or None if it failed; and whether an allocation was hit."""
    os.pwrite(KNOB, b"%d" % nth, 0)
    try:
        answer = send()
    except OSError:
        answer = None
    left = int(os.pread(KNOB, 16, 0))
    os.pwrite(KNOB, b"0", 0)
    return answer if answer and answer.status == GOOD else None, left == 0


def command(opcode, blocks):
    return struct.pack(">BBIBHB", opcode, 0, LBA, 0, blocks, 0)


def main(path):
    unit = Unit("disk", path)
    blocks = SIZE // int.from_bytes(unit.send([0x25] + [0] * 9, FROM_DEV, 8).data[4:8], "big")
    read, write = command(0x28, blocks), command(0x2a, blocks)
    old, hits = unit.send(read, FROM_DEV, SIZE).data, [0, 0]
    for nth in range(1, 2000):
        new = nth.to_bytes(4, "big") * (SIZE // 4)
        unit.data[:SIZE] = new
        wrote, hit_write = with_fault(nth, lambda: unit.send(write, TO_DEV, SIZE))
        got, hit_read = with_fault(nth, lambda: unit.send(read, FROM_DEV, SIZE))
        now = unit.send(read, FROM_DEV, SIZE).data
        if now != new and (wrote or now != old):
            sys.exit(f"allocation {nth}: the block is {now[:8].hex()}..., written was {new[:4].hex()}")
        if got and got.data != now:
            sys.exit(f"allocation {nth}: read {got.data[:8].hex()}..., there is {now[:8].hex()}")
        old = now
        hits[0] += hit_write
        hits[1] += hit_read
        if not hit_write and not hit_read:
            print(*hits)
            return
    sys.exit("still not without a fault")


main(sys.argv[1])
