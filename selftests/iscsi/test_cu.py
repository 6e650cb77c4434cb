#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds what iscsi-test-cu said of a disk against what it is expected to say.

    test_cu.py check EXPECTED DISK LOG TEST...   these tests ran, and said what is expected
    test_cu.py homes EXPECTED DISK=LOG...        whoever is skipped for another disk ran there

Prints what is not so; exit status 1 if there is something. What a test says is each assertion of
it that failed, as "FILE.c:LINE CONDITION", each message with [SKIPPED] in it and, if it failed,
with [FAILED] (one that passes may have seen what it wanted to fail), as often as they come. What is
said and not expected is a difference, and so is what is expected and not said.

EXPECTED is in blocks. Lines at the margin name disks (with commas between them) and tests; below
them, after a tab, comes what these tests say there ("N x " before it: so often), and after "= "
why that is as it should be.
"""
import re
import sys
from collections import Counter, defaultdict

SUITE = re.compile(r"^Suite: (\S+)")
TEST = re.compile(r"^  Test: (\S+) \.\.\.(.*)")
VERDICT = re.compile(r"^(passed|FAILED)(?:    .*)?$")
ASSERTION = re.compile(r"^    \d+\. (?:\S*/)?(\S+:\d+)  - (.*?)(?:    .*)?$")
MESSAGE = re.compile(r"\[(?:FAILED|SKIPPED)\].*")
END = re.compile(r"^Tests completed with return value: 0$")


class Malformed(Exception):
    pass


class Run:
    """One test of a log: verdict, None until there is one, what it said, and all its lines."""

    def __init__(self):
        self.verdict = None
        self.said = Counter()
        self.lines = []


def read_line(run, line):
    """Of a test: text, a verdict, assertions; behind that, ending the session is no test."""
    run.lines.append(line)
    if assertion := ASSERTION.match(line):
        run.said[" ".join(assertion.groups())] += 1
    elif verdict := VERDICT.match(line):
        run.verdict = verdict[1]
    elif not run.verdict and (message := MESSAGE.search(line)):
        run.said[message[0].strip()] += 1


def read_log(lines):
    """Test -> list of its Runs: who comes twice is judged twice."""
    runs = defaultdict(list)
    suite, run, ended = "", None, False
    for line in lines:
        if match := SUITE.match(line):
            suite, run = match[1], None
        elif match := TEST.match(line):
            run = Run()
            runs[f"{suite}.{match[1]}"].append(run)
            read_line(run, match[2])
        elif run:
            read_line(run, line.rstrip("\n"))
        ended = ended or bool(END.match(line))
    if not ended:
        raise Malformed("the suite has not come to its end")
    return runs


class Excuse:
    """A block of EXPECTED: disk and test -> what it may say, and why."""

    def __init__(self):
        self.tests = []
        self.said = Counter()
        self.reason = ""


def read_excuse_line(excuse, text):
    if text.startswith("= "):
        excuse.reason += text[2:]
        return
    times = re.match(r"(\d+) x (.*)", text)
    count, text = (int(times[1]), times[2]) if times else (1, text)
    excuse.said[text] += count


def read_expected(lines):
    excuses = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or line.startswith("#"):
            continue
        if line.startswith("\t"):
            if not excuses:
                raise Malformed(f"line {number}: of which test?")
            read_excuse_line(excuses[-1], text)
            continue
        if not excuses or excuses[-1].said or excuses[-1].reason:
            excuses.append(Excuse())
        disks, *tests = text.split()
        excuses[-1].tests += [(disk, test) for disk in disks.split(",") for test in tests]
    for excuse in excuses:
        name = " ".join(excuse.tests[0]) if excuse.tests else "a line"
        if not excuse.said:
            raise Malformed(f"{name}: excuses nothing")
        if not excuse.reason:
            raise Malformed(f"{name}: without a reason")
    return excuses


def expected_of(excuses, disk):
    """Test -> what it says on @disk, by all blocks that name it."""
    expected = defaultdict(Counter)
    for excuse in excuses:
        for _, test in filter(lambda pair: pair[0] == disk, excuse.tests):
            expected[test] += excuse.said
    return expected


def times(count):
    return f"{count} x " if count > 1 else ""


def counts(run, text):
    return run.verdict != "passed" or not text.startswith("[FAILED]")


def judge_run(test, run, expected):
    """What is different of one run of a test."""
    said = Counter({text: count for text, count in run.said.items() if counts(run, text)})
    if run.verdict is None:
        yield f"{test}: no verdict"
    if run.verdict == "FAILED" and not any(":" in text.split()[0] for text in run.said):
        yield f"{test}: FAILED without an assertion"
    for text, count in (said - expected).items():
        yield f"{test}: not excused: {times(count)}{text}"
    for text, count in (expected - said).items():
        yield f"{test}: excused, but not said: {times(count)}{text}"


def check(excuses, disk, log, wanted):
    expected = expected_of(excuses, disk)
    with open(log, errors="replace") as file:
        runs = read_log(file)
    ran = Counter({test: len(of) for test, of in runs.items()})
    for test, count in (ran - Counter(wanted)).items():
        yield f"{test}: ran {times(count)}too often"
    for test in Counter(wanted) - ran:
        yield f"{test}: did not run"
    for test in expected.keys() - runs.keys():
        yield f"{test}: excused on {disk}, but did not run"
    for test, of in runs.items():
        for run in of:
            differences = list(judge_run(test, run, expected[test]))
            yield from differences
            yield from run.lines if differences else ()


def is_skip(said):
    return all(text.startswith("[SKIPPED]") for text in said)


def ran_whole(logs):
    """The tests that some disk did not skip."""
    whole = set()
    for log in logs:
        with open(log, errors="replace") as file:
            for test, runs in read_log(file).items():
                if not any(text.startswith("[SKIPPED]") for run in runs for text in run.said):
                    whole.add(test)
    return whole


def homes(excuses, logs):
    """A skip whose reason begins with "elsewhere" has run somewhere; no other one has."""
    whole = ran_whole(logs)
    for excuse in filter(lambda excuse: is_skip(excuse.said), excuses):
        elsewhere = excuse.reason.startswith("elsewhere")
        for test in sorted({test for _, test in excuse.tests}):
            if elsewhere and test not in whole:
                yield f"{test}: ran nowhere"
            elif not elsewhere and test in whole:
                yield f"{test}: ran elsewhere, and nobody says so"


def main(command, expected, *args):
    with open(expected) as file:
        excuses = read_expected(file)
    if command == "check":
        return check(excuses, args[0], args[1], args[2:])
    if command == "homes":
        return homes(excuses, args)
    raise SystemExit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    try:
        differences = list(main(*sys.argv[1:]))
    except Malformed as error:
        differences = [str(error)]
    for difference in differences:
        print(difference)
    sys.exit(bool(differences))
