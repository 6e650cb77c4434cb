# SPDX-License-Identifier: GPL-2.0-only
"""
A cluster of two: nodes that register, reserve, preempt each other and go, at the disk "kept",
while everybody reads and writes there. What follows of that is reservations.py's business; both
nodes belong to one actor, which knows what came of one command before it sends the next.
"""
import struct

from scsi import Command
from serial_actor import SerialActor

DISK = "kept"
SERVICES = {"register": 6, "reserve": 1, "release": 2, "clear": 3, "preempt": 4,
            "preempt_and_abort": 5}
TYPES = (1, 3, 5, 6)
REFUSED = ("conflict", "busy", "full", "check 2/", "check 5/")


class Actor(SerialActor):
    may_break = ("reserve", "abort", "login")
    promises = "it does one thing after the other, and nothing to any other disk"

    def start(self):
        super().start()
        self.open_ports(2, DISK)
        self.forget()

    def forget(self):
        self.registered, self.holder, self.kind = set(), None, 0

    @staticmethod
    def key(port):
        return int.from_bytes(port.name.encode()[-1:], "big")

    # ---- commands -----------------------------------------------------------------------------

    def act(self, port, action, kind=0, other=None):
        """PERSISTENT RESERVE OUT. Return: whether it was done."""
        key = 0 if action == "register" else self.key(port)
        service_key = self.key(port) if action == "register" else self.key(other) if other else 0
        aptpl = action == "register" and self.one_in(2)		# it is saved then
        command = Command.other("pr_out", struct.pack(">BBBxxIx", 0x5f, SERVICES[action], kind, 24),
                                struct.pack(">QQ4xB3x", key, service_key, aptpl))
        words = [action, port.name, kind] + ([other.name] if other else [])
        self.say("begins", "reserve", DISK, *words)
        answer = self.carry_out_without(port, DISK, command)
        result = "refused" if answer.startswith(REFUSED) else "unknown"
        result = "good" if answer == "good" else result
        self.say("ends", "reserve", DISK, result)
        if result == "unknown":
            self.start_again()
        return result == "good"

    def start_again(self):
        """Nobody knows whether a command was carried out that was aborted: until one is."""
        self.forget()
        while not (self.act(self.ports[0], "register") and self.act(self.ports[0], "clear")):
            self.pause(0.1)

    # ---- what a cluster does ------------------------------------------------------------------

    def step(self):
        port, other = self.random.sample(self.ports, 2)
        if port not in self.registered:
            if self.act(port, "register"):
                self.registered.add(port)
        elif not self.holder:
            self.reserve(port)
        else:
            self.change(port, other)
        for _ in range(self.random.randrange(6)):
            self.carry_out(self.random.choice(self.ports), DISK, self.choose(DISK))
        self.pause(0.1)

    def reserve(self, port):
        kind = self.random.choice(TYPES)
        if self.act(port, "reserve", kind):
            self.holder, self.kind = port, kind

    def change(self, port, other):
        if self.one_in(6):
            self.act(other if self.holder is port else port, "reserve", self.kind)	# a conflict
        elif self.holder is port:
            if self.act(port, "release", self.kind):
                self.holder = None
        elif self.one_in(4):
            if self.act(port, "clear"):
                self.forget()
        else:
            verb = self.random.choice(["preempt", "preempt_and_abort"])
            if self.act(port, verb, self.kind, other):
                self.registered.discard(other)
                self.holder = port

    def stop(self):
        self.start_again()
        self.close_ports()
