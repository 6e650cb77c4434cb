#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""nexus_race.py SESSION-A SESSION-B UNIT COUNT: so often, the last command of A ends while its nexus is lost.

The first two are directories of the scripted transport, the third is that of its device at LUN 0, which
holds what reads. A has a RESERVE; when the function is answered, B has to find the unit free.
"""
import os
import random
import sys
import threading
import time

PATIENCE = int(os.environ.get("PATIENCE", "1"))
NEXUS_RESET = 6
READ = "r512 28 00 00 00 00 00 00 00 01 00"
RESERVE = "n 16 00 00 00 00 00"
TEST_UNIT_READY = "n 00 00 00 00 00 00"


def write(directory, name, text):
    with open(os.path.join(directory, name), "wb", buffering=0) as attribute:
        attribute.write(text.encode() + b"\n")


def read(directory, name):
    with open(os.path.join(directory, name)) as attribute:
        return attribute.read()


def wait_for(directory, name, start):
    """The first line that begins so."""
    end = time.monotonic() + 10 * PATIENCE
    while time.monotonic() < end:
        for line in read(directory, name).splitlines():
            if line.startswith(start):
                return line
        time.sleep(0.0005)
    sys.exit(f"{directory}/{name}: no '{start}' but: {read(directory, name)}")


def ask(session, tag, cdb):
    """Its status, and what it says of it."""
    write(session, "log", "")
    write(session, "run", f"cmd {tag} s 0 {cdb}")
    return wait_for(session, "log", f"cmd {tag} ").removeprefix(f"cmd {tag} ")


def write_later(attribute, text, start, most):
    start.wait()
    time.sleep(random.random() * most)
    attribute.write(text.encode() + b"\n")


def lose(session, unit):
    """The function, which begins in a thread, and the end of the command: either may be first."""
    start = threading.Barrier(2)
    with open(os.path.join(session, "run"), "wb", buffering=0) as run, \
            open(os.path.join(unit, "release"), "wb", buffering=0) as release:
        releaser = threading.Thread(target=write_later, args=(release, "3", start, 1e-3))
        releaser.start()
        write_later(run, f"tmf 1 {NEXUS_RESET} 0", start, 2e-4)
        releaser.join()
    wait_for(session, "log", "tmf 1 0")


def main():
    a, b, unit, count = *sys.argv[1:4], int(sys.argv[4])
    for turn in range(count):
        while ask(a, 1, TEST_UNIT_READY) != "00":
            pass                # it is told of the last one
        if ask(a, 2, RESERVE) != "00":
            sys.exit("no RESERVE")
        if ask(b, 4, READ) != "18":
            sys.exit("RESERVE keeps nobody out")
        write(unit, "hold", "1")
        write(a, "run", f"cmd 3 s 0 {READ}")
        wait_for(unit, "held", "3")
        lose(a, unit)
        write(unit, "hold", "0")
        status = ask(b, 4, READ)
        if status != "00":
            sys.exit(f"turn {turn}: the unit answers {status}")


main()
