# SPDX-License-Identifier: GPL-2.0-only
"""
Two hosts of an old cluster, at the disk "old": each takes it for itself with RESERVE of SPC-2,
works with it for a moment, and gives it back; or forgets to, until a reset or its next one. Now and
then they try it at the disk "kept", where another cluster reserves in its own way, and always give it
back.
"""
from scsi import Command
from serial_actor import SerialActor

DISK, OTHER = "old", "kept"
CDBS = {"reserve": bytes([0x16, 0, 0, 0, 0, 0]), "release": bytes([0x17, 0, 0, 0, 0, 0])}
REFUSED = ("conflict", "busy", "full", "check 2/", "check 5/")


class Actor(SerialActor):
    may_break = ("spc2", "abort", "login")
    promises = "it does one thing after the other, and keeps nothing of the other disk"

    def start(self):
        super().start()
        self.open_ports(2, DISK, OTHER)

    def act(self, port, action, disk=DISK):
        command = Command.other(f"spc2_{action}", CDBS[action], b"")
        self.say("begins", "spc2", disk, action, port.name)
        answer = self.carry_out_without(port, disk, command)
        result = "refused" if answer.startswith(REFUSED) else "unknown"
        self.say("ends", "spc2", disk, "good" if answer == "good" else result)
        return answer

    def try_other(self, port):
        """It is given back, unless it is certain that it was not taken. A conflict: it is not ours."""
        if not self.act(port, "reserve", OTHER).startswith(REFUSED):
            while self.act(port, "release", OTHER) not in ("good", "conflict"):
                self.pause(0.1)

    def step(self):
        port, other = self.random.sample(self.ports, 2)
        if self.one_in(8):
            self.try_other(port)
        if self.act(port, "reserve") == "good":
            for _ in range(self.random.randrange(8)):
                self.carry_out(self.random.choice([port, port, other]), DISK, self.choose(DISK))
        if not self.one_in(4):
            self.act(port, "release")
        self.pause(0.2)

    def stop(self):
        for port in self.ports:
            self.act(port, "release")
        self.close_ports()
