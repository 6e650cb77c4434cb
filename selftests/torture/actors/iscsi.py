# SPDX-License-Identifier: GPL-2.0-only
"""
An initiator of iSCSI that makes up its own PDUs, with several commands under way. Its line in the
cast has the habits that it has, each with how seldom: `HABIT=N` is once in N steps.
"""
import select
import socket
import time

from actor import PATIENCE
from initiator_actor import InitiatorActor
from nexus import (ABORT_TASK, ABORT_TASK_SET, CLEAR_TASK_SET, COMPLETE, HEAD_OF_QUEUE, LUN_RESET,
                   ORDERED, SIMPLE, TARGET_RESET, WCE, Nexus, mode_select)
from scsi import Command
from world import CACHED, DISKS, initiator_name

DEPTH = 8
ATTRIBUTES = (20, 1, 1)		# how often each
STALLS = 3			# seconds; and longer than others wait, at most: verdicts.py, FUNCTION
LONG_STALLS = (10 + 5 * PATIENCE, 15 + 8 * PATIENCE)


class Actor(InitiatorActor):
    may_break = ("login", "abort", "reset", "told_reset", "mode", "stall", "tardy")
    promises = "every command is answered, ended by a function of its own, or lost with its session"

    def start(self):
        super().start()
        self.nexus = self.name
        keys = dict(word.split("=") for word in self.words)
        self.odds = {name: int(number) for name, number in keys.items()
                     if hasattr(self, f"do_{name}")}
        settings = {name: int(value) for name, value in keys.items() if name not in self.odds}
        self.port = Nexus(self.name, initiator_name(self.name), **settings)
        self.log_in()

    # ---- sessions -----------------------------------------------------------------------------

    def log_in(self):
        """What was under way is lost once the new session is there. Targets may be away."""
        lost, functions = list(self.port.tasks.values()), list(self.port.functions.values())
        end = time.monotonic() + 60 * PATIENCE
        with self.cause("login", self.nexus):
            while True:
                try:
                    self.port.log_in(30 * PATIENCE)
                    break
                except (OSError, EOFError) as error:
                    self.say("retries", repr(error))
                    assert time.monotonic() < end, "no login for a minute"
                    time.sleep(0.1)
            for task in lost:
                self.done(task.args[0], task.disk, task.command, "lost")
            for function in functions:
                self.managed(function.function, function.disk, "lost")
            self.say("nexus", self.nexus, *DISKS)

    def step(self):
        try:
            for habit, odds in self.odds.items():
                if self.one_in(odds):
                    getattr(self, f"do_{habit}")()
            if self.port.has_room(DEPTH):
                self.send()
            self.hear(0.001)
            self.look_at_time()
        except (EOFError, ConnectionError, BrokenPipeError):
            self.say("closed", self.nexus)
            self.log_in()

    def send(self):
        disk = self.choose_disk()
        command = self.choose(disk)
        attr = self.random.choices((SIMPLE, ORDERED, HEAD_OF_QUEUE), ATTRIBUTES)[0]
        self.port.send(disk, command, self.begin(disk, command), attr=attr)

    def hear(self, seconds):
        ended, managed = self.port.listen(seconds)
        for task, answer, data in ended:
            self.done(task.args[0], task.disk, task.command, answer, data)
        for function, disk, response, seconds in managed:
            self.managed(function, disk, response, f"took={seconds:.1f}")

    def done(self, number, disk, command, answer, data=b""):
        super().done(number, disk, command, answer, data)
        if command.op == "mode":	# carried out, or never
            self.say("ends", "mode", disk)

    def stop(self):
        """All that is under way comes to its end."""
        end = time.monotonic() + 60 * PATIENCE
        while self.port.tasks or self.port.functions:
            assert time.monotonic() < end, f"still under way: {list(self.port.tasks)}"
            try:
                self.hear(0.05)
                self.look_at_time()
            except (EOFError, ConnectionError):
                self.say("closed", self.nexus)
                self.log_in()
        self.port.wire.close()

    # ---- task management ----------------------------------------------------------------------

    def manage(self, kind, function, disk, itt=0xffffffff):
        """Its causes begin here, and end with the answer."""
        if not self.port.rest:
            for its in self.disks_of(function, disk):
                self.say("begins", kind or self.kind_of(function, its),
                         its if kind != "abort" else self.nexus)
            self.port.manage(function, disk, itt)

    def managed(self, function, disk, response, *took):
        is_reset = function in (LUN_RESET, TARGET_RESET)
        done = ["done"] if is_reset and response == COMPLETE else []
        for its in self.disks_of(function, disk):
            kind = self.kind_of(function, its)
            self.say("ends", kind, its if kind != "abort" else self.nexus,
                     f"response={response}", *done, *took)

    @staticmethod
    def disks_of(function, disk):
        return list(DISKS) if function == TARGET_RESET else [disk]

    @staticmethod
    def kind_of(function, disk):
        if function in (ABORT_TASK, ABORT_TASK_SET):
            return "abort"
        return "told_reset" if DISKS[disk].is_told else "reset"

    def look_at_time(self):
        """Of what is under way: whoever waits says so, and aborts in the end."""
        for itt, task in list(self.port.tasks.items()):
            if task.is_overdue():
                self.say("overdue", task.args[0])
            if task.is_to_be_aborted() and not self.port.rest:
                task.aborts_at += 100 * PATIENCE
                self.manage("abort", ABORT_TASK, task.disk, itt)

    # ---- habits -------------------------------------------------------------------------------

    def do_abort(self):
        if self.port.tasks:
            itt, task = self.random.choice(list(self.port.tasks.items()))
            self.manage("abort", ABORT_TASK, task.disk, itt)

    def do_abort_set(self):
        self.manage("abort", ABORT_TASK_SET, self.choose_disk())

    def do_reset(self):
        disk = self.choose_disk()
        self.manage(self.kind_of(LUN_RESET, disk), LUN_RESET, disk)

    def do_clear(self):
        disk = self.choose_disk()
        self.manage(self.kind_of(CLEAR_TASK_SET, disk), CLEAR_TASK_SET, disk)

    def do_target(self):
        """All disks are reset."""
        self.manage(None, TARGET_RESET, self.choose_disk())

    def do_storm(self):
        """Resets one behind the other, of one disk."""
        disk = self.choose_disk()
        for _ in range(self.random.randint(2, 8)):
            self.manage(self.kind_of(LUN_RESET, disk), LUN_RESET, disk)

    def do_late(self):
        self.port.delay(self.random.random())

    def do_half(self):
        """Of the data that was asked for only the beginning; the rest comes a moment later."""
        if self.port.late and not self.port.rest:
            _, pdu, task = self.port.late.pop(0)
            self.port.send_data(pdu, task, (self.random.random() / 2,
                                            self.random.randrange(1, 500)))

    def do_logout(self):
        """In the middle: what is under way goes with the session."""
        if self.port.rest:
            return
        end = time.monotonic() + 60 * PATIENCE
        with self.cause("login", self.nexus):
            try:
                self.port.log_out()
                while time.monotonic() < end:
                    self.hear(0.05)
                raise AssertionError("no answer to a logout")
            except (EOFError, ConnectionError):
                self.log_in()

    def do_drop(self):
        """The cable is pulled, and put in again."""
        with self.cause("login", self.nexus):
            self.port.wire.close()
            self.log_in()

    def do_stall(self):
        """
        Asks a disk for much, and does not read for a while; a target may lose its patience, if others
        wait for these answers. What others send may have to wait for this one's turn.
        """
        with self.cause("stall", self.nexus), self.cause("tardy", "*"):
            self.port.wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            disk = self.choose_disk()
            while self.port.has_room(DEPTH):
                self.send_read(disk)
            self.be_deaf(self.random.uniform(*LONG_STALLS) if self.one_in(8) else
                         self.random.random() * self.random.choice((STALLS, STALLS / 6)))
            self.port.wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
            self.hear(0)

    def be_deaf(self, seconds):
        """Until it is hung up, at most."""
        poll = select.poll()
        poll.register(self.port.wire.sock, select.POLLRDHUP)	# and errors
        poll.poll(seconds * 1000)
        self.port.deaf_until = time.monotonic()

    def send_read(self, disk):
        command = Command("read", 0, 16)
        self.port.send(disk, command, self.begin(disk, command))

    def do_mode(self):
        """The write cache is switched off, or on again, in the middle of what is written."""
        disk = self.random.choice(CACHED)
        if self.port.has_room(DEPTH):
            page = bytearray(self.world.caches[disk])
            page[2] ^= self.random.choice([0, WCE])
            command = mode_select(page)
            self.say("begins", "mode", disk)
            self.port.send(disk, command, self.begin(disk, command))
