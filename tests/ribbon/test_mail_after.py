"""What becomes of mails afterwards, in a live spreadsheet: said to have gone, noted in Communications, taken back, listed."""

from datetime import date
from pathlib import Path

import pytest

from sendbook import ribbon, ribbon_mail
from sendbook.mail.outbox import State, open_outbox, outbox_path
from sendbook.mail.sheet import MAILS, MAILS_TABLE
from sendbook.mail.way import Fate, Mail, Outcome
from sendbook.posting import post
from sendbook.workbook.live.read import find_table, open_book, values
from sendbook.workbook.rows import build_book
from tests.ribbon.mailed import NAME, drafts, listed, logged, logged_in_file, mails, select_mails, sent, states


# --- said to be sent, and noted ---
def test_drafts_said_to_be_sent_are_noted_in_the_open_workbook_and_its_file(school, said, tmp_path):
    ribbon.mails_for_all()
    ribbon.review_and_send()
    before = build_book(open_book(school))[0].communications
    said.words.clear()
    ribbon.review_and_send()
    entries = mails(tmp_path)
    assert f"{len(entries)} drafts were made" in said.words[0]
    assert {e.state for e in entries} == {State.SENT}
    assert all(e.logged for e in entries)
    rows = logged(school)
    assert len(rows) == len(entries)
    assert build_book(open_book(school))[0].communications[: len(before)] == before
    assert sorted(r.summary for r in rows) == sorted(r.summary for r in logged_in_file(tmp_path))
    assert {(r.pupil, r.contact, r.method, r.date) for r in rows} == {(e.pupil, e.contact, "Email", date.today()) for e in entries}
    assert f"{len(entries)} rows added to Communications, and the workbook saved." in said.all


def test_rows_that_are_put_in_are_of_the_table_and_look_as_its_others(school, said):
    sent(school, said)
    area = find_table(school, "Communications").range
    last = max(r.row for r in logged(school))
    assert last < area.row + area.shape[0], "the table reaches the last of them"
    columns = [n for n, value in enumerate(values(area)[last - area.row], area.column) if value != ""]
    assert len(columns) >= 6
    formats = [[area.sheet.range((row, n)).number_format for n in columns] for row in (area.row + 1, last)]
    assert formats[0] == formats[1]
    assert "dd/mm/yyyy" in formats[1]


class Server:
    """A way that sends, and stands in for a school's mail server; it takes `room` mails, then is gone."""

    name, drafts, where, most_bytes = "smtp", False, "sent through mail.school.example", 10**7

    def __init__(self, room: int) -> None:
        self.room, self.taken = room, []

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""

    def hand_over(self, mail: Mail) -> Outcome:
        if len(self.taken) == self.room:
            return Outcome(Fate.LATER, "The server is gone.", stop=True)
        self.taken.append(mail.address)
        return Outcome(Fate.TAKEN)

    def took(self, mail: Mail) -> bool | None:
        return None


def test_mails_that_are_sent_at_once_are_noted_at_once_and_the_rest_goes_later(school, said, tmp_path, monkeypatch):
    server = Server(room=3)
    monkeypatch.setattr(post, "way_of", lambda *_: server)
    ribbon.mails_for_all()
    number = len(mails(tmp_path))
    said.words.clear()
    ribbon.review_and_send()
    assert said.words[0].startswith(f"Send {number} mails to ")
    assert "With Yes they are sent through mail.school.example. Sent mails are noted in Communications" in said.words[0]
    assert "3 mails sent through mail.school.example." in said.words[1]
    assert "The server is gone." in said.words[1]
    assert "click Review and send again" in said.words[1]
    assert "3 rows added to Communications, and the workbook saved." in said.words[1]
    assert len(logged(school)) == len(logged_in_file(tmp_path)) == 3
    assert len(listed(school)) == number - 3
    server.room = number
    said.words.clear()
    ribbon.review_and_send()
    assert f"{number - 3} of them were approved before, and not gone yet." in said.words[0]
    assert server.taken == [e.address for e in mails(tmp_path)], "each once"
    assert len(logged(school)) == number


def test_somebody_barred_while_mails_go_gets_none(school, said, tmp_path, monkeypatch):
    """As a colleague does who has the same online workbook open."""
    server = Server(room=99)
    monkeypatch.setattr(post, "way_of", lambda *_: server)
    ribbon.mails_for_all()
    last = mails(tmp_path)[-1]
    table = school.sheets["Contacts"].tables["Contacts"].range
    head, *rows = values(table)
    row = next(i for i, r in enumerate(rows, 1) if r[head.index("Name")] == last.contact and last.upn in r[head.index("Pupil")])
    taken = Server.hand_over

    def and_then(self, mail):
        table[row, head.index("Contact restriction")].value = "Yes"
        return taken(self, mail)

    monkeypatch.setattr(Server, "hand_over", and_then)
    said.words.clear()
    ribbon.review_and_send()
    assert len(server.taken) == len(mails(tmp_path)) - 1
    assert mails(tmp_path)[-1].state is State.WITHDRAWN
    assert "stopped" in said.all


def test_drafts_not_yet_sent_stay_as_they_are(school, said, tmp_path):
    ribbon.mails_for_all()
    ribbon.review_and_send()
    said.answer = "no"
    ribbon.review_and_send()
    assert states(tmp_path) == {State.DRAFTED}
    assert logged(school) == []


def test_only_the_selected_drafts_are_said_to_be_sent(school, said, tmp_path):
    ribbon.mails_for_all()
    ribbon.review_and_send()
    picked = select_mails(school, 2, 3)
    ribbon.review_and_send()
    assert [e.ref for e in mails(tmp_path) if e.state is State.SENT] == picked
    assert len(logged(school)) == 2


def test_everything_twice_is_nothing_twice(school, said, tmp_path):
    sent(school, said)
    number, rows = len(mails(tmp_path)), len(logged(school))
    files = [f.read_bytes() for f in drafts(tmp_path)]
    ribbon.mails_for_all()
    ribbon.review_and_send()
    ribbon.sent_log()
    assert len(mails(tmp_path)) == number
    assert len(logged(school)) == rows
    assert [f.read_bytes() for f in drafts(tmp_path)] == files
    assert "No mail waits to be sent." in said.all


def test_rows_that_could_not_be_written_wait_for_the_next_click(school, said, tmp_path):
    ribbon.mails_for_all()
    ribbon.review_and_send()
    sheet = find_table(school, "Communications").range.sheet
    sheet.api.protect("")
    said.words.clear()
    ribbon.review_and_send()
    assert states(tmp_path) == {State.SENT}
    assert not any(e.logged for e in mails(tmp_path))
    assert "Not yet in Communications: The sheet Communications is protected." in said.all
    assert logged(school) == []
    sheet.api.unprotect("")
    ribbon.sent_log()
    assert len(logged(school)) == len(mails(tmp_path)) == len(logged_in_file(tmp_path))
    assert all(e.logged for e in mails(tmp_path))


def unsure(folder: Path, *refs: str) -> None:
    """As a run leaves mails of which the server did not say what became of them."""
    with open_outbox(outbox_path(folder / f"{NAME}.xlsx")) as outbox:
        outbox.approve(refs, "Ada", ribbon_mail._now())
        for ref in refs:
            assert outbox.claim(ref, "smtp")
            outbox.settle(ref, State.UNSURE, "The line broke.", ribbon_mail._now())


@pytest.mark.parametrize(("answer", "state"), [("yes", State.SENT), ("no", State.WITHDRAWN), ("cancel", State.UNSURE)])
def test_of_a_mail_nobody_knows_of_the_senco_is_asked_by_name(school, said, tmp_path, answer, state):
    ribbon.mails_for_all()
    one = mails(tmp_path)[0]
    unsure(tmp_path, one.ref)
    said.words.clear()
    said.to = {"It is not known": answer, "Make drafts": "no"}
    ribbon.review_and_send()
    assert one.pupil.partition(" (")[0] in said.words[0]
    assert one.contact in said.words[0]
    assert one.address in said.words[0]
    assert {e.ref: e.state for e in mails(tmp_path)}[one.ref] is state
    assert len(logged(school)) == (answer == "yes")
    assert drafts(tmp_path) == []


def test_a_mail_in_the_air_of_a_run_that_was_ended_is_found_out_before_anything_is_asked(school, said, tmp_path):
    ribbon.mails_for_all()
    one = mails(tmp_path)[0]
    with open_outbox(outbox_path(tmp_path / f"{NAME}.xlsx")) as outbox:
        outbox.approve([one.ref], "Ada", ribbon_mail._now())
        assert outbox.claim(one.ref, "smtp")  # by a way that cannot tell now
    said.words.clear()
    said.answer = "no"
    ribbon.review_and_send()
    assert one.contact in said.words[0]
    assert "It is not known whether" in said.words[0]
    assert {e.ref: e.state for e in mails(tmp_path)}[one.ref] is State.WITHDRAWN


# --- take back, log ---
def test_withdrawing_takes_back_the_selected_mails(school, said, tmp_path):
    ribbon.mails_for_all()
    number = len(mails(tmp_path))
    picked = select_mails(school, 0, 1)
    said.words.clear()
    ribbon.withdraw_mails()
    assert "Take 2 mails back" in said.words[0]
    assert [e.ref for e in mails(tmp_path) if e.state is State.WITHDRAWN] == picked
    assert len(listed(school)) == number - 2
    school.sheets[MAILS].range("A1").select()
    ribbon.withdraw_mails()
    assert states(tmp_path) == {State.WITHDRAWN}
    ribbon.review_and_send()
    assert drafts(tmp_path) == []


def test_withdrawing_that_is_not_wanted_takes_nothing_back(school, said, tmp_path):
    ribbon.mails_for_all()
    said.answer = "no"
    ribbon.withdraw_mails()
    assert states(tmp_path) == {State.PREPARED}


def test_drafts_are_taken_back_only_where_selected_and_can_then_be_prepared_again(school, said, tmp_path):
    ribbon.mails_for_all()
    ribbon.review_and_send()
    ribbon.withdraw_mails()
    assert "there is none to take back" in said.words[-1]
    assert states(tmp_path) == {State.DRAFTED}
    (picked,) = select_mails(school, 0)
    ribbon.withdraw_mails()
    gone = {e.ref: e for e in mails(tmp_path)}[picked]
    assert gone.state is State.WITHDRAWN
    ribbon.mails_for_all()
    again = [e for e in mails(tmp_path) if e.state is State.PREPARED]
    assert [(e.pupil, e.contact) for e in again] == [(gone.pupil, gone.contact)]


def test_the_sent_log_has_every_mail_the_latest_first(school, said, tmp_path):
    ribbon.mails_for_all()
    select_mails(school, 0)
    ribbon.withdraw_mails()
    ribbon.review_and_send()
    ribbon.sent_log()
    (table,) = school.sheets["Sent log"].tables
    head, *rows = values(table.range)
    assert [row[head.index("Mail")] for row in rows] == [e.ref for e in reversed(mails(tmp_path))]
    assert {row[head.index("State")] for row in rows} == {"taken back", "lies as a draft: send it, then say so"}
    assert school.sheets.active.name == "Sent log"


def test_the_log_before_there_is_any_mail_says_so(school, said):
    ribbon.sent_log()
    assert school.sheets["Sent log"].range("A2").value == "No mail has been prepared yet."


def test_remove_results_takes_the_sheets_of_mail_away(school, said, tmp_path):
    ribbon.mails_for_all()
    ribbon.sent_log()
    ribbon.remove_results()
    assert not {MAILS, "Sent log"} & {s.name for s in school.sheets}
    assert states(tmp_path) == {State.PREPARED}, "what waits is not taken back by that"


def test_sheets_of_the_sencos_own_of_these_names_are_left_alone(school, said, tmp_path):
    for name in (MAILS, "Sent log"):
        school.sheets.add(name).range("A1").value = "mine"
    ribbon.mails_for_all()
    ribbon.sent_log()
    assert [school.sheets[name].range("A1").value for name in (MAILS, "Sent log")] == ["mine", "mine"]
    sheet = school.sheets["Mails (Sendbook)"]
    sheet.activate()
    sheet.range(f"A{sheet.tables[MAILS_TABLE].range.row + 1}").select()
    ribbon.review_and_send()
    assert len(drafts(tmp_path)) == 1, "rows selected on it count"
