# SPDX-License-Identifier: GPL-2.0-only
"""The cases of sense.sh: sense.py TARGET CASE. They end well, or with what was wrong."""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from iscsi import *  # noqa: E402, F403

DATA_IN, RESPONSE = 0x25, 0x21
FINAL, STATUS, UNDERFLOW, OVERFLOW = 0x80, 0x01, 0x02, 0x04
CHECK_CONDITION = 2
DISK = Path("/sys/kernel/scst_tgt/devices/disk0")


def expect(value, expected, what="value"):
    assert value == expected, f"{what} is {value!r}, expected {expected!r}"


def session(**args):
    i = Initiator(ctl, target, **args)
    i.settle()
    return i


def send_reads(i, number):
    for n in range(number):
        i.command(struct.pack(">BxIxHx", 0x28, 8 * n, 8), 4096, lun=1)


def expect_all_good(i, number):
    ends = []
    while len(ends) < number:
        answer = i.recv()
        if answer.opcode == RESPONSE or answer.flags & STATUS:
            ends.append(answer.status)
    expect(ends, [0] * number, "the status of each")


def device_without_a_tag_is_waited_for():
    i = session()
    i.settle(1)
    send_reads(i, 16)
    expect_all_good(i, 16)


def device_without_a_tag_keeps_nobody_else():
    i = session()
    i.settle(1)
    send_reads(i, 2)
    expect(i.read_blocks(0, 8)[0], 0, "status of a read at LUN 0")
    expect_all_good(i, 2)


def fail_reads(sense, short=0, every=1):
    for name, value in (("sense", sense), ("short", short), ("every", every)):
        (DISK / f"test_{name}").write_text(str(value))


def read(i, lba, count, length):
    """The Data-In PDUs, and the PDU with the status, which is one of them or the response."""
    itt = i.command(struct.pack(">BxIxHx", 0x28, lba, count), length)
    got = [i.recv()]
    while got[-1].opcode == DATA_IN and not got[-1].flags & STATUS:
        got.append(i.recv())
    assert all(answer.itt == itt for answer in got), got
    return [answer for answer in got if answer.opcode == DATA_IN], got[-1]


def expect_sense(answer, sense):
    expect(int.from_bytes(answer.data[:2], "big"), len(answer.data) - 2, "sense length")
    expect(answer.data[2:].hex(), sense.hex() if isinstance(sense, bytes) else sense, "sense")


def medium_error(lba):
    return struct.pack(">BBBIB4xBB4x", 0xf0, 0, 3, lba, 10, 0x11, 0)


def data_before_sense(i, segment, burst):
    """128 blocks without the last 1000 bytes, twice: StatSN goes on."""
    size = 65536 - 1000
    fail_reads("3/11/0", 1000)
    stat_sn = None
    for lba in (0, 4096):
        data_in, last = read(i, lba, 128, 65536)
        for sn, answer in enumerate(data_in):
            offset = sn * segment
            expect((answer.word36, answer.word40), (sn, offset), "DataSN, offset")
            expect(len(answer.data), min(segment, size - offset), "length")
            ends = offset + len(answer.data)
            final = FINAL if ends == size or ends % burst == 0 else 0
            expect((answer.flags, answer.stat_sn), (final, 0), "flags, StatSN")
        expect(sum(len(answer.data) for answer in data_in), size, "data")
        expect((last.opcode, last.response, last.status), (RESPONSE, 0, CHECK_CONDITION))
        expect((last.flags, last.word44), (FINAL | UNDERFLOW, 1000), "residual")
        expect(last.word36, len(data_in), "ExpDataSN")
        expect_sense(last, medium_error(lba + size // 512))
        expect(last.stat_sn, stat_sn or last.stat_sn, "StatSN")
        stat_sn = last.stat_sn + 1
    fail_reads("0/0/0", 0, 0)
    data_in, last = read(i, 0, 128, 65536)
    expect((last.opcode, last.status, last.stat_sn), (DATA_IN, 0, stat_sn))
    i.close()


def data_comes_before_sense():
    data_before_sense(session(), 8192, 65536)


def data_comes_before_sense_with_digests():
    data_before_sense(session(HeaderDigest=CRC32C, DataDigest=CRC32C, MaxBurstLength=1536,
                              MaxXmitDataSegmentLength=512), 512, 1536)


def overflow_is_told_beside_sense():
    i = session()
    sense = bytes.fromhex("700001000000000a000000000b0000000000")   # RECOVERED ERROR, WARNING
    fail_reads(sense.hex(), 1000)
    data_in, last = read(i, 0, 8, 1024)
    expect(sum(len(answer.data) for answer in data_in), 1024, "data")
    expect((last.flags, last.word44), (FINAL | OVERFLOW, 4096 - 1000 - 1024), "residual")
    expect_sense(last, sense)
    i.close()


def failure_without_data_has_no_data_in():
    i = session()
    for short in (0, 4096, 5000):
        fail_reads("3/11/0", short)
        data_in, last = read(i, 16, 8, 4096)
        expect(data_in, [])
        expect((last.opcode, last.status), (RESPONSE, CHECK_CONDITION))
        expect((last.flags, last.word44, last.word36), (FINAL | UNDERFLOW, 4096, 0),
               "residual, ExpDataSN")
    i.close()


def longest_sense_of_a_device_comes_whole():
    for digest in (NONE, CRC32C):
        i = session(HeaderDigest=digest, DataDigest=digest)
        for length in (8, 18, 96, 249, 250, 251, 252):
            sense = bytes([0x72, 4, 0x5d, 0, 0, 0, 0, length - 8]) + os.urandom(length - 8)
            fail_reads(sense.hex())
            _, last = read(i, 0, 1, 512)
            expect((last.opcode, last.status), (RESPONSE, CHECK_CONDITION))
            expect_sense(last, sense)
        i.close()


if __name__ == "__main__":
    target = sys.argv[1]
    ctl = Ctl()
    run(globals()[sys.argv[2]])
