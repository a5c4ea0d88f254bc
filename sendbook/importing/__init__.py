"""Bringing a list from a MIS, or a SENCo's own register, into the book: read, planned, told, and only then written."""

from sendbook.importing.describe import as_json, describe
from sendbook.importing.listing import ListedRow, Listing, Note
from sendbook.importing.plan import ImportPlan, plan_import
from sendbook.importing.read import read_list
from sendbook.importing.write import apply_import

__all__ = ["ImportPlan", "ListedRow", "Listing", "Note", "apply_import", "as_json", "describe", "plan_import", "read_list"]
