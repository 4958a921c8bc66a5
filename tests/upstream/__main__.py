"""Weave the reports anew: `python -m tests.upstream`; or print one as it is sent: `… 15`."""

from __future__ import annotations

import sys

from tests.upstream.reports import reports
from tests.upstream.weaving import issue, refresh


def main(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    if not arguments:
        for path in refresh():
            print(f"written: {path}")
        return 0
    found = [report for report in reports() if report.name.startswith(arguments[0])]
    if len(found) != 1:
        print(f"no report {arguments[0]!r}: there are 01 to {reports()[-1].name[:2]}")
        return 2
    print(issue(found[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
