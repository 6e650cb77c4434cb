# SPDX-License-Identifier: GPL-2.0-only
"""What all initiators do, whatever carries their commands: choose one, say so, say how it ended."""
from actor import Actor
from scsi import NOTHING, Command, values_of
from world import BLOCKS, DISKS

# How often each.
MIX = {"read": 8, "write": 8, "write_fua": 2, "caw": 3, "same": 1, "flush": 1, "selftest": 1,
       "stop": 1, "ready": 1}
MOST = 4		# blocks
FOUGHT_FOR = 4		# of a disk that all compare: so that they meet


class InitiatorActor(Actor):
    """Sub-classes send Commands, and call done() with what came of them."""
    nexus = None	# who it is to the disk

    def start(self):
        self.numbers = 0
        self.writes = 0
        self.known = {}		# (disk, lba): what was read there the last time

    def choose(self, disk):
        op = self.random.choices(list(MIX), list(MIX.values()))[0]
        count = 1 if op == "caw" else self.random.randint(1, MOST)
        lba = self.random.randrange(FOUGHT_FOR if op == "caw" else BLOCKS - count)
        if op in ("ready", "flush", "selftest", "stop"):
            return Command(op)
        if op == "read":
            return Command(op, lba, count)
        self.writes += 1
        return Command(op, lba, count, f"{self.number}.{self.writes}",
                       self.known.get((disk, lba), NOTHING) if op == "caw" else None)

    def choose_disk(self):
        return self.random.choice(list(DISKS))

    def begin(self, disk, command):
        """It is about to be sent. Return: its number."""
        self.numbers += 1
        self.say("cmd", self.numbers, self.nexus, disk, command)
        return self.numbers

    def done(self, number, disk, command, answer, data=b""):
        words = [answer]
        if command.op == "read" and answer == "good":
            values = values_of(data[:command.reads], command.lba)
            for at, value in enumerate(values):
                if value != "torn":
                    self.known[disk, command.lba + at] = value
            words.append(",".join(values) or "nothing")
        self.say("end", number, *words)
