#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
crash_states.py SG DM LOG LENGTH [SEED NUMBER]: sends all sequences of LENGTH writing commands, or
NUMBER of them, to the disk SG, whose back end is the dm-log-writes disk DM with its log on LOG, and
holds against the log what must survive a power cut behind each answer. Prints what must and does
not, or how much was tried.

Of a block there are versions, one for each command that has changed it. The log has what is on the
medium by then, and of the rest a cut leaves any part, in any order. So what must be there is there
in each of these states if it, or a newer version, is in the log: that is what is checked, with no
need to make the states one by one. Each sequence has blocks of its own, so one log is for all.
"""
import ctypes
import fcntl
import itertools
import os
import random
import struct
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../kernel")]
from replay import MARK, entries  # noqa: E402
from scsi import BLOCK, NOTHING, Command, stamp  # noqa: E402
from sg import sg_io  # noqa: E402

FIRST = 64			# block of the first sequence
ROOM = 4			# blocks of each
RANGES = ((0, 2), (1, 2))	# where in them: these overlap
BY_BLOCK = ("write", "write_fua", "same", "unmap", "caw", "or")
OTHERS = ("flush", "cache_off", "cache_on")
OPS = [(op, where) for op in BY_BLOCK for where in RANGES] + [(op, None) for op in OTHERS]
ZEROS = bytes(BLOCK)
TIMEOUT_MS = 60000
DM_TARGET_MSG = 3 << 30 | 312 << 16 | 0xfd << 8 | 14


class Wrong(Exception):
    pass


def unmap_of(lba, count):
    return Command.other("unmap", bytes([0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0]),
                         struct.pack(">HH4xQI4x", 22, 16, lba, count))


def or_of(lba, count, data):
    return Command.other("or", struct.pack(">BxQIxx", 0x8b, lba, count), data)


def cache_of(page, is_on):
    page = bytearray(page)
    page[2] = page[2] & ~4 | (4 if is_on else 0)
    return Command.other("mode", bytes([0x15, 0x10, 0, 0, 4 + len(page), 0]), bytes(4) + page)


class Block:
    """Its versions, and which must be there."""

    def __init__(self):
        self.versions = [ZEROS]
        self.required = 0

    def now(self):
        return self.versions[-1]

    def becomes(self, data):
        self.versions.append(data)

    def is_durable(self):
        self.required = len(self.versions) - 1


class Sequence:
    """@base: its first block. after[n]: what must be there when the nth command was answered."""

    def __init__(self, number, ops):
        self.number, self.ops = number, ops
        self.base = FIRST + number * ROOM
        self.blocks = [Block() for _ in range(ROOM)]
        self.after = []

    def command(self, at, op, where):
        """The nth one. Return: the command, {block: its new version}."""
        if op in ("flush", "cache_off", "cache_on"):
            return None, {}
        first, count = where if op != "caw" else (where[0], 1)
        lba, value = self.base + first, f"{self.number}.{at + 1}"
        if op == "unmap":
            return unmap_of(lba, count), {first + n: ZEROS for n in range(count)}
        data = [stamp(value, lba + n) for n in range(count)]
        if op == "or":
            new = [bytes(a | b for a, b in zip(data[n], self.blocks[first + n].now()))
                   for n in range(count)]
            return or_of(lba, count, b"".join(data)), {first + n: new[n] for n in range(count)}
        if op == "same":
            data = [stamp(value, (1 << 64) - 1)] * count
        command = Command("write" if op == "caw" else op, lba, count, value)
        if op == "caw":
            command = Command.other("caw", Command("caw", lba, 1, value, NOTHING).cdb,
                                    self.blocks[first].now() + data[0])
        return command, {first + n: data[n] for n in range(count)}

    def answered(self, op, new, is_cached):
        for at, data in new.items():
            self.blocks[at].becomes(data)
        for at in new if op == "write_fua" or not is_cached and op != "unmap" else ():
            self.blocks[at].is_durable()
        if op in ("flush", "cache_off"):
            for block in self.blocks:
                block.is_durable()
        self.after.append([block.required for block in self.blocks])


class Disk:
    def __init__(self, sg, name):
        self.sg, self.name = os.open(sg, os.O_RDWR | os.O_NONBLOCK), name
        self.control = os.open("/dev/mapper/control", os.O_RDWR)
        sense = Command.other("sense", bytes([0x1a, 8, 8, 0, 255, 0]), b"")
        sense.reads = 255
        data = self.send(sense)
        self.page = bytearray(data[4:4 + 2 + data[5]])
        self.page[0] &= 0x3f
        self.was_cached = self.is_cached = bool(self.page[2] & 4)

    def send(self, command):
        answer = "check 6/"
        while answer.startswith("check 6/"):
            answer, data = sg_io(self.sg, command, TIMEOUT_MS)
        if answer != "good":
            raise Wrong(f"{command.op}: {answer}")
        return data

    def set_cache(self, is_on):
        """Also if it is so already."""
        self.send(cache_of(self.page, is_on))
        self.is_cached = is_on

    def mark(self, text):
        """Like `dmsetup message NAME 0 mark TEXT`, of which there are thousands."""
        message = struct.pack("=Q", 0) + f"mark {text}".encode() + b"\0"
        head = struct.pack("=3I2I", 4, 0, 0, 312 + len(message), 312) + bytes(28)
        head += self.name.encode().ljust(128, b"\0")
        arg = ctypes.create_string_buffer(head.ljust(312, b"\0") + message)
        fcntl.ioctl(self.control, DM_TARGET_MSG, arg)


def run(disk, sequence):
    for at, (op, where) in enumerate(sequence.ops):
        command, new = sequence.command(at, op, where)
        if op in ("cache_off", "cache_on"):
            disk.set_cache(op == "cache_on")
        else:
            disk.send(command or Command(op))
        sequence.answered(op, new, disk.is_cached)
        disk.mark(f"{sequence.number}.{at}")
    if disk.is_cached != disk.was_cached:
        disk.set_cache(disk.was_cached)


# ---- what is in the log -----------------------------------------------------------------------


class Medium:
    """Of the blocks of one sequence: the newest version of each that has come there."""

    def __init__(self, sequence):
        self.sequence = sequence
        self.newest = [0] * ROOM

    def takes(self, at, data):
        versions = self.sequence.blocks[at].versions
        if data not in versions:
            raise Wrong(f"{self.name(at)} has what nobody wrote: {data[:32].hex()}")
        # zeros may be of the beginning or of an UNMAP: whatever is newest
        self.newest[at] = max(self.newest[at], len(versions) - 1 - versions[::-1].index(data))

    def is_cut(self, at):
        """Behind the answer to the command with this number."""
        for n, required in enumerate(self.sequence.after[at]):
            if self.newest[n] < required:
                raise Wrong(f"{self.name(n)}: version {required} of {self.sequence.ops} must be "
                            f"there when command {at} is answered, and {self.newest[n]} is")

    def name(self, at):
        return f"sequence {self.sequence.number}, block {at}"


def judge(sequences, path):
    """Return: how many cuts."""
    media = {sequence.number: Medium(sequence) for sequence in sequences}
    cuts = 0
    with open(path, "rb") as log:
        for _, where, data, flags in entries(log):
            if flags & MARK:
                if data != b"end":
                    number, at = map(int, data.split(b"."))
                    media[number].is_cut(at)
                    cuts += 1
                continue
            for at in range(0, len(data), BLOCK):
                number, block = divmod(where // BLOCK + at // BLOCK - FIRST, ROOM)
                if number in media:
                    media[number].takes(block, data[at:at + BLOCK])
    return cuts


def has_end(path):
    """As it is on the disk, not as it was read the last time."""
    with open(path, "rb") as log:
        os.posix_fadvise(log.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return any(flags & MARK and data == b"end" for _, _, data, flags in entries(log))


def wait_for_log(disk, path):
    """Who writes it is a little behind."""
    disk.mark("end")
    end = time.monotonic() + 60 * int(os.environ.get("PATIENCE", "1"))
    while not has_end(path):
        if time.monotonic() > end:
            raise Wrong("the log has no end")
        time.sleep(0.2)


def main():
    sg, name, device, length = sys.argv[1:5]
    disk = Disk(sg, name)
    ops = OPS if disk.was_cached else [op for op in OPS if not op[0].startswith("cache")]
    sequences = [Sequence(number, words) for number, words in
                 enumerate(itertools.product(ops, repeat=int(length)))]
    if len(sys.argv) > 6:
        sequences = random.Random(sys.argv[5]).sample(sequences, int(sys.argv[6]))
    for sequence in sequences:
        run(disk, sequence)
    wait_for_log(disk, device)
    cuts = judge(sequences, device)
    print(f"{len(sequences)} sequences, {cuts} cuts")
    return cuts != len(sequences) * int(length)


if __name__ == "__main__":
    sys.exit(main())
