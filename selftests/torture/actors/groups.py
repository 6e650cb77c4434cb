# SPDX-License-Identifier: GPL-2.0-only
"""
An administrator who makes a group, has an initiator in it for a moment, and deletes it again
while its commands are under way; with a policy for that group, if there is a program to load one
(words: where).
"""
import os
import shutil
import subprocess

from administrator import Administrator
from world import DISKS, TARGETS, initiator_name

SECONDS = 0.4
PINS = "/sys/fs/bpf/scst-torture"
PROGRAMS = os.path.join(os.path.dirname(__file__), "../../../.build/selftests/bpf")
NAME = "passing"


class Actor(Administrator):
    may_break = ("move", "setting")
    promises = "a group comes and goes without a trace"

    def start(self):
        self.can_load = os.path.exists(f"{PROGRAMS}/load") and os.path.ismount("/sys/fs/bpf")

    def step(self):
        nexus = self.random.choice(self.words)
        groups = f"{TARGETS['iscsi']}/ini_groups"
        with self.cause("setting", "*"):
            if not self.write(f"{groups}/mgmt", f"create {NAME}"):
                return
            for disk in DISKS:
                self.map_again(disk)
            self.load_policy()
        for verb in ("add", "del"):
            with self.cause("move", nexus):
                self.write(f"{groups}/{NAME}/initiators/mgmt", f"{verb} {initiator_name(nexus)}")
            self.pause(SECONDS)
        with self.cause("setting", "*"):
            while not self.write(f"{groups}/mgmt", f"del {NAME}"):
                self.pause(0.1)
            shutil.rmtree(PINS, ignore_errors=True)

    def load_policy(self):
        """Of an opcode that nobody sends: that it is asked is what matters."""
        if self.can_load and self.one_in(3):
            os.makedirs(PINS, exist_ok=True)
            done = subprocess.run([f"{PROGRAMS}/load", "-p", PINS, "-m", "admit",
                                   f"{PROGRAMS}/cmd_verdict.bpf.o", "opcode=0xff",
                                   "admit.name=torture"], capture_output=True)
            self.say("loads", done.returncode)
