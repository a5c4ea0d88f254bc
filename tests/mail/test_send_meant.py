"""Which mails a typed command means: all that were shown, only some pupils', by mark or UPN; and drafts that must not be sent any more."""

import sqlite3
from contextlib import closing

import pytest

from sendbook.mail.outbox import State, open_outbox, outbox_path
from tests.mail.typed import DAY, change_cell, communications, refs
from tests.workbook.files import changed

pytestmark = pytest.mark.usefixtures("own_settings")

AMARA, BILAL = "X801200000001", "X801200000002"


def states(book):
    with open_outbox(outbox_path(book)) as outbox:
        return {e.upn: e.state for e in outbox.entries()}


def marks(book):
    with open_outbox(outbox_path(book)) as outbox:
        return {e.upn: e.ref for e in outbox.entries()}


def drafts(book):
    return sorted(p.name for p in book.with_name("SEND register - mail drafts").glob("*"))


# --- only some pupils' ---
def test_all_with_pupils_is_all_about_them(run, book):
    run("send", book, *DAY)
    code, out, _ = run("send", book, *DAY, "--pupil", BILAL, "--approve", "all")
    assert (code, out.splitlines()[0][:7], f'sendbook send "{book}" --pupil {BILAL} --was-sent all' in out) == (0, "1 mail ", True)
    assert states(book) == {AMARA: State.PREPARED, BILAL: State.DRAFTED}
    assert run("send", book, *DAY, "--pupil", AMARA, "--was-sent", "all")[1].startswith("0 mails")
    run("send", book, *DAY, "--pupil", AMARA, "--withdraw", "all")
    run("send", book, *DAY, "--pupil", BILAL, "--was-not-sent", "all")
    assert states(book) == {AMARA: State.WITHDRAWN, BILAL: State.WITHDRAWN}


@pytest.mark.parametrize("option", ["--approve", "--withdraw", "--was-sent", "--was-not-sent"])
def test_a_pupil_who_is_not_there_changes_nothing(run, book, option):
    run("send", book, *DAY)
    code, _, err = run("send", book, *DAY, "--pupil", "NOBODY", option, "all")
    assert (code, "No one pupil" in err) == (2, True)
    assert set(states(book).values()) == {State.PREPARED}


def test_what_was_approved_before_about_others_waits(run, book):
    run("send", book, *DAY)
    with open_outbox(outbox_path(book)) as outbox:
        outbox.approve([e.ref for e in outbox.entries()], "SENCo", outbox.entries()[0].prepared)
    run("send", book, *DAY, "--pupil", BILAL, "--resume")
    assert states(book) == {AMARA: State.APPROVED, BILAL: State.DRAFTED}


def test_only_their_mails_are_listed_and_shown_and_the_others_are_counted(run, book):
    run("send", book, *DAY)
    _, out, _ = run("send", book, *DAY, "--pupil", BILAL)
    assert len(refs(out)) == 1
    assert f"--pupil {BILAL} --approve all" in out
    assert "1 mail about other pupils waits too: without --pupil they are listed." in out
    page = book.with_name("SEND register - mails to look at.html").read_text(encoding="utf-8")
    assert ("Mr I. Khan" in page, "Mrs N. Okafor" in page) == (True, False)


def test_mails_can_be_named_by_the_pupils_upn(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", AMARA.lower())
    assert states(book) == {AMARA: State.DRAFTED, BILAL: State.PREPARED}


def test_a_upn_is_not_a_word_about_mails_that_went_before(run, book):
    """Said of a pupil whose last mail went and whose next lies as a draft, that nothing went is true of the draft alone."""
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    run("send", book, *DAY, "--was-sent", AMARA)
    change_cell(book, "Pupils", "Primary need", 1, "SEMH")
    run("summaries", book, *DAY)
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", AMARA)
    assert run("send", book, *DAY, "--was-not-sent", AMARA)[1].startswith("1 mail noted")
    with open_outbox(outbox_path(book)) as outbox:
        about = [e for e in outbox.entries() if e.upn == AMARA]
    assert [e.state for e in about] == [State.SENT, State.WITHDRAWN]
    code, _, err = run("send", book, *DAY, "--was-not-sent", AMARA)
    assert (code, f"say which mail you mean by its mark: {about[0].ref}." in err) == (2, True)


def test_a_mail_in_another_state_is_named_with_it(run, book):
    one = refs(run("send", book, *DAY)[1])[0]
    run("send", book, *DAY, "--approve", one)
    code, _, err = run("send", book, *DAY, "--withdraw", one)
    assert (code, f"{one} lies as a draft: send it, then say so. So this cannot be done with it. Where it went, say --was-sent" in err) == (
        2,
        True,
    )


# --- all is what was shown ---
def test_what_somebody_else_prepared_meanwhile_is_not_in_all(run, book, monkeypatch):
    run("send", book, *DAY, "--pupil", AMARA)
    with monkeypatch.context() as colleague:
        colleague.setattr("sendbook.posting.prepare.logged_in", lambda: "colleague")
        run("send", book, *DAY, "--pupil", BILAL)
    code, out, _ = run("send", book, *DAY, "--approve", "all")
    assert states(book) == {AMARA: State.DRAFTED, BILAL: State.PREPARED}
    assert "1 mail waits that somebody else prepared and that was not shown to you." in out
    code, _, err = run("send", book, *DAY, "--approve", "all")
    assert (code, "not shown to you yet, so none was sent" in err) == (2, True)
    assert run("send", book, *DAY, "--approve", BILAL)[0] == 2, "nor is it in all about a pupil"
    run("send", book, *DAY, "--approve", marks(book)[BILAL])
    assert states(book) == {AMARA: State.DRAFTED, BILAL: State.DRAFTED}


def test_what_somebody_else_prepared_can_be_approved_once_it_was_shown(run, book, monkeypatch):
    with monkeypatch.context() as colleague:
        colleague.setattr("sendbook.posting.prepare.logged_in", lambda: "colleague")
        run("send", book, *DAY)
    assert run("send", book, *DAY, "--approve", "all")[0] == 2
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    assert states(book) == {AMARA: State.DRAFTED, BILAL: State.DRAFTED}


def test_an_outbox_from_before_has_shown_nothing_to_anybody(run, book):
    """Sendbook's last version did not note who was shown what; its mails are all there still."""
    run("send", book, *DAY)
    with closing(sqlite3.connect(outbox_path(book), isolation_level=None)) as old:
        old.execute("DROP TABLE seen")
        old.execute("PRAGMA user_version = 1")
    code, _, err = run("send", book, *DAY, "--approve", "all")
    assert (code, "not shown to you yet, so none was sent" in err) == (2, True)
    before = marks(book)
    run("send", book, *DAY)
    assert run("send", book, *DAY, "--approve", "all")[0] == 0
    assert (marks(book), states(book)) == (before, {AMARA: State.DRAFTED, BILAL: State.DRAFTED})


def test_the_log_can_be_of_some_pupils(run, book):
    assert "There is no SEND register - outbox.sqlite yet." in run("send", book, "--log")[1]
    run("send", book, *DAY)
    out = run("send", book, *DAY, "--pupil", AMARA, "--log")[1]
    assert ("Okafor" in out, "Khan" in out) == (True, False)


def test_all_among_marks_is_all(run, book):
    one = refs(run("send", book, *DAY)[1])[0]
    run("send", book, *DAY, "--approve", one, "ALL")
    assert states(book) == {AMARA: State.DRAFTED, BILAL: State.DRAFTED}


def test_a_mark_beside_all_counts_too(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    change_cell(book, "Contacts", "Contact restriction", 1, "Yes")
    code, _, err = run("send", book, *DAY, "--was-sent", "all", "NOSUCHON")
    assert (code, "NOSUCHON: there is no mail" in err) == (2, True)
    run("send", book, *DAY, "--was-sent", "all", marks(book)[AMARA])
    assert set(states(book).values()) == {State.SENT}


def test_where_none_is_meant_it_is_said_why(run, book):
    run("send", book, *DAY)
    assert run("send", book, "--was-sent", "all")[1].startswith("0 mails noted: none that is meant lies as a draft")
    assert run("send", book, "--was-not-sent", "all")[1].startswith("0 mails noted: none that is meant lies as a draft")
    run("send", book, *DAY, "--approve", "all")
    assert "Of drafts that you deleted say: --was-not-sent" in run("send", book, "--withdraw", "all")[1]


# --- drafts ---
def test_files_of_drafts_go_when_it_is_said_what_became_of_them(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    (book.with_name("SEND register - mail drafts") / "My own.eml").write_text("x", encoding="utf-8")
    assert len(drafts(book)) == 3
    run("send", book, *DAY, "--was-sent", AMARA)
    run("send", book, *DAY, "--was-not-sent", BILAL)
    assert drafts(book) == ["My own.eml"]


def test_a_draft_to_somebody_barred_since_is_first_in_the_list_and_its_file_is_gone(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    change_cell(book, "Contacts", "Contact restriction", 1, "Yes")
    _, out, _ = run("send", book, *DAY)
    assert "must not be sent: delete this draft" in next(line for line in out.splitlines() if line[:8] == refs(out)[0])
    assert "1 mail lies as a draft and must NOT be sent any more." in out
    assert "1 mail lies as a draft. Send it" in out
    assert [name[:12] for name in drafts(book)] == ["Khan-Bilal-t"]
    page = book.with_name("SEND register - mails to look at.html").read_text(encoding="utf-8")
    assert "Do not send this draft. This person, or this address, may not get" in page
    assert "There is nothing to approve." in page
    said = run("send", book, *DAY, "--was-sent", "all")[1]
    assert f"1 mail must not be sent, so “all” is not this: {refs(out)[0]}." in said
    assert states(book) == {AMARA: State.RECALLED, BILAL: State.SENT}
    run("send", book, *DAY, "--was-not-sent", refs(out)[0])
    assert states(book) == {AMARA: State.WITHDRAWN, BILAL: State.SENT}


def test_somebody_barred_since_is_not_among_all_that_went_even_if_nobody_looked(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    change_cell(book, "Contacts", "Contact restriction", 1, "Yes")
    assert "1 mail must not be sent, so “all” is not this" in run("send", book, *DAY, "--was-sent", "all")[1]
    assert states(book) == {AMARA: State.RECALLED, BILAL: State.SENT}
    assert drafts(book) == []


def test_what_is_open_elsewhere_is_not_read_and_it_is_said_that_nobody_looked(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    book.with_name(f"~${book.name}").touch()
    out = run("send", book, *DAY, "--was-sent", "all")[1]
    assert out.startswith(
        "2 mails noted as sent.\nIt was not looked whether a draft must not be sent any more. SEND register.xlsx seems to be open"
    )


def no_letter(book):
    (book.parent / "sendbook-templates").mkdir()
    (book.parent / "sendbook-templates" / "mail.txt.j2").write_text("no head", encoding="utf-8")
    change_cell(book, "Contacts", "Email", 3, "new@mail.example")


def no_summaries(book):
    book.with_name("SEND register - summaries").rename(book.with_name("elsewhere"))


def nobody_to_answer(book):
    def clear(opened):
        (name,) = (c for row in opened["School"].iter_rows() for c in row if c.value == "SENCo email")
        name.offset(0, 1).value = None

    changed(book, clear)


@pytest.mark.parametrize("hindrance", [no_letter, no_summaries, nobody_to_answer])
def test_whatever_hinders_new_mails_a_draft_to_somebody_barred_must_not_be_sent(run, book, hindrance):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    change_cell(book, "Contacts", "Contact restriction", 1, "Yes")
    hindrance(book)
    assert run("send", book, *DAY)[0] == 2
    assert states(book)[AMARA] is State.RECALLED
    assert [name[:4] for name in drafts(book)] in (["Khan"], [])
    run("send", book, *DAY, "--was-sent", "all")
    assert states(book)[AMARA] is State.RECALLED


def without_heading(book, table, heading):
    def clear(opened):
        (cell,) = (c for row in opened[table].iter_rows() for c in row if c.value == heading)
        opened[table].delete_cols(cell.column)
        opened[table].tables.clear()

    changed(book, clear)


def below_the_table(book):
    def shrink(opened):
        table = opened["Pupils"].tables["Pupils"]
        first, last = table.ref.split(":")
        table.ref = f"{first}:{last.rstrip('0123456789')}{int(first.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')) + 1}"

    changed(book, shrink)


@pytest.mark.parametrize(
    "partly",
    [*(lambda book, heading=h: without_heading(book, "Pupils", heading) for h in ("SEN status", "UPN", "Legal forename")), below_the_table],
)
def test_of_pupils_read_in_part_no_draft_is_said_to_be_one_that_must_not_be_sent(run, book, partly):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    partly(book)
    out = run("send", book, *DAY, "--was-sent", "all")[1]
    assert out.startswith("2 mails noted as sent.")
    assert ("It was not looked whether a draft must not be sent any more." in out) == (partly is not below_the_table)
    assert "Nothing was done" not in out.splitlines()[1]


def test_nothing_is_done_with_the_drafts_of_another_schools_register_of_this_name(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    for row, upn in enumerate(("X801200000003", "X801200000004"), 1):
        change_cell(book, "Pupils", "UPN", row, upn)
    code, _, err = run("send", book, *DAY)
    assert (code, "it is another workbook's. Nothing was done." in err) == (2, True)
    assert (set(states(book).values()), len(drafts(book))) == ({State.DRAFTED}, 2)


def test_a_slip_can_be_taken_back_and_the_row_is_pointed_at(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    run("send", book, *DAY, "--was-sent", "all")
    assert len(communications(book)) == 2
    _, out, _ = run("send", book, *DAY, "--was-not-sent", marks(book)[AMARA].lower())
    assert "Where Communications tells of the mail, delete that row too." in out
    assert states(book) == {AMARA: State.WITHDRAWN, BILAL: State.SENT}


@pytest.mark.parametrize("then", [[], ["--approve", "all"]])
def test_a_slip_the_other_way_can_be_taken_back_and_nothing_goes_twice(run, book, then):
    """“--was-not-sent all” instead of “--was-sent all”, and mails prepared, and made drafts of, before that is seen."""
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    went = marks(book)
    assert "Only if they went all the same: sendbook send" in run("send", book, *DAY, "--was-not-sent", "all")[1]
    assert len(refs(run("send", book, *DAY)[1])) == 2
    if then:
        run("send", book, *DAY, *then)
    code, _, err = run("send", book, *DAY, "--withdraw", went[AMARA])
    assert (code, "taken back. So this cannot be done with it" in err) == (2, True)
    assert run("send", book, *DAY, "--was-sent", *went.values())[1].startswith("2 mails noted as sent")
    assert len(communications(book)) == 2
    assert set(states(book).values()) == {State.RECALLED if then else State.WITHDRAWN}
    assert drafts(book) == []
    assert len(refs(run("send", book, *DAY)[1])) == (2 if then else 0), "only drafts that must not be sent"
    code, _, err = run("send", book, *DAY, "--approve", *marks(book).values())
    assert code == 2


def test_a_row_that_was_deleted_comes_back_with_its_mail(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    run("send", book, *DAY, "--was-sent", "all")
    mark = marks(book)[AMARA]
    run("send", book, *DAY, "--was-not-sent", mark)
    assert "rows added" not in run("send", book, *DAY, "--was-sent", mark)[1], "it is there still"
    with open_outbox(outbox_path(book)) as outbox:
        assert all(e.logged for e in outbox.entries())


def test_a_mail_that_was_taken_back_before_it_went_cannot_be_said_to_have_gone(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--withdraw", "all")
    code, _, err = run("send", book, *DAY, "--was-sent", marks(book)[AMARA])
    assert (code, "taken back. So this cannot be done with it" in err) == (2, True)


def test_a_mail_that_went_for_certain_cannot_be_said_to_have_not_gone(run, book, server):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    code, _, err = run("send", book, *DAY, "--was-not-sent", marks(book)[AMARA])
    assert (code, "went out for certain" in err) == (2, True)
    assert states(book) == {AMARA: State.SENT, BILAL: State.SENT}


# --- a folder that is not there, options ---
def test_a_folder_that_is_kept_in_step_is_said(run, book, monkeypatch, tmp_path):
    said = "send from this computer only"
    assert said not in run("send", book, *DAY)[1]
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path))
    assert said in run("send", book, *DAY)[1]


def test_without_a_folder_of_summaries_nothing_is_taken_back(run, book):
    run("send", book, *DAY)
    code, _, err = run("send", book, *DAY, "--summaries", book.with_name("none"))
    assert (code, "Make the summaries first, and read them." in err) == (2, True)
    assert set(states(book).values()) == {State.PREPARED}


def test_forget_0_is_a_number_of_days(run, book):
    run("send", book, *DAY)
    assert run("send", book, *DAY, "--forget", "0")[1].startswith("The documents of 0 mails were taken out")


def test_to_look_and_to_approve_are_two_steps(run, book):
    run("send", book, *DAY)
    code, _, err = run("send", book, *DAY, "--preview", "--approve", "all")
    assert (code, "look at them first" in err) == (2, True)
    assert set(states(book).values()) == {State.PREPARED}
