"""What a column that is marked as secret holds stands in no message."""

from datetime import date, datetime

import pytest

from sendbook.checks import check
from sendbook.tables import Contact, Pupil, columns
from sendbook.workbook.rows import book_of
from tests.checks.examples import contact
from tests.make import TODAY, pupil


def problems(password: object) -> list[str]:
    """Everything that is said of a book in which one contact has this password, and little else that is right."""
    row = contact(
        document_password=password, format="Email with password", relationship="Social worker", email="a@b@c", phone="7", restricted=True
    )
    book, read = book_of({Pupil: [pupil()], Contact: [row, contact(document_password=password, format="email with pasword")]})
    return [f"{p.rule} {p.message} {p.todo}" for p in check(book, read, TODAY)]


def test_a_password_that_excel_made_a_date_is_told_but_not_shown():
    said = problems(date(2026, 12, 31))
    assert [s for s in said if s.startswith("SB011 Document password is not text: (not shown here). Type the words")]
    assert not [s for s in said if "31/12/2026" in s or "2026-12-31" in s]


@pytest.mark.parametrize(
    "password", ["zebra7", "Amara-2018", "81726354", "river lamp cheese", 81726354, 8172.6354, datetime(2026, 12, 31, 8, 17), "#N/A"]
)
def test_no_rule_repeats_a_password(password: object):
    said = problems(password)
    assert len(said) > 3  # there is much to say about the book, and about these passwords
    assert not [s for s in said if any(form in s for form in ("zebra7", "Amara-2018", "8172", "river lamp", "31/12", "2026-12", "#N/A"))]


def test_what_else_is_read_is_still_shown():
    _, read = book_of({Pupil: [pupil(born="31/02/2015")]})
    assert [p.message for p in read] == ["Date of birth is not a date: 31/02/2015."]


def test_passwords_are_marked_and_stay_out_of_a_rows_own_words():
    assert [c.name for c in columns(Contact) if c.secret] == ["document_password"]
    assert "zebra7" not in repr(Contact(document_password="zebra7", name="Mrs N. Okafor"))
