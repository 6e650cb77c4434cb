# SPDX-License-Identifier: GPL-2.0-only
"""
A machine that has other things to do with its memory: caches are dropped, pages are moved, and
half of what is free is taken for a moment.
"""
from actor import Actor as Base

SECONDS = 3.0


def free_bytes():
    with open("/proc/meminfo") as file:
        words = dict(line.split(":") for line in file)
    return int(words["MemFree"].split()[0]) * 1024


class Actor(Base):
    may_break = ("no_memory",)
    promises = "there is enough left for whoever waits a moment"

    def step(self):
        self.random.choice([self.drop, self.move, self.take])()
        self.pause(SECONDS)

    def drop(self):
        with open("/proc/sys/vm/drop_caches", "w") as file:
            file.write(self.random.choice("123"))
        self.say("drops", "caches")

    def move(self):
        try:
            with open("/proc/sys/vm/compact_memory", "w") as file:
                file.write("1")
            self.say("moves", "pages")
        except OSError as error:
            self.say("refused", "compact_memory", error.errno)

    def take(self):
        with self.cause("no_memory", "*"):
            taken = bytearray(free_bytes() // 2)
            self.say("takes", len(taken))
            self.pause(0.5)
            del taken
