# SPDX-License-Identifier: GPL-2.0-only
"""
Who turns the handles of the target (include/scst/tags.h), where it has some: a few at a time, some of
which make it slow or have others run first, and some fail. And, where there is such a module, has
every processor lose its task at moments that come from the seed.
"""
import os
import subprocess
from contextlib import ExitStack

from actor import Actor as Base

TAGS = "/sys/kernel/debug/scst/tags"
DICE = "scst_dice"
SECONDS = 1.0
MOST = 6			# at a time
EVERY = {"fail": (20, 200), "delay": (3, 100), "preempt": (1, 20)}
# What fails by those that have something fail; memory by all others.
CAUSES = {"file_handle": ("pr_save", "file_write", "file_sync"),
          "session_handle": ("session_alloc", "nexus_alloc", "lun_table_alloc", "iscsi_")}


class Actor(Base):
    may_break = ("memory_handle", *CAUSES)
    promises = "nothing is refused that a later try does not bring"

    def start(self):
        self.kinds = {}
        for name in sorted(os.listdir(TAGS)) if os.path.isdir(TAGS) else []:
            if name != "seed":
                with open(f"{TAGS}/{name}") as file:
                    self.kinds[name] = file.read().split()[1]
        if self.kinds:
            self.set("seed", self.random.randrange(1 << 32))
        self.dice = subprocess.run(["modprobe", DICE, f"seed={self.random.randrange(1 << 31)}"],
                                   capture_output=True).returncode == 0
        self.say("dice", self.dice)

    def set(self, name, number):
        with open(f"{TAGS}/{name}", "w") as file:
            file.write(str(number))
        self.say("turns", name, number)

    def cause_of(self, name):
        """None: others only come first, which explains nothing."""
        if self.kinds[name] != "fail":
            return None
        return next((kind for kind, names in CAUSES.items() if name.startswith(names)),
                    "memory_handle")

    def step(self):
        if not self.kinds:
            self.pause(SECONDS)
            return
        names = self.random.sample(list(self.kinds), MOST)
        with ExitStack() as causes:
            for kind in sorted({self.cause_of(name) for name in names} - {None}):
                causes.enter_context(self.cause(kind, "*"))
            for name in names:
                self.set(name, self.random.randint(*EVERY[self.kinds[name]]))
            self.pause(SECONDS)
            for name in names:
                self.set(name, 0)
        self.pause(SECONDS)

    def stop(self):
        if self.dice:
            subprocess.run(["rmmod", DICE], check=True)
