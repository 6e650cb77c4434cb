# SPDX-License-Identifier: GPL-2.0-only
"""What every actor is made of: README.md says how one joins."""
import os
import random
import time
from contextlib import contextmanager

PATIENCE = int(os.environ.get("PATIENCE", "1"))


class Actor:
    """
    A process of its own, which does one step after the other until the time is over. All that it
    does comes from self.random, which is the run's seed and its name.
    """
    may_break = ()		# kinds of causes.CAUSES that it begins
    promises = ""		# what holds for all of its steps

    def __init__(self, name, number, seed, world, events, words):
        self.name, self.number, self.world, self.events = name, number, world, events
        self.random = random.Random(f"{seed}/{name}")
        self.words = words	# of its line in the cast, behind the file

    def start(self):
        pass

    def step(self):
        raise NotImplementedError

    def stop(self):
        """Everything is again as it was found."""

    # ---- what it says -----------------------------------------------------------------------

    def say(self, verb, *words):
        """One write: lines of several actors do not mix, and their order is that of the events."""
        text = " ".join([self.name, verb, *map(str, words)]).replace("\n", " ")
        os.write(self.events, text.encode()[:4000] + b"\n")

    @contextmanager
    def cause(self, kind, scope, *words):
        """While it lasts, and for whatever was under way then, it explains what causes.py says."""
        assert kind in self.may_break, f"{kind} is not what {self.name} may break"
        self.say("begins", kind, scope, *words)
        try:
            yield
        finally:
            self.say("ends", kind, scope)

    # ---- what all do ------------------------------------------------------------------------

    def one_in(self, number):
        return self.random.randrange(number) == 0

    def pause(self, most):
        time.sleep(self.random.random() * most)

    def play(self, seconds):
        end = time.monotonic() + seconds
        self.start()
        while time.monotonic() < end:
            self.step()
        self.stop()
        self.say("gone")
