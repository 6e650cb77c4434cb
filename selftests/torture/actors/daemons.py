# SPDX-License-Identifier: GPL-2.0-only
"""
scst-bpfd with a policy that everybody passes and that has all the hooks, killed in the middle of
whatever it does, again and again: the policy stays in force, and the next one adopts it. (The other
daemon, that of logins, is another one for each login: nexus.py.)
"""
import os
import shutil
import signal
import subprocess

from actor import PATIENCE
from actor import Actor as Base

PROGRAM = "scst-bpfd"
CONFIG = "/run/torture-bpfd.json"
POLICY = "maximal"
TEXT = f'{{ "policies": [{{ "object": "{POLICY}" }}] }}'
SECONDS = 4.0


class Actor(Base):
    may_break = ("setting",)
    promises = "whether it lives or not nobody's command notices"

    def start(self):
        self.can = shutil.which(PROGRAM) and os.path.ismount("/sys/fs/bpf") and \
            os.path.exists("/sys/kernel/btf/scst")
        if self.can:
            with open(CONFIG, "w") as file:
                file.write(TEXT)

    def step(self):
        if not self.can:
            self.pause(SECONDS)
            return
        with self.cause("setting", "*"):
            daemon = subprocess.Popen([PROGRAM, "--config", CONFIG], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            self.pause(SECONDS)
            how = self.random.choice((signal.SIGKILL, signal.SIGTERM))
            daemon.send_signal(how)
            self.say("kills", PROGRAM, how.name, daemon.wait(60 * PATIENCE))
        self.pause(SECONDS)

    def stop(self):
        if self.can:
            done = subprocess.run(["scstctl", "policy", "unload", POLICY], capture_output=True,
                                  text=True)
            self.say("unloads", POLICY, done.returncode, done.stderr)
            os.unlink(CONFIG)
