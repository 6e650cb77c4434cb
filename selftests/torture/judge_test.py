# SPDX-License-Identifier: GPL-2.0-only
"""
Whether the judge sees what cannot be, and nothing else: stories of a few events, and what is
wrong with them. Without a guest: python3 judge_test.py
"""
import os
import sys

sys.dont_write_bytecode = True
os.environ["PATIENCE"] = "1"
from verdicts import Judge, Wrong  # noqa: E402

BEGIN = ["run nexus n d kept", "run nexus m d kept"]
RESERVED = BEGIN + ["f begins reserve kept register n 0", "f ends reserve kept good",
                    "f begins reserve kept reserve n 1", "f ends reserve kept good"]

# Each: what is wrong, or None; events, and "clock SECONDS", which pass.
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
OWED = ["x begins told_reset kept", "x ends told_reset kept done"]
HELD = ["s begins spc2 d reserve n", "s ends spc2 d good"]
STORIES += [
    # unit attentions that are owed: of a reset that is done
    ("owed", OWED + ["a cmd 1 n kept read 5 1", "a end 1 good 0"]),
    (None, OWED + ["a cmd 1 n kept read 5 1", "a end 1 check 6/29/00", "a cmd 2 n kept read 5 1",
                   "a end 2 good 0"]),
    (None, ["a cmd 1 n kept read 5 1"] + OWED + ["a end 1 good 0"]),
    (None, ["x begins told_reset kept", "x ends told_reset kept", "a cmd 1 n kept read 5 1",
            "a end 1 good 0"]),
    # ... another command under way may have it, which is answered later, or not at all
    (None, OWED + ["a cmd 1 n kept read 5 1", "a cmd 2 n kept read 5 1", "a end 2 good 0",
                   "a end 1 check 6/29/00"]),
    ("owed", OWED + ["a cmd 1 n kept read 5 1", "a cmd 2 n kept read 5 1", "a end 2 good 0",
                     "a end 1 good 0"]),
    (None, ["y begins abort n"] + OWED + [
        "a cmd 1 n kept read 5 1", "a cmd 2 n kept read 5 1", "a end 2 good 0", "a end 1 ended",
        "a cmd 3 n kept read 5 1", "a end 3 check 6/29/00"]),
    ("owed", ["y begins abort n"] + OWED + [
        "a cmd 1 n kept read 5 1", "a cmd 2 n kept read 5 1", "a end 2 good 0", "a end 1 ended",
        "a cmd 3 n kept read 5 1", "a end 3 good 0"]),
    # ... a new nexus owes nothing of the old one, and one that others use may have told them
    (None, OWED + ["y begins unmap kept", "a cmd 1 n kept read 5 1", "a end 1 good 0"]),
    (None, ["run shares n"] + OWED + ["a cmd 1 n kept read 5 1", "a end 1 good 0"]),
    # ... who logs in is told so
    ("login is owed", ["x begins login p", "x nexus p kept", "x ends login p", "x cmd 1 p kept read 5 1",
                       "x end 1 good 0"]),
    (None, ["x begins login p", "x nexus p kept", "x ends login p", "x cmd 1 p kept read 5 1",
            "x end 1 check 6/29/00", "x cmd 2 p kept read 5 1", "x end 2 good 0"]),
    # what comes often may come often, while it goes on
    (None, ["x begins qerr kept"] + 3 * ["a cmd 1 n kept read 5 1", "a end 1 check 6/2f/00"]),
    # RESERVE of SPC-2: n has it
    ("RESERVE", HELD + ["b cmd 1 m d read 5 1", "b end 1 good 0"]),
    (None, HELD + ["b cmd 1 m d read 5 1", "b end 1 conflict", "a cmd 1 n d read 5 1",
                   "a end 1 good 0"]),
    (None, HELD + ["b cmd 1 m d read 5 1", "s begins spc2 d release n", "s ends spc2 d good",
                   "b end 1 good 0"]),
    ("no reservation", HELD + ["s begins spc2 d release n", "s ends spc2 d good",
                               "b cmd 1 m d read 5 1", "b end 1 conflict"]),
    (None, HELD + ["x begins reset d", "x ends reset d", "b cmd 1 m d read 5 1", "b end 1 good 0"]),
    (None, HELD + ["x begins reset d", "x ends reset d", "b cmd 1 m d read 5 1", "b end 1 conflict"]),
    (None, HELD + ["x begins login n", "b cmd 1 m d read 5 1", "b end 1 good 0"]),
    ("RESERVE", HELD + ["x begins login m", "b cmd 1 m d read 5 1", "b end 1 good 0"]),
    ("good, and", HELD + ["s begins spc2 d reserve m", "s ends spc2 d good"]),
]
STORIES += [
    # ... who had it ended before anybody passed, and gave it back
    (None, ["y begins abort n"] + OWED + ["a cmd 1 n kept read 5 1", "a cmd 2 n kept read 5 1",
                                          "a end 1 ended", "a end 2 good 0"]),
    ("owed", ["y begins abort n"] + OWED + ["a cmd 1 n kept read 5 1", "a end 1 ended",
                                            "a cmd 2 n kept read 5 1", "a end 2 good 0"]),
    # ... also if many others were told behind it
    (None, ["q begins qerr kept", "x begins told_reset kept", "a cmd 0 n kept read 5 1",
            "a end 0 check 6/29/00"] + 20 * ["a cmd 1 n kept read 5 1", "a end 1 check 6/2f/00"] +
     ["x ends told_reset kept done", "q ends qerr kept", "a cmd 2 n kept read 5 1", "a end 2 good 0"]),
    # whoever loses a command to others, without a word, is told
    ("lost read is owed", ["a cmd 1 n d read 5 1", "x begins reset d", "x ends reset d",
                           "a end 1 silent", "a cmd 2 n d read 5 1", "a end 2 good 0"]),
    (None, ["a cmd 1 n d read 5 1", "x begins reset d", "x ends reset d", "a end 1 silent",
            "a cmd 2 n d read 5 1", "a end 2 check 6/2f/00", "a cmd 3 n d read 5 1", "a end 3 good 0"]),
    (None, ["a cmd 1 n d read 5 1", "x begins reset d", "x ends reset d", "a cmd 2 n d read 5 1",
            "a end 2 check 6/29/00", "a end 1 silent", "a cmd 3 n d read 5 1", "a end 3 good 0"]),
    (None, ["x begins qerr d", "a cmd 1 n d read 5 1", "a end 1 silent", "a cmd 2 n d read 5 1",
            "a end 2 good 0"]),
    (None, ["a cmd 1 n d read 5 1", "x begins reset d", "x ends reset d", "y begins move n",
            "y ends move n", "a end 1 silent", "a cmd 2 n d read 5 1", "a end 2 good 0"]),
    # what nothing holds is answered in time: here in 4 s, a function in 15
    (None, ["a cmd 1 n kept read 5 1", "clock 3", "a overdue 1"]),
    ("is not answered", ["a cmd 1 n kept read 5 1", "clock 5", "a overdue 1"]),
    (None, ["x begins hang kept", "a cmd 1 n kept read 5 1", "clock 50", "a overdue 1",
            "x ends hang kept", "clock 3", "a overdue 1"]),
    ("is not answered", ["x begins hang kept", "a cmd 1 n kept read 5 1", "clock 50",
                         "x ends hang kept", "clock 5", "a overdue 1"]),
    ("is not answered", ["x begins hang d", "a cmd 1 n kept read 5 1", "clock 5", "a overdue 1"]),
    # ... hangs that come and go explain their own time and no other
    ("is not answered", ["a cmd 1 n kept read 5 1"] + 3 * [
        "x begins hang kept", "clock 2", "y begins block kept", "x ends hang kept", "clock 2",
        "y ends block kept", "clock 2"] + ["a overdue 1"]),
    (None, ["a cmd 1 n d read 5 1", "x begins reset d", "x ends reset d", "clock 50", "a overdue 1"]),
    ("took 16 s", ["x begins told_reset kept", "clock 16", "x ends told_reset kept done took=16"]),
    (None, ["x begins told_reset kept", "clock 14", "x ends told_reset kept done took=14"]),
    (None, ["y begins hang kept", "x begins told_reset kept", "clock 16",
            "x ends told_reset kept took=16"]),
    ("took 16 s", ["y begins tardy *", "y begins stall n", "x begins told_reset kept", "clock 16",
                   "x ends told_reset kept took=16"]),
    ("took 20 s", ["clock 20", "x wrote /sys/luns/mgmt del 0 took=20"]),
    (None, ["x begins hang d", "clock 20", "x wrote /sys/luns/mgmt del 0 took=20"]),
    (None, ["y begins tardy *", "clock 20", "x wrote /sys/luns/mgmt del 0 took=20"]),
    # LUNs of another target, or of a group in which it is not, are none of its business
    ("none of these", ["x begins unmap d@local/", "a cmd 1 n d read 5 1", "a end 1 check 5/25/00"]),
    ("none of these", ["x begins unmap d@iscsi/g", "a cmd 1 n d read 5 1", "a end 1 check 5/25/00"]),
    (None, ["x begins unmap d@iscsi/", "a cmd 1 n d read 5 1", "a end 1 check 5/25/00"]),
    (None, ["x begins unmap d@iscsi/g", "y begins away n", "a cmd 1 n d read 5 1",
            "a end 1 check 5/25/00", "a cmd 2 n d read 5 1", "a end 2 check 6/29/00"]),
    ("owed", ["y begins unmap kept@local/"] + OWED + ["a cmd 1 n kept read 5 1", "a end 1 good 0"]),
    (None, ["y begins unmap kept@iscsi/"] + OWED + ["a cmd 1 n kept read 5 1", "a end 1 good 0"]),
    # RESERVE of SPC-2 that waits for a reset gets what that takes away
    (None, HELD + ["s begins spc2 d reserve m", "x begins reset d", "x ends reset d",
                   "s ends spc2 d good"]),
    # ... and who had it long ago explains what began then, whatever came since
    (None, HELD + ["b cmd 1 m d read 5 1", "s begins spc2 d release n", "s ends spc2 d good"] +
     100 * ["s begins spc2 d reserve m", "s ends spc2 d good", "s begins spc2 d release m",
            "s ends spc2 d good"] + ["b end 1 conflict"]),
    # ACA: who asked for it is told that its command failed, and others wait
    (None, ["x begins aca d", "a cmd 1 n d naca 0 0", "a end 1 check 5/21/00", "b cmd 1 m d read 5 1",
            "b end 1 busy"]),
    ("none of these", ["x begins aca d", "a cmd 1 n d read 5 1", "a end 1 check 5/21/00"]),
    ("none of these", ["x begins aca d", "a cmd 1 n kept read 5 1", "a end 1 busy"]),
    (None, ["f begins reserve kept register n 0", "s begins spc2 kept reserve m",
            "a cmd 1 m kept spc2_reserve 0 0", "a end 1 busy", "s ends spc2 kept refused"]),
    (None, ["f begins reserve kept register n 0", "f ends reserve kept good",
            "s begins spc2 kept reserve m", "a cmd 1 m kept spc2_reserve 0 0", "a end 1 conflict"]),
    # a handle explains what it does, and nothing else
    (None, ["x begins memory_handle *", "a cmd 1 n d read 5 1", "a end 1 busy"]),
    ("none of these", ["x begins memory_handle *", "a closed n"]),
    ("none of these", ["x begins file_handle *", "a cmd 1 n d read 5 1", "a end 1 busy"]),
    (None, ["x begins session_handle *", "a closed n"]),
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
    clock = [0.0]
    judge = Judge({"kept"}, lambda: clock[0])
    try:
        for event in events:
            if event.startswith("clock "):
                clock[0] += float(event.split()[1])
            else:
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
