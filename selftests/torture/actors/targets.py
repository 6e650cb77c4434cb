# SPDX-License-Identifier: GPL-2.0-only
"""
An administrator who adds a target, has a host log in there that works with the disks of everybody,
and deletes the target again while its commands are under way.
"""
from nexus import Nexus
from serial_actor import SerialActor
from world import DISKS, SCST, initiator_name

IQN = "iqn.2026-01.org.example:torture-more"
TARGET = f"{SCST}/targets/iscsi/{IQN}"
MGMT = f"{SCST}/targets/iscsi/mgmt"
DEPTH = 6
SECONDS = 1.0


class Actor(SerialActor):
    may_break = ("login", "abort", "setting", "unmap")
    promises = "a target comes and goes without a trace, with whoever uses it"

    def write(self, path, text):
        try:
            with open(path, "w") as file:
                file.write(text)
        except OSError as error:
            self.say("refused", path, text, error.errno)
            return False
        self.say("wrote", path, text)
        return True

    def make(self):
        """Return: the disks that it has; devices are away at times."""
        if not self.write(MGMT, f"add_target {IQN}"):
            return []
        there = [name for name, disk in DISKS.items()
                 if self.write(f"{TARGET}/luns/mgmt", f"add {disk.devices[0]} {disk.lun}")]
        return there if self.write(f"{TARGET}/enabled", "1") else []

    def work(self, disks):
        """Until the target is gone, and with it the session: then that is what it is lost with."""
        port = Nexus(self.name, initiator_name(self.name), IQN)
        under_way = {}
        with self.cause("login", self.name):
            try:
                port.log_in(30)
            except (OSError, EOFError) as error:
                self.say("retries", repr(error))
                return
            self.say("nexus", self.name, *disks)
            self.nexus = self.name
            try:
                for _ in range(self.random.randint(1, 20)):
                    self.some(port, disks, under_way)
            except (EOFError, ConnectionError):
                self.say("closed", self.name)
            self.write(MGMT, f"del_target {IQN}")
            self.drain(port, under_way)

    def some(self, port, disks, under_way):
        if port.has_room(DEPTH):
            disk = self.random.choice(disks)
            command = self.choose(disk)
            number = self.begin(disk, command)
            under_way[number] = disk, command
            port.send(disk, command, number)
        self.hear(port, under_way, 0.01)

    def hear(self, port, under_way, seconds):
        for task, answer, data in port.listen(seconds)[0]:
            number = task.args[0]
            self.done(number, *under_way.pop(number), answer, data)

    def drain(self, port, under_way):
        """What was answered before is read, and the rest is lost."""
        try:
            while True:
                self.hear(port, under_way, 30)
        except (EOFError, ConnectionError):
            pass
        for number, (disk, command) in under_way.items():
            self.done(number, disk, command, "lost")
        port.wire.close()

    def step(self):
        with self.cause("setting", "*"):
            disks = self.make()
        if disks:		# a LUN that is deleted with its device does not come back here
            with self.cause("unmap", self.name):
                self.work(disks)
        with self.cause("setting", "*"):
            self.write(MGMT, f"del_target {IQN}")
        self.pause(SECONDS)
