# SPDX-License-Identifier: GPL-2.0-only
"""
RESERVE and RELEASE of SPC-2 (5.5.1) as an executable model: who has the disk, or nobody. What
resets the disk, and what takes the holder away, ends it: while that goes on, and until the next
RESERVE that is answered, both may be.
"""
from registers import Wrong
from reservations import READERS, WRITERS

NOBODY = None


class Reserves:
    def __init__(self):
        self.now = {}			# disk: set of who may have it
        self.next = {}			# disk: the same, while it changes
        self.what = {}			# disk: what changes it, by whom
        self.past = {}			# disk: {holder: line until which it may have been that}

    def holders(self, disk):
        return self.now.get(disk, {NOBODY})

    def begins(self, disk, words):
        """@words: what, by whom."""
        what, nexus = words
        was = self.holders(disk)
        self.what[disk] = what, nexus
        self.next[disk] = {nexus if what == "reserve" and holder in (NOBODY, nexus) else
                           NOBODY if what == "release" and holder == nexus else holder
                           for holder in was}

    def ends(self, disk, words, at):
        """@words: good, refused, or unknown."""
        was, (what, nexus), after = self.holders(disk), self.what.pop(disk), self.next.pop(disk)
        if words[0] == "good" and what == "reserve":
            if not after & {nexus}:
                raise Wrong(f"RESERVE of {disk} by {nexus} is good, and {was} has it")
            after = after & {nexus, NOBODY}
        if words[0] == "refused":
            after = was
        elif words[0] == "unknown":
            after = was | after
        self.becomes(disk, after, at)

    def becomes(self, disk, holders, at):
        self.past.setdefault(disk, {}).update(dict.fromkeys(self.holders(disk), at))
        self.now[disk] = holders

    def may_end(self, disk, at):
        """Something resets it, or takes the holder away."""
        if self.holders(disk) != {NOBODY}:
            self.becomes(disk, self.holders(disk) | {NOBODY}, at)
        if disk in self.next:	# and whoever wants it gets it then
            what, nexus = self.what[disk]
            self.next[disk] = self.next[disk] | {NOBODY} | ({nexus} if what == "reserve" else set())

    def possible(self, disk, begin):
        """Who may have had it at some moment since then."""
        before = {holder for holder, at in self.past.get(disk, {}).items() if at >= begin}
        return self.holders(disk) | self.next.get(disk, set()) | before

    def explains(self, command):
        """A conflict."""
        return bool(self.possible(command.disk, command.begin) - {NOBODY, command.nexus})

    def passes(self, command, answer):
        holders = self.possible(command.disk, command.begin)
        if command.op in WRITERS | READERS and not holders & {NOBODY, command.nexus}:
            raise Wrong(f"{command.op} at {command.disk} is {answer}, and {holders} has it "
                        "by RESERVE")
