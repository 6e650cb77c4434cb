# SPDX-License-Identifier: GPL-2.0-only
"""
Requests of the disk below "block" fail, one in so many, where the kernel can do that
(fail_make_request of the debug kernel).
"""
import os

from actor import Actor as Base

FAULTS = "/sys/kernel/debug/fail_make_request"
SWITCH = "/sys/block/ram0/make-it-fail"
SECONDS = 2.0


class Actor(Base):
    may_break = ("error",)
    promises = "what fails fails once, and says so"

    def start(self):
        self.can = os.path.isdir(FAULTS) and os.path.exists(SWITCH)
        if self.can:
            for name, value in (("interval", 1), ("verbose", 0), ("space", 0), ("times", 0)):
                self.set(f"{FAULTS}/{name}", value)
            self.set(f"{FAULTS}/probability", 100)

    @staticmethod
    def set(path, value):
        with open(path, "w") as file:
            file.write(str(value))

    def step(self):
        if self.can:
            with self.cause("error", "block"):
                self.set(f"{FAULTS}/interval", self.random.randint(1, 40))
                self.set(f"{FAULTS}/times", self.random.randint(1, 3))
                self.set(SWITCH, 1)
                self.pause(SECONDS / 4)
                self.set(SWITCH, 0)
        self.pause(SECONDS)
