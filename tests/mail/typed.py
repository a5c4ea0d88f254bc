"""The workbook that typed mail commands are tried on, and how tests look at what they did."""

import re

from openpyxl import load_workbook

from sendbook.tables import Contact, Pupil, School, Staff, Term
from sendbook.workbook.rows import read_book
from tests.mail.office import AMARA, BILAL, parent
from tests.make import SCHOOL, TERMS

DAY = ["--today", "2026-11-24"]
ROWS = {
    School: [SCHOOL], Term: TERMS, Pupil: [AMARA, BILAL], Staff: [{"name": "Mrs J. Adeyemi", "role": "SENCo"}],
    Contact: [
        parent(AMARA), parent(AMARA, "Mr P. Okafor", "p@mail.example", restricted=True, receives_summaries=False),
        parent(BILAL, "Mr I. Khan", "i.khan@mail.example"),
    ],
}  # fmt: skip


def refs(said):
    return re.findall(r"^([A-Z2-9]{8})  ", said, re.MULTILINE)


def communications(path):
    return read_book(path)[0].communications


def change_cell(path, table, heading, row, value):
    book = load_workbook(path)
    sheet = book[table]
    column = next(c.column for line in sheet.iter_rows() for c in line if c.value == heading)
    top = next(c.row for line in sheet.iter_rows() for c in line if c.value == heading)
    sheet.cell(top + row, column).value = value
    book.save(path)
