#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""odd_fs.py DIRECTORY FILE: a FUSE file system of one file, `disk`, of 4 MiB of zeros, which
forgets what is written. As long as the FILE has the name of an errno, each read and write ends with
that, and it is told on standard output. Ends when it is unmounted. See <linux/fuse.h>.
"""
import ctypes
import errno
import os
import stat
import struct
import sys

ROOT, DISK, SIZE = 1, 2, 4 << 20
LOOKUP, FORGET, GETATTR, SETATTR = 1, 2, 3, 4
OPEN, READ, WRITE, STATFS, RELEASE = 14, 15, 16, 17, 18
FSYNC, FLUSH, INIT, OPENDIR, RELEASEDIR, INTERRUPT, BATCH_FORGET = 20, 25, 26, 27, 29, 36, 42
NO_CACHE = 1			# FOPEN_DIRECT_IO: every read and write is asked for
LONGEST = 128 << 10


def attributes(node):
    """struct fuse_attr"""
    mode = stat.S_IFDIR | 0o700 if node == ROOT else stat.S_IFREG | 0o600
    size = 0 if node == ROOT else SIZE
    return struct.pack("<6Q10I", node, size, size >> 9, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def lookup(node, data):
    if node != ROOT or data.rstrip(b"\0") != b"disk":
        return errno.ENOENT
    return struct.pack("<4QII", DISK, 0, 60, 60, 0, 0) + attributes(DISK)


def getattr_(node, data):
    return struct.pack("<QII", 60, 0, 0) + attributes(node)


def open_(node, data):
    return struct.pack("<QII", 0, NO_CACHE if node == DISK else 0, 0)


def said():
    """The errno that is wanted, or 0."""
    with open(sys.argv[2]) as file:
        name = file.read().strip()
    if name:
        print(name, flush=True)
    return getattr(errno, name) if name else 0


def read(node, data):
    size, = struct.unpack_from("<I", data, 16)
    return said() or bytes(size)


def write(node, data):
    size, = struct.unpack_from("<I", data, 16)
    return said() or struct.pack("<II", size, 0)


def statfs(node, data):
    return struct.pack("<5Q4I24x", 1024, 1024, 1024, 1, 0, 4096, 255, 4096, 0)


def init(node, data):
    """Protocol 7.31, and nothing that is optional."""
    return struct.pack("<IIIIHHIIHHI28x", 7, 31, 0, 0, 1, 1, LONGEST, 1, 0, 0, 0)


def nothing(node, data):
    return b""


ANSWERS = {LOOKUP: lookup, GETATTR: getattr_, SETATTR: getattr_, OPEN: open_, OPENDIR: open_,
           READ: read, WRITE: write, STATFS: statfs, INIT: init, RELEASE: nothing,
           RELEASEDIR: nothing, FSYNC: nothing, FLUSH: nothing}


def serve(fuse):
    while True:
        try:
            request = os.read(fuse, LONGEST + 4096)
        except OSError as error:
            if error.errno == errno.ENODEV:		# unmounted
                return
            raise
        opcode, unique, node = struct.unpack_from("<IQQ", request, 4)
        if opcode in (FORGET, BATCH_FORGET, INTERRUPT):
            continue
        answer = ANSWERS[opcode](node, request[40:]) if opcode in ANSWERS else errno.ENOSYS
        failure, data = (answer, b"") if isinstance(answer, int) else (0, answer)
        try:
            os.write(fuse, struct.pack("<IiQ", 16 + len(data), -failure, unique) + data)
        except FileNotFoundError:			# whoever asked has gone
            pass


fd = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={fd},rootmode=40000,user_id=0,group_id=0".encode()
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"odd", sys.argv[1].encode(), b"fuse", 0, options):
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
serve(fd)
