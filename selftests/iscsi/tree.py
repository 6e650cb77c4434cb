# SPDX-License-Identifier: GPL-2.0-only
"""
tree.py [ROOT] <LISTING: what a listing as of tree(1) has and ROOT has not, entries and where links
lead. Listings whose runs of spaces have become one are understood: how deep an entry is then follows
from the bars before it, since the last entry of a directory draws none. Without ROOT, prints paths.
"""
import os
import re
import sys

LINE = re.compile(r"((?:[|\s])*)([|`])-- (\S+)(?: -> (\S+))?\s*$")


def entries(lines):
    """(path, link or None) of each line."""
    above = []                  # (name, is the last one of its directory)
    for line in lines:
        match = LINE.match(line)
        if not match:
            continue
        bars = match.group(1).count("|")
        while sum(not last for _, last in above) > bars:
            above.pop()
        above.append((match.group(3), match.group(2) == "`"))
        yield "/".join(name for name, _ in above), match.group(4)


def wrong(root, path, link):
    there = os.path.join(root, path)
    if link:
        found = os.readlink(there) if os.path.islink(there) else "no link"
        return found != link and f"{path} leads to {found}, not {link}"
    return not os.path.lexists(there) and f"{path} is missing"


found = list(entries(sys.stdin))
if len(sys.argv) == 1:
    print("\n".join(f"{path} -> {link}" if link else path for path, link in found))
    sys.exit()
problems = list(filter(None, (wrong(sys.argv[1], *entry) for entry in found)))
print("\n".join(problems + [f"{len(found)} entries, {len(problems)} wrong"]))
sys.exit(bool(problems) or not found)
