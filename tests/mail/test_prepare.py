"""From the register to the outbox and back: what is prepared, what is new, what is stopped."""

import json
import subprocess
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendbook.mail.log import rows_for
from sendbook.mail.outbox import State
from sendbook.mail.prepare import stopped
from sendbook.tables import Problem, Severity
from sendbook.tables.problems import Place
from sendbook.workbook.safe import CannotDo
from tests.live import need
from tests.mail.office import AMARA, BILAL, FAMILY, NOW, Desk, child, parent, school
from tests.make import book

LOCKED = {"format": "Email with password", "document_password": "river lamp cheese"}


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path).summarise()


def reasons(prepared):
    return [left.reason for left in prepared.left_out]


def test_each_parent_gets_their_own_childs(desk):
    desk.prepare()
    one, other = desk.entries()
    assert (one.pupil, one.contact, one.address) == ("Okafor, Amara (X801200000001)", "Mrs N. Okafor", "n.okafor@mail.example")
    assert (one.state, one.changed, one.document) == (State.PREPARED, "first mail", "Okafor-Amara-0001-summary.pdf")
    assert (other.contact, other.document) == ("Mr I. Khan", "Khan-Bilal-0002-summary.pdf")


def test_a_second_run_keeps_what_waits(desk):
    made = desk.prepare().made
    again = desk.prepare()
    assert (again.made, again.kept, again.withdrawn) == ((), made, ())
    assert len(desk.entries()) == 2


def test_what_was_sent_is_not_prepared_again(desk):
    desk.prepare()
    desk.settled(State.SENT)
    again = desk.prepare()
    assert (again.made, reasons(again)) == ((), [f"the same summary was sent {NOW:%d/%m/%Y}"] * 2)


def test_a_summary_that_is_new_only_in_its_date_is_the_same(desk):
    desk.prepare()
    desk.settled(State.SENT)
    desk.today += timedelta(days=3)
    assert desk.summarise().prepare().made == ()


def test_the_same_can_be_sent_again_when_somebody_asks_for_it(desk):
    desk.prepare()
    desk.settled(State.SENT)
    assert len(desk.prepare(again=True).made) == 2


def test_what_changed_since_the_last_mail_is_said(desk):
    desk.prepare()
    desk.settled(State.SENT)
    desk.change(pupils=[AMARA | {"strengths": "Kind.", "pupil_voice": "I like maths."}, BILAL]).summarise()
    (ref,) = desk.prepare().made
    (entry,) = [e for e in desk.entries() if e.ref == ref]
    assert entry.changed == f"since {NOW:%d/%m/%Y} new in it: What Amara is good at, What Amara says and the beginning"


@pytest.mark.parametrize(
    ("change", "made"),
    [
        ({"email": "new@mail.example"}, 1), ({"name": "Mrs N. Obi"}, 1), (LOCKED, 1), ({"restricted": True}, 0), ({"receives_summaries": False}, 0),
        ({"parental_responsibility": None}, 0), ({"email": "a@b.example; c@d.example"}, 0), ({"format": "Paper"}, 0), ({"pupil": "Nobody"}, 0),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("approved", [False, True])
def test_a_changed_contact_takes_back_the_mail_that_waits(desk, change, made, approved):
    desk.prepare()
    old = desk.entries()[0].ref
    if approved:
        with desk.outbox() as outbox:
            outbox.approve([old], "SENCo", NOW)
    desk.change(contacts=[FAMILY["contacts"][0] | change, FAMILY["contacts"][1]])
    with desk.outbox() as outbox:
        assert list(stopped(desk.mailing, outbox.entries(State.PREPARED, State.APPROVED), outbox)) == [old]
    again = desk.prepare()
    assert (again.withdrawn, len(again.made)) == ((old,), made)
    with desk.outbox() as outbox:
        assert outbox.message(old) == b""  # no document of a mail that was taken back stays


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"restricted": True}, "has a contact restriction"), ({"email": "new@mail.example"}, "this person or their address is no longer"),
        ({"email": None}, "no email is known"), (LOCKED, "the letter or the summary has changed"),
    ],
    ids=str,
)  # fmt: skip
def test_why_a_mail_is_stopped_is_said(desk, change, why):
    desk.prepare()
    desk.change(contacts=[FAMILY["contacts"][0] | change, FAMILY["contacts"][1]])
    with desk.outbox() as outbox:
        (said,) = stopped(desk.mailing, outbox.entries(), outbox).values()
    assert said.startswith(why)


def test_nothing_is_stopped_where_nothing_changed(desk):
    desk.prepare()
    with desk.outbox() as outbox:
        assert stopped(desk.mailing, outbox.entries(), outbox) == {}


@pytest.mark.parametrize("state", [State.SENT, State.UNSURE, State.DRAFTED])
def test_a_upn_put_right_is_no_reason_to_send_again_unseen(desk, state):
    desk.prepare()
    desk.settled(state)
    (ref,) = [e.ref for e in desk.entries() if e.contact == "Mrs N. Okafor"]
    amara = AMARA | {"upn": "X801200000099"}
    desk.change(pupils=[amara, BILAL], contacts=[parent(amara), FAMILY["contacts"][1]]).summarise()
    (new,) = desk.prepare().made
    (entry,) = [e for e in desk.entries() if e.ref == new]
    assert entry.notes == (f"The same summary went to this address before, or may have: mail {ref}, to Mrs N. Okafor.",)


def test_whoever_gets_a_released_summary_later_is_noted_too(tmp_path):
    named = [AMARA | {"strengths": "Likes to work with Bilal."}, BILAL]
    desk = Desk(tmp_path, school(pupils=named)).summarise()
    for held in (desk.summaries / "Do not send yet").iterdir():
        held.rename(desk.summaries / held.name)
    desk.prepare()
    desk.change(pupils=named, contacts=[*FAMILY["contacts"], parent(AMARA, "Mr P. Okafor", "p@mail.example")]).prepare()
    notes = {e.contact: e.notes for e in desk.entries()}
    assert notes["Mrs N. Okafor"] == notes["Mr P. Okafor"] != ()


def test_a_stale_or_missing_document_stops_its_mail(desk):
    desk.prepare()
    next(desk.summaries.glob("*Amara*.pdf")).unlink()
    desk.change(pupils=[AMARA, BILAL | {"strengths": "Kind."}])
    with desk.outbox() as outbox:
        assert list(stopped(desk.mailing, outbox.entries(), outbox).values()) == [
            "there is no summary yet", "the register, or the look of the summaries, has changed since the summary was made",
        ]  # fmt: skip


def test_only_some_pupils_leave_the_others_mails_alone(desk):
    desk.prepare()
    desk.change(contacts=[FAMILY["contacts"][1]])
    assert desk.prepare(desk.book.pupils[1:]).withdrawn == ()
    assert len(desk.prepare(desk.book.pupils[:1]).withdrawn) == 1


def test_a_pupil_who_is_gone_gets_no_mail_that_waited(desk):
    desk.prepare()
    desk.change(pupils=[BILAL], contacts=FAMILY["contacts"][1:])
    assert len(desk.prepare().withdrawn) == 1


@pytest.mark.parametrize("state", [State.UNSURE, State.DRAFTED])
def test_what_may_have_gone_is_not_prepared_again(desk, state):
    desk.prepare()
    desk.settled(state)
    again = desk.prepare()
    assert again.made == ()
    said = {State.UNSURE: "may have gone already", State.DRAFTED: "the same summary lies as a draft since"}[state]
    assert all(said in r for r in reasons(again))


def test_unsure_stops_even_a_newer_summary_until_somebody_says_what_became_of_it(desk):
    desk.prepare()
    desk.settled(State.UNSURE)
    desk.change(pupils=[AMARA | {"strengths": "Kind."}, BILAL | {"strengths": "Kind."}]).summarise()
    assert desk.prepare().made == ()
    with desk.outbox() as outbox:
        outbox.decide([e.ref for e in outbox.entries()], False, NOW)
    assert len(desk.prepare().made) == 2


def test_an_older_draft_is_pointed_at(desk):
    desk.prepare()
    desk.settled(State.DRAFTED)
    desk.change(pupils=[AMARA | {"strengths": "Kind."}, BILAL]).summarise()
    (ref,) = desk.prepare().made
    assert (
        "An older draft to this person may lie in your mail program still: delete it there."
        in next(e for e in desk.entries() if e.ref == ref).notes
    )


def test_pupils_about_whom_nobody_gets_a_mail_are_named(desk):
    other = parent(AMARA, "Mr P. Okafor", "p@mail.example", format="Paper")
    desk.change(contacts=[*FAMILY["contacts"][:1], other, FAMILY["contacts"][1] | {"format": "Paper"}])
    assert [p.first_name for p in desk.prepare().unheard] == ["Bilal"]
    assert [p.first_name for p in desk.prepare().unheard] == ["Bilal"], "what waits is a mail too"
    desk.settled(State.SENT)
    assert [p.first_name for p in desk.prepare().unheard] == ["Bilal"], "and what went"
    assert desk.prepare(desk.book.pupils[:1]).unheard == ()


def test_a_pupil_who_is_named_twice_gets_one_mail(desk):
    assert len(desk.prepare([*desk.book.pupils, *desk.book.pupils]).made) == 2


def test_a_name_that_was_put_right_is_still_the_same_person(desk):
    desk.prepare()
    desk.settled(State.SENT)
    desk.change(contacts=[FAMILY["contacts"][0] | {"name": "Mrs Ngozi Okafor"}, FAMILY["contacts"][1]])
    assert desk.prepare().made == ()
    desk.change(contacts=[*FAMILY["contacts"], FAMILY["contacts"][0] | {"name": "Mr P. Okafor"}])
    assert len(desk.prepare().made) == 1  # somebody else who reads the same mailbox


def test_a_mail_that_only_communications_knows_of_is_pointed_at(desk):
    """The workbook was renamed, and its outbox left behind."""
    desk.prepare()
    desk.settled(State.SENT)
    with desk.outbox() as outbox:
        row = rows_for(outbox.entries(), desk.book).new_rows[0]
    (desk.folder / "outbox.sqlite").unlink()
    said = {"pupil": row["Pupil"], "date": row["Date"], "contact": row["With"], "summary": row["Summary"]}
    desk.change(communications=[said]).prepare()
    one, other = desk.entries()
    assert one.notes == (
        f"Communications says that a summary went to this person on {NOW:%d/%m/%Y}; this outbox does not know of it (a renamed workbook?).",
    )
    assert other.notes == ()


# --- bad input: a sentence, a row, and no mail ---
ROWS = (
    ({"email": "n@mail.example\r\nBcc: all@mail.example"}, ()),
    ({"email": "Jane <n@mail.example>"}, ()),
    ({"email": "a@mail.example; b@mail.example"}, ()),
    ({"email": '"n o"@mail.example'}, ()),
    ({"email": "n@münchen.example"}, ()),
    ({"email": "a" * 300 + "@mail.example"}, ()),
    ({"name": "Jane\r\nBcc: all@mail.example"}, ()),
    ({"name": "<b>Jane</b>"}, ()),
    ({"name": "x" * 300}, ()),
    (LOCKED | {"document_password": ""}, ()),
    ({}, {"forename": "Amara <img src=x>"}),
    ({}, {"forename": "Amara\r\nBcc: x@mail.example"}),
)


@pytest.mark.parametrize(("contact", "pupil"), ROWS, ids=[str(i) for i in range(len(ROWS))])
def test_bad_input_gets_a_sentence_and_a_row_and_no_mail(tmp_path, contact, pupil):
    bad = AMARA | dict(pupil)
    desk = Desk(
        tmp_path, book(pupils=[bad, BILAL], contacts=[parent(bad) | {"pupil": bad["upn"]} | contact, FAMILY["contacts"][1]])
    ).summarise()
    prepared = desk.prepare()
    assert [e.contact for e in desk.entries()] == ["Mr I. Khan"]
    (left,) = prepared.left_out
    assert left.contact.row == 5
    assert left.reason


def test_a_mail_that_is_too_long_is_not_made(desk):
    desk.most_bytes = 20_000
    assert all(r.startswith("the mail would have 0.1 MB; at most 0.0 MB may go") for r in reasons(desk.prepare()))
    assert desk.entries() == ()


def test_a_document_taken_out_of_hold_is_pointed_at(tmp_path):
    desk = Desk(tmp_path).change(pupils=[AMARA | {"strengths": "Amara plays with Bilal."}, BILAL | {"class_name": "9Z"}]).summarise()
    assert "the summary lies in “Do not send yet”" in reasons(desk.prepare())
    held = next((desk.summaries / "Do not send yet").glob("*.pdf"))
    held.rename(desk.summaries / held.name)
    desk.prepare()
    (entry,) = [e for e in desk.entries(State.PREPARED) if "Amara" in e.pupil]
    assert entry.notes == ("Sendbook would hold this summary back; somebody has taken it out of “Do not send yet”.",)


def test_a_full_name_of_another_is_never_mailed_even_if_taken_out(tmp_path):
    desk = Desk(tmp_path).change(pupils=[AMARA | {"strengths": "Amara plays with Bilal Khan."}, BILAL]).summarise()
    held = next((desk.summaries / "Do not send yet").glob("*.pdf"))
    held.rename(desk.summaries / held.name)
    assert "the document has another pupil's name, or a UPN, in it" in reasons(desk.prepare())
    assert [e.contact for e in desk.entries()] == ["Mr I. Khan"]


@pytest.mark.parametrize("rule", ["SB030", "SB032", "SB033", "SB034", "SB035", "SB036"])
def test_contacts_that_were_not_read_as_a_whole_send_nothing(desk, rule):
    from dataclasses import replace

    problem = Problem(rule, Severity.ERROR, Place("Contacts", "Contacts", 0, "Contact restriction"), "It is gone.", "Put it back.", "")
    with desk.outbox() as outbox, pytest.raises(CannotDo, match=r"It is gone\. Put it back\."):
        from sendbook.mail.prepare import prepare

        prepare(replace(desk.mailing, problems=(problem,)), desk.book.pupils, outbox, NOW, lambda: None, for_all=True)


def test_rows_of_contacts_that_are_nobodys_are_listed(desk):
    desk.change(contacts=[*FAMILY["contacts"], parent(AMARA, "Ms X") | {"pupil": "Nobody, Known"}])
    assert "it is not clear whose contact this is" in reasons(desk.prepare())


# --- the finished bytes ---
def read_by_others(message: bytes) -> str:
    """Every word of a mail as a reader's own programs find it: headers, bodies, file name, the PDF through pdftotext and pdfinfo."""
    mail = message_from_bytes(message, policy=policy.default)
    said = [f"{k}: {v}" for k, v in mail.items()]
    for part in mail.walk():
        said.append(str(part.get_filename() or ""))
        if part.get_content_maintype() == "text":
            said.append(part.get_content())
        if part.get_content_type() == "application/pdf":
            pdf = part.get_content()
            said.append(subprocess.run([need("pdftotext"), "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode())
            said.append(subprocess.run([need("pdfinfo"), "-"], input=pdf, capture_output=True, check=True).stdout.decode())
    return " ".join(" ".join(said).split())


POISON = st.sampled_from(
    ("", "", "{n} helps.", "Sits with {n}.", "{u}", "Born {d:%d/%m/%Y}.", "Twin of one born {d:%-d %B %Y}.", "With {l}.")
)
FIRST, LAST = st.sampled_from(("Amara", "Bilal", "Cerys", "Dov")), st.sampled_from(("Okafor", "Khan", "Lee-Smith"))


@st.composite
def told_of_each_other(draw: st.DrawFn) -> tuple[list[dict], list[bool]]:
    """Four pupils, twins among them, names that others have too; into the texts of some of them something of another one is typed."""
    pupils = [child(i, draw(FIRST), draw(LAST), born=date(2017, 3, 1) if i < 2 else date(2016, 5, i)) for i in range(4)]
    words = [(draw(POISON), draw(st.integers(0, 3))) for _ in pupils]
    for one, (text, whose) in zip(pupils, words, strict=True):
        other = pupils[whose]
        name = {"n": f"{other['forename']} {other['surname']}", "l": f"{other['surname']}, {other['forename']}"}
        one["strengths"] = text.format(**name, u=other["upn"], d=other["born"]) or "Kind."
    return pupils, [not text for text, _ in words]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(told=told_of_each_other())
def test_a_mail_holds_nothing_of_another_pupil(tmp_path_factory, told):
    """Whatever is typed into a pupil's texts about another one: their name either way round, UPN, date of birth."""
    pupils, clean = told
    contacts = [parent(p, f"Mrs P{i}", f"p{i % 3}@mail.example") for i, p in enumerate(pupils)]
    desk = Desk(tmp_path_factory.mktemp("law"), book(pupils=pupils, contacts=contacts)).summarise()
    for held in (desk.summaries / "Do not send yet").glob("*.pdf"):
        held.rename(desk.summaries / held.name)  # as somebody does who has not read well
    desk.prepare()
    mailed = {e.upn for e in desk.entries()}
    assert mailed >= {
        p["upn"] for p, says_nothing in zip(pupils, clean, strict=True) if says_nothing
    }  # the law is not kept by sending nothing
    for entry, message in desk.messages():
        text = read_by_others(message).casefold()
        own = next(p for p in pupils if p["upn"] == entry.upn)
        for other in pupils:
            first, last = other["forename"], other["surname"]
            if (first, last) != (own["forename"], own["surname"]):
                assert f"{first} {last}".casefold() not in text
                assert f"{last}, {first}".casefold() not in text
            assert other["upn"].casefold() not in text
            if other["born"] != own["born"]:
                assert f"{other['born']:%d/%m/%Y}" not in text
                assert f"{other['born']:%-d %B %Y}".casefold() not in text


def test_the_outbox_holds_no_password(tmp_path):
    desk = Desk(tmp_path).change(contacts=[parent(AMARA) | LOCKED]).summarise()
    desk.prepare()
    (entry,) = desk.entries()
    assert entry.locked
    assert b"river" not in (desk.folder / "outbox.sqlite").read_bytes()
    assert "river" not in json.dumps(entry.parts)


def test_many_children_of_one_parent_get_a_mail_each(tmp_path):
    children = [child(i, name) for i, name in enumerate(("Amara", "Bola", "Chidi"))]
    desk = Desk(tmp_path).change(pupils=children, contacts=[parent(c) for c in children]).summarise()
    desk.prepare()
    assert [e.address for e in desk.entries()] == ["n.okafor@mail.example"] * 3
