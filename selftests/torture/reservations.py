# SPDX-License-Identifier: GPL-2.0-only
"""
Persistent reservations as an executable model: the state of one disk, changed by one actor that
does one thing after the other, with several nexuses. While it does something both the state
before and the one after may be seen.

States are small: who is registered, who holds the reservation, and of which type. `after` is the
standard (SPC-5 5.14), as far as these actors use it; selftests/unit has the state machine of the
core.
"""
from collections import namedtuple

from registers import Wrong

WRITE_EXCLUSIVE, EXCLUSIVE_ACCESS = 1, 3
WRITE_EXCLUSIVE_RO, EXCLUSIVE_ACCESS_RO = 5, 6
REGISTRANTS_ONLY = (WRITE_EXCLUSIVE_RO, EXCLUSIVE_ACCESS_RO)
WRITERS = {"write", "write_fua", "same", "caw", "flush"}	# flush: changes the medium's cache
READERS = {"read"}


class State(namedtuple("State", "registered holder kind", defaults=(frozenset(), None, 0))):
    __slots__ = ()

    def after(self, action, nexus, kind=0, other=None):
        if action == "register":
            return State(self.registered | {nexus}, self.holder, self.kind)
        if action == "reserve":
            return State(self.registered, nexus, int(kind)) if not self.holder else self
        if action == "release":
            return State(self.registered) if self.holder == nexus else self
        if action == "clear":
            return State()
        if action in ("preempt", "preempt_and_abort"):
            left = self.registered - {other}
            return State(left, nexus, int(kind)) if self.holder == other else \
                State(left, self.holder, self.kind)
        raise Wrong(f"no such action: {action}")

    def keeps_out(self, nexus):
        is_member = self.kind in REGISTRANTS_ONLY and nexus in self.registered
        return bool(self.holder) and nexus != self.holder and not is_member

    def must_refuse(self, nexus, op):
        """There is a conflict (SPC-5 table 67, SBC-4 table 13)."""
        reads_conflict = self.kind in (EXCLUSIVE_ACCESS, EXCLUSIVE_ACCESS_RO)
        return self.keeps_out(nexus) and (op in WRITERS or op in READERS and reads_conflict)

    def may_refuse(self, nexus, op):
        return op == "pr_out" or self.must_refuse(nexus, op) or \
            self.keeps_out(nexus) and op in ("mode", "selftest", "stop") or \
            bool(self.registered) and op.startswith("spc2_")


class Reservations:
    """Sets of states: there are several when nobody knows whether a command was carried out."""

    def __init__(self):
        self.now = {}			# disk: what it may be
        self.next = {}			# disk: the same, while it changes
        self.past = {}			# disk: {state: line until which it may have been that}

    def states(self, disk):
        return self.now.setdefault(disk, {State()})

    def begins(self, disk, words):
        self.next[disk] = {state.after(*words) for state in self.states(disk)}

    def ends(self, disk, words, at):
        """@words: good, refused, or unknown."""
        before, after = self.states(disk), self.next.pop(disk)
        self.past.setdefault(disk, {}).update(dict.fromkeys(before | after, at))
        if words[0] == "good":
            self.now[disk] = after
        elif words[0] == "unknown":
            self.now[disk] = before | after

    def possible(self, disk, begin):
        """What it may have been at some moment since then."""
        before = {state for state, at in self.past.get(disk, {}).items() if at >= begin}
        return self.states(disk) | self.next.get(disk, set()) | before

    def explains(self, command):
        """A conflict."""
        states = self.possible(command.disk, command.begin)
        return any(state.may_refuse(command.nexus, command.op) for state in states)

    def passes(self, command, answer):
        states = self.possible(command.disk, command.begin)
        if all(state.must_refuse(command.nexus, command.op) for state in states):
            raise Wrong(f"{command.op} at {command.disk} is {answer} in spite of the reservation "
                        f"of {next(iter(states)).holder}")
