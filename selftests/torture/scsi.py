# SPDX-License-Identifier: GPL-2.0-only
"""
What initiators of all transports say to a disk: CDBs by name, blocks that tell who wrote them,
and what an answer means in one word.
"""
import struct

BLOCK = 512
ANYWHERE = (1 << 64) - 1	# the LBA in a block that one command writes to several places
STAMP = struct.Struct(">4sIIQ12x")
MAGIC, NOTHING = b"TORT", "0"
FUA = 8

# Of a command: its CDB; whether it reads, writes.
CDBS = {
    "ready": lambda lba, count: bytes(6),
    "read": lambda lba, count: struct.pack(">BBQIxx", 0x88, 0, lba, count),
    "write": lambda lba, count: struct.pack(">BBQIxx", 0x8a, 0, lba, count),
    "write_fua": lambda lba, count: struct.pack(">BBQIxx", 0x8a, FUA, lba, count),
    "same": lambda lba, count: struct.pack(">BxQIxx", 0x93, lba, count),
    "caw": lambda lba, count: struct.pack(">BxQxxxBxx", 0x89, lba, count),
    "flush": lambda lba, count: struct.pack(">BxQIxx", 0x91, lba, count),
    "selftest": lambda lba, count: bytes([0x1d, 4, 0, 0, 0, 0]),
    "stop": lambda lba, count: bytes([0x1b, 0, 0, 0, 0, 0]),	# a flush: nothing stays stopped
}
WRITES = {"write", "write_fua", "same", "caw"}
STATUSES = {0: "good", 4: "good", 8: "busy", 0x18: "conflict", 0x28: "full", 0x30: "aca", 0x40: "aborted"}


def stamp(value, lba):
    """A block of 512 bytes that says WRITER.NUMBER and where it should be."""
    if value == NOTHING:
        return bytes(BLOCK)
    writer, number = map(int, value.split("."))
    return STAMP.pack(MAGIC, writer, number, lba) * (BLOCK // STAMP.size)


def value_of(block, lba):
    """What such a block says; "torn" if it is made of several, "misplaced" if it is another's."""
    first = block[:STAMP.size]
    if not any(block):
        return NOTHING
    if first * (BLOCK // STAMP.size) != block or first[:4] != MAGIC:
        return "torn"
    _, writer, number, where = STAMP.unpack(first)
    value = f"{writer}.{number}"
    return value if where in (lba, ANYWHERE) else f"misplaced:{value}@{where}"


def values_of(data, lba):
    return [value_of(data[at:at + BLOCK], lba + at // BLOCK) for at in range(0, len(data), BLOCK)]


class Command:
    """One of CDBS; @value is what it writes, @expected what a COMPARE AND WRITE compares with."""

    def __init__(self, op, lba=0, count=0, value=None, expected=None):
        self.op, self.lba, self.count, self.value, self.expected = op, lba, count, value, expected
        self.cdb = CDBS[op](lba, count)
        self.data = self.data_out()
        self.reads = count * BLOCK if op == "read" else 0

    @classmethod
    def other(cls, name, cdb, data):
        """One that is not about blocks."""
        command = cls("ready")
        command.op, command.cdb, command.data = name, cdb, data
        return command

    def data_out(self):
        if self.op == "same":
            return stamp(self.value, ANYWHERE)
        if self.op == "caw":
            return stamp(self.expected, self.lba) + stamp(self.value, self.lba)
        if self.op in WRITES:
            return b"".join(stamp(self.value, self.lba + n) for n in range(self.count))
        return b""

    def __str__(self):
        words = [self.op, self.lba if self.count else 0, self.count, self.value, self.expected]
        return " ".join(str(word) for word in words if word is not None)


def sense_of(sense):
    """KEY/ASC/ASCQ, in either format."""
    if len(sense) < 4:
        return "none"
    fixed = sense[0] & 0x7f in (0x70, 0x71)
    key, asc, ascq = (sense[2], sense[12], sense[13]) if fixed else (sense[1], sense[2], sense[3])
    return f"{key & 15:x}/{asc:02x}/{ascq:02x}"


def outcome(status, sense=b""):
    if status == 2:
        return f"check {sense_of(sense)}"
    return STATUSES.get(status, f"status {status:#04x}")
