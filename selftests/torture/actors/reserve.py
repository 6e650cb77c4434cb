# SPDX-License-Identifier: GPL-2.0-only
"""
Two hosts of an old cluster, at the disk "old": each takes it for itself with RESERVE of SPC-2,
works with it for a moment, and gives it back; or forgets to, until a reset or its next one.
"""
from scsi import Command
from serial_actor import SerialActor

DISK = "old"
CDBS = {"reserve": bytes([0x16, 0, 0, 0, 0, 0]), "release": bytes([0x17, 0, 0, 0, 0, 0])}
REFUSED = ("conflict", "busy", "full", "check 2/", "check 5/")


class Actor(SerialActor):
    may_break = ("spc2", "abort", "login")
    promises = "it does one thing after the other, and nothing to any other disk"

    def start(self):
        super().start()
        self.open_ports(2, DISK)

    def act(self, port, action):
        command = Command.other(f"spc2_{action}", CDBS[action], b"")
        self.say("begins", "spc2", DISK, action, port.name)
        answer = self.carry_out_without(port, DISK, command)
        result = "refused" if answer.startswith(REFUSED) else "unknown"
        self.say("ends", "spc2", DISK, "good" if answer == "good" else result)
        return answer == "good"

    def step(self):
        port, other = self.random.sample(self.ports, 2)
        if self.act(port, "reserve"):
            for _ in range(self.random.randrange(8)):
                self.carry_out(self.random.choice([port, port, other]), DISK, self.choose(DISK))
        if not self.one_in(4):
            self.act(port, "release")
        self.pause(0.2)

    def stop(self):
        for port in self.ports:
            self.act(port, "release")
        self.close_ports()
