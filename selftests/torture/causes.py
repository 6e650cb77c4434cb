# SPDX-License-Identifier: GPL-2.0-only
"""
What actors do that may make commands fail: which answers each kind of it explains, and which unit
attentions it raises, each once for each nexus. Whoever does something new adds a line here.

Answers are those of scsi.outcome(), with the operation before them if it is for that alone, and:
	lost		its session went, and it with it
	ended		its own initiator has aborted it
	silent		no answer came, and its initiator was told that there is no such task
Whether a reservation explains a conflict is for reservations.py. And, of what has not ended yet:
	late		nothing came of a command yet
	late_function	... of a function of task management
	late_write	... of an administrator's write, which waits for commands that nobody aborts
"""
from collections import namedtuple
from fnmatch import fnmatchcase

# often: what it raises, as often as it likes while it goes on. owes: what it raises for certain at
# all nexuses of its scope, if it ends with "done". renews: nexuses of its scope may be new ones then,
# with nothing of what the old ones were owed.
Kind = namedtuple("Kind", "explains raises raises_everywhere often owes renews",
                  defaults=((), (), (), False))

NEW_NEXUS = ("6/29/*",)
LUNS_CHANGED = ("6/3f/0e",)
# One of these is told to whom others have aborted a command without a word.
LOSS = (*NEW_NEXUS, "6/2f/*", "6/2a/05")
LATE = ("late", "late_function", "late_write")
CAUSES = {
    # administrators
    "replace": Kind((), ("6/3f/03",), LUNS_CHANGED, renews=True),
    "replace_no_ua": Kind((), (), renews=True),
    "move": Kind((), ("6/3f/03",), LUNS_CHANGED, renews=True),
    "unmap": Kind(("check 5/25/00", "gone"), ("6/29/*", "6/29/*", "6/3f/03"), 2 * LUNS_CHANGED,
                  renews=True),
    "away": Kind((), ()),		# a nexus is, or may be, in another group than the default one
    "block": Kind(("late",), ()),
    "close": Kind(("check 2/3a/*", "check 2/04/*", "late"), ("6/28/00", "6/3f/03")),
    "session": Kind(("lost",), NEW_NEXUS),
    "setting": Kind((), ()),
    "timers": Kind(("lost",), NEW_NEXUS),
    # what initiators do to each other: "silent" where they are not told by TASK ABORTED
    "reset": Kind(("aborted", "silent", "ended"), ("6/29/*", "6/2f/00", "6/2a/01"),
                  owes=NEW_NEXUS),
    "told_reset": Kind(("aborted", "ended"), ("6/29/*", "6/2f/00", "6/2a/01"), owes=NEW_NEXUS),
    "mode": Kind((), ("6/2a/01",)),
    "qerr": Kind(("aborted", "silent", "ended"), (), often=("6/2f/00",)),
    "aca": Kind(("busy", "aca", "naca check 5/21/00", "late"), ()),
    "tardy": Kind(("late", "late_write"), ()),	# a peer neither brings its data nor takes its answers
    "spc2": Kind((), ()),
    "reserve": Kind(("aborted", "spc2_* busy"), ("6/2a/03", "6/2a/04", "6/2a/05", "6/2f/00")),
    # and to themselves
    "abort": Kind(("ended",), ()),
    "login": Kind(("lost",), NEW_NEXUS, renews=True),
    "stall": Kind(("lost",), NEW_NEXUS),
    "bad_data": Kind(("check b/4b/*", "check b/00/*"), ()),
    # what lies below
    "hang": Kind(("ended", "aborted", *LATE), ("6/29/*", "6/2f/00")),	# by the host's error handler
    "slow": Kind(LATE, ()),
    "error": Kind(("check 3/*", "check 4/*", "check 2/04/*", "check b/*", "late"), ()),
    "no_memory": Kind(("busy", "full", "lost", *LATE), NEW_NEXUS),
    "no_space": Kind(("check 7/27/07",), (), often=("6/38/07",)),
    # what handles of the target do that have something fail (include/scst/tags.h)
    "memory_handle": Kind(("busy", "full"), ()),
    "file_handle": Kind(("check 4/44/00",), ()),
    "session_handle": Kind(("lost",), NEW_NEXUS),
}
OFTEN, ON_THEIR_WAY = 1 << 30, 32	# how many
# No answer is needed for these to be right: a comparison that fails, and a command that was good.
HARMLESS = ("good", "check e/1d/00")


def explains(kind, answer):
    return any(fnmatchcase(answer, pattern) for pattern in CAUSES[kind].explains)


class Attentions:
    """How many unit attentions of each kind a nexus may still be told of."""

    def __init__(self):
        self.left = {}

    def raised(self, patterns, number=1):
        for pattern in patterns:
            self.left[pattern] = self.left.get(pattern, 0) + number

    def calm(self, patterns):
        """No more of what came often: what is left is one, and those on their way."""
        for pattern in patterns:
            self.left[pattern] = min(self.left.get(pattern, 0), ON_THEIR_WAY)

    def told(self, code):
        """Return: whether there was a reason that it had not been told of."""
        for pattern, number in self.left.items():
            if number and fnmatchcase(code, pattern):
                self.left[pattern] -= 1
                return True
        return False
