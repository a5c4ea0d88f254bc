"""Every table of the workbook, declared once, and the book that holds their rows."""

from sendbook.tables.book import BOOK_FIELDS, TABLES, Book, Origin, name_key, upn_key
from sendbook.tables.cells import CELL_RULES, CellRule, Kind, shown
from sendbook.tables.columns import Column, Formula, Highlight, Privacy, Row, cell_reader, column_named, columns, layout
from sendbook.tables.problems import Place, Problem, Severity
from sendbook.tables.provision import Group, PlaceInGroup, Provision, Staff
from sendbook.tables.pupils import Contact, Pupil
from sendbook.tables.records import Assessment, Communication, Plan, Review
from sendbook.tables.school import ListEntry, School, SchoolWeek, Term

__all__ = [
    "BOOK_FIELDS", "CELL_RULES", "TABLES", "Assessment", "Book", "CellRule", "Column", "Communication", "Contact", "Formula", "Group",
    "Highlight", "Kind",
    "ListEntry", "Origin", "Place", "PlaceInGroup", "Plan", "Privacy", "Problem", "Provision", "Pupil", "Review", "Row", "School", "SchoolWeek",
    "Severity", "Staff", "Term", "cell_reader", "column_named", "columns", "layout", "name_key", "shown", "upn_key",
]  # fmt: skip
