# SPDX-License-Identifier: GPL-2.0-only
"""
sysfs_storm.py list DIR...		the names of all files below that can be written
sysfs_storm.py SECONDS DIR...	writes to all of them, while others delete and make again what they
				belong to, and until each of the names on standard input has had
				a write; then says for each how often, and how often well
"""
import os
import random
import stat
import sys
import time
from collections import Counter

# Numbers and switches, nothing, what is refused; for mgmt the verbs that such files have.
VALUES = ["0", "1", "7", "x", ""]
VERBS = ["add disk0 0", "replace disk0 0", "del 0", "clear", "create other", "del other", "add other*",
         "del other*"]


def writable(dirs):
    """Paths, as they are at this moment. Links lead to what has files of its own here."""
    for top in dirs:
        for root, _, names in os.walk(top):
            for name in names:
                path = os.path.join(root, name)
                try:
                    mode = os.lstat(path).st_mode
                except OSError:
                    continue
                if stat.S_ISREG(mode) and mode & 0o200:
                    yield path


def write(path):
    """Some text, and its own once more, by a descriptor that was there before what follows."""
    fd = os.open(path, os.O_RDWR if os.access(path, os.R_OK) else os.O_WRONLY)
    try:
        own = os.pread(fd, 4096, 0).split(b"\n")[0] if os.access(path, os.R_OK) else b""
        text = random.choice(VERBS if path.endswith("/mgmt") else VALUES)
        time.sleep(random.choice((0, 0, 0.001)))
        os.pwrite(fd, text.encode() + b"\n", 0)
        os.pwrite(fd, own + b"\n", 0)
    finally:
        os.close(fd)


def storm(seconds, dirs):
    tried, taken = Counter(), Counter()
    wanted = set(sys.stdin.read().split())
    end = time.monotonic() + seconds
    while time.monotonic() < end or wanted - set(tried):
        # first those that had the least: what comes later is gone by then
        for path in sorted(writable(dirs), key=lambda path: tried[os.path.basename(path)])[:20]:
            name = os.path.basename(path)
            tried[name] += 1
            try:
                write(path)
                taken[name] += 1
            except OSError:
                pass
    for name, number in sorted(tried.items()):
        print(name, number, taken[name])


if sys.argv[1] == "list":
    print("\n".join(sorted({os.path.basename(path) for path in writable(sys.argv[2:])})))
else:
    storm(int(sys.argv[1]), sys.argv[2:])
