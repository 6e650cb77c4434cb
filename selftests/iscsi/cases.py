# SPDX-License-Identifier: GPL-2.0-only
"""
What the cases of pdus.sh and peers.sh share. They are functions of a file that is run as FILE TARGET
CASE, and end well or with what was wrong.
"""
import errno
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
from iscsi import *  # noqa: E402, F403

WRITE, READ = 0x20, 0x40
REJECT, R2T, DATA_IN, RESPONSE, NOP_IN = 0x3f, 0x31, 0x25, 0x21, 0x20
UNSOLICITED = 0xffffffff

target = sys.argv[1]
ctl = Ctl()


def write10(lba, count):
    return struct.pack(">BxIxHx", 0x2a, lba, count)


def expect(value, expected, what=""):
    assert value == expected, f"{what or 'value'} is {value!r}, expected {expected!r}"


def expect_reject(i, reason, closed=True):
    answer = i.recv()
    expect((answer.opcode, answer.response), (REJECT, reason), "answer")
    expect(len(answer.data), 48, "length of the rejected header")
    if closed:
        expect(i.is_closed(), True, "closed")


def expect_alive(i):
    i.send(Pdu(0, itt=i.next_itt(), cmd_sn=i.next_sn(), data=b"are you there"))
    answer = i.recv()
    expect((answer.opcode, answer.data), (NOP_IN, b"are you there"))


def session(**args):
    i = Initiator(ctl, target, **args)
    i.settle()
    return i


def wait_until(condition, what):
    end = time.monotonic() + 100
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def session_behind_some_that_end(**args):
    """A session that ends is counted a moment longer than its directory is there."""
    end = time.monotonic() + 100
    while True:
        try:
            return session(**args)
        except OSError as e:
            expect(e.errno, errno.EUSERS, "error of a login behind sessions that end")
        assert time.monotonic() < end, "sessions that have ended are counted for ever"
        time.sleep(0.1)


def refused(error, **args):
    try:
        Initiator(ctl, target, **args)
        raise AssertionError(f"accepted: {args}")
    except OSError as e:
        expect(e.errno, error, f"error of {args}")


def answer_r2ts(i, itt, data, segment=8192):
    """Until the status; as R2T asks for it."""
    while True:
        answer = i.recv()
        if answer.opcode != R2T:
            expect((answer.opcode, answer.itt), (RESPONSE, itt))
            return answer
        at, end = answer.word40, answer.word40 + answer.word44
        for sn, offset in enumerate(range(at, end, segment)):
            part = data[offset:min(offset + segment, end)]
            i.data_out(itt, answer.ttt, offset, part, sn, offset + len(part) == end)


def sense_of(data):
    """(sense key, ASC) of a response's data, in either format."""
    sense = data[2:]
    key, asc = (sense[1], sense[2]) if sense[0] == 0x72 else (sense[2], sense[12])
    return key & 15, asc


def tmf(i, function, rtt=0, lun=0):
    i.send(Pdu(2, 0x80 | function, i.next_itt(), rtt, i.cmd_sn, lun=lun, immediate=True))
    answer = i.recv()
    expect((answer.opcode, answer.itt), (0x22, i.itt), "task management response")
    return answer.response


def reserve(i, action, key, service_key):
    """PERSISTENT RESERVE OUT. Return: status."""
    data = struct.pack(">QQ8x", key, service_key)
    return i.collect(i.command(struct.pack(">BBBxxIx", 0x5f, action, 1, len(data)), len(data),
                               data))[0]
