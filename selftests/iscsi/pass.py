# SPDX-License-Identifier: GPL-2.0-only
"""The cases of pass.sh: pass.py TARGET H:C:I:L CASE. They end well, or with what was wrong.

LUN 0 is that disk of scsi_debug.
"""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from iscsi import *  # noqa: E402, F403

DATA_IN, RESPONSE = 0x25, 0x21
FINAL, STATUS, UNDERFLOW, OVERFLOW = 0x80, 0x01, 0x02, 0x04
READ, WRITE = 0x40, 0x20
CHECK_CONDITION = 2
DRIVER = Path("/sys/bus/pseudo/drivers/scsi_debug")
MOST = 16 << 20


def expect(value, expected, what="value"):
    assert value == expected, f"{what} is {value!r}, expected {expected!r}"


def session(**args):
    i = Initiator(ctl, target, **args)
    i.settle()
    return i


def inject(words):
    Path(f"/sys/kernel/debug/scsi_debug/{device}/error").write_text(words)


def goes_wrong(opts):
    """Each command from now on, as scsi_debug's opts say; 0: none."""
    (DRIVER / "opts").write_text(str(opts))
    (DRIVER / "every_nth").write_text("1" if opts else "0")


def ask(i, cdb, length, flags=None):
    """The Data-In PDUs, and the PDU with the status, which is one of them or the response."""
    itt = i.command(cdb, length, flags=flags)
    got = [i.recv()]
    while got[-1].opcode == DATA_IN and not got[-1].flags & STATUS:
        got.append(i.recv())
    assert all(answer.itt == itt for answer in got), got
    return b"".join(answer.data for answer in got if answer.opcode == DATA_IN), got[-1]


def read(i, lba, count, length):
    return ask(i, struct.pack(">BxIxHx", 0x28, lba, count), length)


def codes(answer):
    """Key, ASC, ASCQ of the sense in a response."""
    sense = answer.data[2:]
    return (sense[1] & 15, sense[2], sense[3]) if sense[0] & 0x7f > 0x71 else (sense[2] & 15, sense[12], sense[13])


def recovered_errors_come_with_their_data():
    i = session()
    expected = i.read_blocks(0, 128)[1]
    expect(len(expected), 65536)
    goes_wrong(8)
    data, last = read(i, 0, 128, 65536)
    goes_wrong(0)
    expect((last.opcode, last.status, last.flags), (RESPONSE, CHECK_CONDITION, FINAL))
    expect(codes(last), (1, 0x5d, 0), "sense")
    assert data == expected, "other data"
    i.close()


def what_is_missing_is_told():
    i = session()
    goes_wrong(0x100)
    data, last = read(i, 0, 128, 65536)
    goes_wrong(0)
    expect((last.status, last.flags & (UNDERFLOW | OVERFLOW), last.word44), (0, UNDERFLOW, 32768), "residual")
    expect(len(data), 32768, "data")
    data, last = read(i, 0, 8, 1024)
    expect((last.status, last.flags & (UNDERFLOW | OVERFLOW), last.word44), (0, OVERFLOW, 3072), "residual")
    expect(len(data), 1024, "data")
    i.close()


def sense_is_the_disks():
    i = session()
    for dsense in ("0", "1"):
        (DRIVER / "dsense").write_text(dsense)
        for key in (1, 3, 4, 7, 9, 0xb, 0xe):
            inject(f"2 1 28 0 0 2 {key:x} 81 {key:x}")
            _, last = read(i, 0, 1, 512)
            expect((last.opcode, last.status), (RESPONSE, CHECK_CONDITION))
            expect(codes(last), (key, 0x81, key), "sense")
            expect(last.data[2], 0x72 if dsense == "1" else 0x70, "format")
            expect(int.from_bytes(last.data[:2], "big"), len(last.data) - 2, "length of sense")
    (DRIVER / "dsense").write_text("0")
    inject("- 2 28")
    i.close()


def unknown_commands_of_any_length():
    i = session()
    cdb = bytes([0xc1]).ljust(10, b"\0")
    for length in (0, 1, 511, 65536, MOST):
        _, last = ask(i, cdb, length, READ)
        expect((last.status, codes(last)), (CHECK_CONDITION, (5, 0x20, 0)), f"{length} bytes, the disk's answer")
    for length in (MOST + 1, 1 << 31, 0xffffffff):
        for flags in (READ, WRITE):
            _, last = ask(i, cdb, length, flags)
            expect((last.status, codes(last)[:2]), (CHECK_CONDITION, (5, 0x24)), f"{length} bytes")
    i.settle()
    i.close()


def lengths_that_contradict_the_cdb():
    i = session()
    before = i.read_blocks(0, 8)[1]
    for cdb, length, flags in ((rw(0x28, 65535), 512, READ), (rw(0x28, 1), 0xffffffff, READ), (rw(0x2a, 1), 0, 0),
                               (rw(0x2a, 8), 0, READ), (rw(0x28, 8), 4096, WRITE), (rw(0x2a, 8), 4096, READ),
                               (rw(0x28, 1), 512, READ | WRITE), (rw(0xc1, 1), 512, READ | WRITE)):
        itt = i.command(cdb, length, flags=flags)
        answer = i.recv()
        while answer.opcode == DATA_IN and not answer.flags & STATUS:
            answer = i.recv()
        if answer.opcode == 0x31:		# R2T: it may want what has been offered
            i.data_out(itt, answer.ttt, 0, bytes(answer.word44))
            answer = i.recv()
        assert answer.opcode in (RESPONSE, DATA_IN), answer
        i.settle()
    expect(i.read_blocks(0, 8)[1] == before, True, "that nothing was written")
    i.close()


def rw(op, blocks):
    return struct.pack(">BxIxHx", op, 0, blocks)


def extended_cdb(rest):
    return struct.pack(">HBB", len(rest) + 1, 1, 0) + rest + bytes(-len(rest) % 4)


def commands_longer_than_the_disk_takes():
    """32 bytes reach it; what the mid-layer has no room for is refused."""
    i = session()
    expected = i.read_blocks(9, 1)[1]
    read32 = struct.pack(">BxxxxxxBHxxQI4xI", 0x7f, 0x18, 9, 9, 9, 1)
    status, got, _ = i.collect(i.command(read32[:16], 512, ahs=extended_cdb(read32[16:])))
    expect((status, got == expected), (0, True), "READ(32)")
    for size in (33, 64, 200, 260):
        cdb = bytes([0x7f, 0, 0, 0, 0, 0, 0, min(size - 8, 252), 0xff, 0xff]).ljust(size, b"\0")
        itt = i.command(cdb[:16], 512, ahs=extended_cdb(cdb[16:]))
        status, _, last = i.collect(itt)
        expect((status, codes(last)[0]), (CHECK_CONDITION, 5), f"a CDB of {size} bytes")
    i.settle()
    i.close()


if __name__ == "__main__":
    target, device = sys.argv[1:3]
    ctl = Ctl()
    run(globals()[sys.argv[3]])
