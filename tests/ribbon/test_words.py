"""What needs no spreadsheet: errors of applications as sentences, selections, what is typed into cells."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from sendbook import failure
from sendbook.click import Click
from sendbook.mail.outbox import Entry, State
from sendbook.mail.said import IN_EXCEL, MOST, outcome_in_excel, what_to_click
from sendbook.mail.sending import Sent
from sendbook.mail.sheet import OPEN
from sendbook.ribbon_mail import _user
from sendbook.sheets.blocks import Link
from sendbook.tables import Book, Contact, Origin, Place, Pupil
from sendbook.workbook.excel import in_table
from sendbook.workbook.live import state
from sendbook.workbook.live.draw import typed
from sendbook.workbook.live.own_words import errors_as_text, exact_numbers, local_file, user_name
from sendbook.workbook.live.owned import names_for
from sendbook.workbook.live.state import held, in_words, is_online, is_protected
from sendbook.workbook.live.where import Listed, Selection, next_problem, pupils_in, selection
from sendbook.workbook.safe import CannotDo


class com_error(Exception):  # noqa: N801, N818 - as Windows calls it
    """Stands for pywin32's error, whose arguments these are."""


REFUSED = (-2147352567, "Exception occurred.", (0, "Microsoft Excel", "Amara Okafor's cell", None, 0, -2146827284), None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (com_error(-2147418111, "Call was rejected by callee.", None, None), "Press Enter or Esc"),
        (com_error(-2146777998, "OLE error 0x800ac472", None, None), "Press Enter or Esc"),
        (com_error(*REFUSED), "a sheet is protected"),
        (com_error(-2147417848, "The object invoked has disconnected", None, None), "did not answer"),
        (ValueError("Amara Okafor"), None),
    ],
)
def test_an_error_of_excels_is_a_sentence_without_what_it_quotes(error, words):
    said = in_words(error)
    assert (said is None) if words is None else (words in str(said))
    assert "Okafor" not in str(said)


def test_a_state_that_cannot_be_found_out_is_no_hindrance():
    assert not is_protected(SimpleNamespace())
    assert not is_online(SimpleNamespace())


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("01/02/2026", "'01/02/2026"),
        ("'tis", "''tis"),
        ("", None),
        (None, None),
        (True, "'Yes"),
        (Decimal("12.50"), 12.5),
        (date(2026, 9, 1), datetime(2026, 9, 1)),
        (Link("B5", Place("Pupils")), "'B5"),
        (3, 3),
        ("x" * 40_000, "'" + "x" * 32_767),
    ],
)
def test_text_is_handed_to_excel_so_that_it_stays_text(value, cell):
    assert typed(value) == cell


def test_the_other_name_of_a_result_fits_a_sheet():
    assert names_for("Checks") == ("Checks", "Checks (Sendbook)")
    assert all(len(name) <= 31 for name in names_for("A result with a rather long name"[:31]))


def test_formulas_go_to_the_tables_of_their_own_run():
    assert in_table("COUNTIFS(Problems[Sheet],[@Sheet])", "Check_counts", {"Problems": "Problems_2", "Check_counts": "Check_counts_2"}) == (
        "=COUNTIFS(Problems_2[Sheet],Check_counts_2[[#This Row],[Sheet]])"
    )


def app_with(address: str, sheet: str = "Pupils") -> SimpleNamespace:
    chosen = SimpleNamespace(get_address=lambda *_: address, sheet=SimpleNamespace(name=sheet))
    return SimpleNamespace(app=SimpleNamespace(selection=chosen))


@pytest.mark.parametrize(
    ("address", "inside", "outside"),
    [("B5", [5], [4, 6]), ("A5:C7", [5, 6, 7], [8]), ("A5:C6,A9", [5, 6, 9], [7, 8]), ("7:8", [7, 8], [6]), ("B:C", [1, 900], [])],
)
def test_selected_rows(address, inside, outside):
    chosen = selection(app_with(address))
    assert all(n in chosen for n in inside)
    assert not any(n in chosen for n in outside)


def test_pupils_of_selected_rows_are_found_on_their_sheet_and_on_sheets_about_them():
    amara, ben = (Pupil(row=n, upn=f"B8012000050{n:02d}", surname="Okafor", forename=name) for n, name in ((5, "Amara"), (6, "Ben")))
    contacts = (Contact(row=5, pupil=amara.upn), Contact(row=6, pupil="nobody"), Contact(row=7, pupil=amara.upn))
    origins = {"Pupils": Origin("Pupils", {}), "Contacts": Origin("Contacts", {})}
    book = Book(pupils=(amara, ben), contacts=contacts, origins=origins)
    assert pupils_in(book, Selection("Pupils", ((6, 6),))) == (ben,)
    assert pupils_in(book, Selection("Contacts", ((5, 7),))) == (amara,)
    assert pupils_in(book, Selection("Contacts", ((6, 6),))) == ()
    assert pupils_in(book, Selection("Home", ((5, 6),))) == ()


PROBLEMS = tuple(
    Listed(n, "error", sheet, cell, "", "") for n, (sheet, cell) in enumerate([("Pupils", "B9"), ("Pupils", "A5"), ("Places", "A5")], 8)
)


@pytest.mark.parametrize(
    ("here", "goes_to"),
    [
        (Selection("Pupils", ((5, 5),), "A5"), "Pupils B9"),
        (Selection("Pupils", ((6, 6),), "A6"), "Pupils B9"),  # after Enter
        (Selection("Pupils", ((9, 9),), "B9"), "Places A5"),
        (Selection("Places", ((5, 5),), "A5"), "Pupils A5"),  # from the last to the first again
        (Selection("Home", ((1, 1),), "A1"), "Pupils A5"),
        (Selection("Checks of my own", ((1, 1),), "A1"), "Pupils A5"),
    ],
)
def test_the_next_problem_down_the_register(here, goes_to):
    found = next_problem(PROBLEMS, here, on_list=False)
    assert f"{found.sheet} {found.cell}" == goes_to


def test_the_problem_of_the_row_selected_on_a_list():
    assert next_problem(PROBLEMS, Selection("Checks", ((9, 9),), "C9"), on_list=True) == PROBLEMS[1]
    with pytest.raises(CannotDo, match="Select a row under Problems"):
        next_problem(PROBLEMS, Selection("Checks", ((2, 2),), "A2"), on_list=True)


def test_numbers_formatted_as_money_are_read_whole():
    """COM gives such a cell as a Decimal of four places."""
    area = SimpleNamespace(api=SimpleNamespace(Value2=(("Rate", 14.56789), ("Ada", 46266.0))))
    rows = [["Rate", Decimal("14.5679")], ["Ada", datetime(2026, 9, 1)]]
    assert exact_numbers(area, rows) == [["Rate", 14.56789], ["Ada", datetime(2026, 9, 1)]]
    assert exact_numbers(SimpleNamespace(api=SimpleNamespace(Value2=2.5)), [[Decimal("2.5")]]) == [[2.5]]
    assert exact_numbers(SimpleNamespace(), [["a", 1.5]]) == [["a", 1.5]]


def test_newer_error_values_are_errors_and_no_numbers():
    rows = [["Ada", -2146826243, 7.0], [-2146826238, True, -2146826200]]
    assert errors_as_text(rows) == [["Ada", "#SPILL!", 7.0], ["#CALC!", True, "#ERROR!"]]
    assert errors_as_text([[1, 2.5]]) == [[1, 2.5]]


class App:
    """An application one of whose switches is stuck."""

    screen_updating, calculation, enable_events, display_alerts = True, "automatic", True, True

    def __setattr__(self, name: str, value: object) -> None:
        if (name, value) == ("calculation", "automatic"):
            raise com_error(*REFUSED)
        object.__setattr__(self, name, value)


def test_one_switch_that_is_stuck_keeps_no_other_from_being_given_back():
    app = App()
    with held(app):
        assert (app.screen_updating, app.enable_events, app.display_alerts) == (False, False, False)
    assert (app.screen_updating, app.enable_events, app.display_alerts) == (True, True, True)


class Nameless:
    """An application that does not tell its user's name."""

    @property
    def UserName(self) -> str:  # noqa: N802 - as Excel has it
        raise com_error(*REFUSED)


@pytest.mark.parametrize(
    ("api", "name"), [(SimpleNamespace(UserName=" A. Senco "), "A. Senco"), (SimpleNamespace(UserName=None), ""), (Nameless(), "")]
)
def test_who_approves_is_whom_excel_names_else_who_is_logged_in(monkeypatch, api, name):
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("getpass.getuser", lambda: "login")
    app = SimpleNamespace(api=api)
    assert user_name(app) == name
    assert _user(app) == (name or "login")


def test_a_computer_that_names_nobody_is_no_hindrance(monkeypatch):
    def nobody() -> str:
        raise OSError

    monkeypatch.setattr("getpass.getuser", nobody)
    assert _user(SimpleNamespace()) == "not known"


def entry_of(ref: str) -> Entry:
    at = datetime(2026, 9, 1)
    blank = dict.fromkeys(
        ("upn", "address", "reason", "language", "subject", "document", "sha256", "mark", "changed", "approved_by", "way", "told"), ""
    )
    known = {"pupil": f"Ng, Ada {ref} (A801200005019)", "contact": "Ms Ng", "parts": {}, "notes": (), "number": 1, "state": State.APPROVED}
    return Entry(**blank | known, ref=ref, locked=False, logged=False, prepared=at, approved=None, settled=None)


def test_what_became_of_a_run_is_said_by_name_and_in_few_lines():
    refs = [f"REF{n}" for n in range(MOST + 3)]
    sent = Sent(Counter({State.FAILED: len(refs)}), dict.fromkeys(refs, "The address is not known there."), "The server is gone.")
    *lines, rest, last = outcome_in_excel(sent, "sent through mail.school.example", False, [entry_of(r) for r in refs])
    assert lines[0] == "No mail went."
    assert lines[-1] == f"Ng, Ada REF{MOST - 1} to Ms Ng: The address is not known there."
    assert len(lines) == 2 + MOST
    assert rest.startswith("And 3 more")
    assert "click Review and send again" in last


def test_a_message_for_excel_names_nothing_that_is_typed():
    assert IN_EXCEL.keys() == set(OPEN)
    for state_of_mail in OPEN:
        said = " ".join(what_to_click([replace(entry_of("A"), state=state_of_mail)]))
        assert "click Review and send" in said.replace("Click", "click")
        assert "sendbook" not in said


def test_a_workbook_that_is_kept_online_has_no_file_here():
    class Online:
        @property
        def fullname(self) -> str:
            raise RuntimeError("no local file")

    assert local_file(Online()) is None
    assert local_file(SimpleNamespace(fullname="https://school.example/register.xlsx")) is None


def test_a_workbook_that_saves_itself_is_asked_about_once(monkeypatch):
    monkeypatch.setattr(state, "is_online", lambda book: True)
    asked = []
    app = SimpleNamespace(alert=lambda *words: asked.append(words[0]) or "no")
    click = Click(SimpleNamespace(app=app, name="Register.xlsx"), date(2026, 9, 1))
    with pytest.raises(CannotDo, match="Nothing was written"):
        click.may_write()
    app.alert = lambda *words: asked.append(words[0]) or "yes"
    click.may_write()
    click.may_write()
    assert len(asked) == 2


@pytest.mark.parametrize("name", ["xlwings.conf", "Other.CONF"])
def test_a_sheet_with_settings_for_xlwings_is_refused(name):
    book = SimpleNamespace(name="Register.xlsx", sheets=[SimpleNamespace(name="Pupils"), SimpleNamespace(name=name)])
    with pytest.raises(CannotDo, match="could make Sendbook write files elsewhere"):
        state.the_register(book)


def test_the_log_has_excels_numbers_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(failure, "LOG", tmp_path / "sendbook.log")
    for error in (com_error(*REFUSED), KeyError(4711), ValueError("Amara Okafor", 4712)):
        failure.keep_details(error, datetime(2026, 9, 1))
    text = (tmp_path / "sendbook.log").read_text(encoding="utf-8")
    assert "-2146827284" in text
    assert not any(word in text for word in ("4711", "4712", "Okafor"))
