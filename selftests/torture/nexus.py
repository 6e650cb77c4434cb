# SPDX-License-Identifier: GPL-2.0-only
"""
A session of iSCSI with several commands under way, judged PDU by PDU (selftests/iscsi). It does
what is asked of it in time; what is rude is in its actor's hands: `late` and `split` say how.
"""
import errno
import os
import select
import struct
import time
from collections import namedtuple
from contextlib import contextmanager

from actor import PATIENCE
from iscsi import Ctl, Initiator, Pdu
from judge import is_before
from scsi import Command, outcome
from world import DISKS, IQN

READ, WRITE = 0x40, 0x20
NOP_IN, RESPONSE, TMF_RESPONSE, DATA_IN, LOGOUT_RESPONSE, R2T, ASYNC = (
    0x20, 0x21, 0x22, 0x25, 0x26, 0x31, 0x32)
ABORT_TASK, ABORT_TASK_SET, CLEAR_ACA, CLEAR_TASK_SET, LUN_RESET, TARGET_RESET = 1, 2, 3, 4, 5, 6
SIMPLE, ORDERED, HEAD_OF_QUEUE = 1, 2, 3
COMPLETE, NO_TASK = 0, 1
NOBODY = 0xffffffff
SEGMENT = 512			# of Data-Out: writes have several
CACHING, CONTROL = 8, 10	# mode pages
WCE, TAS = 4, 0x40		# of byte 2 of the first and 5 of the second
# Seconds until an initiator says that it waits, and until it aborts: where others may have ended a
# command without a word it does so soon, elsewhere when the judge has had time to wonder.
OVERDUE, ABORTS, ABORTS_WHERE_TOLD = PATIENCE, 3 * PATIENCE, 16 * PATIENCE


@contextmanager
def daemon():
    """The login daemon: one at a time, and dead as soon as it has handed a connection over."""
    end = time.monotonic() + 60 * PATIENCE
    while True:
        try:
            ctl = Ctl()
            break
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
    try:
        yield ctl
    finally:
        os.close(ctl.fd)


def mode_page(port, disk, code):
    """A mode page of a disk, as it goes back to it."""
    lun = DISKS[disk].lun
    port.wire.settle(lun=lun)
    data = port.wire.collect(port.wire.command(bytes([0x1a, 8, code, 0, 255, 0]), 255, lun=lun))[1]
    page = bytearray(data[4:])
    page[0] &= 0x3f
    return page


def mode_select(page, is_saved=False):
    data = bytes(4) + bytes(page)
    return Command.other("mode", bytes([0x15, 0x10 | is_saved, 0, 0, len(data), 0]), data)


class Task:
    """A command on its way. @args: whoever sent it knows it by that."""

    def __init__(self, disk, command, args):
        self.disk, self.command, self.args = disk, command, args
        self.data = bytearray()
        now = time.monotonic()
        self.says_at = now + OVERDUE
        self.aborts_at = now + (ABORTS_WHERE_TOLD if DISKS[disk].is_told else ABORTS)

    def is_overdue(self):
        """It has to say so, once a second."""
        now = time.monotonic()
        if now < self.says_at:
            return False
        self.says_at = now + 1
        return True

    def is_to_be_aborted(self):
        return time.monotonic() > self.aborts_at


Function = namedtuple("Function", "function disk about since")


class Nexus:
    def __init__(self, name, initiator, target=IQN, **keys):
        self.name, self.initiator, self.keys = name, initiator, keys
        self.target = target
        self.wire = None
        self.tasks = {}			# by ITT
        self.functions = {}		# task management under way: ITT: Function
        self.deaf_until = 0		# it has not read what came before that
        self.late = []			# [when, R2T, task]: data that were asked for
        self.rest = None		# (when, bytes): half a PDU has been sent, this is the other half

    def log_in(self, timeout):
        """Also in place of the session that there was: when it is answered, that is over."""
        with daemon() as ctl:
            self.wire = Initiator(ctl, self.target, initiator=self.initiator, timeout=timeout,
                                  isid=b"\x80\xab\x01" + self.name.encode()[-3:].rjust(3, b"_"),
                                  MaxRecvDataSegmentLength=8192, FirstBurstLength=1024,
                                  wait=False, **self.keys)
        self.wire.login = self.wire.recv()
        self.tasks, self.functions, self.late, self.rest = {}, {}, [], None

    def has_room(self, depth):
        wire = self.wire
        return len(self.tasks) < depth and not self.rest and \
            not is_before(wire.judge.max_cmd_sn, wire.cmd_sn)

    def send(self, disk, command, *args, attr=SIMPLE):
        itt = self.wire.next_itt()
        self.tasks[itt] = Task(disk, command, args)
        flags = READ if command.reads else WRITE if command.data else 0
        immediate = command.data[:SEGMENT] if self.keys.get("ImmediateData", 1) else b""
        self.wire.command(command.cdb, command.reads or len(command.data), immediate,
                          flags=flags, lun=DISKS[disk].lun, itt=itt, attr=attr)
        return itt

    def manage(self, function, disk, itt=NOBODY):
        """
        Task management. What it is about is what is under way now; with TARGET_RESET, at any disk.
        """
        mine = self.wire.next_itt()
        about = [itt] if function == ABORT_TASK else [
            other for other, task in self.tasks.items()
            if task.disk == disk or function == TARGET_RESET]
        self.functions[mine] = Function(function, disk, about, time.monotonic())
        self.wire.send(Pdu(2, 0x80 | function, mine, itt, self.wire.cmd_sn, lun=DISKS[disk].lun,
                           immediate=True))

    def log_out(self):
        self.wire.send(Pdu(6, 0x80, self.wire.next_itt(), 0, self.wire.cmd_sn, immediate=True))

    # ---- what comes ---------------------------------------------------------------------------

    def listen(self, seconds):
        """
        Return: [(task, answer, data)] of what has ended, [(function, disk, response, seconds)]. The
        end of the connection comes after all that came before it.
        """
        ended, managed = [], []
        try:
            self.send_what_is_due()
            while select.select([self.wire.sock], [], [], seconds)[0]:
                for pdu in self.wire.hear(self.wire.judge.incoming.wants()):
                    self.take(pdu, ended, managed)
                seconds = 0
        except (EOFError, ConnectionError):
            if not ended and not managed:
                raise
        return ended, managed

    def take(self, pdu, ended, managed):
        task = self.tasks.get(pdu.itt)
        if pdu.opcode == DATA_IN and task:
            task.data += pdu.data
            if pdu.flags & 1:
                ended.append((self.tasks.pop(pdu.itt), outcome(pdu.status), bytes(task.data)))
        elif pdu.opcode == RESPONSE and task:
            assert pdu.response == 0, f"target failure: {pdu}"
            ended.append((self.tasks.pop(pdu.itt), outcome(pdu.status, pdu.data[2:]),
                          bytes(task.data)))
        elif pdu.opcode == R2T and task:
            self.late.append([time.monotonic(), pdu, task])
        elif pdu.opcode == TMF_RESPONSE:
            function = self.functions.pop(pdu.itt)
            managed.append((function.function, function.disk, pdu.response, self.took(function)))
            self.end_tasks(function.function, pdu.response, function.about, ended)
        elif pdu.opcode == NOP_IN and pdu.ttt != NOBODY:
            if not self.rest:
                self.wire.send(Pdu(0, 0x80, NOBODY, pdu.ttt, self.wire.cmd_sn, immediate=True))
        elif pdu.opcode == LOGOUT_RESPONSE:
            raise EOFError
        elif pdu.opcode not in (NOP_IN, ASYNC) and not (pdu.opcode in (R2T, DATA_IN) and not task):
            raise AssertionError(f"unexpected: {pdu}")

    def took(self, function):
        """Seconds, or 0 if nobody has listened meanwhile."""
        return time.monotonic() - function.since if function.since > self.deaf_until else 0

    def end_tasks(self, function, response, about, ended):
        """
        A task that is not there, and has not answered, has been lost: unless another function that
        is under way has ended it.
        """
        about = set(about)
        if response == NO_TASK:
            about -= {itt for other in self.functions.values() for itt in other.about}
        if response not in (COMPLETE, NO_TASK):
            return
        answer = "silent" if function == ABORT_TASK and response == NO_TASK else "ended"
        for itt in about:
            if itt in self.tasks:
                ended.append((self.tasks.pop(itt), answer, b""))

    # ---- data that goes -----------------------------------------------------------------------

    def delay(self, seconds):
        """What was asked for, and would be sent now."""
        now = time.monotonic()
        for data in self.late:
            if data[0] <= now:
                data[0] = now + seconds

    def send_what_is_due(self):
        now = time.monotonic()
        if self.rest and self.rest[0] <= now:
            self.wire.send_raw(self.rest[1])
            self.rest = None
        while self.late and self.late[0][0] <= now and not self.rest:
            _, pdu, task = self.late.pop(0)
            self.send_data(pdu, task)

    def send_data(self, pdu, task, split=None):
        """As the R2T asks for it; with @split (seconds, bytes) that many at first."""
        out, end = bytearray(), pdu.word40 + pdu.word44
        for sn, at in enumerate(range(pdu.word40, end, SEGMENT)):
            data = task.command.data[at:min(at + SEGMENT, end)]
            is_last = at + len(data) == end
            out += Pdu(5, 0x80 if is_last else 0, pdu.itt, pdu.ttt, 0, data, 0, 0,
                       struct.pack(">IIII", 0, sn, at, 0)).encode(self.wire.header_digest,
                                                                 self.wire.data_digest)
        if split:
            self.rest = time.monotonic() + split[0], bytes(out[split[1]:])
            del out[split[1]:]
        self.wire.send_raw(bytes(out))
