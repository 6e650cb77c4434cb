# SPDX-License-Identifier: GPL-2.0-only
"""
Unit attentions that are owed: something was done for certain that raises one at a nexus, so it is
told to it before any command that came later gets further than to unit attentions.

Commands overtake each other on their way back. So when one that began later ends well, those that
are under way at that moment are suspects: one of them has it. If all of these have ended without,
it was lost. A suspect that was aborted gives it back, and then it is owed anew.
"""
from fnmatch import fnmatchcase

from registers import Wrong

# Answers of a command that did not come to unit attentions, and of one that may have had it.
BEFORE = ("busy", "full", "check 5/25/")
UNSEEN = ("ended", "silent", "lost", "aborted", "gone")


class Debt:
    def __init__(self, pattern, since, what):
        self.pattern, self.since, self.what = pattern, since, what
        self.suspects = None		# until a command has passed

    def again(self, at):
        self.since, self.suspects = at, None


class Debts:
    """Of one nexus at one disk."""

    def __init__(self, name):
        self.name = name
        self.owed = []
        self.told = []			# (line, code), of late

    def owes(self, pattern, begin, at, what):
        """@begin: of what raised it, which is over now (@at)."""
        if any(line > begin and fnmatchcase(code, pattern) for line, code in self.told):
            return
        self.owed.append(Debt(pattern, at, what))

    def forget(self):
        self.owed = []

    def ends(self, key, command, answer, at, pending):
        """@key: of the command; @pending: keys of those of this nexus and disk."""
        if answer.startswith("check 6/"):
            self.pays(answer.split()[1], at)
        for debt in self.owed:
            self.look(debt, key, command, answer, at, pending)

    def pays(self, code, at):
        self.told = [*self.told[-15:], (at, code)]
        self.owed = [debt for debt in self.owed if not fnmatchcase(code, debt.pattern)]

    def look(self, debt, key, command, answer, at, pending):
        if debt.suspects is None:
            if command.begin > debt.since and self.has_passed(answer):
                debt.suspects = set(pending)
        elif key in debt.suspects:
            debt.suspects.discard(key)
            if answer in UNSEEN:
                debt.again(at)
        if debt.suspects == set():
            raise Wrong(f"unit attention {debt.pattern} of {debt.what} is owed to {self.name}, "
                        "and was not told")

    @staticmethod
    def has_passed(answer):
        return answer not in UNSEEN and not answer.startswith((*BEFORE, "check 6/"))
