"""Mails for selected, Mails for all, Review and send, in a live spreadsheet. Mails go as drafts, which are files beside the workbook."""

import email
import email.policy
import re
from typing import Any

from sendbook import ribbon, ribbon_mail
from sendbook.mail.outbox import State, open_outbox, outbox_path
from sendbook.mail.sheet import MAILS, MAILS_TABLE
from sendbook.workbook.live import where
from sendbook.workbook.live.owned import owned_sheets
from sendbook.workbook.live.read import find_table, open_book, values
from sendbook.workbook.rows import build_book
from sendbook.workbook.safe import CannotDo
from tests.ribbon.mailed import NAME, drafts, listed, logged, mails, select_mails, states


# --- prepare ---
def test_mails_for_all_are_prepared_listed_and_shown_and_nothing_goes(school, said, shown, tmp_path):
    before = (tmp_path / f"{NAME}.xlsx").read_bytes()
    ribbon.mails_for_all()
    entries = mails(tmp_path)
    assert len(entries) > 20
    assert {e.state for e in entries} == {State.PREPARED}
    assert "Prepare the mails about all" in said.words[0]
    assert f"{len(entries)} mails wait for approval and have not been sent." in said.words[1]
    assert "No mail was made" in said.words[1]
    assert re.search(r"Nobody gets a mail about \d+ pupils: \w+", said.words[1])
    assert [row["Mail"] for row in listed(school)] == [e.ref for e in entries]
    assert school.sheets.active.name == MAILS
    assert [f.name for f in shown] == [f"{NAME} - mails to look at.html"]
    assert shown[0].is_file()
    assert drafts(tmp_path) == []
    assert logged(school) == []
    assert (tmp_path / f"{NAME}.xlsx").read_bytes() == before, "nothing was noted, so nothing was saved"


def test_the_sheet_says_who_gets_none_and_why(school, said):
    ribbon.mails_for_all()
    (table,) = (t for t in school.sheets[MAILS].tables if t.name == "Mails_left_out")
    rows = values(table.range)[1:]
    reasons = {row[2] for row in rows}
    assert "Has a contact restriction." in reasons
    assert all(reasons)
    ribbon.review_and_send()
    (table,) = (t for t in school.sheets[MAILS].tables if t.name == "Mails_left_out")
    assert values(table.range)[1:] == rows, "it stays after mails went: it says who is to be given paper"


def test_what_went_is_told_whatever_becomes_of_the_sheet(school, said, tmp_path, monkeypatch):
    ribbon.mails_for_all()
    said.words.clear()

    def refused(*_):
        raise CannotDo("Excel is busy.")

    monkeypatch.setattr(where, "list_on_sheet", refused)
    ribbon.review_and_send()
    assert f"{len(mails(tmp_path))} mails put as drafts" in said.all
    assert "The sheet Mails was not drawn: Excel is busy." in said.all


def test_mails_for_all_that_are_not_wanted_are_not_prepared(school, said, shown, tmp_path):
    said.answer = "no"
    ribbon.mails_for_all()
    assert not outbox_path(tmp_path / f"{NAME}.xlsx").exists()
    assert MAILS not in [s.name for s in school.sheets]
    assert shown == []


def test_mails_for_selected_are_about_the_pupils_of_the_selected_rows(school, said, tmp_path):
    ribbon.mails_for_all()
    chosen = mails(tmp_path)[0]
    ribbon.withdraw_mails()
    pupil = build_book(open_book(school))[0].pupil(chosen.pupil)
    school.sheets["Pupils"].activate()
    school.sheets["Pupils"].range(f"B{pupil.row}").select()
    said.words.clear()
    ribbon.mails_for_selected()
    waiting = [e for e in mails(tmp_path) if e.state is State.PREPARED]
    assert {e.pupil for e in waiting} == {chosen.pupil}, said.all
    assert len(said.words) == 1, "one pupil is no large thing: nothing is asked"


def test_preparing_twice_makes_nothing_twice(school, said, tmp_path):
    ribbon.mails_for_all()
    first = [e.ref for e in mails(tmp_path)]
    ribbon.mails_for_all()
    assert [e.ref for e in mails(tmp_path)] == first
    assert [s.name for s in owned_sheets(school)] == [MAILS]


def test_without_summaries_there_are_no_mails_and_it_is_said(register, said, shown, tmp_path):
    ribbon.mails_for_all()
    assert "so there is no summary to send. Make the summaries first, and read them." in said.all
    assert shown == []


# --- approve ---
def test_what_is_approved_becomes_drafts_with_the_summary_in_each(school, said, tmp_path):
    ribbon.mails_for_all()
    number = len(mails(tmp_path))
    said.words.clear()
    ribbon.review_and_send()
    assert f"Make drafts of {number} mails to " in said.words[0]
    assert f"as they are shown in “{NAME} - mails to look at.html”?" in said.words[0]
    assert "Nothing leaves the school until you send each draft." in said.words[0]
    assert states(tmp_path) == {State.DRAFTED}
    assert len(drafts(tmp_path)) == number
    for entry in mails(tmp_path):
        (file,) = (f for f in drafts(tmp_path) if entry.ref in f.name)
        draft = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert draft["To"].addresses[0].addr_spec.casefold() == entry.address.casefold()
        (pdf,) = draft.iter_attachments()
        assert pdf.get_content() == (tmp_path / f"{NAME} - summaries" / entry.document).read_bytes() or entry.locked
    assert all(e.approved and e.approved_by for e in mails(tmp_path))
    assert "sendbook send" not in said.all, "nobody types anything here"
    assert logged(school) == [], "a draft is not sent"
    assert {row["State"] for row in listed(school)} == {"lies as a draft: send it, then say so"}


def test_a_no_sends_nothing(school, said, tmp_path):
    ribbon.mails_for_all()
    said.answer = "no"
    ribbon.review_and_send()
    assert states(tmp_path) == {State.PREPARED}
    assert drafts(tmp_path) == []
    assert said.words[-1] == "Nothing was sent."


def test_only_mails_of_selected_rows_go(school, said, tmp_path):
    ribbon.mails_for_all()
    picked = select_mails(school, 1, 2)
    ribbon.review_and_send()
    assert [e.ref for e in mails(tmp_path) if e.state is State.DRAFTED] == picked
    assert len(drafts(tmp_path)) == 2


def test_rows_that_are_hidden_do_not_count(school, said, tmp_path):
    ribbon.mails_for_all()
    picked = select_mails(school, 0, 2)
    top = school.sheets[MAILS].tables[MAILS_TABLE].range.row
    school.sheets[MAILS].range(f"A{top + 2}").api.uno.Rows.getByIndex(0).IsVisible = False
    ribbon.review_and_send()
    assert [e.ref for e in mails(tmp_path) if e.state is State.DRAFTED] == [picked[0], picked[2]]


def test_a_hidden_row_alone_is_not_taken_for_all(school, said, tmp_path):
    ribbon.mails_for_all()
    select_mails(school, 1)
    top = school.sheets[MAILS].tables[MAILS_TABLE].range.row
    school.sheets[MAILS].range(f"A{top + 2}").api.uno.Rows.getByIndex(0).IsVisible = False
    said.words.clear()
    ribbon.review_and_send()
    assert "The selected rows of the sheet Mails are no mails." in said.all
    assert states(tmp_path) == {State.PREPARED}


def test_selected_rows_of_people_who_get_none_are_not_taken_for_all(school, said, tmp_path):
    ribbon.mails_for_all()
    sheet = school.sheets[MAILS]
    sheet.range(f"A{sheet.tables['Mails_left_out'].range.row + 1}").select()
    said.words.clear()
    ribbon.review_and_send()
    ribbon.withdraw_mails()
    assert said.words == [said.words[0]] * 2
    assert "are no mails" in said.words[0]
    assert states(tmp_path) == {State.PREPARED}


def test_the_place_of_a_mail_on_the_sheet_does_not_matter(school, said, tmp_path):
    """The SENCo may have sorted it: the mark counts."""
    ribbon.mails_for_all()
    area = school.sheets[MAILS].tables[MAILS_TABLE].range
    body = area.offset(1, 0).resize(area.shape[0] - 1, area.shape[1])
    body.value = list(reversed(body.value))
    picked = select_mails(school, 0)
    assert picked == [mails(tmp_path)[-1].ref]
    ribbon.review_and_send()
    assert [e.ref for e in mails(tmp_path) if e.state is State.DRAFTED] == picked


def typed_into(book: Any, table: str, row: int, heading: str, value: object) -> None:
    area = find_table(book, table).range
    area.sheet.range((row, area.column + values(area)[0].index(heading))).value = value


def test_a_restriction_typed_since_stops_that_mail_and_no_other(school, said, tmp_path):
    ribbon.mails_for_all()
    barred = mails(tmp_path)[3]
    register = build_book(open_book(school))[0]
    (row,) = (c.row for c in register.contacts_of(register.pupil(barred.pupil)) if c.name == barred.contact)
    typed_into(school, "Contacts", row, "Contact restriction", "Yes")
    said.words.clear()
    ribbon.review_and_send()
    stopped = [e for e in mails(tmp_path) if e.state is not State.DRAFTED]
    assert [e.ref for e in stopped] == [barred.ref]
    assert stopped[0].state is State.WITHDRAWN
    assert not [f for f in drafts(tmp_path) if barred.ref in f.name]
    assert "1 mail: stopped, as something has changed since it was approved." in said.all
    assert "Stopped: has a contact restriction." in said.all
    assert barred.contact in said.all, "on the screen by name, not only by its mark"


def test_mails_approved_before_go_with_the_rest_and_the_question_says_so(school, said, tmp_path):
    ribbon.mails_for_all()
    first = mails(tmp_path)[0].ref
    with open_outbox(outbox_path(tmp_path / f"{NAME}.xlsx")) as outbox:  # as a run leaves it that was ended after approving
        outbox.approve([first], "Ada", ribbon_mail._now())
    picked = select_mails(school, 1)
    said.words.clear()
    ribbon.review_and_send()
    assert "Make drafts of 2 mails" in said.words[0]
    assert "1 of them was approved before, and not gone yet." in said.words[0]
    gone = {e.ref: e.approved_by for e in mails(tmp_path) if e.state is State.DRAFTED}
    assert gone.keys() == {first, *picked}
    assert gone[first] == "Ada"


def test_a_folder_for_drafts_that_cannot_be_made_is_a_sentence_and_all_mails_still_wait(school, said, tmp_path):
    ribbon.mails_for_all()
    (tmp_path / f"{NAME} - mail drafts").write_text("in the way", encoding="utf-8")
    ribbon.review_and_send()
    assert states(tmp_path) == {State.PREPARED}
    assert "nothing goes twice" in said.words[-1]
    (tmp_path / f"{NAME} - mail drafts").unlink()
    ribbon.review_and_send()
    assert states(tmp_path) == {State.DRAFTED}


def test_what_somebody_else_prepared_is_not_sent_before_it_was_shown(school, said, tmp_path, monkeypatch):
    with monkeypatch.context() as colleague:
        colleague.setattr("sendbook.posting.prepare.logged_in", lambda: "colleague")
        ribbon.mails_for_all()
    said.words.clear()
    ribbon.review_and_send()
    assert {e.state for e in mails(tmp_path)} == {State.PREPARED}
    assert f"{len(mails(tmp_path))} mails wait and were not shown to you yet (somebody else prepared mails" in said.all
    assert ("Nothing was sent." in said.all, "No mail waits" in said.all) == (True, False)
    ribbon.mails_for_all()
    ribbon.review_and_send()
    assert {e.state for e in mails(tmp_path)} == {State.DRAFTED}
