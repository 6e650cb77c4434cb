# SPDX-License-Identifier: GPL-2.0-only
"""
Commands of scsi.py to a disk of this host, by SG_IO.
"""
import ctypes
import fcntl
import struct

from scsi import outcome

SG_IO = 0x2285
NONE, TO_DEV, FROM_DEV = -1, -2, -3
HEADER = struct.Struct("iiBBHIPPPIIiPBBBBHHiII4x")
# host_status: no such disk (any more); and those that the error handler has ended.
GONE, ENDED = (1, 15), (3, 5, 8)


def sg_io(node, command, timeout_ms):
    """Return: answer, data."""
    size = command.reads or len(command.data)
    way = FROM_DEV if command.reads else TO_DEV if size else NONE
    cdb = ctypes.create_string_buffer(command.cdb, len(command.cdb))
    data = ctypes.create_string_buffer(command.data, max(size, 1))
    sense = ctypes.create_string_buffer(64)
    header = bytearray(HEADER.pack(ord("S"), way, len(command.cdb), len(sense), 0, size,
                                   ctypes.addressof(data), ctypes.addressof(cdb),
                                   ctypes.addressof(sense), timeout_ms, 0, 0, 0,
                                   0, 0, 0, 0, 0, 0, 0, 0, 0))
    fcntl.ioctl(node, SG_IO, header)
    status, _, _, sense_len, host, _, _ = struct.unpack_from("BBBBHHi", header, 64)
    if host:
        return ("gone" if host in GONE else "ended" if host in ENDED else f"host {host}"), b""
    return outcome(status, sense.raw[:sense_len]), data.raw[:size]
