# SPDX-License-Identifier: GPL-2.0-only
"""
Unit attentions that are owed: something was done for certain that raises one at a nexus, or a command
of it was lost without a word; so it is told to it before any command that comes later gets further
than to unit attentions.

Commands overtake each other on their way back. So when one that began later ends well, those that
are under way at that moment are suspects: one of them has it. If all of these have ended without,
it was lost. A suspect that was aborted gives it back, and then it is owed anew.
"""
from fnmatch import fnmatchcase

from registers import Wrong

# Answers of a command that did not come to unit attentions, and of one that may have had it.
BEFORE = ("busy", "full", "aca", "check 5/25/", "check 5/21/")
UNSEEN = ("ended", "silent", "lost", "aborted", "gone")


def is_one_of(code, patterns):
    return any(fnmatchcase(code, pattern) for pattern in patterns)


class Debt:
    def __init__(self, patterns, since, what):
        self.patterns, self.since, self.what = patterns, since, what
        self.suspects = None		# until a command has passed

    def again(self, at):
        self.since, self.suspects = at, None


class Debts:
    """Of one nexus at one disk."""

    def __init__(self, name, counts):
        self.name, self.counts = name, counts
        self.owed = []
        self.told = {}			# code: line, the last one

    def owes(self, patterns, begin, at, what):
        """One of these. @begin: of what raised it, which is over now (@at)."""
        if any(line > begin and is_one_of(code, patterns) for code, line in self.told.items()):
            return
        self.owed.append(Debt(patterns, at, what))
        self.counts["raised"] += 1

    def forget(self):
        self.counts["forgiven"] += len(self.owed)
        self.owed = []

    def ends(self, key, command, answer, at, pending):
        """@key: of the command; @pending: keys of those of this nexus and disk."""
        if answer.startswith("check 6/"):
            self.pays(answer.split()[1], at)
        for debt in self.owed:
            self.look(debt, key, command, answer, at, pending)

    def pays(self, code, at):
        self.told[code] = at
        left = [debt for debt in self.owed if not is_one_of(code, debt.patterns)]
        self.counts["paid"] += len(self.owed) - len(left)
        self.owed = left

    def look(self, debt, key, command, answer, at, pending):
        if debt.suspects is None:
            if answer in UNSEEN:	# it may have had it
                debt.again(at)
            elif command.begin > debt.since and self.has_passed(answer):
                debt.suspects = set(pending)
        elif key in debt.suspects:
            debt.suspects.discard(key)
            if answer in UNSEEN:
                debt.again(at)
        if debt.suspects == set():
            raise Wrong(f"unit attention {' or '.join(debt.patterns)} of {debt.what} is owed to "
                        f"{self.name}, and was not told")

    @staticmethod
    def has_passed(answer):
        return answer not in UNSEEN and not answer.startswith((*BEFORE, "check 6/"))
