# SPDX-License-Identifier: GPL-2.0-only
"""
Whether the judge sees what cannot be, and nothing else: stories of a few events, and what is
wrong with them. Without a guest: python3 judge_test.py
"""
import sys

sys.dont_write_bytecode = True
from verdicts import Judge, Wrong  # noqa: E402

BEGIN = ["run nexus n d kept", "run nexus m d kept"]
RESERVED = BEGIN + ["f begins reserve kept register n 0", "f ends reserve kept good",
                    "f begins reserve kept reserve n 1", "f ends reserve kept good"]

# Each: what is wrong, or None; events.
STORIES = [
    (None, ["a cmd 1 n d write 5 1 1.1", "a end 1 good", "a cmd 2 n d read 5 1", "a end 2 good 1.1"]),
    ("no order", ["a cmd 1 n d write 5 1 1.1", "a end 1 good", "a cmd 2 n d read 5 1", "a end 2 good 0"]),
    # two writes at the same time may come in either order, which then stays
    (None, ["a cmd 1 n d write 5 1 1.1", "b cmd 1 m d write 5 1 2.1", "a end 1 good", "b end 1 good",
            "a cmd 2 n d read 5 1", "a end 2 good 1.1"]),
    ("not there|no order", ["a cmd 1 n d write 5 1 1.1", "b cmd 1 m d write 5 1 2.1", "a end 1 good",
                            "b end 1 good", "a cmd 2 n d read 5 1", "a end 2 good 1.1",
                            "a cmd 3 n d read 5 1", "a end 3 good 2.1", "a cmd 4 n d read 5 1",
                            "a end 4 good 1.1"]),
    # what was aborted may have been written, but not afterwards
    (None, ["x begins abort n", "a cmd 1 n d write 5 1 1.1", "a end 1 ended", "a cmd 2 n d read 5 1",
            "a end 2 good 1.1"]),
    ("no order", ["x begins abort n", "a cmd 1 n d write 5 1 1.1", "a end 1 ended",
                  "b cmd 2 m d write 5 1 2.1", "b end 2 good", "a cmd 3 n d read 5 1", "a end 3 good 1.1"]),
    ("not there", ["x begins unmap d", "a cmd 1 n d write 5 1 1.1", "a end 1 check 5/25/00",
                   "a cmd 2 n d read 5 1", "a end 2 good 1.1"]),
    ("refused", ["x begins unmap d", "a cmd 1 n d write 5 1 1.1", "b cmd 1 m d read 5 1",
                 "b end 1 good 1.1", "a end 1 check 5/25/00"]),
    ("not there", ["a cmd 1 n d read 5 1", "a end 1 good misplaced:1.1@6"]),
    ("torn", ["a cmd 1 n d read 5 1", "a end 1 good torn"]),
    (None, ["a cmd 1 n d read 5 1", "b cmd 1 m d write 5 1 2.1", "a end 1 good torn", "b end 1 good"]),
    ("found 1.1 twice", ["a cmd 1 n kept write 5 1 1.1", "a end 1 good", "a cmd 2 n kept caw 5 1 1.2 1.1",
                         "b cmd 2 m kept caw 5 1 2.2 1.1", "a end 2 good", "b end 2 good"]),
    # errors
    ("none of these", ["a cmd 1 n d read 5 1", "a end 1 check 5/25/00"]),
    (None, ["a cmd 1 n d read 5 1", "x begins unmap d", "x ends unmap d", "a end 1 check 5/25/00"]),
    ("none of these", ["x begins unmap d", "x ends unmap d", "a cmd 1 n d read 5 1",
                       "a end 1 check 5/25/00"]),
    ("none of these", ["a cmd 1 n kept read 5 1", "x begins told_reset kept", "a end 1 silent"]),
    (None, ["a cmd 1 n d read 5 1", "x begins reset d", "a end 1 silent"]),
    ("not asked", ["a end 1 good"]),
    ("none of these", ["a closed n"]),
    (None, ["x begins session n", "x ends session n", "a closed n"]),
    ("complains", ["run kernel BUG: something"]),
    # unit attentions
    (None, ["x begins replace d", "a cmd 1 n d read 5 1", "a end 1 check 6/3f/03"]),
    ("unit attention", ["x begins replace d", "a cmd 1 n d read 5 1", "a end 1 check 6/3f/03",
                        "a cmd 2 n d read 5 1", "a end 2 check 6/3f/03"]),
    (None, ["a cmd 1 n d read 5 1", "a end 1 check 6/29/01"]),
    ("unit attention", ["a cmd 1 n d read 5 1", "a end 1 check 6/2a/01"]),
]
STORIES = [(wrong, BEGIN + events) for wrong, events in STORIES] + [
    # reservations: n holds WRITE EXCLUSIVE
    (None, RESERVED + ["b cmd 1 m kept write 5 1 2.1", "b end 1 conflict", "a cmd 1 n kept write 5 1 1.1",
                       "a end 1 good", "b cmd 2 m kept read 5 1", "b end 2 good 1.1"]),
    ("in spite of", RESERVED + ["b cmd 1 m kept write 5 1 2.1", "b end 1 good"]),
    ("no reservation", RESERVED + ["b cmd 1 m kept read 5 1", "b end 1 conflict"]),
    ("no reservation", BEGIN + ["b cmd 1 m kept write 5 1 2.1", "b end 1 conflict"]),
    (None, RESERVED + ["b cmd 1 m kept write 5 1 2.1", "f begins reserve kept release n 1",
                       "f ends reserve kept good", "b end 1 good"]),
    (None, RESERVED + ["b cmd 1 m kept write 5 1 2.1", "f begins reserve kept release n 1",
                       "f ends reserve kept good", "b end 1 conflict"]),
    ("no reservation", RESERVED + ["f begins reserve kept release n 1", "f ends reserve kept good",
                                   "b cmd 1 m kept write 5 1 2.1", "b end 1 conflict"]),
]


def verdict(events):
    judge = Judge({"kept"})
    try:
        for event in events:
            judge.hears(event)
    except Wrong as wrong:
        return str(wrong)
    return None


def main():
    failed = 0
    for expected, events in STORIES:
        found = verdict(events)
        if (found is None) != (expected is None) or \
                expected and not any(text in found for text in expected.split("|")):
            failed += 1
            print(f"expected {expected!r}, found {found!r} in:", *events, sep="\n  ")
    print(f"{len(STORIES)} stories, {failed} judged wrongly")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
