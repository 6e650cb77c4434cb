# SPDX-License-Identifier: GPL-2.0-only
"""
differences.py OURS THEIRS: where two targets say something else in the same conversation (wire.py),
each with the last thing that the initiator said before. "-" is ours, "+" theirs. What differs by
nature is left out: the answer to the login, and whether a write has one tag for all its R2Ts or
several.

differences.py --explained FILE: whether each difference of a list of them has its verdict, a line
"= VERDICT: REASON" behind it; VERDICTS are those that there are.
"""
import difflib
import re
import sys

VERDICTS = ("ours is right", "theirs is right", "both are allowed", "nothing to compare")


def sections(path):
    """Name and lines of each."""
    found = {}
    for line in open(path).read().splitlines():
        if re.fullmatch(r"[a-z_]+:", line):
            lines = found[line] = []
        elif line and not line.startswith("< 23"):
            lines.append(re.sub(r"\bT[0-9]+\b", "T", line))
    return found


def differences(ours, theirs):
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        said = [line for line in ours[:i] if line.startswith(">")]
        yield said[-1:] + ["- " + line for line in ours[i:i_end]] + [
            "+ " + line for line in theirs[j:j_end]]


def compare(ours, theirs):
    for name, lines in ours.items():
        for found in differences(lines, theirs[name]):
            print(f"\n{name}", *found, sep="\n")


def unexplained(text):
    for block in text.split("\n\n"):
        if re.search("^[-+] ", block, re.M) and not re.search(
                f"^= ({'|'.join(VERDICTS)}): .", block, re.M):
            yield block


if sys.argv[1] == "--explained":
    rest = list(unexplained(open(sys.argv[2]).read()))
    sys.exit("no verdict:\n" + "\n\n".join(rest) if rest else 0)
compare(sections(sys.argv[1]), sections(sys.argv[2]))
