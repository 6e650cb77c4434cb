# SPDX-License-Identifier: GPL-2.0-only
"""
The judge: reads the events of all actors, in the order in which they were written, and raises
Wrong for the first one that cannot be. An event is a line; the README has all of them.
"""
import time
from collections import Counter

from actor import PATIENCE
from causes import CAUSES, HARMLESS, LATE, LOSS, NEW_NEXUS, OFTEN, Attentions, explains
from debts import Debts
from lateness import Lateness
from registers import NEVER, Block, Wrong
from reservations import Reservations
from reserves import Reserves
from scsi import WRITES

# A write that is answered so has changed nothing, and does not later; others may have.
NOT_CARRIED_OUT = ("busy", "full", "aca", "conflict", "check 6/", "check 5/", "check e/1d/")
# Seconds in which a command, or a function, ends that nothing holds. For a peer that does not take
# its answers others wait ten (kernel/targets/iscsi/bounds.c).
COMMAND, FUNCTION = 4 * PATIENCE, 10 + 5 * PATIENCE
LONGEST = 100 * PATIENCE	# that anything takes


class Pending:
    """A command under way."""

    def __init__(self, at, time, words):
        self.begin, self.time = at, time
        self.nexus, self.disk, self.op, lba, count, *values = words
        self.lba, self.count = int(lba), int(count)
        self.value = values[0] if values else None
        self.expected = values[1] if len(values) > 1 else None
        self.writes = self.op in WRITES

    def places(self):
        return range(self.lba, self.lba + self.count)


class Judge:
    def __init__(self, single_disks, clock=time.monotonic):
        self.single_disks = single_disks	# behind which there is one device
        self.clock = clock
        self.at = 0			# number of the line
        self.pending = {}		# (actor, id): Pending
        self.blocks = {}		# (disk, lba): Block
        # (kind, scope): [how many go on, line at which the last one ended, at which they began]
        self.causes = {}
        self.attentions = {}		# (nexus, disk)
        self.debts = {}			# (nexus, disk)
        self.debt_counts = Counter()
        self.lateness = {name: Lateness() for name in LATE}
        self.disks = set()
        self.shared = set()		# nexuses that others use, who say nothing
        self.since = {}			# nexus: line at which it began to log in
        self.compared = {}		# (disk, lba): values that a COMPARE AND WRITE has replaced
        self.models = {"reserve": Reservations(), "spc2": Reserves()}
        self.counts = Counter()		# of events
        self.answers = Counter()

    def hears(self, line):
        self.at += 1
        actor, verb, *words = line.split()
        self.counts[verb] += 1
        getattr(self, f"{verb}_", self.note_)(actor, words)

    def oldest(self):
        return next(iter(self.pending.values())).begin if self.pending else self.at

    # ---- events -----------------------------------------------------------------------------

    def note_(self, _actor, _words):
        """What is only said."""

    def broken_(self, actor, words):
        raise Wrong(f"{actor}: {' '.join(words)}")

    def kernel_(self, _actor, words):
        raise Wrong(f"the kernel complains: {' '.join(words)}")

    def cmd_(self, actor, words):
        command = self.pending[actor, words[0]] = Pending(self.at, self.clock(), words[1:])
        if command.writes:
            for lba in command.places():
                self.block(command.disk, lba).write_begins(command.value, self.at)

    def end_(self, actor, words):
        number, *answer = words
        command = self.pending.pop((actor, number), None)
        if command is None:
            raise Wrong(f"{actor}: {number} is answered, and was not asked")
        values = answer.pop().split(",") if command.op == "read" and answer[0] == "good" else []
        answer = " ".join(answer)
        self.answers[answer] += 1
        self.explain(command, answer)
        if answer == "silent":
            self.look_at_loss(command)
        self.look_at_data(command, answer, values)
        self.look_at_debts((actor, number), command, answer)

    def begins_(self, _actor, words):
        kind, scope = words[:2]
        cause = self.causes.setdefault((kind, scope), [0, -1, self.at])
        if not cause[0]:
            cause[2] = self.at
        cause[0] += 1
        if kind in self.models:
            self.models[kind].begins(scope, words[2:])
        if kind == "login":
            self.since[scope] = self.at
        for name in self.what_is_late(kind):
            self.lateness[name].begins(scope, self.clock())
        for where in self.attentions:
            self.raised(kind, scope, *where)
        if kind == "away":
            self.meets_others(scope)
        self.spc2_may_end(kind, scope)

    def ends_(self, _actor, words):
        kind, scope = words[:2]
        cause = self.causes[kind, scope]
        cause[0] -= 1
        cause[1] = self.at
        if kind in self.models:
            self.models[kind].ends(scope, words[2:], self.at)
        for name in self.what_is_late(kind):
            self.lateness[name].ends(scope, self.clock(), self.oldest_time() - LONGEST)
        self.look_at_time("late_function", f"{kind} of {scope}", words, scope)
        for where in self.attentions:
            if self.concerns(scope, *where, cause[2]):
                self.over(kind, cause[2], "done" in words, *where)
        if kind == "login" and not cause[0]:
            self.is_new(scope)
        self.spc2_may_end(kind, scope)

    def raised(self, kind, scope, nexus, disk):
        attentions = self.attentions[nexus, disk]
        if self.concerns(scope, nexus, disk, self.at):
            attentions.raised(CAUSES[kind].raises)
            attentions.raised(CAUSES[kind].often, OFTEN)
            if CAUSES[kind].renews:
                self.debts[nexus, disk].forget()
        attentions.raised(CAUSES[kind].raises_everywhere)

    def over(self, kind, begin, is_done, nexus, disk):
        """For this nexus, which is owed something if it has been there all the time."""
        self.attentions[nexus, disk].calm(CAUSES[kind].often)
        debts = self.debts[nexus, disk]
        if CAUSES[kind].renews:
            debts.forget()
        elif is_done and disk in self.single_disks and self.has_stayed(nexus, disk, begin):
            if CAUSES[kind].owes:
                debts.owes(CAUSES[kind].owes, begin, self.at, kind)

    def is_new(self, nexus):
        """It has logged in, and is told so at each disk."""
        since = self.since[nexus]
        for (its, disk), debts in self.debts.items():
            if its == nexus and disk in self.single_disks and \
                    self.has_stayed(nexus, disk, since, besides="login"):
                debts.owes(NEW_NEXUS, since, self.at, "login")

    def has_stayed(self, nexus, disk, begin, besides=None):
        return nexus not in self.shared and not any(
            CAUSES[kind].renews and kind != besides and self.concerns(scope, nexus, disk, begin) and
            (going_on or last_end > begin)
            for (kind, scope), (going_on, last_end, _) in self.causes.items())

    def spc2_may_end(self, kind, scope):
        """A reset of the disk, the end of the holder, and whatever makes new nexuses."""
        spc2 = self.models["spc2"]
        for disk in list(spc2.now):
            if "6/29/*" in CAUSES[kind].raises and \
                    {scope.split("@")[0]} & (spc2.holders(disk) | {disk, "*"}):
                spc2.may_end(disk, self.at)

    def shares_(self, _actor, words):
        self.shared |= set(words)

    def nexus_(self, _actor, words):
        """It is there; since some moment after it began to log in."""
        nexus, *disks = words
        since = self.since.setdefault(nexus, self.at)
        self.disks |= set(disks)
        for disk in disks:
            self.attentions.setdefault((nexus, disk), Attentions()).raised(NEW_NEXUS)
            self.debts.setdefault((nexus, disk), Debts(f"{nexus} at {disk}", self.debt_counts))
            for (kind, scope), (going_on, last_end, _) in self.causes.items():
                if going_on or last_end > since:
                    self.raised(kind, scope, nexus, disk)

    def closed_(self, actor, words):
        """The target has hung up, which may have its reason at any time since it was called."""
        self.need("lost", Pending(self.since[words[0]], 0, [words[0], "*", "ready", 0, 0]))

    def overdue_(self, actor, words):
        """It is not answered yet. Where others may end it without a word, it may be over."""
        command = self.pending[actor, words[0]]
        if self.clock() - command.time <= COMMAND or \
                any(explains(kind, "silent") for kind in self.causes_of(command)):
            return
        free = self.lateness["late"].free_time(
            lambda scope: self.concerns(scope, command.nexus, command.disk, command.begin),
            command.time, self.clock())
        if free > COMMAND:
            raise Wrong(f"{command.op} of {command.nexus} at {command.disk} is not answered, and "
                        f"for {free:.0f} s nothing has held it")

    def wrote_(self, _actor, words):
        self.look_at_time("late_write", f"a write to {words[0]}", words)

    refused_ = wrote_

    # ---- where ------------------------------------------------------------------------------

    def concerns(self, scope, nexus, disk, since):
        """
        Is that about this nexus at this disk? A scope is a disk, a nexus, "*", or DISK@TABLE: a
        table of LUNs, TARGET/GROUP, that leads to the disk. Whoever is away (@since then), on the
        way to another group or in it, may find whichever of its target.
        """
        if scope in (nexus, disk, "*"):
            return True
        name, _, table = scope.partition("@")
        target, _, group = table.partition("/")
        if name != disk or target != ("local" if nexus == "local" else "iscsi"):
            return False
        going_on, last_end, _ = self.causes.get(("away", nexus), (0, -1, 0))
        return not group or going_on > 0 or last_end > since

    def meets_others(self, nexus):
        """It goes to a group in which something may go on that was none of its business."""
        for its, disk in self.attentions:
            for (kind, scope), (going_on, _, _) in self.causes.items():
                if its == nexus and going_on and "@" in scope:
                    self.raised(kind, scope, nexus, disk)

    def oldest_time(self):
        return next(iter(self.pending.values())).time if self.pending else self.clock()

    @staticmethod
    def what_is_late(kind):
        return [name for name in LATE if explains(kind, name)]

    # ---- rules ------------------------------------------------------------------------------

    def explain(self, command, answer):
        if answer in HARMLESS:
            for model in self.models.values():
                model.passes(command, answer)
        elif answer == "conflict":
            if not any(model.explains(command) for model in self.models.values()):
                raise Wrong(f"conflict at {command.disk}, and no reservation explains it")
        elif answer.startswith("check 6/"):
            code = answer.split()[1]
            if not self.attentions[command.nexus, command.disk].told(code):
                raise Wrong(f"unit attention {code} that nothing has raised, or told again")
        else:
            self.need(answer, command)

    def need(self, answer, command):
        """Something that explains it."""
        causes = self.causes_of(command)
        if not any(explains(kind, what) for kind in causes
                   for what in (answer, f"{command.op} {answer}")):
            raise Wrong(f"{answer} of {command.nexus}, which none of these explains: "
                        f"{sorted(causes)}")

    def causes_of(self, command):
        """What went on at some moment while the command was under way."""
        return {kind for (kind, scope), (going_on, last_end, _) in self.causes.items()
                if self.concerns(scope, command.nexus, command.disk, command.begin) and
                (going_on or last_end > command.begin)}

    def look_at_time(self, name, what, words, scope=None):
        """How long it took, if that is said, and how much of that nothing explains."""
        took = max((float(word[5:]) for word in words if word.startswith("took=")), default=0)
        if took <= FUNCTION:
            return
        now = self.clock()
        free = self.lateness[name].free_time(
            lambda its: scope not in self.disks or its in (scope, "*"), now - took, now)
        if free > FUNCTION:
            raise Wrong(f"{what} took {took:.0f} s, in {free:.0f} of which nothing has held it")

    def look_at_loss(self, command):
        """
        Others have aborted it, and it was not answered: then its initiator is told, unless that was
        QErr, or there is another nexus by now.
        """
        if "qerr" not in self.causes_of(command) and \
                self.has_stayed(command.nexus, command.disk, command.begin):
            self.debts[command.nexus, command.disk].owes(LOSS, command.begin, self.at,
                                                         f"a lost {command.op}")

    def look_at_data(self, command, answer, values):
        if command.writes:
            self.ends_writing(command, answer)
        if answer == "good" and command.op == "caw":
            self.compares(command)
        for lba, value in zip(command.places(), values):
            self.block(command.disk, lba).read_ends(value, command.begin, self.at)
        if command.writes or values:
            for lba in command.places():
                self.block(command.disk, lba).forget(self.oldest())

    def look_at_debts(self, key, command, answer):
        debts = self.debts.get((command.nexus, command.disk))
        if debts and (debts.owed or answer.startswith("check 6/")):
            debts.ends(key, command, answer, self.at,
                       [other for other, its in self.pending.items()
                        if (its.nexus, its.disk) == (command.nexus, command.disk)])

    def ends_writing(self, command, answer):
        for lba in command.places():
            block = self.block(command.disk, lba)
            if answer.startswith(NOT_CARRIED_OUT):
                block.write_was_refused(command.value, self.at)
            else:
                block.write_ends(command.value, self.at, answer == "good")

    def compares(self, command):
        """
        Of two that compare with the same value one at most finds it; but what there was in the
        beginning, and two devices over the same data do not know of each other.
        """
        block = self.block(command.disk, command.lba)
        block.read_ends(command.expected, command.begin, self.at)
        taken = self.compared.setdefault((command.disk, command.lba), set())
        if command.expected in taken and command.disk in self.single_disks:
            raise Wrong(f"{block.name}: COMPARE AND WRITE has found {command.expected} twice")
        if command.expected != "0":
            taken.add(command.expected)

    def block(self, disk, lba):
        return self.blocks.setdefault((disk, lba), Block(f"{disk}:{lba}"))


__all__ = ["NEVER", "Judge", "Wrong"]
