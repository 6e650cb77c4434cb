#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""opcodes.py PROPERTY NAME=/dev/sgN...: asks logical units for all that there is, in one process.

What a unit says in REPORT SUPPORTED OPERATION CODES is held against what it does with thousands of
CDBs. PROPERTY is the name of a function below. Prints what is wrong, one line for each CDB, and how
many commands were sent; exit status 1 if anything was wrong.
"""
import ctypes
import fcntl
import os
import random
import struct
import sys

SG_IO, FROM_DEV, TO_DEV, NONE = 0x2285, -3, -2, -1
HDR = struct.Struct("iiBBHIPPPIIiPBBBBHHiII4x")
ROOM = 256 * 4096		# READ(6) of length 0 is 256 blocks
OUT = {0x0a, 0x15, 0x1d, 0x2a, 0x2e, 0x2f, 0x3b, 0x41, 0x42, 0x4c, 0x55, 0x5f, 0x89, 0x8a, 0x8b,
       0x8e, 0x8f, 0x93, 0x9c, 0xa4, 0xaa, 0xae, 0xaf}
NO_DATA = {0x00, 0x04, 0x16, 0x17, 0x1b, 0x1e, 0x34, 0x35, 0x56, 0x57, 0x90, 0x91}
LONG_OUT = {0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f}
GROUP_LEN = (6, 10, 10, 16, 16, 12, 16, 16)

GOOD, CHECK_CONDITION = 0x00, 0x02
UNIT_ATTENTION = 6
INVALID_OPCODE, INVALID_FIELD = (5, 0x20, 0x00), (5, 0x24, 0x00)

MASK, SUPPORT_NO, SUPPORT_YES = 3, 1, 3		# of REPORT SUPPORTED OPERATION CODES


class Answer:
    """What came back: status, sense and data."""

    def __init__(self, status, sense, data):
        self.status, self.sense, self.data = status, sense, data
        self.codes = self.field = None
        if sense and sense[0] & 0x7f == 0x70:
            self.codes = (sense[2] & 0x0f, sense[12], sense[13])
            if sense[15] & 0x80:
                bit = sense[15] & 7 if sense[15] & 8 else None
                self.field = (sense[15] & 0x40 != 0, int.from_bytes(sense[16:18], "big"), bit)

    def refused_at(self, byte, bit):
        """ILLEGAL REQUEST, INVALID FIELD IN CDB, with a pointer to just that bit of the CDB?"""
        return self.codes == INVALID_FIELD and self.field == (True, byte, bit)

    def __str__(self):
        return f"status {self.status:02x}h, sense {self.sense.hex() or 'none'}"


class Unit:
    """A logical unit, through its sg node."""
    cdb = ctypes.create_string_buffer(32)
    sense = ctypes.create_string_buffer(64)
    data = ctypes.create_string_buffer(ROOM)
    at = tuple(ctypes.addressof(part) for part in (data, cdb, sense))
    sent = 0
    wrong = []

    def __init__(self, name, path):
        self.name = name
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self.settle()
        self.listed = self.all_commands(0)

    def send_once(self, cdb, direction, room):
        self.cdb.raw = bytes(cdb).ljust(32, b"\0")
        hdr = bytearray(HDR.pack(ord("S"), direction, len(cdb), 64, 0, room, *self.at, 60000,
                                 *[0] * 12))
        fcntl.ioctl(self.fd, SG_IO, hdr)
        status, _, _, sense_len, host, driver, resid = struct.unpack_from("BBBBHHi", hdr, 64)
        if host or driver & ~0x08:
            raise OSError(f"{self.name}: {bytes(cdb).hex(' ')}: host {host:x}h, {driver:x}h")
        Unit.sent += 1
        data = self.data[:room - resid] if direction == FROM_DEV else b""
        return Answer(status, self.sense.raw[:sense_len], data)

    def send(self, cdb, direction=NONE, room=0):
        """Unit attentions are for whoever asks first, and that is not what is asked here."""
        for _ in range(8):
            answer = self.send_once(cdb, direction, room)
            if not answer.codes or answer.codes[0] != UNIT_ATTENTION:
                return answer
        raise OSError(f"{self.name}: unit attentions without end")

    def settle(self):
        """Started, reserved by nobody, ready."""
        for cdb in ([0x1b, 0, 0, 0, 1, 0], [0x17, 0, 0, 0, 0, 0]):
            self.send(cdb)
        answer = self.send([0] * 6)
        if answer.status != GOOD:
            raise OSError(f"{self.name} is not ready: {answer}")

    def complain(self, cdb, answer, want):
        Unit.wrong.append(f"{self.name}: {bytes(cdb).hex(' ')}: {answer}; expected {want}")

    def rsoc(self, options, opcode=0, sa=0):
        cdb = [0xa3, 0x0c, options, opcode, sa >> 8, sa & 0xff, 0, 0, 0xff, 0xff, 0, 0]
        return self.send(cdb, FROM_DEV, 0xffff)

    def all_commands(self, rctd):
        """{(opcode, service action or None): (CDB length, time-outs)}, as the unit lists them."""
        answer, commands = self.rsoc(rctd), {}
        data = answer.data
        size = 20 if rctd else 8
        if answer.status != GOOD or len(data) != 4 + int.from_bytes(data[:4], "big"):
            raise OSError(f"{self.name}: no list of commands: {answer}")
        for at in range(4, len(data), size):
            opcode, _, sa, _, flags, length = struct.unpack_from(">BBHBBH", data, at)
            key = (opcode, sa if flags & 1 else None)
            if key in commands or bool(flags & 2) != bool(rctd) or sa and not flags & 1:
                self.complain([opcode], f"descriptor {data[at:at + size].hex(' ')}", "another")
            commands[key] = (length, data[at + 8:at + size])
        return commands

    def has_actions(self, opcode):
        return any(op == opcode and sa is not None for op, sa in self.listed)

    def is_listed(self, opcode):
        return any(op == opcode for op, _ in self.listed)


def base_cdb(opcode, sa, length):
    """A CDB with no field set but for what says which command it is."""
    cdb = bytearray(length)
    cdb[0] = opcode
    if opcode == 0x7f:
        cdb[7] = length - 8
        cdb[8:10] = sa.to_bytes(2, "big")
    elif sa is not None:
        cdb[1] = sa
    return cdb


def direction_of(opcode, sa):
    if opcode in NO_DATA:
        return NONE
    if opcode in OUT or opcode == 0x7f and sa in LONG_OUT:
        return TO_DEV
    return FROM_DEV


def listed(unit):
    """What is listed is carried out, or refused for another reason than that it is not known."""
    for (opcode, sa), (length, _) in unit.listed.items():
        cdb = base_cdb(opcode, sa, length)
        direction = direction_of(opcode, sa)
        room = 0 if direction == NONE else ROOM if opcode in (0x08, 0x0a) else 4096
        answer = unit.send(cdb, direction, room)
        sa_byte = 8 if opcode == 0x7f else 1
        unknown = answer.codes and (answer.codes[:2] == INVALID_OPCODE[:2] or
                                    sa is not None and answer.codes == INVALID_FIELD and
                                    answer.field and answer.field[1] == sa_byte)
        if answer.status not in (GOOD, CHECK_CONDITION) or unknown:
            unit.complain(cdb, answer, "a command that is known")
        unit.settle()


def long_actions():
    """Of 65536: those that mean something, their neighbours, each bit alone, and some by chance."""
    chosen = set(range(0x40)) | {1 << bit for bit in range(16)} | {0xffff, 0x1800, 0x1ffe, 0x1fff}
    return sorted(chosen | {random.randrange(0x10000) for _ in range(200)})


def unlisted(unit):
    """What is not listed is refused: opcodes as such, service actions with a pointer to them."""
    for opcode in range(256):
        if not unit.is_listed(opcode):
            for bits in (0, 0x1f):
                cdb = bytearray(GROUP_LEN[opcode >> 5])
                cdb[0], cdb[1] = opcode, bits
                answer = unit.send(cdb)
                if answer.codes != INVALID_OPCODE or answer.field:
                    unit.complain(cdb, answer, "INVALID COMMAND OPERATION CODE")
        elif unit.has_actions(opcode):
            unlisted_actions(unit, opcode)


def unlisted_actions(unit, opcode):
    is_long = opcode == 0x7f
    length = next(size for (op, _), (size, _) in unit.listed.items() if op == opcode)
    for sa in long_actions() if is_long else range(32):
        if (opcode, sa) in unit.listed:
            continue
        cdb = base_cdb(opcode, sa, length)
        answer = unit.send(cdb)
        if not answer.refused_at(*((8, None) if is_long else (1, 4))):
            unit.complain(cdb, answer, "INVALID FIELD IN CDB at the service action")


def formats(unit):
    """The list with and without time-outs, and what is told of each command by itself, agree."""
    timed = unit.all_commands(0x80)
    if list(timed) != list(unit.listed) or any(timed[k][0] != unit.listed[k][0] for k in timed):
        unit.complain([0xa3, 0x0c, 0x80], "another list", "the same commands as without time-outs")
    for opcode in range(256):
        for sa in range(32) if unit.has_actions(opcode) else (0, 1):
            one_command(unit, timed, opcode, sa)
    for options in (4, 5, 6, 7, 0x84):
        answer = unit.rsoc(options, 0x00)
        if not answer.refused_at(2, 2):
            unit.complain([0xa3, 0x0c, options], answer, "INVALID FIELD IN CDB at bit 2 of byte 2")


def one_command(unit, timed, opcode, sa):
    has_actions = unit.has_actions(opcode)
    plain = unit.is_listed(opcode) and not has_actions
    key = (opcode, sa if has_actions else None)
    known = key in timed and (has_actions or sa == 0)
    for options in (1, 2, 3, 0x83):
        answer = unit.rsoc(options, opcode, sa)
        cdb = [0xa3, 0x0c, options, opcode, 0, sa]
        if options == 1 and has_actions or options == 2 and plain:
            if not answer.refused_at(2, 2):
                unit.complain(cdb, answer, "INVALID FIELD IN CDB: the option is of the other kind")
            continue
        # REQUESTED SERVICE ACTION is ignored with option 1
        is_known = known or options == 1 and plain
        data = answer.data
        if answer.status != GOOD or is_known and not agrees(data, timed[key], key, options):
            unit.complain(cdb, f"{answer} {data.hex(' ')}", "what the list says")
        if not is_known and data != bytes([0, SUPPORT_NO, 0, 0]):
            unit.complain(cdb, f"{answer} {data.hex(' ')}", "a command that is not supported")


def agrees(data, entry, key, options):
    """Is that the answer of one command to what the list has of it?"""
    length, timeouts = entry
    rctd = options & 0x80
    usage = data[4:4 + length]
    return data[:4] == bytes([0, SUPPORT_YES | rctd]) + length.to_bytes(2, "big") and \
        data[4 + length:] == (timeouts if rctd else b"") and usage[0] == key[0] and \
        all(byte & value == value for byte, value in zip(usage, base_cdb(*key, length)))


def is_action_bit(opcode, sa, byte, bit):
    """Another value there is another command."""
    if opcode == 0x7f:
        return byte in (8, 9)
    return sa is not None and byte == 1 and bit < 5


def masks(unit):
    """Each bit that the usage data have as 0 is refused, by its name."""
    for (opcode, sa), (length, _) in unit.listed.items():
        usage = unit.rsoc(MASK, opcode, sa or 0).data[4:4 + length]
        if len(usage) != length:
            unit.complain([opcode], f"usage data {usage.hex(' ')}", f"{length} bytes")
            continue
        for byte in range(1, length):
            for bit in range(8):
                if not usage[byte] & 1 << bit and not is_action_bit(opcode, sa, byte, bit):
                    reserved_bit(unit, base_cdb(opcode, sa, length), byte, bit)


def reserved_bit(unit, cdb, byte, bit):
    cdb[byte] |= 1 << bit
    if cdb[0] == 0x12 and byte == 1 and bit >= 5:	# the LUN of SCSI-2: Linux sets it
        answer = unit.send(cdb, FROM_DEV, 96)
        if answer.status != GOOD:
            unit.complain(cdb, answer, "the obsolete LUN of INQUIRY to be ignored")
        return
    answer = unit.send(cdb)
    if not answer.refused_at(byte, bit):
        unit.complain(cdb, answer, f"INVALID FIELD IN CDB at bit {bit} of byte {byte}")


# Where ALLOCATION LENGTH is: first byte, bytes.
ALLOCATION = {
    0x03: (4, 1), 0x12: (3, 2), 0x1a: (4, 1), 0x1c: (3, 2), 0x3c: (6, 3), 0x43: (7, 2),
    0x46: (7, 2), 0x4a: (7, 2), 0x4d: (7, 2), 0x5a: (7, 2), 0x5e: (7, 2), 0x7f: (28, 4),
    0x9b: (10, 4), 0x9e: (10, 4), 0xa0: (6, 4), 0xa3: (6, 4),
}
BIGGEST = 0x2000
# Different each time, but for its length.
CHANGING = {(0xa3, 0x0f)}
# GET LBA STATUS looks up as many extents as there is room for, one at least, and tells that number:
# SBC-4 lets it tell of fewer than there are.
AS_MANY_AS_FIT = {(0x9e, 0x12), (0x7f, 0x12)}


def questions(unit):
    """CDBs without allocation length that ask for everything there is."""
    yield from ((0x03, 0), (0x03, 1), (0x12, 0))
    pages = unit.send([0x12, 1, 0, 0, 0xff, 0], FROM_DEV, 0xff).data
    yield from ((0x12, 1, page) for page in pages[4:])
    for byte1 in (0, 0x08):
        for page in (0x3f, 0x7f, 0xbf, 0xff):
            yield from ((opcode, byte1, page, sub) for opcode in (0x1a, 0x5a) for sub in (0, 0xff))
    yield 0x5a, 0x18, 0x3f
    yield 0x1c, 1
    yield from ((opcode, mode) for opcode in (0x3c, 0x9b) for mode in (0x03, 0x0b))
    yield from ((0x43, msf, fmt) for msf in (0, 2) for fmt in (0, 1))
    yield from ((0x46, kind) for kind in (0, 1, 2))
    yield from ((0x4a, 1, 0, 0, classes) for classes in (0x10, 0xff))
    pages = unit.send([0x4d, 0, 0x40, 0, 0, 0, 0, 0, 0xff, 0], FROM_DEV, 0xff).data
    yield from ((0x4d, 0, 0x40 | page) for page in pages[4:])
    yield 0x4d, 0, 0x40, 0xff
    yield from ((0x5e, action) for action in range(4))
    yield 0x7f, 0, 0, 0, 0, 0, 0, 0x18, 0, 0x12
    yield from ((0x9e, action) for action in (0x10, 0x12))
    yield from ((0xa0, 0, select) for select in (0, 1, 2))
    yield from ((0xa3, 0x05, 0, 0, 0, 0, 0, 0, 0, 0, kind) for kind in (0, 0x02, 0xfe))
    yield from ((0xa3, 0x0c, *rest) for rest in ((0,), (0x80,), (3, 0x28), (0x83, 0x5f, 0, 1)))
    yield from ((0xa3, 0x0d, longer) for longer in (0, 0x80))
    yield 0xa3, 0x0f


def lengths(total, most):
    """Each byte of what is short, and of what is long its ends and some between."""
    some = set(range(min(total, 20) + 1)) | {total - 1, total, total + 1, total // 2, most}
    some |= {random.randrange(total + 1) for _ in range(4)}
    return sorted(n for n in some if 0 <= n <= most)


def ask(unit, question, allocation):
    at, size = ALLOCATION[question[0]]
    key = (question[0], action_of(unit, question))
    cdb = bytearray(question).ljust(unit.listed[key][0], b"\0")
    cdb[at:at + size] = allocation.to_bytes(size, "big")
    return cdb, unit.send(cdb, FROM_DEV, BIGGEST)


def action_of(unit, question):
    return action_of_any(question) if unit.has_actions(question[0]) else None


def expected(question, whole, n):
    """Of @whole, with an allocation length of @n."""
    if (question[0], action_of_any(question)) in AS_MANY_AS_FIT:
        fit = 8 + 16 * max(1, (n - 8) // 16)
        if fit < len(whole):
            whole = (fit - 4).to_bytes(4, "big") + whole[4:fit]
    return whole[:n]


def action_of_any(question):
    return question[9] if question[0] == 0x7f else question[1]


def prefixes(unit):
    """An allocation length cuts the answer, and changes nothing else in it."""
    answered = 0
    for question in questions(unit):
        if (question[0], action_of(unit, question)) not in unit.listed:
            continue
        most = min(BIGGEST, 256 ** ALLOCATION[question[0]][1] - 1)
        ask(unit, question, most)
        cdb, whole = ask(unit, question, most)
        if whole.status != GOOD:		# saved values that there are not, and the like
            if whole.codes[0] != 5:
                unit.complain(cdb, whole, "an answer, or ILLEGAL REQUEST")
            continue
        again = ask(unit, question, most)[1].data
        answered += 1
        for n in lengths(len(whole.data), most):
            cdb, part = ask(unit, question, n)
            want = expected(question, whole.data, n)
            if (question[0], action_of_any(question)) in CHANGING or again != whole.data:
                want = part.data if len(part.data) == len(want) else want
            if part.status != GOOD or part.data != want:
                unit.complain(cdb, f"{part} {part.data.hex(' ')}", want.hex(" "))
    if answered < 40:
        unit.complain([], f"{answered} answers", "at least 40")


def main():
    properties = {f.__name__: f for f in (listed, unlisted, formats, masks, prefixes)}
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    random.seed(seed)
    for argument in sys.argv[2:]:
        name, path = argument.split("=")
        properties[sys.argv[1]](Unit(name, path))
    print(f"{Unit.sent} commands, {len(Unit.wrong)} wrong answers; SEED={seed}")
    print("\n".join(Unit.wrong[:40]))
    return 1 if Unit.wrong or not Unit.sent else 0


if __name__ == "__main__":
    sys.exit(main())
