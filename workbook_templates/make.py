"""Make the two workbooks in this folder: the blank master and the demo school. `uv run workbook_templates/make.py`

Also notes the headings of a schema that is new, for the test that tells when they change.
"""

import json
from pathlib import Path

from sendbook.demo.invent import DEFAULT_TODAY
from sendbook.demo.workbook import DEMO_NAME, write_demo
from sendbook.tables import TABLES, layout
from sendbook.workbook.closed import SCHEMA
from sendbook.workbook.master import blank_rows, write_master

HERE = Path(__file__).parent
HEADINGS = HERE.parent / "tests" / "workbook" / "headings.json"


def note_headings() -> None:
    """Add the headings of today's schema; those of an earlier one are never changed."""
    known = json.loads(HEADINGS.read_text(encoding="utf-8"))
    if str(SCHEMA) not in known:
        known[str(SCHEMA)] = {m.table: [c.heading for c in layout(m)] for m in TABLES}
        HEADINGS.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_master(HERE / "Blank SEND register.xlsx", blank_rows(DEFAULT_TODAY))
    write_demo(HERE / DEMO_NAME)
    note_headings()
