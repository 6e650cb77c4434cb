#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""pass_compare.py KIND OWN OURS: a device by its own generic node, and the LUN that it is at the target.

The same commands, several hundred, are sent to the one and then to the other, each from the same beginning
on. Status, sense data, data and residual have to be the same, but for what the core answers itself, or
changes in what the device has answered: see CORE and PATCHED. KIND is a function below that has what
that type of device is asked. Prints what differs, and how many commands were compared; exit status 1 if
anything does. SEED= does the same ones again.
"""
import ctypes
import fcntl
import os
import random
import struct
import sys

SG_IO, FROM_DEV, TO_DEV, NONE = 0x2285, -3, -2, -1
HDR = struct.Struct("iiBBHIPPPIIiPBBBBHHiII4x")
ROOM = 1 << 20
GROUP_LEN = (6, 10, 10, 16, 16, 12, 16, 16)
GOOD, CHECK_CONDITION = 0, 2
NO_SENSE, RECOVERED, UNIT_ATTENTION = 0, 1, 6
ATTEMPTS = 16


class Answer:
    def __init__(self, status, sense, data, resid, host):
        self.status, self.sense, self.data, self.resid, self.host = status, sense, data, resid, host
        self.key = None
        if sense:
            self.key = (sense[2] if sense[0] & 0x7f in (0x70, 0x71) else sense[1]) & 0x0f

    def has_data(self):
        """What came counts: without an error, or with sense that is none."""
        return self.status == GOOD or self.key in (NO_SENSE, RECOVERED)

    def __str__(self):
        return (f"status {self.status:02x}h, sense {self.sense.hex() or 'none'}, residual {self.resid}, "
                f"host {self.host:x}h, data {self.data[:64].hex(' ')}{'...' if len(self.data) > 64 else ''}")


class Node:
    cdb = ctypes.create_string_buffer(32)
    sense = ctypes.create_string_buffer(255)
    buffer = ctypes.create_string_buffer(ROOM)

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def send(self, cdb, what):
        """@what is how many bytes come, or those that go, or 0."""
        out = what if isinstance(what, bytes) else b""
        length = len(out) or what
        ctypes.memset(self.buffer, 0, length)
        ctypes.memmove(self.buffer, out, len(out))
        ctypes.memset(self.sense, 0, 255)
        self.cdb.raw = cdb.ljust(32, b"\0")
        direction = TO_DEV if out else FROM_DEV if length else NONE
        hdr = bytearray(HDR.pack(ord("S"), direction, len(cdb), 255, 0, length, ctypes.addressof(self.buffer),
                                 ctypes.addressof(self.cdb), ctypes.addressof(self.sense), 60000, *[0] * 12))
        fcntl.ioctl(self.fd, SG_IO, hdr)
        status, _, _, sense_len, host, _, resid = struct.unpack_from("BBBBHHi", hdr, 64)
        data = self.buffer[:max(length - resid, 0)] if direction == FROM_DEV else b""
        return Answer(status, self.sense.raw[:sense_len], data, resid, host)

    def settle(self):
        for _ in range(ATTEMPTS):
            if self.send(bytes(6), 0).key != UNIT_ATTENTION:
                return
        sys.exit("unit attentions without end")


def cdb_of(*parts):
    return bytes.fromhex("".join(parts))


# ---- what need not be the same ----

# Reservations, lists of LUNs, copies, access controls, target port groups and the like.
CORE = {0x16, 0x17, 0x56, 0x57, 0x5e, 0x5f, 0xa0, 0x83, 0x84, 0x86, 0x87, 0x18, 0x39, 0x3a}
CORE_ACTIONS = {0xa3: {0x0a, 0x0b, 0x0c, 0x0d, 0x0e}, 0xa4: {0x0a, 0x0b, 0x0e}, 0x9f: {0x0e}, 0x9e: {0x0f}}


# Devices that tgt has, which ends at a MODE SENSE without a buffer.
OF_TGT = ("tape", "changer")


def is_deadly(cdb, what, kind):
    return kind in OF_TGT and cdb[0] in (0x1a, 0x5a) and not what


def is_cores(cdb, kind):
    op = cdb[0]
    if kind == "cd" and op == 0xa4:		# REPORT KEY
        return False
    if op == 0x03 and kind in OF_TGT:		# it knows no descriptors, we do
        return cdb[1] & 1
    if op == 0x12 and cdb[1] & 1:
        return cdb[2] in (0x88, 0x8f)
    return op in CORE or cdb[1] & 0x1f in CORE_ACTIONS.get(op, ())


def masked(data, masks):
    data = bytearray(data)
    for at, bits in masks:
        if at < len(data):
            data[at] &= ~bits
    return bytes(data)


# NormACA; TPGS, 3PC, ACC, PROTECT; MultiP; CmdQue.
STANDARD = ((3, 0x20), (5, 0xff), (6, 0x10), (7, 0x02))
# SPT, GRD_CHK, APP_CHK, REF_CHK; LUICLR.
EXTENDED = ((4, 0x3f), (7, 0x01))
# MAXIMUM TRANSFER LENGTH.
LIMITS = tuple((at, 0xff) for at in range(8, 12))


def pages_but(data, pages):
    """Of page 00h: the list without those."""
    return bytes(page for page in data[4:4 + int.from_bytes(data[2:4], "big")] if page not in pages)


def of_logical_unit(data):
    """Of page 83h: the designators that name the logical unit, one after the other."""
    at, units = 4, []
    while at + 4 <= len(data):
        end = at + 4 + data[at + 3]
        if data[at + 1] & 0x30 == 0:
            units.append(data[at:end])
        at = end
    return units


def patched(cdb, data):
    """@data without what the core has changed in it, in a form that can be compared."""
    if cdb[0] == 0x9e and cdb[1] & 0x1f == 0x10:
        return masked(data, ((12, 0x0f),))
    if cdb[0] != 0x12:
        return data
    if not cdb[1] & 1:
        return masked(data, STANDARD)
    whole = data[:4 + int.from_bytes(data[2:4], "big")] == data and len(data) >= 4
    if cdb[2] == 0x00:
        return pages_but(data, (0x88, 0x8f)) if whole else b""
    if cdb[2] == 0x83:
        return of_logical_unit(data) if whole else b""
    return masked(data, {0x86: EXTENDED, 0xb0: LIMITS}.get(cdb[2], ()))


def page_of(data):
    """A page of VPD ends where it says; QEMU's drive goes on with zeros, which the core has cut off."""
    return data[:4 + int.from_bytes(data[2:4], "big")] if len(data) >= 4 else data


# scsi_debug tells of a MODE SELECT also who has sent it. At the LUN that is heard by whatever comes first, which
# may be the target reading the parameters anew.
def is_of_mode_select(answer):
    codes = answer.sense[12:14] if answer.sense[:1] in (b"\x70", b"\xf0") else answer.sense[2:4]
    return answer.status == CHECK_CONDITION and codes == b"\x2a\x01"


def same(kind, cdb, own, ours):
    if is_cores(cdb, kind) or is_of_mode_select(own) or is_of_mode_select(ours):
        return True
    if own.host:		# its adapter failed, which is no answer; an initiator is always told something
        return not ours.host
    if (own.status, own.sense, own.host) != (ours.status, ours.sense, ours.host):
        return False
    if not own.has_data():
        return True
    if cdb[0] == 0x12 and cdb[1] & 1:
        return patched(cdb, page_of(own.data)) == patched(cdb, page_of(ours.data))
    return own.resid == ours.resid and patched(cdb, own.data) == patched(cdb, ours.data)


# ---- what all are asked ----

def inquiries():
    for length in (0, 1, 4, 5, 7, 8, 35, 36, 37, 66, 96, 255, 256, 512):
        yield cdb_of("120000", f"{length:04x}", "00"), length
    for page in range(256):
        yield cdb_of("1201", f"{page:02x}", "00ff00"), 255
    for page in (0x80, 0x84, 0x85, 0x87, 0xb1, 0xb2):
        for length in (0, 1, 3, 4, 5, 9):
            yield cdb_of("1201", f"{page:02x}", f"{length:04x}", "00"), length
    yield cdb_of("12000100ff00"), 255		# a page without EVPD
    yield cdb_of("12020000ff00"), 255		# CMDDT


def mode_pages():
    for page in range(64):
        for control in (0, 0x40, 0x80):
            yield cdb_of("1a00", f"{control | page:02x}", "00ff00"), 255
    for page in (0x00, 0x01, 0x02, 0x08, 0x0a, 0x1c, 0x2a, 0x3f):
        for byte1 in (0x00, 0x08, 0x10):
            for subpage in (0, 1, 0xff):
                yield cdb_of("5a", f"{byte1:02x}", f"{page:02x}", f"{subpage:02x}", "00000001ff00"), 511
        for length in (0, 1, 4, 5, 12, 13):
            yield cdb_of("1a00", f"{page:02x}", "00", f"{length:02x}", "00"), length
    yield cdb_of("1a00c100ff00"), 255		# saved values


def log_pages():
    for page in range(64):
        yield cdb_of("4d00", f"{0x40 | page:02x}", "00000000" "0200" "00"), 512
    for page, subpage in ((0, 0xff), (0x0d, 0), (0x0d, 0xff), (0x3f, 0xff)):
        yield cdb_of("4d00", f"{0x40 | page:02x}", f"{subpage:02x}", "000000" "0200" "00"), 512


# Nothing is said of how much they move, so what they do without data and with it is another matter; or they
# change what all that follows would meet.
NOT_BARE = {0x08, 0x0a, 0x0b, 0x0f, 0x1b, 0x19, 0x41, 0x93, 0x04, 0x01, 0x05, 0x10, 0x11, 0x80, 0x91, 0x92, 0xa5,
            0xa6, 0x2b, 0x34, 0x48, 0x7f, 0xbb, 0x4e, 0xbe, 0xb9, 0xba, 0x58, 0x54, 0x5d, 0xbf, 0xa1, 0xac, 0xad}


def bare_opcodes():
    """All there are, with no field set: most of them nobody knows."""
    for op in set(range(256)) - NOT_BARE:
        yield bytes([op]).ljust(GROUP_LEN[op >> 5], b"\0"), 0
    for op in (0x20, 0x62, 0x61, 0xc0, 0xc7, 0xd1, 0xea, 0xff):
        for length in (1, 64, 512, 4096):
            yield bytes([op]).ljust(GROUP_LEN[op >> 5], b"\0"), length
            yield bytes([op]).ljust(GROUP_LEN[op >> 5], b"\0"), bytes(length)


def service_actions(of_drives):
    for action in range(32):
        yield cdb_of("9e", f"{action:02x}", "00" * 8, "000000fc", "0000"), 252
        if not of_drives:		# SEND KEY
            yield cdb_of("a3", f"{action:02x}", "00" * 4, "000000fc", "0000"), 252
        yield cdb_of("ab", f"{action:02x}", "00" * 4, "000000fc", "0000"), 252


def common(of_drives=False):
    yield bytes(6), 0
    for desc in (0, 1):
        for length in (0, 1, 8, 17, 18, 252):
            yield cdb_of("03", f"{desc:02x}", "0000", f"{length:02x}", "00"), length
    yield from inquiries()
    yield from mode_pages()
    yield from log_pages()
    yield from bare_opcodes()
    yield from service_actions(of_drives)
    for mode in range(32):
        yield cdb_of("3c", f"{mode:02x}", "00000000", "0000fc", "00"), 252
    for page in (0, 1, 2, 0x3f):
        yield cdb_of("1c01", f"{page:02x}", "00ff00"), 255


# ---- disks and what is like them ----

NR_BLOCKS = 2048


def noise(length):
    return random.randbytes(length)


def rw(op, lba, blocks, byte1=0):
    fields = {6: ">BBHBx", 10: ">BBIxHx", 12: ">BBIIxx", 16: ">BBQIxx"}
    size = {0: 6, 1: 10, 2: 10, 4: 16, 5: 12}[op >> 5]
    return struct.pack(fields[size], op, byte1, lba, blocks)


def rw32(action, lba, blocks):
    return struct.pack(">BxxxxxxBHxxQI4xI", 0x7f, 0x18, action, lba, lba, blocks)


def blocks_of(block):
    """Where reads and writes begin, and how many blocks."""
    places = [(0, 1), (0, 8), (1, 7), (100, 0), (NR_BLOCKS - 1, 1), (7, 255), (64, 128)]
    return places + [(random.randrange(NR_BLOCKS - 256), random.randrange(1, 128 * 512 // block + 1))
                     for _ in range(12)]


def beyond(last, block):
    """At the end of the disk, and behind it."""
    for op in (0x28, 0x88, 0xa8):
        for lba, blocks in ((last, 1), (last, 2), (last + 1, 1), (last + 1, 0), (0xfffffffe, 1)):
            yield rw(op, lba, blocks), blocks * 4096
    yield rw(0x88, 1 << 40, 1), 4096
    yield rw(0x88, (1 << 64) - 1, 1), 4096
    yield rw(0x2a, last + 1, 1), noise(block)


def reads_and_writes(block):
    for lba, blocks in blocks_of(block):
        for op in (0x2a, 0x8a, 0xaa) + ((0x0a,) if 0 < blocks < 256 else ()):
            yield rw(op, lba, blocks), noise(blocks * block) or 0
            for read in (0x28, 0x88, 0xa8) + ((0x08,) if 0 < blocks < 256 else ()):
                yield rw(read, lba, blocks), blocks * block
        yield rw(0x28, lba, blocks, 0x08), blocks * block		# FUA
        yield rw(0x28, lba, blocks, 0x10), blocks * block		# DPO
        yield rw(0x2f, lba, blocks), 0				# VERIFY, of the medium
        yield rw(0x8f, lba, blocks), 0
        yield rw32(9, lba, blocks), blocks * block
        yield rw(0x34, lba, blocks), 0
        yield rw(0x35, lba, blocks), 0


def writes_of_other_kinds(block):
    for lba in (3, 500):
        data = noise(4 * block)
        yield rw(0x2a, lba, 4), data
        yield rw(0x2f, lba, 4, 0x02), data
        yield rw(0x2f, lba, 4, 0x02), data[:-1] + b"x"		# differs
        yield rw(0x8f, lba, 4, 0x02), data
        yield rw32(0x0b, lba, 4), noise(4 * block)
        yield rw(0x28, lba, 4), 4 * block
        yield rw(0x2a, lba, 4), data
        yield struct.pack(">BxQxxxBxx", 0x89, lba, 2), data[:2 * block] + noise(2 * block)
        yield struct.pack(">BxQxxxBxx", 0x89, lba, 2), data[:2 * block] + noise(2 * block)	# differs
        yield rw(0x28, lba, 4), 4 * block
        yield rw(0x41, lba, 4), noise(block)
        yield rw(0x93, lba, 8), noise(block)
        yield rw(0x28, lba, 8), 8 * block
        yield rw(0x42, 0, 24)[:6] + b"\0\0\x18\0", struct.pack(">HHxxxxQIxxxx", 22, 16, lba, 2)
        yield rw(0x28, lba, 8), 8 * block
        yield struct.pack(">BBQIxx", 0x9e, 0x12, lba, 64), 64		# GET LBA STATUS


def parameters():
    """MODE SELECT of what MODE SENSE has told, and the unit attention that comes of it."""
    caching = bytes.fromhex("00000000" "0812" "14" "00" "ffff" "0000" "ffff" "ffff" "80" "14" "0000" "00000000")
    yield cdb_of("1510000018" "00"), caching
    yield bytes(6), 0
    yield bytes(6), 0
    yield cdb_of("1a000800ff00"), 255
    yield cdb_of("1510000004" "00"), bytes(4)
    yield cdb_of("1510000018" "00"), caching[:4] + b"\x3e" + caching[5:]		# no such page
    yield cdb_of("1500000018" "00"), caching		# without PF
    yield bytes(6), 0


def capacities():
    for length in (0, 1, 8, 12, 13, 32, 255):
        yield cdb_of("9e10", "00" * 8, f"{length:08x}", "0000"), length
    yield cdb_of("25", "00" * 9), 8
    yield cdb_of("25", "00" * 9), 252
    yield cdb_of("25", "00" * 9), 4


def block_disk(block, last):
    yield rw(0x42, 0, 24)[:6] + b"\0\0\x18\0", struct.pack(">HHxxxxQIxxxx", 22, 16, 0, NR_BLOCKS)
    for lba in range(0, NR_BLOCKS, 256):
        yield rw(0x2a, lba, 256), noise(256 * block)
    yield from common()
    yield from capacities()
    yield from reads_and_writes(block)
    yield from beyond(last, block)
    yield from writes_of_other_kinds(block)
    yield from parameters()
    yield cdb_of("1b0000000100"), 0
    yield cdb_of("3b02000000000002000000")[:10], noise(512)
    yield cdb_of("1d0400000000"), 0			# SELFTEST


def disk(node):
    last, block = struct.unpack(">II", node.send(cdb_of("25", "00" * 9), 8).data)
    return block_disk(block, last)


mo = disk


# ---- others ----

def processor(_):
    yield from common()
    for length in (0, 1, 96, 512, 4096):
        yield struct.pack(">BB", 0x0a, 0) + length.to_bytes(3, "big") + b"\0", noise(length) or 0
        yield struct.pack(">BB", 0x08, 0) + length.to_bytes(3, "big") + b"\0", length


def raid(_):
    yield from common()
    for op in (0xba, 0xbc, 0xbe):
        yield struct.pack(">BBIIxx", op, 0, 0, 252), 252
    for op in (0xbb, 0xbd, 0xbf):
        yield struct.pack(">BBIIxx", op, 0, 0, 24), noise(24)


def changer(_):
    yield from common()
    for kind in range(5):
        for byte1 in (kind, 0x10 | kind):
            for byte6 in (0, 1, 2):
                for length in (0, 8, 16, 1024, 4096):
                    yield cdb_of("b8", f"{byte1:02x}", "0000" "00ff", f"{byte6:02x}", f"{length:06x}",
                                 "0000"), length
    yield cdb_of("070000000000"), 0
    for source, to in ((0x400, 0x403), (0x403, 0x400), (0x403, 0x400), (0x400, 0x401), (0x999, 0x400), (0x400, 1),
                       (1, 0x400)):
        yield struct.pack(">BxHHHxxxx", 0xa5, 16, source, to), 0
        yield cdb_of("b8100000" "00ff00" "000400" "0000"), 1024
    yield cdb_of("37", "00" * 9), 0
    yield cdb_of("e7", "00" * 9), 0
    yield struct.pack(">BxHHxxxx", 0x2b, 16, 0x400), 0


def tape(_):
    """A cartridge from its beginning: variable blocks, filemarks, fixed blocks, and reads of other lengths."""
    yield mode_select_blocks(), descriptor(0)
    yield from common()
    yield cdb_of("010000000000"), 0
    yield cdb_of("050000000000"), 6
    yield cdb_of("050000000000"), 32
    yield from tape_of_any_blocks()
    yield from tape_of_blocks(512)
    yield from tape_of_blocks(10240)		# no power of two
    yield from tape_of_blocks(1028)
    yield mode_select_blocks(), bytes(4) + bytes(8)		# of no block descriptor
    yield mode_select_blocks(), descriptor(0)
    for op in (0x1b, 0x1e):
        yield bytes([op, 0, 0, 0, 0, 0]), 0
    yield cdb_of("1b0000000100"), 0
    yield cdb_of("3400", "00" * 8), 20
    yield cdb_of("3406", "00" * 8), 32
    yield cdb_of("44000000000000" "0400" "00"), 1024
    yield cdb_of("8c", "00" * 9, "00000400", "0000"), 1024


def mode_select_blocks():
    return cdb_of("15100000" "0c" "00")


def descriptor(block):
    return bytes((0, 0, 0x10, 8)) + bytes(5) + block.to_bytes(3, "big")


def read6(length, fixed=0, sili=0):
    return bytes((0x08, fixed | sili << 1)) + length.to_bytes(3, "big") + b"\0"


def write6(length, fixed=0):
    return bytes((0x0a, fixed)) + length.to_bytes(3, "big") + b"\0"


def space(code, count):
    return bytes((0x11, code)) + (count & 0xffffff).to_bytes(3, "big") + b"\0"


LENGTHS = (1, 4, 100, 512, 1000, 4096, 10240, 65536, 131072)


def tape_of_any_blocks():
    yield mode_select_blocks(), descriptor(0)
    yield cdb_of("1a000000ff00"), 255
    for length in LENGTHS:
        yield write6(length), noise(length)
    yield cdb_of("100000000100"), 0
    for length in LENGTHS:
        yield write6(length), noise(length)
    yield cdb_of("100000000200"), 0
    for sili in (0, 1):
        yield cdb_of("010000000000"), 0
        for length in LENGTHS:
            yield read6(length, 0, sili), length
        yield read6(512, 0, sili), 512			# a filemark
        for i, length in enumerate(LENGTHS):		# blocks that are longer, then such that are shorter
            asked = length + 24 if i % 2 else max(length - 24, 1)
            yield read6(asked, 0, sili), asked
        yield read6(512, 0, sili), 512
        yield read6(512, 0, sili), 512
        yield read6(512, 0, sili), 512			# no more data
    for step in ((1, -1), (1, -1), (0, -2), (0, 1), (1, 1), (3, 0), (0, 5), (1, -9), (0, -1), (7, 1)):
        yield space(*step), 0
    yield cdb_of("010000000000"), 0
    yield read6(0), 0
    yield read6(4096), 512				# more than there is room for


def tape_of_blocks(block):
    yield cdb_of("010000000000"), 0
    yield mode_select_blocks(), descriptor(block)
    yield cdb_of("1a000000ff00"), 255
    yield cdb_of("5a000000000000" "00ff" "00"), 255
    for count in (1, 2, 7):
        yield write6(count, 1), noise(count * block)
    yield cdb_of("100000000100"), 0
    yield write6(3, 1), noise(3 * block)
    yield cdb_of("100000000100"), 0
    yield cdb_of("010000000000"), 0
    for count in (1, 2, 7, 1):
        yield read6(count, 1), count * block
    yield read6(8, 1), 8 * block			# over the filemark
    yield read6(8, 1), 8 * block
    yield cdb_of("010000000000"), 0
    yield read6(block - 4), block - 4			# of another length than it has
    yield read6(block + 4), block + 4
    yield read6(1, 1, 1), block				# FIXED and SILI


def cd(node):
    yield from common(of_drives=True)
    yield from capacities()
    last, _ = struct.unpack(">II", node.send(cdb_of("25", "00" * 9), 8).data)
    for op in (0x28, 0xa8):
        for lba, blocks in ((0, 1), (1, 16), (100, 32), (last, 1), (last, 2), (last + 1, 1), (7, 0)):
            yield rw(op, lba, blocks), blocks * 2048
    for msf in (0, 2):
        for form in range(6):
            for length in (0, 4, 12, 255, 804):
                yield cdb_of("43", f"{msf:02x}", f"{form:02x}", "00000000", f"{length:04x}", "00"), length
    for kind in (0, 1, 2):
        for length in (0, 8, 64, 1024):
            yield cdb_of("46", f"{kind:02x}", "0000000000", f"{length:04x}", "00"), length
    for classes in (0x02, 0x10, 0xfe):
        yield cdb_of("4a01", "0000", f"{classes:02x}", "0000", "00ff", "00"), 255
    yield cdb_of("51", "000000000000", "0022", "00"), 34
    yield cdb_of("52", "01", "00000001", "00", "0024", "00"), 36
    for kind in (0x00, 0x01, 0x04, 0x0e):
        yield cdb_of("ad00", "00000000", "00", f"{kind:02x}", "0804", "00", "00"), 2052
    yield cdb_of("bd", "00" * 7, "00ff", "0000"), 255
    yield cdb_of("be00", "00000010", "000004", "10", "0000"), 4 * 2048	# READ CD, user data
    yield cdb_of("be00", "00000010", "000001", "f8", "0000"), 2352		# all of a sector
    yield cdb_of("b9", "00" * 11), 0
    yield cdb_of("42" "0240" "01" "000000" "0010" "00"), 16
    yield cdb_of("2b", "00" * 9), 0
    yield cdb_of("a4000000000000" "0000" "08" "0000")[:12], 8
    yield cdb_of("1b0000000100"), 0


# ---- main ----

def answers(path, kind, seed):
    node = Node(path)
    node.settle()
    random.seed(seed)
    return [(cdb, what, node.send(cdb, what)) for cdb, what in globals()[kind](node)
            if not is_deadly(cdb, what, kind)]


def main():
    kind, own, ours = sys.argv[1:]
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    wrong, compared = [], 0
    for (cdb, what, theirs), (same_cdb, _, answer) in zip(answers(own, kind, seed),
                                                        answers(ours, kind, seed), strict=True):
        assert cdb == same_cdb
        compared += not is_cores(cdb, kind)
        if not same(kind, cdb, theirs, answer):
            length = f"writes {len(what)}" if isinstance(what, bytes) else f"reads {what}"
            wrong.append(f"{cdb.hex(' ')} ({length}):\n  own  {theirs}\n  ours {answer}")
    print(f"{compared} commands compared, {len(wrong)} answers differ; SEED={seed}")
    print("\n".join(wrong[:30]))
    return 1 if wrong or compared < 300 else 0


if __name__ == "__main__":
    sys.exit(main())
