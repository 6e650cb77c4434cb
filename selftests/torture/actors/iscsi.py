# SPDX-License-Identifier: GPL-2.0-only
"""
An initiator of iSCSI that makes up its own PDUs, with several commands under way. Its line in the
cast has the habits that it has, each with how seldom: `HABIT=N` is once in N steps.
"""
import socket
import time

from actor import PATIENCE
from initiator_actor import InitiatorActor
from nexus import (ABORT_TASK, ABORT_TASK_SET, CLEAR_TASK_SET, COMPLETE, HEAD_OF_QUEUE, LUN_RESET,
                   ORDERED, SIMPLE, TARGET_RESET, TAS, Nexus, mode_select)
from scsi import Command
from world import DISKS, initiator_name

DEPTH = 8
OVERDUE = 2 * PATIENCE		# seconds until an initiator aborts
ATTRIBUTES = (20, 1, 1)		# how often each


class Actor(InitiatorActor):
    may_break = ("login", "abort", "reset", "told_reset", "mode", "stall")
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
            for function, disk, _ in functions:
                self.managed(function, disk, "lost")
            self.say("nexus", self.nexus, *DISKS)

    def step(self):
        try:
            for habit, odds in self.odds.items():
                if self.one_in(odds):
                    getattr(self, f"do_{habit}")()
            if self.port.has_room(DEPTH):
                self.send()
            self.hear(0.001)
            self.abort_what_is_overdue()
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
        for function, disk, response in managed:
            self.managed(function, disk, response)

    def stop(self):
        """All that is under way comes to its end."""
        end = time.monotonic() + 60 * PATIENCE
        while self.port.tasks or self.port.functions:
            assert time.monotonic() < end, f"still under way: {list(self.port.tasks)}"
            try:
                self.hear(0.05)
                self.abort_what_is_overdue()
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

    def managed(self, function, disk, response):
        is_reset = function in (LUN_RESET, TARGET_RESET)
        done = ["done"] if is_reset and response == COMPLETE else []
        for its in self.disks_of(function, disk):
            kind = self.kind_of(function, its)
            self.say("ends", kind, its if kind != "abort" else self.nexus,
                     f"response={response}", *done)

    @staticmethod
    def disks_of(function, disk):
        return list(DISKS) if function == TARGET_RESET else [disk]

    @staticmethod
    def kind_of(function, disk):
        if function in (ABORT_TASK, ABORT_TASK_SET):
            return "abort"
        return "told_reset" if DISKS[disk].is_told else "reset"

    def abort_what_is_overdue(self):
        for itt, task in list(self.port.tasks.items()):
            if time.monotonic() > task.since + OVERDUE and not self.port.rest:
                task.since = time.monotonic() + 100 * PATIENCE
                self.say("overdue", task.args[0])
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
        """Asks for much, and does not read for a while; a target may lose its patience."""
        with self.cause("stall", self.nexus):
            self.port.wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            while self.port.has_room(DEPTH):
                self.send_read()
            self.pause(0.5 if self.one_in(2) else 3)
            self.hear(0)

    def send_read(self):
        disk = self.choose_disk()
        command = Command("read", 0, 16)
        self.port.send(disk, command, self.begin(disk, command))

    def do_mode(self):
        """What others are told of commands that are aborted (TAS)."""
        disk = self.random.choice([name for name, disk in DISKS.items() if not disk.is_told])
        if self.port.has_room(DEPTH):
            page = bytearray(self.world.pages[disk])
            page[5] ^= self.random.choice([0, TAS])
            with self.cause("mode", disk):
                command = mode_select(page)
                self.port.send(disk, command, self.begin(disk, command))
