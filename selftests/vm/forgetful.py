#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""forgetful.py DIR: disks with a cache that loses everything when the power goes.

An NBD server (the protocol's doc/proto.md) at DIR/socket. Export NAME is the file DIR/NAME, which is
what the medium has: a write comes there with FUA, or at the next flush. Until then it is in a cache,
where reads find it, and which goes with the connection: DIR/NAME.lost gets a line each time, with how
many blocks that were.
"""
import os
import socket
import struct
import sys
import threading

BLOCK = 512
OPTION_MAGIC, REPLY_MAGIC = b"IHAVEOPT", 0x3e889045565a9
REQUEST_MAGIC, ANSWER_MAGIC = 0x25609513, 0x67446698
EXPORT_NAME, ABORT, INFO, GO = 1, 2, 6, 7			# options
ACK, REP_INFO, UNSUPPORTED, UNKNOWN = 1, 3, 1 << 31 | 1, 1 << 31 | 6
READ, WRITE, DISC, FLUSH, TRIM, ZEROES = 0, 1, 2, 3, 4, 6	# commands
HAS_FLAGS, SEND_FLUSH, SEND_FUA, SEND_TRIM, SEND_ZEROES = 1, 4, 8, 32, 64
FLAGS = HAS_FLAGS | SEND_FLUSH | SEND_FUA | SEND_TRIM | SEND_ZEROES
FUA, EIO = 1, 5


class Disk:
    def __init__(self, path):
        self.path = path
        self.medium = os.open(path, os.O_RDWR)
        self.size = os.fstat(self.medium).st_size
        self.cache = {}			# what is not on the medium: block number, data

    def read(self, at, length):
        data = bytearray(os.pread(self.medium, length, at))
        for block in range(at // BLOCK, (at + length) // BLOCK):
            if block in self.cache:
                data[block * BLOCK - at:(block + 1) * BLOCK - at] = self.cache[block]
        return bytes(data)

    def write(self, at, data, fua):
        for offset in range(0, len(data), BLOCK):
            self.cache[(at + offset) // BLOCK] = data[offset:offset + BLOCK]
        if fua:
            self.to_medium(range(at // BLOCK, (at + len(data)) // BLOCK))

    def to_medium(self, blocks):
        for block in blocks:
            os.pwrite(self.medium, self.cache.pop(block), block * BLOCK)

    def flush(self):
        self.to_medium(list(self.cache))

    def lose_power(self):
        with open(self.path + ".lost", "a") as file:
            print(len(self.cache), file=file)
        os.close(self.medium)


class Gone(Exception):
    """The other end, in the middle of something or not."""


def receive(peer, length):
    data = bytearray()
    while len(data) < length:
        more = peer.recv(length - len(data))
        if not more:
            raise Gone
        data += more
    return bytes(data)


def reply(peer, option, kind, data=b""):
    peer.sendall(struct.pack(">QIII", REPLY_MAGIC, option, kind, len(data)) + data)


def go(peer, directory, option, data):
    """The disk, if that is what it was asked for; the name comes with its length before it."""
    name = data[4:4 + struct.unpack_from(">I", data)[0]].decode()
    path = os.path.join(directory, name)
    if not os.path.isfile(path):
        reply(peer, option, UNKNOWN)
        return None
    reply(peer, option, REP_INFO, struct.pack(">HQH", 0, os.path.getsize(path), FLAGS))
    reply(peer, option, ACK)
    return Disk(path) if option == GO else None


def shake_hands(peer, directory):
    peer.sendall(b"NBDMAGIC" + OPTION_MAGIC + struct.pack(">H", 3))	# fixed newstyle, no zeroes
    no_zeroes = struct.unpack(">I", receive(peer, 4))[0] & 2
    while True:
        magic, option, length = struct.unpack(">8sII", receive(peer, 16))
        if magic != OPTION_MAGIC or option == ABORT:
            raise Gone
        data = receive(peer, length)
        if option == EXPORT_NAME:
            disk = Disk(os.path.join(directory, data.decode()))
            peer.sendall(struct.pack(">QH", disk.size, FLAGS) + bytes(0 if no_zeroes else 124))
            return disk
        if option in (INFO, GO):
            disk = go(peer, directory, option, data)
            if disk:
                return disk
        else:
            reply(peer, option, UNSUPPORTED)


def serve_disk(peer, disk):
    while True:
        magic, flags, kind, cookie, at, length = struct.unpack(">IHHQQI", receive(peer, 28))
        if magic != REQUEST_MAGIC or kind == DISC:
            raise Gone
        data, error = b"", 0
        if kind == WRITE:
            disk.write(at, receive(peer, length), flags & FUA)
        elif kind in (TRIM, ZEROES):
            disk.write(at, bytes(length), flags & FUA)
        elif kind == FLUSH:
            disk.flush()
        elif kind == READ:
            data = disk.read(at, length)
        else:
            error = EIO
        peer.sendall(struct.pack(">IIQ", ANSWER_MAGIC, error, cookie) + data)


def serve(peer, directory):
    disk = None
    try:
        disk = shake_hands(peer, directory)
        serve_disk(peer, disk)
    except (Gone, ConnectionError):
        pass
    finally:
        peer.close()
        if disk:
            disk.lose_power()


def main():
    directory = sys.argv[1]
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.join(directory, "socket"))
    listener.listen()
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=serve, args=(peer, directory), daemon=True).start()


main()
