"""Make the two workbooks in this folder: the blank master and the demo school. `uv run workbook_templates/make.py`"""

from pathlib import Path

from sendbook.demo.invent import DEFAULT_TODAY
from sendbook.demo.workbook import DEMO_NAME, write_demo
from sendbook.workbook.master import blank_rows, write_master

HERE = Path(__file__).parent

if __name__ == "__main__":
    write_master(HERE / "Blank SEND register.xlsx", blank_rows(DEFAULT_TODAY))
    write_demo(HERE / DEMO_NAME)
