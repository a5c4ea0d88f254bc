"""What typed mail commands do when something is in the way, and what becomes of mails afterwards: rows in Communications, wrong certificates, two runs."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from sendbook.mail import settings as mail_settings
from sendbook.mail.settings import write_settings
from sendbook.tables import Contact, Pupil
from sendbook.workbook.master import write_master
from tests.live import ROOT
from tests.mail.office import AMARA, BILAL, parent
from tests.mail.servers import smtp_server
from tests.mail.typed import DAY, ROWS, communications, refs

pytestmark = pytest.mark.usefixtures("own_settings")


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
        assert f'sendbook send "{book}" --was-sent {one} (where it did not: --was-not-sent)' in run("send", book, *DAY)[1]
        run("send", book, *DAY, "--approve", "all")
        assert len(server.messages) == 2
    assert "1 mail noted as sent" in run("send", book, "--was-sent", one)[1]
    assert "1 mail noted as not sent" in run("send", book, "--was-not-sent", other)[1]
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
    for args in ([], ["--approve", "all"], ["--withdraw", "all"], ["--was-sent", "all"], ["--log"], ["--forget", "0"]):
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


def test_a_workbook_that_is_not_there_is_said_to_be_not_there(run, book):
    code, _, err = run("send", book.with_name("Regster.xlsx"), *DAY, "--approve", "all")
    assert (code, "There is no file Regster.xlsx in" in err) == (2, True)


def test_settings_are_listed(run):
    _, out, _ = run("mail", "set")
    assert "smtp.host: " in out
    assert "outbox_folder: " in out


def test_documents_are_forgotten_of_all_pupils_or_none(run, book):
    run("send", book, *DAY)
    assert run("send", book, *DAY, "--pupil", "X801200000001", "--forget", "1")[0] == 2
