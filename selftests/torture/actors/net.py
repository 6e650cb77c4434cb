# SPDX-License-Identifier: GPL-2.0-only
"""
A network that is slow, reorders what it carries, and loses some: nobody who uses it may see more
of that than the time that it takes.
"""
import shutil
import subprocess

from actor import Actor as Base

SECONDS = 2.0
WEATHER = ("delay 1ms 1ms", "delay 5ms 5ms 25%", "delay 2ms reorder 50% 50%",
           "loss 1%", "duplicate 1%", "rate 8mbit")


class Actor(Base):
    promises = "no packet of it is wrong"

    def start(self):
        self.has_tc = shutil.which("tc") is not None

    def tc(self, *words):
        if self.has_tc:
            done = subprocess.run(["tc", "qdisc", *words], capture_output=True)
            self.say("tc", *words, done.returncode)

    def step(self):
        self.tc("replace", "dev", "lo", "root", "netem", *self.random.choice(WEATHER).split())
        self.pause(SECONDS)
        self.stop()
        self.pause(SECONDS)

    def stop(self):
        self.tc("del", "dev", "lo", "root")
