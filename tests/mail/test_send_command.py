"""`sendbook send` and `sendbook mail` as a SENCo types them: a whole workbook, drafts, a real mail server, the log in Communications."""

import os
import re
import subprocess
import sys
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from openpyxl import load_workbook

from sendbook import cli, failure
from sendbook.mail import settings as mail_settings
from sendbook.mail.settings import write_settings
from sendbook.tables import Contact, Pupil, School, Staff, Term
from sendbook.workbook.master import write_master
from sendbook.workbook.rows import read_book
from tests.live import ROOT
from tests.mail.office import AMARA, BILAL, parent
from tests.mail.servers import PASSWORD, smtp_server
from tests.make import SCHOOL, TERMS
from tests.workbook.files import changed

DAY = ["--today", "2026-11-24"]


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory, monkeypatch):
    """Nobody's own settings or log are read or written."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setattr(mail_settings, "MAIL_FILE", home / "mail.json")
    monkeypatch.setattr(failure, "LOG", home / "sendbook.log")
    monkeypatch.setenv("SENDBOOK_MAIL_PASSWORD", PASSWORD)
    return home


ROWS = {
    School: [SCHOOL], Term: TERMS, Pupil: [AMARA, BILAL], Staff: [{"name": "Mrs J. Adeyemi", "role": "SENCo"}],
    Contact: [
        parent(AMARA), parent(AMARA, "Mr P. Okafor", "p@mail.example", restricted=True, receives_summaries=False),
        parent(BILAL, "Mr I. Khan", "i.khan@mail.example"),
    ],
}  # fmt: skip


@pytest.fixture
def book(tmp_path, run):
    path = tmp_path / "SEND register.xlsx"
    write_master(path, ROWS)
    assert run("summaries", path, *DAY)[0] == 0
    return path


@pytest.fixture
def run(capsys):
    """Run a command; give its exit code and what it said on both streams."""

    def command(*args):
        code = cli.main([str(a) for a in args])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


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


# --- prepare ---
def test_it_prepares_and_shows_and_sends_nothing(run, book):
    code, out, err = run("send", book, *DAY)
    assert (code, err, len(refs(out))) == (0, "", 2)
    assert "to Mrs N. Okafor, n.okafor@mail.example: Mother with parental responsibility, marked to receive summaries" in out
    assert "Okafor-Amara-0001-summary.pdf: first mail" in out
    assert "Okafor, Amara (X801200000001) to Mr P. Okafor: Has a contact restriction." in out
    assert f'2 mails wait for approval; nothing has been sent. Look at each, then: sendbook send "{book}" --approve all' in out
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
    assert run("send", book, *DAY, "--approve", "all")[1].startswith("No mail went.")
    code, out, _ = run("send", book, *DAY, "--was-sent", "all")
    assert out.startswith("2 noted as sent.\n2 rows added to Communications")
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
@pytest.fixture
def server():
    with smtp_server() as found:
        write_settings(found.settings(timeout=5).model_copy(update={"per_minute": 600}))
        yield found


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
    assert run("send", book, *DAY, "--approve", "all")[1].startswith("No mail went.")
    assert len(server.messages) == 2


def test_only_those_that_were_approved(run, book, server):
    one = refs(run("send", book, *DAY)[1])[0]
    assert run("send", book, *DAY, "--approve", one.lower())[1].startswith("1 mail sent")
    assert len(server.messages) == 1
    assert run("send", book, *DAY, "--resume")[1].startswith("No mail went.")


def test_what_does_not_wait_cannot_be_approved(run, book, server):
    run("send", book, *DAY)
    code, _, err = run("send", book, *DAY, "--approve", "ABCDEFGH")
    assert (code, "ABCDEFGH: no mail of that name waits for this" in err) == (2, True)
    assert server.messages == []


def test_taken_back_mails_do_not_go(run, book, server):
    one = refs(run("send", book, *DAY)[1])[0]
    assert run("send", book, "--withdraw", one)[1] == "1 taken back; they are not sent.\n"
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


def test_a_workbook_that_is_open_elsewhere_sends_nothing(run, book, server):
    run("send", book, *DAY)
    lock = book.with_name(f"~${book.name}")
    lock.touch()
    code, _, err = run("send", book, *DAY, "--approve", "all")
    assert (code, "seems to be open in another program" in err) == (2, True)
    assert server.messages == []


def test_rows_wait_while_the_workbook_is_open_and_none_is_lost(run, book, server, monkeypatch):
    run("send", book, *DAY)
    lock = book.with_name(f"~${book.name}")
    from sendbook.mail.ways.smtp import SmtpWay

    hand_over = SmtpWay.hand_over
    monkeypatch.setattr(SmtpWay, "hand_over", lambda self, mail: (lock.touch(), hand_over(self, mail))[1])  # somebody opens it meanwhile
    _, out, _ = run("send", book, *DAY, "--approve", "all")
    assert "Not yet in Communications" in out
    lock.unlink()
    assert "2 rows added to Communications" in run("send", book, *DAY)[1]
    assert len(communications(book)) == 2
    run("send", book, *DAY)
    assert len(communications(book)) == 2


def test_the_next_write_into_the_workbook_brings_the_rows_that_wait(run, book, tmp_path):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    lock = book.with_name(f"~${book.name}")
    lock.touch()
    assert "Not yet in Communications" in run("send", book, "--was-sent", "all")[1]
    lock.unlink()
    listing = tmp_path / "list.csv"
    listing.write_text("UPN,Legal surname,Legal forename\nX801200000001,Okafor,Amara\nX801200000009,New,Nina\n", encoding="utf-8")
    code, out, _ = run("import", listing, "--into", book, "--write")
    assert (code, "2 rows added to Communications" in out) == (0, True), out
    assert len(communications(book)) == 2


def test_a_run_that_stops_between_writing_the_rows_and_noting_so_writes_none_twice(run, book, server, monkeypatch):
    run("send", book, *DAY)
    from sendbook.mail.outbox import Outbox

    noted = Outbox.mark_logged

    def stopped(self, refs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Outbox, "mark_logged", stopped)
    assert run("send", book, *DAY, "--approve", "all")[0] == 2
    monkeypatch.setattr(Outbox, "mark_logged", noted)
    assert len(communications(book)) == 2
    run("send", book, *DAY)
    assert len(communications(book)) == 2


@pytest.mark.parametrize("certificate", ["stranger", "another", "expired"])
def test_a_wrong_certificate_sends_nothing_and_says_so(run, book, certificate):
    with smtp_server(certificate=certificate) as server:
        write_settings(server.settings(timeout=5))
        run("send", book, *DAY)
        code, _, err = run("send", book, *DAY, "--approve", "all")
        assert (code, "certificate" in err) == (2, True)
        assert server.messages == []
        assert "2 mails wait for approval" in run("send", book, *DAY)[1]  # and nothing was approved either


def test_a_server_that_is_down_leaves_all_as_it_was(run, book):
    with smtp_server() as server:
        write_settings(mail_settings.changed(server.settings(timeout=1), {"smtp.ca_file": ""}))
    run("send", book, *DAY)
    code, _, err = run("send", book, *DAY, "--approve", "all")
    assert (code, "could not be reached" in err) == (2, True), err


def test_a_mail_nobody_knows_of_waits_for_a_person(run, book, own_settings):
    with smtp_server("drop after content") as server:
        write_settings(server.settings(timeout=2).model_copy(update={"per_minute": 600}))
        one, other = refs(run("send", book, *DAY)[1])
        code, out, _ = run("send", book, *DAY, "--approve", "all")
        assert (code, "nobody knows whether it went" in out) == (1, True)
        assert f'sendbook send "{book}" --was-sent MAIL, or --was-not-sent MAIL' in run("send", book, *DAY)[1]
        run("send", book, *DAY, "--approve", "all")
        assert len(server.messages) == 2
    assert "1 noted as sent" in run("send", book, "--was-sent", one)[1]
    assert "1 noted as not sent" in run("send", book, "--was-not-sent", other)[1]
    assert len(communications(book)) == 1
    assert refs(run("send", book, *DAY)[1]) != []


def test_two_runs_at_once(run, book, server, monkeypatch):
    """The second is told, and sends nothing twice."""
    monkeypatch.setattr("sendbook.mail.outbox.PATIENCE", 0.05)
    run("send", book, *DAY)
    code = "from pathlib import Path; from sendbook.mail.outbox import open_outbox; from sys import argv, stdin\n"
    code += "with open_outbox(Path(argv[1])):\n print('has it', flush=True); stdin.read()"
    path = book.with_name("SEND register - outbox.sqlite")
    with subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as other:
        other.stdout.readline()
        for args in (["--approve", "all"], [], ["--withdraw", "all"], ["--log"]):
            exit_code, _, err = run("send", book, *DAY, *args)
            assert (exit_code, "is in use: another run" in err) == (2, True)
        other.stdin.close()
    assert server.messages == []
    assert run("send", book, *DAY, "--approve", "all")[1].startswith("2 mails sent")


def test_where_nobody_is_logged_in_mails_go_all_the_same(run, book, server, monkeypatch):
    def nobody():
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)
    run("send", book, *DAY)
    assert run("send", book, *DAY, "--approve", "all")[0] == 0
    assert "approved by not known" in run("send", book, "--log")[1]


def test_two_workbooks_of_one_name_never_share_an_outbox(run, book, server, tmp_path):
    """One folder for the outboxes of two schools: neither takes back, sends or notes the other's mails."""
    write_settings(mail_settings.read_settings().model_copy(update={"outbox_folder": str(tmp_path)}))
    other = tmp_path / "other" / book.name
    other.parent.mkdir()
    nina = AMARA | {"upn": "X801200000077", "forename": "Nina", "surname": "Novak"}
    write_master(other, ROWS | {Pupil: [nina], Contact: [parent(nina, "Ms Novak", "novak@mail.example")]})
    run("summaries", other, *DAY)
    run("send", book, *DAY)
    for args in ([], ["--approve", "all"]):
        code, _, err = run("send", other, *DAY, *args)
        assert (code, "it is another workbook's" in err) == (2, True), err
    assert run("send", book, *DAY, "--approve", "all")[1].startswith("2 mails sent")
    assert "Not yet in Communications" not in run("send", book, *DAY)[1]
    run("send", other, "--log")
    assert (len(communications(book)), communications(other)) == (2, ())
    assert len(server.messages) == 2


def test_documents_can_be_forgotten(run, book, server):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")
    assert run("send", book, "--forget", "365")[1].startswith("The documents of 0 mails")
    for wrong in ("some", "-1", "99999999999"):
        with pytest.raises(SystemExit):
            run("send", book, "--forget", wrong)


def test_nothing_about_a_child_is_in_the_log(run, book, server, monkeypatch, own_settings):
    run("send", book, *DAY)
    from sendbook.mail.ways.smtp import SmtpWay

    def broken(self, mail):
        raise RuntimeError(f"{mail.address} {mail.message!r}")

    monkeypatch.setattr(SmtpWay, "hand_over", broken)
    code, _, err = run("send", book, *DAY, "--approve", "all")
    log = (own_settings / "sendbook.log").read_text(encoding="utf-8")
    assert (code, "RuntimeError" in log) == (2, True)
    assert not re.search(r"okafor|amara|khan|mail\.example", log + err, re.IGNORECASE)


# --- setting mail up ---
def test_settings_are_shown_changed_and_tried(run, book, own_settings):
    assert "Way: drafts." in run("mail")[1]
    with smtp_server() as server:
        words = [f"smtp.host={server.host}", f"smtp.port={server.port}", "smtp.user=senco", f"smtp.ca_file={server.ca_file}", "way=smtp"]
        code, out, _ = run("mail", "set", *words)
        assert (code, f"Mails are sent through the mail server {server.host}" in out) == (0, True)
        code, out, _ = run("mail", "try", book)
        assert (code, "One mail to try it out was sent through" in out) == (0, True)
        assert [address for address, _ in server.messages] == ["senco@greenfield.example"]
    if os.name == "posix":
        assert (own_settings / "mail.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("words", [["way=pigeon"], ["smtp.port=many"], ["nothing=1"], ["way"], ["smtp.password=x"], ["smtp.security=none"]])
def test_a_setting_that_cannot_be_is_said(run, words):
    code, _, err = run("mail", "set", *words)
    assert code == 2
    assert "Traceback" not in err
    assert Path(mail_settings.MAIL_FILE).exists() is False


def test_settings_beside_a_workbook_are_never_read(run, book):
    """A stranger's folder must not say where the school's mail goes."""
    for name in ("mail.json", ".sendbook/mail.json", "sendbook-templates/mail.json"):
        path = book.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text('{"way": "smtp", "smtp": {"host": "evil.example"}}', encoding="utf-8")
    run("send", book, *DAY)
    assert "put as drafts" in run("send", book, *DAY, "--approve", "all")[1]


def test_the_day_counts(run, tmp_path):
    """Who turns sixteen in between is asked first."""
    path = tmp_path / "SEND register.xlsx"
    write_master(path, ROWS | {Pupil: [AMARA | {"born": date(2010, 11, 25), "year": "11"}, BILAL]})
    run("summaries", path, *DAY)
    assert len(refs(run("send", path, *DAY)[1])) == 2
    _, out, _ = run("send", path, "--today", "2026-11-25", "--approve", "all")
    assert "Stopped: the pupil is 16 or older" in out
