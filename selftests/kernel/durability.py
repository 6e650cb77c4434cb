#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""durability.py SG DISK: what the DISK below has of each command that is sent to SG.

Standard input has a command in a line: NAME, data, bytes of the CDB; data are "-", or BYTE*COUNT, or
digits. For each there is a line "NAME WHAT: REQUESTS", where WHAT is, once it was answered with GOOD,

    durable	all that was written is on the medium, by FUA, or by a flush that began when it was written
    cached	something may be lost, and nothing was flushed
    lost	something may be lost although something was flushed, or had FUA
    untouched	the disk was not asked to write or to flush

and REQUESTS are the flags of what it was asked, as block_rq_issue has them.
"""
import ctypes
import fcntl
import os
import re
import struct
import sys

SG_IO, TO_DEV, NONE = 0x2285, -2, -1
TRACE = "/sys/kernel/tracing/instances/durability"
EVENTS = "block_rq_issue", "block_rq_complete"
LINE = re.compile(r" block_rq_(issue|complete): \S+ ([A-Z]+) .*?(\d+) \+ (\d+)")


def write(name, text):
    with open(f"{TRACE}/{name}", "w") as file:
        file.write(text)


def start_trace(disk):
    status = os.stat(disk)
    os.makedirs(TRACE, exist_ok=True)
    for event in EVENTS:
        number = os.major(status.st_rdev) << 20 | os.minor(status.st_rdev)
        write(f"events/block/{event}/filter", f"dev == {number}")
        write(f"events/block/{event}/enable", "1")


def stop_trace():
    for event in EVENTS:
        write(f"events/block/{event}/enable", "0")
    os.rmdir(TRACE)


def flags_of(text):
    """The operation, and whether it has FUA; block_rq_issue has [F]OP[F]..., FF is a flush."""
    before, operation, behind = re.fullmatch("(F?)([WDNRF])(.*)", text).groups()
    if text.startswith("FF"):
        return "F", False
    return operation, bool(before) or behind.startswith("F")


class Medium:
    """What a disk that forgets would have after these requests."""

    def __init__(self):
        self.cached, self.flushing = set(), []
        self.wrote = self.secured = False
        self.issued = []

    def issue(self, text):
        operation, _ = flags_of(text)
        if operation != "R":
            self.issued.append(text)
        if operation == "F":
            self.flushing.append(set(self.cached))

    def complete(self, text, sector, sectors):
        operation, fua = flags_of(text)
        if operation == "F":
            self.secured = True
            self.cached -= self.flushing.pop(0) if self.flushing else set()
        elif operation != "R" and sectors:
            self.wrote = True
            self.secured |= fua
            blocks = set(range(sector, sector + sectors))
            self.cached = self.cached - blocks if fua else self.cached | blocks

    def state(self):
        if self.secured:
            return "lost" if self.cached else "durable"
        return "cached" if self.wrote else "untouched"


def send(fd, cdb, data):
    buffer = ctypes.create_string_buffer(data, max(len(data), 1))
    command = ctypes.create_string_buffer(cdb, len(cdb))
    sense = ctypes.create_string_buffer(64)
    hdr = bytearray(struct.pack("iiBBHIPPPIIiPBBBBHHiII4x", ord("S"), TO_DEV if data else NONE,
                                len(cdb), len(sense), 0, len(data), ctypes.addressof(buffer),
                                ctypes.addressof(command), ctypes.addressof(sense), 60000, 0, 0, 0,
                                *[0] * 9))
    fcntl.ioctl(fd, SG_IO, hdr)
    status, _, _, sense_len, host = struct.unpack_from("BBBBH", hdr, 64)
    if status or host:
        sys.exit(f"{cdb.hex(' ')}: status {status:02x}, sense {sense.raw[:sense_len].hex()}")


def data_of(text):
    if text == "-":
        return b""
    if "*" in text:
        byte, count = text.split("*")
        return bytes.fromhex(byte) * int(count)
    return bytes.fromhex(text)


def traced():
    with open(f"{TRACE}/trace") as file:
        return [match.groups() for match in map(LINE.search, file) if match]


def main():
    start_trace(sys.argv[2])
    fd = os.open(sys.argv[1], os.O_RDWR | os.O_NONBLOCK)
    for line in sys.stdin:
        name, data, *cdb = line.split()
        write("trace", "")
        send(fd, bytes.fromhex("".join(cdb)), data_of(data))
        medium = Medium()
        for event, flags, sector, sectors in traced():
            if event == "issue":
                medium.issue(flags)
            else:
                medium.complete(flags, int(sector), int(sectors))
        print(f"{name} {medium.state()}: {' '.join(medium.issued)}", flush=True)
    stop_trace()


main()
