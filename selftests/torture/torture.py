#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
torture.py [--actors REGEXP] [--log FILE] SECONDS SEED: in a guest, lets the actors of the cast
loose for so long, and judges what they say. Exit status 1, with what was wrong and the last 200
events, if something cannot be; the last line says how many events there were. PATIENCE stretches
all bounds.
"""
import argparse
import hashlib
import importlib
import os
import re
import select
import signal
import sys
import time
import traceback
from collections import deque

import world
from actor import PATIENCE
from nexus import CACHING, CONTROL, TAS, Nexus, mode_page, mode_select
from verdicts import Judge, Wrong

HERE = os.path.dirname(os.path.abspath(__file__))
BOUND = 120 * PATIENCE		# ten times what anything takes
SHOWN = 200
STATES = "/sys/kernel/debug/scst/sometimes"
# What a healthy kernel never says (selftests/vm/splat has all of it, and looks at the end).
COMPLAINT = re.compile(
    r"(^|[^A-Za-z])(BUG|WARNING|Oops|UBSAN|KASAN|KFENCE|KCSAN|ODEBUG): |kernel BUG at|"
    r"general protection fault|refcount_t: |list_(add|del).* corruption|"
    r"INFO: (possible|task .* blocked)|detected stalls|soft lockup|scheduling while")


def cast(pattern):
    """Lines of the list, with the number that makes what they write their own."""
    with open(f"{HERE}/cast") as file:
        lines = [line.split() for line in file if not line.startswith("#")]
    return [(number, line) for number, line in enumerate(lines, 1) if re.search(pattern, line[0])]


class Run:
    def __init__(self, args):
        self.args = args
        self.judge = Judge({name for name, disk in world.DISKS.items() if len(disk.devices) == 1})
        self.last = deque(maxlen=SHOWN)
        self.sum = hashlib.sha256()
        self.log = open(args.log, "w", buffering=1) if args.log else None
        self.kernel = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.kernel, 0, os.SEEK_END)
        self.players = {}		# pid: name
        self.heard = {}			# name: when it said something the last time

    # ---- actors -------------------------------------------------------------------------------

    def begin(self):
        self.events, theirs = os.pipe()
        self.hears("torture nexus local " + " ".join(world.DISKS))
        self.hears("torture shares local")
        for name, disk in world.DISKS.items():
            if disk.is_told:
                self.hears(f"torture begins mode {name}")
                self.hears(f"torture ends mode {name}")
        for number, (name, file, *words) in cast(self.args.actors):
            actor = importlib.import_module(f"actors.{file}").Actor(
                name, number, self.args.seed, world, theirs, words)
            self.start(actor)
        os.close(theirs)

    def start(self, actor):
        pid = os.fork()
        if pid:
            self.players[pid] = actor.name
            self.heard[actor.name] = time.monotonic()
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        status = 1
        try:
            actor.play(self.args.seconds)
            status = 0
        except BaseException as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            actor.say("broken", f"{error!r} in {os.path.basename(where.filename)}:{where.lineno}")
        os._exit(status)

    def kill(self):
        for pid in self.players:
            os.kill(pid, signal.SIGKILL)

    # ---- what they say ------------------------------------------------------------------------

    def listen(self):
        rest = b""
        while True:
            if select.select([self.events], [], [], 1)[0]:
                part = os.read(self.events, 1 << 16)
                if not part:
                    break
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    self.hears(line.decode())
            self.look_at_kernel()
            self.look_for_silence()
        for pid, name in self.players.items():
            if os.waitpid(pid, 0)[1]:
                raise Wrong(f"{name} has ended otherwise")
        self.players = {}
        if self.judge.pending:
            raise Wrong(f"never answered: {list(self.judge.pending)}")

    def hears(self, line):
        self.last.append(line)
        self.sum.update(line.encode() + b"\n")
        if self.log:
            self.log.write(line + "\n")
        name = line.split(" ", 1)[0]
        self.heard[name] = time.monotonic()
        if line.endswith(" gone"):
            del self.heard[name]
        self.judge.hears(line)

    def look_at_kernel(self):
        try:
            while text := os.read(self.kernel, 8192).decode(errors="replace").split("\n")[0]:
                if COMPLAINT.search(text.split(";", 1)[-1]):
                    self.hears(f"torture kernel {text.split(';', 1)[-1]}")
        except BlockingIOError:
            pass
        except BrokenPipeError:		# it was quicker
            os.lseek(self.kernel, 0, os.SEEK_END)

    def look_for_silence(self):
        now = time.monotonic()
        for name in self.players.values():
            if now - self.heard.get(name, now) > BOUND:
                raise Wrong(f"{name} has said nothing for {BOUND} s")

    # ---- how it ends --------------------------------------------------------------------------

    def tell(self):
        """What it has met, for whoever wonders whether that was much."""
        judge = self.judge
        print(f"{judge.at} events, {judge.counts['cmd']} commands, sum {self.sum.hexdigest()[:16]}")
        print(", ".join(f"{answer}: {number}" for answer, number in judge.answers.most_common()))
        print("unit attentions that were owed:",
              ", ".join(f"{what} {judge.debt_counts[what]}" for what in ("raised", "paid", "forgiven")))

    def tell_states(self):
        """How often each of include/scst/sometimes.h was reached, if the modules count that."""
        try:
            with open(STATES) as file:
                states = [line.rstrip("\n").split(" ", 1) for line in file]
        except FileNotFoundError:
            return
        for number, state in states:
            print(f"sometimes: {number} {state}")
        never = [state for number, state in states if number == "0"]
        print(f"{len(states) - len(never)} of {len(states)} states were reached; never:")
        print("\n".join(f"  {state}" for state in never))

    def show(self, error):
        print(f"torture: WRONG: {error}")
        print(f"the last {len(self.last)} of {self.judge.at} events:")
        print("\n".join(self.last))
        for pid, name in self.players.items():
            show_file(f"/proc/{pid}/stack", name)
        show_file(f"{world.SCST}/trace_cmds", "commands under way")


def show_file(path, what):
    try:
        with open(path) as file:
            print(f"-- {what}\n{file.read()}")
    except OSError:
        pass


def tell_aborts():
    """On the disks of which the world says so, for good. Others may change the rest of the page."""
    port = Nexus("setup", world.initiator_name("setup"))
    port.log_in(60 * PATIENCE)
    world.pages = {disk: mode_page(port, disk, CONTROL) for disk in world.DISKS}
    world.caches = {disk: mode_page(port, disk, CACHING) for disk in world.CACHED}
    for disk, about in world.DISKS.items():
        if about.is_told:
            page = world.pages[disk]
            page[5] |= TAS
            command = mode_select(page, is_saved=True)
            itt = port.wire.command(command.cdb, len(command.data), command.data, lun=about.lun)
            assert port.wire.collect(itt)[0] == 0, "MODE SELECT"
    port.wire.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--actors", default="")
    parser.add_argument("--log")
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed")
    run = Run(parser.parse_args())
    world.make()
    tell_aborts()
    try:
        run.begin()
        run.listen()
        run.tell_states()
        world.unmake()
        run.look_at_kernel()
    except (Wrong, TimeoutError) as error:
        run.show(error)
        run.kill()
        sys.exit(1)
    run.tell()


if __name__ == "__main__":
    main()
