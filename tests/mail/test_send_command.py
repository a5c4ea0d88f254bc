"""`sendbook send` and `sendbook mail` as a SENCo types them: a whole workbook, drafts, a real mail server, the log in Communications."""

import re
from email import message_from_bytes, policy

import pytest

from tests.mail.typed import DAY, change_cell, communications, refs
from tests.workbook.files import changed

pytestmark = pytest.mark.usefixtures("own_settings")


# --- prepare ---
def test_it_prepares_and_shows_and_sends_nothing(run, book):
    code, out, err = run("send", book, *DAY)
    assert (code, err, len(refs(out))) == (0, "", 2)
    assert "to Mrs N. Okafor, n.okafor@mail.example: Mother with parental responsibility, marked to receive summaries" in out
    assert "Okafor-Amara-0001-summary.pdf: first mail" in out
    assert "  Has a contact restriction.\n      Okafor, Amara (X801200000001) to Mr P. Okafor\n" in out
    assert f'2 mails wait for approval and have not been sent. Look at each, then: sendbook send "{book}" --approve all' in out
    page = book.with_name("SEND register - mails to look at.html")
    assert f"Each mail as its reader gets it: {page}" in out
    assert "Dear Mrs N. Okafor" in page.read_text(encoding="utf-8")
    assert not book.with_name("SEND register - mail drafts").exists()
    assert communications(book) == ()


def test_twice_shows_the_same(run, book):
    assert run("send", book, *DAY) == run("send", book, *DAY)


def test_only_some_pupils(run, book):
    _, out, _ = run("send", book, *DAY, "--pupil", "X801200000002")
    assert "Khan" in out
    assert "Okafor" not in out


def test_who_needs_it_another_way_is_listed(run, book):
    assert "Nobody gets a mail about" not in run("send", book, *DAY)[1]
    change_cell(book, "Contacts", "Preferred format", 3, "Paper")
    assert "Nobody gets a mail about 1 pupil:\n      Khan, Bilal (X801200000002)\n" in run("send", book, *DAY)[1]


def test_a_pupil_that_is_not_there(run, book):
    assert run("send", book, *DAY, "--pupil", "nobody")[0] == 2


def test_the_preview_is_opened(run, book, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    run("send", book, *DAY, "--preview")
    assert opened == [book.with_name("SEND register - mails to look at.html").as_uri()]


def test_the_page_leads_to_the_document(run, book):
    run("send", book, *DAY)
    page = book.with_name("SEND register - mails to look at.html").read_text(encoding="utf-8")
    (href,) = re.findall(r'href="([^"]*Amara[^"]*\.pdf)"', page)
    from urllib.parse import unquote

    assert (book.parent / unquote(href)).is_file()


# --- drafts, the usual way ---
def test_drafts_then_a_person_says_that_they_went(run, book):
    run("send", book, *DAY)
    code, out, _ = run("send", book, *DAY, "--approve", "all", "--by", "Jo")
    assert (code, "2 mails put as drafts into the folder" in out) == (0, True)
    drafts = sorted(book.with_name("SEND register - mail drafts").glob("*.eml"))
    assert len(drafts) == 2
    mail = message_from_bytes(drafts[1].read_bytes(), policy=policy.default)
    assert (mail["x-unsent"], [a.addr_spec for a in mail["to"].addresses]) == ("1", ["n.okafor@mail.example"])
    assert communications(book) == ()  # a draft is not sent
    assert run("send", book, *DAY, "--approve", "all")[1].startswith("No mail went: none")
    code, out, _ = run("send", book, *DAY, "--was-sent", "all")
    assert out.startswith("2 mails noted as sent.\nIf this was a slip: sendbook send")
    assert "\n2 rows added to Communications" in out
    rows = communications(book)
    assert [(r.contact, r.method, r.by, r.subject) for r in rows] == [
        ("Mrs N. Okafor", "Email", "Mrs J. Adeyemi", "Your child’s summary from Greenfield Primary School"),
        ("Mr I. Khan", "Email", "Mrs J. Adeyemi", "Your child’s summary from Greenfield Primary School"),
    ]
    assert rows[0].pupil == "Okafor, Amara (X801200000001)"
    assert list(book.parent.glob("SEND register before sending *.xlsx"))
    _, log, _ = run("send", book, "--log")
    assert log.count("sent; approved by Jo") == 2
    assert "the same summary was sent" in run("send", book, *DAY)[1].lower()


# --- a mail server ---
def test_all_the_way_through_a_server(run, book, server):
    run("send", book, *DAY)
    code, out, err = run("send", book, *DAY, "--approve", "all")
    assert (code, err) == (0, "")
    assert out.startswith("2 mails sent through localhost.\n2 rows added to Communications")
    assert sorted(address for address, _ in server.messages) == ["i.khan@mail.example", "n.okafor@mail.example"]
    for address, data in server.messages:
        mail = message_from_bytes(data, policy=policy.default)
        assert [a.addr_spec for a in mail["to"].addresses] == [address]
        assert mail["reply-to"].addresses[0].addr_spec == "senco@greenfield.example"
        assert mail["date"]
        (document,) = mail.iter_attachments()
        child = {"i.khan@mail.example": "Bilal", "n.okafor@mail.example": "Amara"}[address]
        summaries = book.with_name("SEND register - summaries")
        assert document.get_content() == next(summaries.glob(f"*{child}*.pdf")).read_bytes()
    assert run("send", book, *DAY, "--approve", "all")[1].startswith("No mail went: none")
    assert len(server.messages) == 2


def test_only_those_that_were_approved(run, book, server):
    one = refs(run("send", book, *DAY)[1])[0]
    assert run("send", book, *DAY, "--approve", one.lower())[1].startswith("1 mail sent")
    assert len(server.messages) == 1
    assert run("send", book, *DAY, "--resume")[1].startswith("No mail went: none")


def test_what_does_not_wait_cannot_be_approved(run, book, server):
    run("send", book, *DAY)
    code, _, err = run("send", book, *DAY, "--approve", "ABCDEFGH")
    assert (code, "ABCDEFGH: there is no mail with this mark" in err) == (2, True)
    assert server.messages == []


def test_taken_back_mails_do_not_go(run, book, server):
    one = refs(run("send", book, *DAY)[1])[0]
    assert run("send", book, "--withdraw", one)[1] == "1 mail taken back, and not sent.\n"
    assert run("send", book, *DAY, "--approve", "all")[1].startswith("1 mail sent")
    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("table", "heading", "row", "value", "why"),
    [
        ("Contacts", "Email", 1, "other@mail.example", "this person or their address is no longer in the register"),
        ("Contacts", "Contact restriction", 1, "Yes", "has a contact restriction"),
        ("Contacts", "Receives summaries", 1, "No", "is not marked to receive summaries"),
        ("Contacts", "Contact restriction", 1, "see court order", "this row of Contacts has an error"),
        ("Pupils", "Strengths", 1, "Kind.", "the register, or the look of the summaries, has changed"),
    ],
)
def test_a_workbook_edited_in_between_stops_just_that_mail(run, book, server, table, heading, row, value, why):
    run("send", book, *DAY)
    change_cell(book, table, heading, row, value)
    code, out, _ = run("send", book, *DAY, "--approve", "all")
    assert code == 1
    assert f"Stopped: {why}" in out
    assert [address for address, _ in server.messages] == ["i.khan@mail.example"]


def test_edited_while_mails_go(run, book, server, monkeypatch):
    """The change comes after the first mail went: the second is stopped."""
    run("send", book, *DAY)
    from sendbook.mail.ways.smtp import SmtpWay

    hand_over = SmtpWay.hand_over

    def and_then(self, mail):
        outcome = hand_over(self, mail)
        change_cell(book, "Contacts", "Contact restriction", 3, "Yes")
        return outcome

    monkeypatch.setattr(SmtpWay, "hand_over", and_then)
    _, out, _ = run("send", book, *DAY, "--approve", "all")
    assert "Stopped: has a contact restriction" in out
    assert [address for address, _ in server.messages] == ["n.okafor@mail.example"]


def test_a_contacts_column_that_is_gone_sends_nothing(run, book, server):
    run("send", book, *DAY)
    changed(
        book,
        lambda w: setattr(next(c for c in w["Contacts"].tables["Contacts"].tableColumns if c.name == "Contact restriction"), "name", "Bar"),
    )
    change_cell(book, "Contacts", "Contact restriction", 0, "Bar")
    for action in ([], ["--approve", "all"]):
        code, _, err = run("send", book, *DAY, *action)
        assert (code, "Contacts could not be read as a whole" in err) == (2, True)
    assert server.messages == []
