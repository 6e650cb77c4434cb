# SPDX-License-Identifier: GPL-2.0-only
"""
An initiator of iSCSI that sends one command after the other, through one of several sessions, and
knows what came of one before it sends the next: for whoever changes what others notice.
"""
import time

from actor import PATIENCE
from initiator_actor import InitiatorActor
from nexus import ABORT_TASK, Nexus
from world import IQN, initiator_name


class SerialActor(InitiatorActor):
    """Sub-classes may break "login" and "abort"."""

    def open_ports(self, number, *disks, target=IQN):
        self.disks = disks
        names = [f"{self.name}{n}" for n in range(number)]
        self.ports = [Nexus(name, initiator_name(name), target) for name in names]
        for port in self.ports:
            self.log_in(port)

    def log_in(self, port):
        """Targets may be away for a moment."""
        end = time.monotonic() + 60 * PATIENCE
        with self.cause("login", port.name):
            while True:
                try:
                    port.log_in(30 * PATIENCE)
                    break
                except (OSError, EOFError) as error:
                    self.say("retries", repr(error))
                    assert time.monotonic() < end, "no login for a minute"
                    time.sleep(0.1)
            self.say("nexus", port.name, *self.disks)

    def close_ports(self):
        for port in self.ports:
            port.wire.close()

    def carry_out(self, port, disk, command):
        """Return: the answer; unit attentions are answers, too."""
        self.nexus = port.name
        number = self.begin(disk, command)
        try:
            return self.wait_for(port, disk, command, number)
        except (EOFError, ConnectionError):
            self.say("closed", port.name)
            self.log_in(port)
            self.done(number, disk, command, "lost")
            return "lost"

    def wait_for(self, port, disk, command, number):
        itt = port.send(disk, command)
        task, has_asked = port.tasks[itt], False
        end = time.monotonic() + 60 * PATIENCE
        try:
            while time.monotonic() < end:
                for _, answer, data in port.listen(0.05)[0]:
                    self.done(number, disk, command, answer, data)
                    return answer
                if task.is_overdue():
                    self.say("overdue", number)
                if not has_asked and task.is_to_be_aborted():
                    has_asked = True
                    self.say("begins", "abort", port.name)
                    port.manage(ABORT_TASK, disk, itt)
            raise AssertionError(f"{command.op} is not answered")
        finally:
            if has_asked:
                self.say("ends", "abort", port.name)

    def carry_out_without(self, port, disk, command):
        """Without unit attentions in the way."""
        answer = "check 6/"
        while answer.startswith("check 6/"):
            answer = self.carry_out(port, disk, command)
        return answer
