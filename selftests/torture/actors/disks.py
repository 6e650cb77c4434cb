# SPDX-License-Identifier: GPL-2.0-only
"""
What happens below: one of the two ways to the disk "block" hangs and comes back, is slow, or
fails. Some hangs are longer than the local initiator waits: its error handler aborts and resets.
"""
import subprocess
import time
from contextlib import ExitStack

from actor import PATIENCE
from actor import Actor as Base
from world import DISKS, table

SECONDS = 1.5
LONG = 4 * PATIENCE + 5		# longer than local.py waits


class Actor(Base):
    may_break = ("hang", "slow", "error", "reset")
    promises = "what it broke is whole again when it says so"

    def step(self):
        name = f"torture{self.random.randrange(2)}"
        self.random.choice([self.hang, self.hang, self.be_slow, self.fail])(name)
        self.pause(SECONDS)

    def dm(self, *words):
        self.say("dm", *words)
        subprocess.run(["dmsetup", *words], check=True)

    def hang(self, name):
        is_long = self.one_in(8)
        with ExitStack() as causes:
            causes.enter_context(self.cause("hang", "*" if is_long else "block"))
            if is_long:
                for disk in [name for name, disk in DISKS.items() if not disk.is_told]:
                    causes.enter_context(self.cause("reset", disk))
            self.dm("suspend", "--nolockfs", "--noflush", name)
            if is_long:
                time.sleep(LONG)
            else:
                self.pause(SECONDS)
            self.dm("resume", "--noudevsync", name)
            if is_long:		# the error handler has still to say what it thinks
                time.sleep(LONG / 2)

    def becomes(self, name, kind):
        """It is suspended for as long as resume takes, however slow this machine is."""
        self.dm("load", name, "--table", table(kind))
        self.dm("resume", "--nolockfs", "--noflush", "--noudevsync", name)

    def be_slow(self, name):
        with self.cause("slow", "block"):
            self.becomes(name, "delay")
            self.pause(SECONDS)
            self.becomes(name, "linear")

    def fail(self, name):
        with self.cause("error", "block"):
            self.becomes(name, "error")
            self.pause(SECONDS / 3)
            self.becomes(name, "linear")
