#!/usr/bin/env python3
"""Passes ctest's output on; before its closing summary, names each test that was skipped and says why.

usage: ctest ... --output-junit FILE | explain_skips.py FILE

ctest itself says "Skipped" and no reason. A script's reason is its last line of output; a part that it leaves out it
names in a line "SKIPPED part: reason"; a GoogleTest case's reason is what it gave GTEST_SKIP. Of the latter two ctest
notices nothing.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

PART = re.compile(r"^SKIPPED (?P<part>.+?): (?P<reason>.+)$", re.MULTILINE)
SUMMARY = re.compile(r"^\d+% tests passed")
GTEST_SKIP = re.compile(r": Skipped\n(?P<reason>.*?)\n+(?:.*\n)*?\[  SKIPPED \] (?P<case>[\w./]+)")


def skipped(path):
    """Yields (test, reason) from ctest's JUnit file."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name, output = case.get("name"), case.findtext("system-out") or ""
        if case.find("skipped") is not None or case.get("status") in {"notrun", "disabled"}:
            lines = [line.strip() for line in output.splitlines() if line.strip()]
            yield name, lines[-1] if lines else "it gave no reason"
        else:
            for match in PART.finditer(output):
                yield f"{name}: {match['part']}", match["reason"]
            for match in GTEST_SKIP.finditer(output):
                yield f"{name}: {match['case']}", match["reason"].strip() or "it gave no reason"


def main(arguments):
    closing = []
    for line in sys.stdin:
        if closing or SUMMARY.match(line):
            closing.append(line)
        else:
            sys.stdout.write(line)
    try:
        reasons = list(skipped(arguments[1]))
    except (OSError, ElementTree.ParseError):
        reasons = []  # ctest stopped before it ran anything, and said so itself
    if reasons:
        print("Skipped on this machine:")
        for name, reason in reasons:
            print(f"  {name}: {reason}")
    print("\n" + "".join(closing), end="")


if __name__ == "__main__":
    main(sys.argv)
