#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A writer that knows what it was told has been written, and somebody who takes its session over.

    write SG BLOCKS DIR FILE...		writes numbered blocks of 4 KiB through SG, again and again, until
					DIR/stop is there; then all that was acknowledged must be in one
					of the FILEs. DIR/progress has how many writes there were, and how
					many attempts failed; these two and how many blocks each FILE has
					are printed in the end.
    reinstate ISID INITIATOR TARGET	logs in as that initiator port: whoever is it loses the session.
"""
import os
import struct
import sys
import time

sys.path[0:0] = [os.path.dirname(os.path.abspath(__file__)) + "/../iscsi"]

from initiator import Login
from opcodes import GOOD, TO_DEV, NONE, Unit

SIZE = 4096
TASK_SET_FULL, BUSY, TASK_ABORTED = 0x28, 0x08, 0x40
NOT_READY, UNIT_ATTENTION, ABORTED_COMMAND = 2, 6, 0xb


class Disk(Unit):
    """A disk by its sg node, which may be away for a while."""

    def __init__(self, path, progress):
        self.name, self.progress = path, progress
        self.writes = self.failed = 0
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self.block = 512
        self.block = int.from_bytes(self.try_again([0x25] + [0] * 9, -3, 8).data[4:8], "big")

    def report(self):
        with open(self.progress + ".new", "w") as new:
            new.write(f"{self.writes} {self.failed}\n")
        os.rename(self.progress + ".new", self.progress)

    def try_again(self, cdb, direction=NONE, room=0):
        """The answer that is GOOD, after those that told of what happens to the disk."""
        for _ in range(6000):
            try:
                answer = self.send_once(cdb, direction, room)
            except OSError:		# the transport
                answer = None
            if answer and answer.status == GOOD:
                return answer
            if answer and answer.status not in (BUSY, TASK_SET_FULL, TASK_ABORTED) and \
                    (not answer.codes or
                     answer.codes[0] not in (NOT_READY, UNIT_ATTENTION, ABORTED_COMMAND)):
                raise SystemExit(f"{bytes(cdb).hex(' ')}: {answer}")
            self.failed += 1
            self.report()
            time.sleep(0.02)
        raise SystemExit(f"{bytes(cdb).hex(' ')}: no answer")

    def write(self, number, data):
        """Block @number of SIZE bytes."""
        self.data[:SIZE] = data
        lba, count = number * SIZE // self.block, SIZE // self.block
        self.try_again(struct.pack(">BBIBHB", 0x2a, 0, lba, 0, count, 0), TO_DEV, SIZE)
        self.writes += 1
        if self.writes % 8 == 1:
            self.report()


def content(number, generation):
    """Not like any other block, and not like itself before, in any of its sectors."""
    return b"".join(struct.pack("<QQQQ", number, generation, at, ~generation & (1 << 64) - 1)
                    for at in range(SIZE // 32))


def compare(files, newest):
    """Return: how many of the blocks each file has. A block that none has is an error."""
    have = [0] * len(files)
    handles = [open(path, "rb") for path in files]
    for f in handles:		# of a block device the cache does not know what the target writes
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    for number, generation in newest.items():
        want = content(number, generation)
        found = [os.pread(f.fileno(), SIZE, number * SIZE) == want for f in handles]
        if sum(found) != 1:
            raise SystemExit(f"block {number}, write {generation} is in {sum(found)} files")
        have = [n + one for n, one in zip(have, found)]
    return have


def write(path, blocks, where, *files):
    disk, newest = Disk(path, where + "/progress"), {}
    while not os.path.exists(where + "/stop"):
        number, generation = disk.writes * 7919 % int(blocks), disk.writes + 1
        disk.write(number, content(number, generation))
        newest[number] = generation
    disk.try_again([0x35] + [0] * 9)
    print(disk.writes, disk.failed, *compare(files, newest))


def reinstate(isid, initiator, target):
    login = Login()
    login.isid = bytes.fromhex(isid)
    _, status, _ = login.request(0x87, "InitiatorName=" + initiator, "TargetName=" + target,
                                 "SessionType=Normal", "HeaderDigest=CRC32C", "DataDigest=CRC32C")
    print("%04x" % status)


if __name__ == "__main__":
    {"write": write, "reinstate": reinstate}[sys.argv[1]](*sys.argv[2:])
