# SPDX-License-Identifier: GPL-2.0-only
"""
lio.py TARGET HEADER_DIGEST DATA_DIGEST SECONDS: wire.py's conversation with another implementation,
the kernel's own (LIO), to which it logs in like any initiator. Where that one is out of step with
the conversation, or silent for so many seconds, the section ends; what breaks a rule of judge.py is
written down with it.
"""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import wire  # noqa: E402
from initiator import Login  # noqa: E402
from iscsi import *  # noqa: E402, F403
from judge import NOP_IN, Judge, Violation  # noqa: E402

INITIATOR = "iqn.2026-01.org.example:ini"
TEXTS = ("InitialR2T ImmediateData MaxConnections MaxBurstLength FirstBurstLength "
         "DefaultTime2Wait DefaultTime2Retain MaxOutstandingR2T DataPDUInOrder "
         "DataSequenceInOrder ErrorRecoveryLevel HeaderDigest DataDigest").split()


def text_of(name, value):
    if name.endswith("Digest"):
        return "CRC32C" if value == CRC32C else "None"
    if name in BOOL_OR or name == "ImmediateData":
        return "Yes" if value else "No"
    return str(value)


class Witness(Judge):
    """
    Keeps what it has to say of a PDU for whoever shows that one. What is wrong with all PDUs of a
    kind is said once, and put right, so that it can be seen what else there is.
    """
    said = ()
    habits = set()

    def check(self, pdu):
        self.without_habits(pdu)
        before = self.stat_sn
        try:
            super().check(pdu)
        except Violation as violation:
            self.say(violation.rule, violation.detail)
            if self.stat_sn == before:		# it has not come to that
                self.check_stat_sn(pdu)

    def without_habits(self, pdu):
        bhs, has_status = pdu.bhs, pdu.bhs[1] & 1
        if bhs[0] in (wire.DATA_IN, NOP_IN) and bhs[20:24] == b"\xff" * 4 and any(bhs[8:16]):
            self.say_once("reserved", f"LUN {bhs[8:16].hex()} without a Target Transfer Tag")
            bhs = bhs[:8] + bytes(8) + bhs[16:]
        if bhs[0] == wire.DATA_IN and not has_status and any(bhs[24:28]):
            self.say_once("StatSN", f"{bhs[24:28].hex()} without a status")
            bhs = bhs[:24] + bytes(4) + bhs[28:]
        pdu.bhs = bhs

    def say(self, rule, detail):
        self.said += (f"  breaks the rule of {rule}: {detail}",)

    def say_once(self, rule, detail):
        if rule not in self.habits:
            self.habits.add(rule)
            self.say(rule, detail + ", as always")


class Caller(Initiator):
    """A session that begins with a login of its own."""

    def __init__(self, cid=0, **args):
        keys = dict(DEFAULTS, DefaultTime2Wait=2, **args)	# its own, which is more
        login = Login(cid=cid)
        login.sock.settimeout(SILENCE)
        wanted = {name: text_of(name, keys[name]) for name in TEXTS}
        wanted["MaxRecvDataSegmentLength"] = keys["MaxXmitDataSegmentLength"]
        flags, status, answers = login.request(
            0x87, f"InitiatorName={INITIATOR}", f"TargetName={target}", "SessionType=Normal",
            *(f"{name}={value}" for name, value in wanted.items()))
        assert (flags, status) == (0x87, 0), f"login: flags {flags:#x}, status {status:#x}"
        for name in wanted.keys() & answers.keys() - {"MaxRecvDataSegmentLength"}:
            assert answers[name] == wanted[name], f"{name}={answers[name]}"
        self.begin(login.sock, keys, 1)
        self.login = login.response
        self.judge = Witness(keys, 1)
        self.judge.stat_sn = int.from_bytes(self.login.bhs[24:28], "big") + 1


class Recorder(wire.Recording, Caller):
    """Another session has taken the unit attentions, which are the initiator's."""

    def __init__(self, **args):
        Caller().settle()
        super().__init__(**args)
        self.start()

    def take_unit_attentions(self):
        self.itt, self.stat_sn, self.is_on = 0x100, self.judge.stat_sn, True

    def recv(self):
        self.last = super().recv()
        return self.last

    def collect(self, itt):
        try:
            return super().collect(itt)
        except AssertionError:
            if self.last.opcode != wire.REJECT:
                raise

    def expect_end(self):
        """One PDU says enough: behind a wrong header, data that was sent is taken for headers."""
        try:
            self.recv()
            self.is_on = False
        except (EOFError, ConnectionResetError):
            pass
        except TimeoutError:
            return print("not closed")
        super().expect_end()

    def show_received(self, bhs, data):
        super().show_received(bhs, data)
        for line in self.judge.said:
            print(line)
        self.judge.said = ()


class Lio(wire.Scst):
    recorder = Recorder

    def pings(self, are_on):
        (acl / "attrib/nopin_timeout").write_text("3" if are_on else "0")

    def forget(self):
        self.pings(False)

    def change_luns(self, i):
        raise AssertionError("there are no asynchronous messages")


if __name__ == "__main__":
    target = sys.argv[1]
    SILENCE = int(sys.argv[4])
    acl = Path("/sys/kernel/config/target/iscsi", target, "tpgt_1/acls", INITIATOR)
    peer = Lio(wire.digests_of(sys.argv[2:4]))
    for section in wire.SECTIONS:
        print(f"\n{section.__name__}:")
        try:
            section(peer)
        except (EOFError, ConnectionResetError, BrokenPipeError):
            print("out of step: closed")
        except TimeoutError:
            print("out of step: silence")
        except AssertionError as error:
            print("out of step:", error)
