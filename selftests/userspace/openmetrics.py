#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""openmetrics.py METRICS [FILE...] | --self-test: judge a scrape, and files that speak of it.

METRICS is what an exporter answered, without the HTTP header: it is parsed as OpenMetrics 1.0 and its
families, types, labels and histograms are checked. A FILE (alert rules, a dashboard, a page) may name
only metrics that METRICS has a family for, and in selectors and groupings only their labels. Prints
what is wrong, one line each; exit status 1 if anything is. The self-test has it judge what is wrong.
"""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SUFFIXES = {
    "counter": ("_total", "_created"),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "unknown": ("",),
}
# Labels that PromQL adds, or that belong to the one who scrapes.
FOREIGN_LABELS = {"le", "instance", "job"}

errors = []


def error(where, what):
    errors.append(f"{where}: {what}")


class Family:
    def __init__(self, name):
        self.name = name
        self.type = "unknown"
        self.seen = set()     # metadata
        self.labels = set()
        self.points = {}      # (sample name, labels) -> value


def parse_labels(text, where):
    """name="value",...: as a dict; escapes are \\\\, \\" and \\n."""
    labels, at = {}, 0
    pair = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"')
    while at < len(text):
        match = pair.match(text, at)
        if not match:
            error(where, f"no label at '{text[at:at + 20]}'")
            return labels
        if match[1] in labels:
            error(where, f"label {match[1]} twice")
        labels[match[1]] = match[2]
        at = match.end()
        if at < len(text) and text[at] != ",":
            error(where, f"no comma at '{text[at:at + 20]}'")
            return labels
        at += 1
    return labels


def parse_metadata(line, where, families, current):
    match = re.fullmatch(rf"# (TYPE|HELP|UNIT) ({NAME}) (.*)", line)
    if not match:
        error(where, f"'{line}' is no metadata")
        return current
    key, name, text = match.groups()
    if not current or current.name != name:
        if name in families:
            error(where, f"family {name} comes twice")
        current = families.setdefault(name, Family(name))
    if key in current.seen:
        error(where, f"second {key} of {name}")
    if current.points:
        error(where, f"{key} of {name} behind its samples")
    current.seen.add(key)
    if key == "TYPE":
        if text not in SUFFIXES:
            error(where, f"unknown type {text}")
        else:
            current.type = text
    return current


def parse_sample(line, where, family):
    match = re.fullmatch(rf"({NAME})(?:\{{(.*)\}})? (\S+)(?: (\S+))?", line)
    if not match:
        error(where, f"'{line}' is no sample")
        return
    name, labels, value = match[1], parse_labels(match[2] or "", where), match[3]
    if not family or name not in [family.name + s for s in SUFFIXES[family.type]]:
        error(where, f"{name} does not belong to family {family.name if family else 'none'}")
        return
    try:
        number = float(value)
    except ValueError:
        error(where, f"value {value}")
        return
    if family.type != "gauge" and not number >= 0:
        error(where, f"{name} is {value}")
    if name.endswith("_bucket") and "le" not in labels:
        error(where, "bucket without le")
    key = (name, tuple(sorted(labels.items())))
    if key in family.points:
        error(where, f"the same point twice: {line}")
    family.points[key] = number
    family.labels |= set(labels)


def parse(text):
    families, current = {}, None
    if not text.endswith("# EOF\n"):
        error("metrics", "the last line is not # EOF")
    for nr, line in enumerate(text.split("\n")[:-2], 1):
        where = f"metrics:{nr}"
        if line.startswith("#"):
            current = parse_metadata(line, where, families, current)
        else:
            parse_sample(line, where, current)
    return families


def check_histogram(family):
    """Buckets of one series grow, end with +Inf, and that is its count."""
    series = {}
    for (name, labels), value in family.points.items():
        rest = tuple(pair for pair in labels if pair[0] != "le")
        entry = series.setdefault(rest, {"buckets": []})
        if name.endswith("_bucket"):
            entry["buckets"].append((float(dict(labels)["le"]), value))
        else:
            entry[name[len(family.name):]] = value
    for labels, entry in series.items():
        where = f"{family.name}{dict(labels)}"
        buckets = entry["buckets"]
        if buckets != sorted(buckets) or len({le for le, _ in buckets}) != len(buckets):
            error(where, "bounds of buckets do not grow")
        if any(a[1] > b[1] for a, b in zip(buckets, buckets[1:])):
            error(where, "counts of buckets do not grow")
        if not buckets or buckets[-1][0] != float("inf"):
            error(where, "no bucket +Inf")
        elif entry.get("_count") != buckets[-1][1]:
            error(where, "the count is not that of bucket +Inf")
        if "_sum" not in entry:
            error(where, "no sum")


def family_of(families, name):
    for suffix in ("", "_total", "_bucket", "_count", "_sum"):
        base = name[: len(name) - len(suffix)] if name.endswith(suffix) else None
        if base in families and (suffix in SUFFIXES[families[base].type]):
            return families[base]
    return None


def check_labels(where, names, family):
    for label in names:
        if label and label not in family.labels | FOREIGN_LABELS:
            error(where, f"{family.name} has no label {label}")


def check_user(path, text, families):
    text = text.replace('\\"', '"')
    used = list(re.finditer(r"\b(scst_[a-z_]+)(?:\{([^}]*)\})?", text))
    used = [m for m in used if not m[1].startswith(("scst_bpfd", "scst_tgt", "scst_local"))]
    if not used:
        error(path, "names no metric")
    for match in used:
        family = family_of(families, match[1])
        if not family and path.endswith(".md"):    # prose names the family
            family = families.get(match[1])
        if not family:
            error(path, f"there is no metric {match[1]}")
        elif family.points:
            check_labels(path, re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", match[2] or ""), family)
    known = set().union(*(f.labels for f in families.values())) | FOREIGN_LABELS
    for match in re.finditer(r"\b(?:by|without) ?\(([^)]*)\)", text):
        for label in re.split(r"\s*,\s*", match[1].strip()):
            if label not in known:
                error(path, f"no metric has a label {label}")
    for label in re.findall(r"\{\{ ?(?:\$labels\.)?(\w+) ?\}\}", text):
        if label not in known:
            error(path, f"no metric has a label {label}")


def judge(text, users):
    families = parse(text)
    for family in families.values():
        if "TYPE" not in family.seen or "HELP" not in family.seen:
            error(family.name, "no TYPE or no HELP")
        if family.type == "histogram":
            check_histogram(family)
    for path, user in users:
        check_user(path, user, families)


GOOD = """\
# TYPE scst_a counter
# HELP scst_a What.
scst_a_total{lun="1"} 4
# TYPE scst_b histogram
# HELP scst_b How long.
scst_b_bucket{le="0.1"} 2
scst_b_bucket{le="+Inf"} 3
scst_b_count 3
scst_b_sum 0.5
# EOF
"""

# What is replaced by what in GOOD, and what has to be said of it.
WRONG = [
    ("# EOF\n", "", "the last line is not # EOF"),
    ("_total", "", "does not belong to family"),
    ('lun="1"', "lun=1", "no label"),
    ('lun="1"', 'lun="1",lun="2"', "label lun twice"),
    ("} 2", "} 9", "counts of buckets do not grow"),
    ("0.1", "+Inf", "the same point twice"),
    ('="+Inf"', '="7"', "no bucket +Inf"),
    ("_count 3", "_count 4", "the count is not that of bucket +Inf"),
    ("scst_b_sum 0.5\n", "", "no sum"),
    ("# HELP scst_a What.\n", "", "no HELP"),
    ("} 4", "} -4", "is -4"),
    ("} 4", "} four", "value four"),
    ("# TYPE scst_b", "# KIND scst_b", "is no metadata"),
]

# The same of what speaks of GOOD.
WRONG_USERS = [
    ("scst_nothing > 1", "there is no metric scst_nothing"),
    ('rate(scst_a_total{drive="1"}[5m])', "scst_a has no label drive"),
    ("sum by (tape) (scst_a_total)", "no metric has a label tape"),
    ("scst_a_total {{ $labels.robot }}", "no metric has a label robot"),
    ("up == 0", "names no metric"),
]


def expect(what, text, users):
    errors.clear()
    judge(text, users)
    said = "; ".join(errors)
    errors.clear()
    return [] if (what in said if what else not said) else [f"expected '{what}', said '{said}'"]


def self_test():
    failed = expect("", GOOD, [("good", 'sum by (lun) (scst_a_total{lun="1"}) scst_b_bucket')])
    for old, new, what in WRONG:
        failed += expect(what, GOOD.replace(old, new, 1), [])
    for text, what in WRONG_USERS:
        failed += expect(what, GOOD, [("user", text)])
    errors.extend(failed)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    if sys.argv[1] == "--self-test":
        self_test()
    else:
        judge(read(sys.argv[1]), [(path, read(path)) for path in sys.argv[2:]])
    print("\n".join(errors), end="\n" if errors else "")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
