# SPDX-License-Identifier: GPL-2.0-only
"""
How long nothing has held a command, or a function of task management: what is held up by a cause
(causes.py: LATE) may last, and a moment longer; what nothing holds and yet does not end is lost.
So it is counted how long none of its causes went on, since it began.

Times are those at which the judge heard of it.
"""


class Spans:
    """When causes of one scope went on, one or several."""

    def __init__(self):
        self.going_on = 0
        self.spans = []			# [begin, end], in order; the last one has no end while it lasts

    def begins(self, now):
        if not self.going_on:
            self.spans.append([now, None])
        self.going_on += 1

    def ends(self, now, oldest):
        """@oldest: nobody asks about what was before."""
        self.going_on -= 1
        if not self.going_on:
            self.spans[-1][1] = now
            self.spans = [span for span in self.spans if span[1] >= oldest]


class Lateness:
    """Of one pseudo-answer of causes.py."""

    def __init__(self):
        self.scopes = {}		# scope: Spans

    def begins(self, scope, now):
        self.scopes.setdefault(scope, Spans()).begins(now)

    def ends(self, scope, now, oldest):
        self.scopes[scope].ends(now, oldest)

    def free_time(self, concerns, begin, now):
        """Without any cause whose scope is one that @concerns says."""
        spans = sorted((max(start, begin), now if end is None else end)
                       for scope, its in self.scopes.items() if concerns(scope)
                       for start, end in its.spans if end is None or end > begin)
        free, at = 0, begin
        for start, end in spans:
            free += max(start - at, 0)
            at = max(at, end)
        return free + max(now - at, 0)
