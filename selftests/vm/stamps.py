#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a disk has to have after a power cut.

    stamps.py write SG LOG cache|none all|series
					writes to the disk until it is killed, by each command that can,
					or by those only that read before they write: if others write as
					well, their flushes cover these, too. "none": it has no cache,
					what is answered with GOOD is durable; "cache": what had FUA is,
					and what was answered before a good SYNCHRONIZE CACHE
    stamps.py check IMAGE LOG		is all there that has to be, and nothing that was not written?

The disk is places of eight blocks, each block a number of eight bytes again and again. LOG has a line
before each command, "i NUMBER PLACE VALUE..." with what its blocks are going to be, and one behind its
answer: "a NUMBER" if it may be lost, "d NUMBER" if not, "s NUMBER" of a SYNCHRONIZE CACHE.
"""
import ctypes
import fcntl
import os
import random
import struct
import sys

SG_IO, TO_DEV, FROM_DEV, NONE = 0x2285, -2, -3, -1
BLOCK, PLACES, BLOCKS = 512, 64, 8
SIZE = BLOCK * BLOCKS


# ---- in the guest ----

def send(fd, cdb, data=b"", length=0):
    """The data that came, of that length, if the answer was GOOD."""
    buffer = ctypes.create_string_buffer(data, max(len(data), length, 1))
    command = ctypes.create_string_buffer(cdb, len(cdb))
    sense = ctypes.create_string_buffer(64)
    direction = TO_DEV if data else FROM_DEV if length else NONE
    hdr = bytearray(struct.pack("iiBBHIPPPIIiPBBBBHHiII4x", ord("S"), direction, len(cdb), len(sense),
                                0, len(data) or length, ctypes.addressof(buffer),
                                ctypes.addressof(command), ctypes.addressof(sense), 60000, 0, 0, 0,
                                *[0] * 9))
    fcntl.ioctl(fd, SG_IO, hdr)
    status, _, _, sense_len, host = struct.unpack_from("BBBBH", hdr, 64)
    if status or host:
        sys.exit(f"{cdb.hex(' ')}: status {status:02x}, sense {sense.raw[:sense_len].hex()}")
    return buffer.raw[:length]


def blocks_of(values):
    return b"".join(struct.pack("<Q", value) * (BLOCK // 8) for value in values)


def values_of(data):
    """Of each block its number, or None if it is not one number."""
    values = []
    for at in range(0, len(data), BLOCK):
        block = data[at:at + BLOCK]
        values.append(struct.unpack_from("<Q", block)[0] if block == block[:8] * (BLOCK // 8) else None)
    return values


class Writer:
    """@cached: whether the disk has a cache."""

    def __init__(self, device, log, cached):
        self.fd = os.open(device, os.O_RDWR | os.O_NONBLOCK)
        self.log_fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.cached, self.number = cached, 0

    def log(self, *words):
        os.write(self.log_fd, (" ".join(map(str, words)) + "\n").encode())

    def present(self, place):
        return send(self.fd, struct.pack(">BxQIxx", 0x88, place * BLOCKS, BLOCKS), length=SIZE)

    def put(self, place, values, fua, command):
        """@command gives the CDB and the data."""
        cdb, data = command(place * BLOCKS, values, 8 if fua else 0)
        self.number += 1
        self.log("i", self.number, place, *values)
        send(self.fd, cdb, data)
        self.log("a" if self.cached and not fua else "d", self.number)

    def sync(self):
        self.number += 1
        send(self.fd, struct.pack(">BxIxHx", 0x35, 0, 0))
        self.log("s", self.number)


def write_10(lba, values, fua):
    return struct.pack(">BBIxHx", 0x2a, fua, lba, BLOCKS), blocks_of(values)


def write_16(lba, values, fua):
    return struct.pack(">BBQIxx", 0x8a, fua, lba, BLOCKS), blocks_of(values)


def write_verify(lba, values, _fua):
    return struct.pack(">BxIxHx", 0x2e, lba, BLOCKS), blocks_of(values)


def write_same(lba, values, _fua):
    return struct.pack(">BBQIxx", 0x93, 0, lba, BLOCKS), blocks_of(values[:1])


def unmap(lba, _values, _fua):
    return struct.pack(">B6xHx", 0x42, 24), struct.pack(">HH4xQI4x", 22, 16, lba, BLOCKS)


# What flushes is rare, or nothing would be forgotten.
SERIES = ("compare", "or")
KINDS = {"series": SERIES, "all": (SERIES + ("write", "same", "zeros", "unmap")) * 3 + ("verify", "sync")}


def step(writer, place, kinds):
    """One command of any sort: values that nobody else has, or what is there already in a way."""
    new = [writer.number + 1] * BLOCKS
    fua = random.random() < 0.2
    kind = random.choice(kinds)
    if kind == "write":
        writer.put(place, new, fua, random.choice((write_10, write_16)))
    elif kind == "verify":
        writer.put(place, new, True, write_verify)
    elif kind == "same":
        writer.put(place, new, False, write_same)
    elif kind == "zeros":
        writer.put(place, [0] * BLOCKS, False, write_same)
    elif kind == "unmap":
        writer.put(place, [0] * BLOCKS, False, unmap)
    elif kind == "sync":
        writer.sync()
    else:
        old = writer.present(place)
        if kind == "compare":
            writer.put(place, new, fua, lambda lba, values, fua: (
                struct.pack(">BBQxxxBxx", 0x89, fua, lba, BLOCKS), old + blocks_of(values)))
        else:
            writer.put(place, [a | b for a, b in zip(values_of(old), new)], fua, lambda lba, _, fua: (
                struct.pack(">BBQIxx", 0x8b, fua, lba, BLOCKS), blocks_of(new)))


def write(device, log, cache, kinds):
    """First every place, so that nothing is there that nobody knows; then anything."""
    writer = Writer(device, log, cache == "cache")
    for place in range(PLACES):
        writer.put(place, [writer.number + 1] * BLOCKS, False, write_16)
    writer.sync()
    while True:
        step(writer, random.randrange(PLACES), KINDS[kinds])


# ---- on the host ----

class History:
    """What was written where, and what of it has to be there."""

    def __init__(self):
        self.asked = {}			# number: place, values
        self.since = {}			# place: number of the last one that is durable
        self.answered = []		# those that are not, yet
        self.durable = 0

    def settle(self, number):
        place = self.asked[number][0]
        self.since[place] = max(self.since.get(place, 0), number)
        self.durable += 1

    def hear(self, kind, number, place_and_values):
        if kind == "i":
            place, *values = place_and_values
            self.asked[number] = place, values
        elif kind == "a":
            self.answered.append(number)
        elif kind == "d":
            self.settle(number)
        else:
            for done in self.answered:
                self.settle(done)
            self.answered.clear()

    def allowed(self, place, block):
        """Values of the last one that is durable, and of all that came behind it."""
        return {values[block] for number, (where, values) in self.asked.items()
                if where == place and number >= self.since[place]}


def history_of(log):
    history = History()
    with open(log) as file:
        text = file.read()
    for line in text[:text.rfind("\n") + 1].splitlines():
        kind, number, *rest = line.split()
        history.hear(kind, int(number), list(map(int, rest)))
    return history


def wrong_blocks(image, history):
    with open(image, "rb") as file:
        found = values_of(file.read(PLACES * SIZE))
    for place in sorted(history.since):
        for block in range(BLOCKS):
            value, allowed = found[place * BLOCKS + block], history.allowed(place, block)
            if value not in allowed:
                yield f"place {place}, block {block} has {value}, expected one of {sorted(allowed)[:8]}"


def check(image, log):
    history = history_of(log)
    wrong = list(wrong_blocks(image, history))
    for line in wrong[:5]:
        print(f"{image}: {line}")
    print(f"{history.durable} durable, {len(wrong)} blocks are not what they have to be")
    sys.exit(1 if wrong or not history.durable else 0)


if sys.argv[1] == "write":
    write(*sys.argv[2:])
else:
    check(*sys.argv[2:])
