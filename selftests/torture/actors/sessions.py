# SPDX-License-Identifier: GPL-2.0-only
"""
An administrator of the iSCSI target: closes sessions, and lets nobody log in for a moment.
"""
import glob

from administrator import Administrator
from world import ISCSI, SCST, USUAL, initiator_name

SECONDS = 1.0
SETTINGS = {"QueuedCommands": "4", "RspTimeout": "10", "NopInInterval": "1"}


class Actor(Administrator):
    may_break = ("session", "setting", "timers")
    promises = "whoever was sent away can come back at once"

    def step(self):
        self.random.choice([self.close, self.disable, self.set])()
        self.pause(SECONDS)

    def close(self):
        """One of those who can live with it."""
        nexus = self.random.choice(self.words)
        for path in glob.glob(f"{ISCSI}/sessions/{initiator_name(nexus)}*/force_close"):
            self.say("begins", "session", nexus)
            self.write(path, "1")
            self.pause(0.2)		# it is over when its initiator has noticed
            self.say("ends", "session", nexus)

    def disable(self):
        path = self.random.choice([f"{ISCSI}/enabled", f"{SCST}/targets/iscsi/enabled"])
        with self.cause("setting", "*"):
            self.write(path, "0")
            self.pause(SECONDS / 4)
            self.write(path, "1")

    def set(self):
        """For a moment: whoever is slow then is given up."""
        name, value = self.random.choice(list(SETTINGS.items()))
        with self.cause("timers", "*"):
            self.write(f"{ISCSI}/{name}", value)
            self.pause(SECONDS)
            self.write(f"{ISCSI}/{name}", USUAL[name])
