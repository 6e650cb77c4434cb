#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""sg_io.py DEVICE LENGTH CDB-BYTE...: sends a command that reads LENGTH bytes through SG_IO, or writes
-LENGTH zeros.

Prints "STATUS SENSE", the sense as it came, in hexadecimal digits, or "-"; and on a second line
"RESIDUAL BROUGHT": how many bytes of the buffer are no longer what they were.

sg_io.py --serve REQUESTS ANSWERS: goes on doing that. A line of the pipe REQUESTS has a word for whoever
asks, and what stands behind the name of the program otherwise; one of ANSWERS has that word and
"STATUS SENSE RESIDUAL BROUGHT".
"""
import ctypes
import fcntl
import os
import struct
import sys

SG_IO, FROM_DEV, TO_DEV, NONE = 0x2285, -3, -2, -1
UNTOUCHED = 0xa5


def send(device, length, *cdb_bytes):
    direction = FROM_DEV if int(length) > 0 else TO_DEV if int(length) else NONE
    length = abs(int(length))
    cdb = ctypes.create_string_buffer(bytes.fromhex("".join(cdb_bytes)), len(cdb_bytes))
    data = ctypes.create_string_buffer(bytes([UNTOUCHED if direction == FROM_DEV else 0]) * length, max(length, 1))
    sense = ctypes.create_string_buffer(255)
    hdr = bytearray(struct.pack("iiBBHIPPPIIiPBBBBHHiII4x", ord("S"), direction,
                                len(cdb), len(sense), 0, length, ctypes.addressof(data),
                                ctypes.addressof(cdb), ctypes.addressof(sense), 60000, 0, 0, 0,
                                0, 0, 0, 0, 0, 0, 0, 0, 0))
    fd = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.ioctl(fd, SG_IO, hdr)
    finally:
        os.close(fd)
    status, _, _, sense_len, _, _, resid = struct.unpack_from("BBBBHHi", hdr, 64)
    return (f"{status:02x}", sense.raw[:sense_len].hex() or "-", resid,
            len(data.raw[:length].rstrip(bytes([UNTOUCHED]))))


def serve(requests, answers):
    with open(requests) as asked, open(answers, "w") as told:
        for line in asked:
            word, *command = line.split()
            try:
                answer = send(*command)
            except OSError as e:
                answer = e.errno, "-", 0, 0
            print(word, *answer, file=told, flush=True)


def main():
    if sys.argv[1] == "--serve":
        serve(*sys.argv[2:])
    else:
        answer = send(*sys.argv[1:])
        print(*answer[:2])
        print(*answer[2:])


if __name__ == "__main__":
    main()
