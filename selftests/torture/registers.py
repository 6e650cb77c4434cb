# SPDX-License-Identifier: GPL-2.0-only
"""
Each block is a register: what is read from it must be explained by some order of the commands, in
which one that had ended before another began comes first (SAM allows all of these for SIMPLE
ones).

Every write has a value of its own, so there is a quick answer (Gibbons and Korach, Testing Shared
Memories): all commands that wrote or read one value lie in its zone, between the first end of one
of them and the last beginning. Where the end comes first the value was certainly there all the
time between, and the zone of another value can neither overlap that nor lie within.

Positions are lines of the log: a command begins before it is sent and ends after its answer has
come.
"""
NEVER = float("inf")


class Wrong(Exception):
    """What cannot be."""


class Value:
    def __init__(self, begin):
        self.first_end, self.last_begin = NEVER, begin
        self.is_there = False		# it was written or read for certain
        self.is_alone = True		# no other write was under way at the same time

    def is_fixed(self):
        return self.first_end < self.last_begin

    def excludes(self, other):
        """Both for certain there."""
        if not self.is_fixed() and not other.is_fixed():
            return False
        return self.first_end < other.last_begin and other.first_end < self.last_begin

    def is_over(self, oldest):
        return self.first_end < oldest and self.last_begin < oldest


class Block:
    def __init__(self, name):
        self.name = name
        first = Value(-1)
        first.first_end, first.is_there = -1, True
        self.values = {"0": first}
        self.writing = set()		# values of writes under way
        self.is_mixed = False		# writes that came at the same time may have left some of each
        self.last_write = -1

    def write_begins(self, value, at):
        assert value not in self.values, f"{value} twice"
        mine = self.values[value] = Value(at)
        for other in self.writing:
            self.values[other].is_alone = mine.is_alone = False
            self.is_mixed = True
        self.writing.add(value)

    def write_ends(self, value, at, is_certain):
        """It happened, or may have happened, but does not any more."""
        mine = self.values[value]
        self.writing.discard(value)
        self.last_write = at
        mine.first_end = min(mine.first_end, at)
        mine.is_there |= is_certain
        if is_certain and mine.is_alone:
            self.is_mixed = False
        self.check(value)

    def write_was_refused(self, value, at):
        self.writing.discard(value)
        if self.values.pop(value).is_there:
            raise Wrong(f"{self.name}: {value} was refused, and yet has been read")

    def read_ends(self, value, begin, at):
        if value == "torn":
            if not (self.is_mixed or self.writing or self.last_write > begin):
                raise Wrong(f"{self.name}: torn, and nothing was written meanwhile")
            return
        if value not in self.values:
            raise Wrong(f"{self.name}: {value} is not there, or not any more: {self.state()}")
        mine = self.values[value]
        mine.first_end, mine.last_begin = min(mine.first_end, at), max(mine.last_begin, begin)
        mine.is_there = True
        self.check(value)

    def check(self, value):
        mine = self.values[value]
        for name, other in self.values.items():
            if other is not mine and mine.is_there and other.is_there and mine.excludes(other):
                raise Wrong(f"{self.name}: no order explains {value} and {name}: {self.state()}")

    def forget(self, oldest):
        """Values that were overwritten before any command began that is under way."""
        for name, value in list(self.values.items()):
            if value.is_over(oldest) and any(
                    other.is_there and other.last_begin > value.first_end and other.is_over(oldest)
                    for other in self.values.values() if other is not value):
                del self.values[name]

    def state(self):
        return ", ".join(f"{name} [{value.first_end}, {value.last_begin}]"
                         f"{'' if value.is_there else '?'}" for name, value in self.values.items())
