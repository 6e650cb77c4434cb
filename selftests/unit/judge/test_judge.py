# SPDX-License-Identifier: GPL-2.0-only
"""
Every rule of the judge is broken, in every way that it looks for (BROKEN), by one PDU behind others
that are right; and what is right passes (RIGHT). Both are scripts for a Talk, which plays initiator
and target at once. TAP.
"""
import os
import struct
import sys
from functools import partial

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "iscsi"))
from iscsi import CRC32C, DEFAULTS, Pdu  # noqa: E402
from judge import *  # noqa: E402, F403
from stream import crc32c  # noqa: E402

LUN_2, TSIH = 2 << 48, 1
SENSE = struct.pack(">H", 18) + b"\x70".ljust(18, b"\0")


class Talk:
    """What the target says is right where a script does not say otherwise."""

    def __init__(self, **keys):
        self.keys = dict(DEFAULTS, MaxXmitDataSegmentLength=1024, MaxBurstLength=2048, **keys)
        self.judge = Judge(self.keys)
        self.sn = self.stat_sn = 1
        self.hear(LOGIN_RESPONSE, 0x87, itt=0)

    def send(self, opcode, flags=0x80, itt=1, ttt=RESERVED_TAG, data=b"", immediate=False, lun=0,
             rest=b"", sn=None):
        pdu = Pdu(opcode, flags, itt, ttt, self.sn if sn is None else sn, data, lun >> 48, 0,
                  rest, immediate=immediate)
        self.sn += opcode != DATA_OUT and not immediate and sn is None
        self.judge.sends(pdu.encode(self.keys["HeaderDigest"] == CRC32C,
                                    self.keys["DataDigest"] == CRC32C))
        return self

    def read(self, length=1024, itt=1, **more):
        return self.send(COMMAND, 0xc1, itt, length, **more)

    def write(self, length=1024, itt=1, data=b"", flags=0xa1, **more):
        return self.send(COMMAND, flags, itt, length, data, **more)

    def data_out(self, offset, size, ttt=7, final=True, itt=1):
        return self.send(DATA_OUT, 0x80 * final, itt, ttt, bytes(size),
                         rest=struct.pack(">IIII", 0, 0, offset, 0))

    def hear(self, opcode, flags=0x80, byte2=0, byte3=0, lun=0, itt=1, ttt=None, data=b"", words=(),
             exp=None, most=None, stat_sn=None, ahs=0, spoil=None):
        """spoil: of the whole PDU, which place is to have another byte."""
        has_status = not (opcode == R2T or (opcode == NOP_IN and itt == RESERVED_TAG) or
                          (opcode == DATA_IN and not flags & 1))
        if ttt is None:
            ttt = RESERVED_TAG if opcode in (NOP_IN, DATA_IN, TEXT_RESPONSE) else \
                7 if opcode == R2T else 0
        if stat_sn is None:
            stat_sn = 0 if opcode == DATA_IN and not has_status else self.stat_sn
        exp = self.sn if exp is None else exp
        bhs = struct.pack(">BBBBB3sQIIIII", opcode, flags, byte2, byte3, ahs,
                          len(data).to_bytes(3, "big"), lun, itt, ttt, stat_sn, exp,
                          exp + 31 if most is None else most)
        bhs += struct.pack(f">{len(words)}I", *words).ljust(12, b"\0")
        padded = data + bytes(-len(data) % 4)
        digests = opcode != LOGIN_RESPONSE
        raw = bytearray(bhs + bytes(ahs * 4))
        raw += crc32c(bhs) if digests and self.keys["HeaderDigest"] == CRC32C else b""
        raw += padded
        raw += crc32c(padded) if digests and data and self.keys["DataDigest"] == CRC32C else b""
        if spoil is not None:
            raw[spoil] ^= 1
        self.stat_sn += has_status
        for at in range(0, len(raw), 1000):		# cut anywhere
            self.judge.hears(bytes(raw[at:at + 1000]))
        return self

    def data_in(self, offset, size, sn, flags=0, count=0, **more):
        return self.hear(DATA_IN, flags, data=bytes(size), words=(sn, offset, count), **more)

    def r2t(self, offset, size, sn, **more):
        return self.hear(R2T, words=(sn, offset, size), **more)

    def status(self, status=0, flags=0x80, sn=0, count=0, data=b"", second=0, **more):
        return self.hear(RESPONSE, flags, byte3=status, words=(sn, second, count), data=data,
                         **more)

    def nop(self, data=b"ping", itt=1):
        return self.send(NOP_OUT, itt=itt, data=data)

    def tmf(self, function, rtt=RESERVED_TAG, lun=0, itt=99):
        return self.send(TMF, 0x80 | function, itt, rtt, immediate=True, lun=lun)

    def event(self, code=0, data=SENSE, itt=RESERVED_TAG, words=None, **more):
        return self.hear(ASYNC, itt=itt, data=data, words=words or (code << 24,), **more)

    def reject(self, data, itt=RESERVED_TAG, byte2=4, **more):
        return self.hear(REJECT, itt=itt, byte2=byte2, data=data, **more)


def digests():
    return Talk(HeaderDigest=CRC32C, DataDigest=CRC32C)


def command_of(talk):
    return talk.judge.headers[-1]


def reads_in_bursts(talk):
    talk.read(5120)
    for sn in range(5):
        talk.data_in(sn * 1024, 1024, sn, (0, 0x80, 0, 0x80, 0x81)[sn])


def write_in_bursts(talk):
    """Immediate, unsolicited, and two R2Ts at a time."""
    talk.write(8192, data=bytes(512), flags=0x21).data_out(512, 512, RESERVED_TAG)
    talk.r2t(1024, 2048, 0).r2t(3072, 2048, 1).data_out(1024, 2048).r2t(5120, 2048, 2)
    talk.data_out(3072, 2048).r2t(7168, 1024, 3).data_out(5120, 2048).data_out(7168, 1024)
    talk.status()


def logins():
    talk = Talk()
    talk.judge.stat_sn = None
    talk.send(LOGIN, 0x04, immediate=True).hear(LOGIN_RESPONSE, 0x04)
    return talk.send(LOGIN, 0x87, immediate=True)


RIGHT = {
    "no data": lambda t: t.write(0, flags=0x81).status(),
    "data and status": lambda t: t.read().data_in(0, 1024, 0, 0x81),
    "bursts": reads_in_bursts,
    "a write": write_in_bursts,
    "data before sense": lambda t: t.read().data_in(0, 512, 0, 0x80).status(
        2, 0x82, 1, 512, SENSE),
    "all digests": lambda t: digests().nop().hear(NOP_IN, data=b"ping"),
    "unsolicited data is asked for again": lambda t: t.write(2048, data=bytes(512)).r2t(
        0, 2048, 0).data_out(0, 2048).status(),
    "underflow of a write": lambda t: t.write(1024, data=bytes(1024)).status(
        flags=0x82, count=512),
    "overflow": lambda t: t.read(512).data_in(0, 512, 0, 0x85, 512),
    "refused": lambda t: t.write(1024).status(2, 0x82, count=1024, data=SENSE),
    "refused, since it wants more": lambda t: t.write(600).status(2, 0x84, count=424, data=SENSE),
    "a ping and an answer": lambda t: t.hear(NOP_IN, itt=RESERVED_TAG, ttt=5).nop().hear(
        NOP_IN, data=b"ping"),
    "as much of a ping as we take": lambda t: t.nop(bytes(2000)).hear(NOP_IN, data=bytes(1024)),
    "ignored beyond the window": lambda t: t.send(COMMAND, 0x81, 5, 0, sn=1000).nop().hear(
        NOP_IN, data=b"ping"),
    "perhaps ignored": lambda t: [t.nop(itt=n) for n in range(1, 34)] and t.tmf(5).hear(
        TMF_RESPONSE, itt=99, exp=33),
    "of a tag that is used twice": lambda t: t.read().read().status(sn=77).status(),
    "aborted": lambda t: t.read().tmf(1, 1).hear(TMF_RESPONSE, itt=99).read().data_in(
        0, 1024, 0, 0x81),
    "answered before it is aborted": lambda t: t.read().tmf(1, 1).data_in(0, 1024, 0, 0x81).hear(
        TMF_RESPONSE, itt=99, byte2=1),
    "other LUNs live on": lambda t: t.read(lun=LUN_2).tmf(5).hear(TMF_RESPONSE, itt=99).data_in(
        0, 1024, 0, 0x81),
    "behind the function": lambda t: t.tmf(5).read().hear(TMF_RESPONSE, itt=99).data_in(
        0, 1024, 0, 0x81),
    "a text": lambda t: t.send(TEXT).hear(TEXT_RESPONSE, 0x40, ttt=3).send(TEXT, ttt=3).hear(
        TEXT_RESPONSE),
    "an event": lambda t: t.event(),
    "a Reject": lambda t: t.nop().reject(command_of(t)),
    "a Reject of the beginning": lambda t: half_of_a_nop(t).reject(command_of(t), exp=1),
    "acknowledged from its header on": lambda t: half_of_a_nop(t).hear(
        NOP_IN, itt=RESERVED_TAG, ttt=5, exp=2),
    "data that nobody takes": lambda t: t.write(2048, data=bytes(512)).data_out(
        512, 512, 99).data_out(512, 1024, RESERVED_TAG).r2t(512, 1536, 0),
    "a login": lambda t: logins().hear(LOGIN_RESPONSE, 0x87, lun=TSIH),
    "a login that goes on": lambda t: logins().hear(LOGIN_RESPONSE, 0x04),
    "a logout": lambda t: t.send(LOGOUT, 0x81).hear(LOGOUT_RESPONSE, byte2=1).send(LOGOUT).hear(
        LOGOUT_RESPONSE),
    "numbers wrap": lambda t: wrapped().nop().hear(NOP_IN, data=b"ping", stat_sn=0xffffffff, exp=0,
                                                   most=31).nop().hear(
        NOP_IN, data=b"ping", stat_sn=0, exp=1, most=32),
}


def half_of_a_nop(talk):
    talk.judge.sends(Pdu(NOP_OUT, cmd_sn=1, data=bytes(100)).encode()[:60])
    return talk


def wrapped():
    talk = Talk()
    talk.judge = Judge(talk.keys, 0xffffffff)
    talk.judge.stat_sn = 0xffffffff
    talk.sn = 0xffffffff
    original = talk.send

    def send(*args, **more):
        talk.sn &= 0xffffffff
        return original(*args, **more)
    talk.send = send
    return talk


BOTH_WAYS = dict(flags=0xe1)
BROKEN = [
    ("opcode", "of an initiator", lambda t: t.hear(0x01)),
    ("opcode", "immediate", lambda t: t.nop().hear(0x60, data=b"ping")),
    ("AHS", "one word", lambda t: t.read().status(flags=0x82, count=1024, ahs=1)),
    ("fixed bits", "NOP-In", lambda t: t.nop().hear(NOP_IN, 0, data=b"ping")),
    ("fixed bits", "R2T", lambda t: t.write().r2t(0, 1024, 0, flags=0)),
    ("reserved", "bits of a response", lambda t: t.read().status(flags=0x83, count=1024)),
    ("reserved", "bits of Data-In", lambda t: t.read().data_in(0, 1024, 0, 0x91)),
    ("reserved", "byte 2 of Data-In", lambda t: t.read().data_in(0, 1024, 0, 0x81, byte2=1)),
    ("reserved", "LUN of a response", lambda t: t.read().status(
        flags=0x82, count=1024, lun=LUN_2)),
    ("reserved", "LUN of Data-In", lambda t: t.read().data_in(0, 1024, 0, 0x81, lun=LUN_2)),
    ("reserved", "LUN of NOP-In", lambda t: t.nop().hear(NOP_IN, data=b"ping", lun=LUN_2)),
    ("reserved", "tag of a task management response", lambda t: t.tmf(5).hear(
        TMF_RESPONSE, itt=99, ttt=1)),
    ("reserved", "last word of an event", lambda t: t.event(words=(0, 0, 1))),
    ("reserved", "residual before the status", lambda t: t.read().data_in(0, 512, 0, 0, 512)),
    ("reserved", "status without S", lambda t: t.read().data_in(0, 512, 0, 0, byte3=8)),
    ("code", "response", lambda t: t.read().status(flags=0x82, count=1024, byte2=9)),
    ("code", "task management", lambda t: t.tmf(5).hear(TMF_RESPONSE, itt=99, byte2=77)),
    ("code", "logout", lambda t: t.send(LOGOUT).hear(LOGOUT_RESPONSE, byte2=4)),
    ("code", "event", lambda t: t.event(9)),
    ("code", "Reject", lambda t: t.nop().reject(command_of(t), byte2=1)),
    ("no data", "R2T", lambda t: t.write().r2t(0, 1024, 0, data=b"data")),
    ("no data", "task management", lambda t: t.tmf(5).hear(TMF_RESPONSE, itt=99, data=b"data")),
    ("no data", "a ping", lambda t: t.hear(NOP_IN, itt=RESERVED_TAG, ttt=5, data=b"ping")),
    ("segment", "Data-In", lambda t: t.read(2048).data_in(0, 1028, 0)),
    ("segment", "NOP-In", lambda t: t.nop(bytes(2000)).hear(NOP_IN, data=bytes(1028))),
    ("padding", "of an odd length", lambda t: t.read(5).data_in(0, 5, 0, 0x81, spoil=-1)),
    ("header digest", "NOP-In", lambda t: digests().nop().hear(NOP_IN, data=b"ping", spoil=48)),
    ("header digest", "R2T", lambda t: digests().write().r2t(0, 1024, 0, spoil=47)),
    ("data digest", "NOP-In", lambda t: digests().nop().hear(NOP_IN, data=b"ping", spoil=-1)),
    ("data digest", "Data-In", lambda t: digests().read().data_in(0, 1024, 0, 0x81, spoil=60)),
    ("StatSN", "the same again", lambda t: t.nop().hear(NOP_IN, data=b"ping").nop().hear(
        NOP_IN, data=b"ping", stat_sn=2)),
    ("StatSN", "one left out", lambda t: t.nop().hear(NOP_IN, data=b"ping", stat_sn=3)),
    ("StatSN", "advanced by a ping", lambda t: t.hear(NOP_IN, itt=RESERVED_TAG, ttt=5).hear(
        NOP_IN, itt=RESERVED_TAG, ttt=5, stat_sn=3)),
    ("StatSN", "advanced by an R2T", lambda t: t.write().r2t(0, 1024, 0).data_out(0, 1024).status(
        sn=1, stat_sn=3)),
    ("StatSN", "of an R2T", lambda t: t.write().r2t(0, 1024, 0, stat_sn=1)),
    ("StatSN", "of data alone", lambda t: t.read().data_in(0, 512, 0, stat_sn=2)),
    ("StatSN", "of data with status", lambda t: t.read().data_in(0, 1024, 0, 0x81, stat_sn=0)),
    ("StatSN", "not advanced by an event", lambda t: t.event().event(stat_sn=2)),
    ("ExpCmdSN", "goes back", lambda t: t.nop().hear(NOP_IN, data=b"ping").hear(
        NOP_IN, itt=RESERVED_TAG, ttt=5, exp=1, most=32)),
    ("ExpCmdSN", "of what was not sent", lambda t: t.nop().hear(NOP_IN, data=b"ping", exp=3)),
    ("ExpCmdSN", "answered and not acknowledged", lambda t: t.nop().hear(
        NOP_IN, data=b"ping", exp=1)),
    ("ExpCmdSN", "immediate, and those before it", lambda t: t.read().tmf(5).hear(
        TMF_RESPONSE, itt=99, exp=1)),
    ("MaxCmdSN", "goes back", lambda t: t.nop().hear(NOP_IN, data=b"ping", most=30)),
    ("MaxCmdSN", "below ExpCmdSN", lambda t: [t.nop(itt=n) for n in range(40)] and t.hear(
        NOP_IN, data=b"ping", exp=35, most=31)),
    ("window", "too large", lambda t: t.nop().hear(NOP_IN, data=b"ping", most=2050)),
    ("window", "half of all numbers", lambda t: t.nop().hear(NOP_IN, data=b"ping",
                                                            most=0x7fffffff)),
    ("ITT", "of nothing", lambda t: t.status()),
    ("ITT", "answered before", lambda t: t.write(0, flags=0x81).status().status()),
    ("ITT", "status twice", lambda t: t.read().data_in(0, 1024, 0, 0x81).status(sn=1)),
    ("ITT", "of something else", lambda t: t.nop().status()),
    ("ITT", "of Data-In", lambda t: t.tmf(5).data_in(0, 512, 0, itt=99)),
    ("ITT", "in an event", lambda t: t.event(itt=1)),
    ("ITT", "in a Reject", lambda t: t.nop().reject(command_of(t), itt=1)),
    ("ITT", "aborted", lambda t: t.read().tmf(1, 1).hear(TMF_RESPONSE, itt=99).status(
        flags=0x82, count=1024)),
    ("ITT", "asks for data when aborted", lambda t: t.write().tmf(2).hear(
        TMF_RESPONSE, itt=99).r2t(0, 1024, 0)),
    ("ITT", "of a LUN that was reset", lambda t: t.read(lun=LUN_2).tmf(5, lun=LUN_2).hear(
        TMF_RESPONSE, itt=99).data_in(0, 1024, 0, 0x81)),
    ("ITT", "of a target that was reset", lambda t: t.read(lun=LUN_2).tmf(6).hear(
        TMF_RESPONSE, itt=99).data_in(0, 1024, 0, 0x81)),
    ("TTT", "none in an R2T", lambda t: t.write().r2t(0, 1024, 0, ttt=RESERVED_TAG)),
    ("TTT", "in Data-In", lambda t: t.read().data_in(0, 1024, 0, 0x81, ttt=5)),
    ("TTT", "in an answer to NOP-Out", lambda t: t.nop().hear(NOP_IN, data=b"ping", ttt=5)),
    ("TTT", "in the last text", lambda t: t.send(TEXT).hear(TEXT_RESPONSE, ttt=5)),
    ("TTT", "none for more text", lambda t: t.send(TEXT).hear(TEXT_RESPONSE, 0x40)),
    ("login", "goes on unasked", lambda t: logins().hear(LOGIN_RESPONSE, 0x87, lun=TSIH).send(
        LOGIN, 0x04, immediate=True).hear(LOGIN_RESPONSE, 0x84)),
    ("login", "no TSIH", lambda t: logins().hear(LOGIN_RESPONSE, 0x87)),
    ("login", "another stage", lambda t: logins().hear(LOGIN_RESPONSE, 0x83)),
    ("login", "another next stage", lambda t: logins().hear(LOGIN_RESPONSE, 0x85)),
    ("login", "more to come, and over", lambda t: logins().hear(LOGIN_RESPONSE, 0xc7)),
    ("text", "more to come, and over", lambda t: t.send(TEXT).hear(TEXT_RESPONSE, 0xc0)),
    ("ping data", "less", lambda t: t.nop().hear(NOP_IN, data=b"pin")),
    ("ping data", "other", lambda t: t.nop().hear(NOP_IN, data=b"pong")),
    ("end", "behind a logout", lambda t: t.send(LOGOUT).hear(LOGOUT_RESPONSE).hear(
        NOP_IN, itt=RESERVED_TAG, ttt=5)),
    ("rejected", "what was not sent", lambda t: t.nop().reject(bytes(48))),
    ("rejected", "half of it", lambda t: t.nop().reject(command_of(t)[:24])),
    ("direction", "data for a write", lambda t: t.write().data_in(0, 1024, 0, 0x80)),
    ("direction", "data asked of a read", lambda t: t.read().r2t(0, 1024, 0)),
    ("DataSN", "not from 0", lambda t: t.read().data_in(0, 1024, 1, 0x81)),
    ("DataSN", "the same again", lambda t: t.read().data_in(0, 512, 0).data_in(512, 512, 0, 0x81)),
    ("DataSN", "of an R2T", lambda t: t.write(4096).r2t(0, 2048, 0).data_out(0, 2048).r2t(
        2048, 2048, 0)),
    ("DataSN", "R2T and data count as one", lambda t: t.write(
        2048, **BOTH_WAYS).r2t(0, 2048, 0).data_in(0, 512, 0)),
    ("offset", "left out", lambda t: t.read().data_in(512, 512, 0)),
    ("offset", "again", lambda t: t.read().data_in(0, 512, 0).data_in(0, 512, 1, 0x81)),
    ("offset", "beyond the end", lambda t: t.read(512).data_in(0, 1024, 0, 0x81)),
    ("offset", "of an R2T, left out", lambda t: t.write().r2t(512, 512, 0)),
    ("offset", "of an R2T, again", lambda t: t.write(4096).r2t(0, 2048, 0).data_out(0, 2048).r2t(
        0, 2048, 1)),
    ("offset", "of an R2T, in the middle of what came", lambda t: t.write(
        4096, data=bytes(1024)).r2t(512, 512, 0)),
    ("offset", "of an R2T, beyond the end", lambda t: t.write(1024).r2t(0, 2048, 0)),
    ("filling", "nothing", lambda t: t.read().data_in(0, 0, 0)),
    ("filling", "half a word", lambda t: t.read().data_in(0, 510, 0)),
    ("burst", "data", lambda t: t.read(4096).data_in(0, 1024, 0).data_in(1024, 512, 1).data_in(
        1536, 1024, 2)),
    ("burst", "R2T", lambda t: t.write(4096).r2t(0, 4096, 0)),
    ("burst", "R2T for nothing", lambda t: t.write(4096).r2t(0, 0, 0)),
    ("F bit", "none behind the last data", lambda t: t.read().data_in(0, 1024, 0)),
    ("F bit", "none with status", lambda t: t.read().data_in(0, 512, 0, 0x03, 512)),
    ("F bit", "none behind a burst", lambda t: t.read(4096).data_in(0, 1024, 0).data_in(
        1024, 1024, 1)),
    ("F bit", "none before the response", lambda t: t.read().data_in(0, 512, 0).status(
        2, 0x82, 1, 512, SENSE)),
    ("A bit", "without recovery", lambda t: t.read().data_in(0, 512, 0, 0xc0, ttt=5)),
    ("S bit", "what needs sense", lambda t: t.read().data_in(0, 1024, 0, 0x81, byte3=2)),
    ("S bit", "of both directions", lambda t: t.write(**BOTH_WAYS).data_in(0, 1024, 0, 0x81)),
    ("R2Ts", "two at a time", lambda t: t.write(4096).r2t(0, 2048, 0).r2t(2048, 2048, 1)),
    ("LUN", "another one", lambda t: t.write(lun=LUN_2).r2t(0, 1024, 0)),
    ("status", "unknown", lambda t: t.read().status(0x77, 0x82, 0, 1024)),
    ("residual flags", "both", lambda t: t.read().status(8, 0x86, 0, 1024)),
    ("residual flags", "no count", lambda t: t.read().status(8, 0x82)),
    ("residual flags", "a count alone", lambda t: t.read().status(8, 0x80, 0, 1024)),
    ("residual flags", "of a second direction", lambda t: t.read().status(8, 0x92, 0, 1024)),
    ("residual flags", "count of a second direction", lambda t: t.read().status(
        8, 0x82, 0, 1024, second=1)),
    ("residual count", "less than what is missing", lambda t: t.read().data_in(
        0, 512, 0, 0x83, 500)),
    ("residual count", "missing and not told", lambda t: t.read().data_in(0, 512, 0, 0x81)),
    ("residual count", "nothing came, and not told", lambda t: t.read().status(8)),
    ("residual count", "overflow before the end", lambda t: t.read().data_in(0, 512, 0, 0x85, 10)),
    ("residual count", "taken and never sent", lambda t: t.write().status()),
    ("residual count", "a part was sent", lambda t: t.write(
        data=bytes(512)).status(0x40)),
    ("residual count", "more is missing than was expected", lambda t: t.write(
        data=bytes(512)).status(8, 0x82, count=2048)),
    ("residual count", "asked for and not taken", lambda t: t.write(2048).r2t(0, 2048, 0).data_out(
        0, 2048).status(flags=0x82, sn=1, count=1024)),
    ("ExpDataSN", "of data", lambda t: t.read().data_in(0, 512, 0, 0x80).status(
        2, 0x82, 0, 512, SENSE)),
    ("ExpDataSN", "of R2Ts", lambda t: t.write().r2t(0, 1024, 0).data_out(0, 1024).status(sn=1)),
    ("sense", "none", lambda t: t.read().status(2, 0x82, 0, 1024)),
    ("sense", "shorter than it says", lambda t: t.read().status(2, 0x82, 0, 1024, SENSE[:-1])),
    ("sense", "longer than it says", lambda t: t.read().status(2, 0x82, 0, 1024, SENSE + b"x")),
    ("sense", "of length 0", lambda t: t.read().status(2, 0x82, 0, 1024, bytes(2))),
    ("sense", "of an event", lambda t: t.event(data=b"")),
]


def passes(script):
    script(Talk(MaxOutstandingR2T=2))


def breaks(rule, script):
    try:
        script(Talk())
    except Violation as violation:
        assert violation.rule == rule, f"seen as {violation}"
        return
    raise AssertionError("not seen")


def every_rule_is_broken():
    """And every kind of PDU is known to all tables."""
    assert {rule for rule, _, _ in BROKEN} == set(RULES), \
        f"{set(RULES) ^ {rule for rule, _, _ in BROKEN}}"
    assert set(HEADERS) == set(CHECKS)


def run(name, test):
    try:
        test()
    except Exception as error:	# pylint: disable=broad-except
        print(f"not ok - judge: {name}\n# {error!r}")
        return False
    print(f"ok - judge: {name}")
    return True


tests = [("every rule is broken", every_rule_is_broken)]
tests += [(f"right: {name}", partial(passes, script)) for name, script in RIGHT.items()]
tests += [(f"{rule}: {name}", partial(breaks, rule, script)) for rule, name, script in BROKEN]
sys.exit(not all([run(*test) for test in tests]))
