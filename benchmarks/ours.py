"""Sendbook's side of the first comparison: read, check and cost a workbook, and write nothing."""

import argparse
import gc
import json
from datetime import date
from pathlib import Path

from sendbook.checks import check
from sendbook.cli import COLLECT
from sendbook.costing import Costing
from sendbook.workbook.rows import read_book


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("book", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--figures", action="store_true", help="print the costs as JSON, to be compared")
    args = parser.parse_args()
    gc.set_threshold(*COLLECT)  # as the command line does
    book, unread = read_book(args.book)
    problems = check(book, unread, args.today)
    costing = Costing(book, args.today)
    groups, pupils, staff = costing.groups, costing.pupils, costing.staff
    if args.figures:
        shares = [s.pence for g in groups for s in g.shares]
        print(json.dumps({"groups": [g.total for g in groups], "shares": shares, "pupils": [p.spent for p in pupils]}))
    else:
        print(len(problems), "problems;", costing.total, "pence;", len(staff), "staff")


if __name__ == "__main__":
    main()
