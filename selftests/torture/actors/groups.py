# SPDX-License-Identifier: GPL-2.0-only
"""
An administrator who makes a group, has an initiator in it for a moment, and deletes it as soon as that
has left, with its commands under way. Meanwhile there may be a policy that everybody passes and that
has all the hooks: of this group, or of whatever else its scope can be.
"""
import os
import shutil
import subprocess

from administrator import Administrator
from world import DISKS, GROUP, IQN, TARGETS, initiator_name

SECONDS = 0.4
NAME = "passing"
POLICY = "torture"
SCOPES = (f"group:{NAME}", f"group:{IQN}/{NAME}", f"group:{GROUP}", f"target:{IQN}", "driver:iscsi",
          "all")


class Actor(Administrator):
    may_break = ("move", "away", "setting")
    promises = "a group comes and goes without a trace"

    def start(self):
        """Where policies can be, they are."""
        has_bpf = os.path.ismount("/sys/fs/bpf") and os.path.exists("/sys/kernel/btf/scst")
        self.can_load = has_bpf and shutil.which("scstctl") is not None
        self.say("can", "load", self.can_load)
        assert self.can_load or not os.path.ismount("/sys/fs/bpf"), "no policy can be loaded"

    def step(self):
        nexus = self.random.choice(self.words)
        group = f"{TARGETS['iscsi']}/ini_groups/{NAME}"
        mgmt = f"{TARGETS['iscsi']}/ini_groups/mgmt"
        with self.cause("setting", "*"):
            if not self.write(mgmt, f"create {NAME}"):
                return
            for disk in DISKS:
                self.map_again(disk, f"{group}/luns")
            is_loaded = self.can_load and self.one_in(2) and self.load()
        self.moves("iscsi", f"{group}/initiators/mgmt", nexus, initiator_name(nexus),
                   lambda: self.pause(SECONDS))
        with self.cause("setting", "*"):
            while not self.write(mgmt, f"del {NAME}"):
                self.pause(0.1)
            while is_loaded and not self.scstctl("unload", POLICY):
                self.pause(0.1)		# memory may be short for a moment
        self.pause(SECONDS)

    def load(self):
        device = self.random.choice([device for disk in DISKS.values() for device in disk.devices])
        scope = self.random.choice([*SCOPES, f"device:{device}"])
        return self.scstctl("load", "maximal", f"name={POLICY}", f"scope={scope}")

    def scstctl(self, *words):
        done = subprocess.run(["scstctl", "policy", *words], capture_output=True, text=True)
        self.say("scstctl", *words, done.returncode, done.stderr)
        return done.returncode == 0

    def stop(self):
        if self.can_load:
            self.scstctl("unload", POLICY)
