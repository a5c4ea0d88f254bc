"""Installing and taking away, on computers of both kinds, and in situations that go wrong."""

import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from sendbook.addin.install import install, uninstall, write_addin
from sendbook.addin.places import Ran
from sendbook.workbook.results import title_of
from sendbook.workbook.safe import CannotDo
from tests.addin.systems import MADE, VERSION, build, everything, mac, other_addin, place, windows

both = pytest.mark.parametrize("make", MADE.values(), ids=MADE)


def as_windows_keeps_open_files(monkeypatch, held: Path) -> None:
    """A file that Excel has open can be neither replaced nor removed."""
    replace_file, unlink = Path.replace, Path.unlink

    def refusing_replace(self, target):
        if Path(target) == held:
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return replace_file(self, target)

    def refusing_unlink(self, missing_ok=False):
        if self == held:
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return unlink(self, missing_ok)

    monkeypatch.setattr(Path, "replace", refusing_replace)
    monkeypatch.setattr(Path, "unlink", refusing_unlink)


# --- install ---
@both
def test_install_puts_each_thing_in_its_place_and_uninstall_leaves_nothing(tmp_path, make):
    system = make(tmp_path)
    before = everything(tmp_path)
    done = install(system, build)
    places = place(system)
    new = {tmp_path / name for name in everything(tmp_path).keys() - before.keys()}
    assert new == {p for p in (places.addin, places.settings, places.script, places.receipt) if p}
    assert title_of(places.addin) == "Sendbook"
    assert str(places.addin) in done.words
    assert "tab, Sendbook" in done.words
    assert done.whole
    gone = uninstall(system)
    assert everything(tmp_path) == before
    assert gone.whole
    assert not places.own.exists()
    assert "nothing to take away" in uninstall(system).words
    assert everything(tmp_path) == before


@both
def test_the_settings_are_in_the_add_in_and_in_the_file(tmp_path, make):
    given = {}
    system = make(tmp_path)
    install(system, lambda path, settings: (given.update(settings), build(path, settings))[1])
    assert system.interpreter in given.values()
    assert all(f'"{key}","{value}"' in place(system).settings.read_text(encoding="cp1252") for key, value in given.items())


@both
def test_installing_again_replaces_what_is_older_and_changes_nothing_else(tmp_path, make):
    system = make(tmp_path)
    install(system, build)
    other_addin(place(system).addin, "Sendbook")
    place(system).settings.write_bytes(b'"INTERPRETER_WIN","old"\r\n"INTERPRETER_MAC","old"\r\n"SHOW CONSOLE","True"\r\n')
    install(system, build)
    with zipfile.ZipFile(place(system).addin) as package:
        assert "xl/workbook.xml" in package.namelist(), "the older one had none"
    text = place(system).settings.read_text(encoding="cp1252")
    assert system.interpreter in text
    assert '"SHOW CONSOLE","True"' in text


@both
@pytest.mark.parametrize("kind", ["add-in", "text", "folder"])
def test_what_is_not_ours_is_not_overwritten(tmp_path, make, kind):
    system = make(tmp_path)
    addin = place(system).addin
    if kind == "folder":
        addin.mkdir(parents=True)
    else:
        other_addin(addin)
        if kind == "text":
            addin.write_text("hello", encoding="utf-8")
    before = everything(tmp_path)
    with pytest.raises(CannotDo, match="did not make it"):
        install(system, build)
    assert everything(tmp_path) == before


def test_an_add_in_open_in_excel_is_said(tmp_path):
    system = windows(tmp_path)
    install(system, build)
    before = everything(tmp_path)
    place(system).addin.with_name("~$Sendbook.xlam").write_bytes(b"")
    with pytest.raises(CannotDo, match="open in another program"):
        install(system, build)
    place(system).addin.with_name("~$Sendbook.xlam").unlink()
    assert everything(tmp_path) == before


def test_an_add_in_that_windows_holds_is_said_and_the_old_one_stays(tmp_path, monkeypatch):
    system = windows(tmp_path)
    install(system, build)
    addin = place(system).addin
    old = addin.read_bytes()
    as_windows_keeps_open_files(monkeypatch, addin)
    with pytest.raises(CannotDo, match="open in Excel, close it"):
        install(system, lambda path, settings: other_addin(path, "Sendbook") and None)
    assert addin.read_bytes() == old
    assert [p.name for p in addin.parent.iterdir()] == ["Sendbook.xlam"]
    done = uninstall(system)
    assert not done.whole
    assert "Close Excel" in done.words
    assert place(system).receipt.exists(), "a second try must still know what is ours"
    monkeypatch.undo()
    assert uninstall(system).whole
    assert not addin.exists()
    assert not place(system).own.exists()


def test_without_a_start_up_folder_one_is_made(tmp_path):
    system = windows(tmp_path)
    place(system).start_up.rmdir()
    place(system).start_up.parent.rmdir()
    install(system, build)
    assert place(system).addin.exists()


@both
def test_a_folder_that_may_not_be_written_is_said(tmp_path, make, monkeypatch):
    system = make(tmp_path)
    start_up = place(system).start_up
    monkeypatch.setattr("tempfile.mkstemp", refusing(start_up))
    with pytest.raises(CannotDo) as refused:
        install(system, build)
    assert ("Full Disk Access" if make is mac else "looks after the folder") in str(refused.value)


def refusing(folder):
    import tempfile

    make = tempfile.mkstemp

    def mkstemp(*args, dir=None, **options):  # noqa: A002 - as the original has it
        if dir and Path(dir) == folder:
            raise PermissionError(13, "Operation not permitted")
        return make(*args, dir=dir, **options)

    return mkstemp


@pytest.mark.parametrize("missing", ["Containers/com.microsoft.Excel/Data", "Group Containers/UBF8T346G9.Office"])
def test_on_a_mac_where_excel_was_never_opened_nothing_is_made(tmp_path, missing):
    system = mac(tmp_path)
    (system.home / "Library" / missing).rmdir()
    before = everything(tmp_path)
    with pytest.raises(CannotDo, match="Open Excel once"):
        install(system, build)
    assert everything(tmp_path) == before


def test_the_builders_refusal_is_passed_on_and_nothing_is_left(tmp_path):
    def refuse(path, settings):
        path.write_bytes(b"half")
        raise CannotDo("No macros here.")

    before = everything(tmp_path / "Users")
    with pytest.raises(CannotDo, match="No macros here"):
        install(windows(tmp_path), refuse)
    assert everything(tmp_path / "Users") == before


@both
def test_a_python_that_will_not_last_is_refused_before_anything_is_written(tmp_path, make):
    system = make(tmp_path)
    before = everything(tmp_path)
    with pytest.raises(CannotDo, match="uv run sendbook install"):
        install(replace(system, interpreter="/x/uv/archive-v0/abc/bin/python"), build)
    assert everything(tmp_path) == before


# --- killed half-way ---
@both
def test_killed_at_any_file_and_installed_again_is_a_whole_installation(tmp_path, make, monkeypatch):
    """Stopped before each file in turn, as by the power going: what is there is old or new, and install finishes the work."""
    system = make(tmp_path)
    before = everything(tmp_path)
    for stop_at in range(1, 10):
        with monkeypatch.context() as patch:
            stopped = killed_at(patch, stop_at)
            try:
                install(system, build)
            except Killed:
                assert stopped
        install(system, build)
        assert title_of(place(system).addin) == "Sendbook"
        assert not list(place(system).start_up.glob(".sendbook-*"))
        uninstall(system)
        assert everything(tmp_path) == before
        assert not place(system).own.exists()


class Killed(BaseException):
    pass


def killed_at(patch, number: int) -> list[int]:
    """Stop at the replacing of a file, and leave the temporary file there, as a killed run would."""
    replace_file, unlink, count, stopped = Path.replace, Path.unlink, [0], []

    def killing(self, target):
        count[0] += 1
        if count[0] == number:
            stopped.append(number)
            raise Killed
        return replace_file(self, target)

    patch.setattr(Path, "replace", killing)
    patch.setattr(Path, "unlink", lambda self, missing_ok=False: None if stopped else unlink(self, missing_ok))
    return stopped


def test_a_list_of_what_was_written_that_is_damaged_costs_only_knowledge(tmp_path):
    system = windows(tmp_path)
    install(system, build)
    for content in ("{", "[]", '{"written by sendbook install": 7}', '{"written by sendbook install": [1]}', "\0"):
        place(system).receipt.write_text(content, encoding="utf-8")
        assert "Left" in uninstall(system).words
        assert place(system).addin.exists()
    install(system, build)
    assert uninstall(system).whole
    assert not place(system).own.exists()


# --- Python from the Microsoft Store ---
def store(system, works: bool):
    """Windows as a program from the Store sees it: what it writes to AppData is its own; robocopy writes for all."""
    private = r"C:\Users\Zoe\AppData\Local\Packages\PythonSoftwareFoundation.Python.3.11_q\LocalCache\Roaming\Sendbook.xlam"
    seen, ran = set(), []

    def run(command, seconds):
        ran.append(command)
        if not works:
            raise FileNotFoundError(2, "no such program")
        assert command[0] == "robocopy.exe"
        source, target = Path(command[1]) / command[3], Path(command[2]) / command[3]
        target.write_bytes(source.read_bytes())
        seen.add(target)
        return Ran(1, "", "")

    return replace(system, run=run, real=lambda path: str(path) if path in seen else private), ran


def test_python_from_the_store_has_windows_copy_the_add_in(tmp_path):
    system, ran = store(windows(tmp_path), works=True)
    done = install(system, build)
    assert len(ran) == 1
    assert done.whole
    assert place(system).addin.exists()
    assert not place(system).spare.exists()
    uninstall(system)
    assert not place(system).addin.exists()
    assert not place(system).own.exists()


def test_where_that_fails_the_last_step_is_told_and_the_add_in_lies_ready(tmp_path):
    system, _ = store(windows(tmp_path), works=False)
    done = install(system, build)
    assert not done.whole
    assert "One step is left" in done.words
    assert title_of(place(system).spare) == "Sendbook"
    assert not place(system).addin.exists()
    uninstall(system)
    assert not place(system).own.exists()


# --- what is said ---
def test_slow_clicks_and_onedrive_are_said(tmp_path):
    system = windows(tmp_path, xlwings_version="0.38.0")
    system = replace(system, env={**system.env, "OneDriveCommercial": str(tmp_path / "Sendbook")})
    words = install(system, build).words
    assert "some seconds" in words
    assert "Always keep on this device" in words
    quick = install(windows(tmp_path), build).words
    assert "some seconds" not in quick
    assert "OneDrive" not in quick


# --- uninstall ---
@both
def test_what_somebody_changed_or_made_is_left_and_named(tmp_path, make):
    system = make(tmp_path)
    install(system, build)
    places = place(system)
    mine = places.start_up / "My macros.xlam"
    other_addin(mine)
    with places.settings.open("ab") as file:
        file.write(b'"SHOW CONSOLE","True"\r\n')
    places.own.mkdir(exist_ok=True)
    (places.own / "notes.txt").write_text("mine", encoding="utf-8")
    done = uninstall(system)
    assert done.whole
    assert not places.addin.exists()
    assert f"Left: {places.settings}" in done.words
    assert "notes.txt" in done.words
    assert mine.exists()
    assert places.settings.exists()
    assert places.receipt.exists(), "a change that is undone makes the file ours again"
    again = uninstall(system)
    assert again.whole
    assert f"Left: {places.settings}" in again.words


def test_settings_with_lines_of_somebody_else_stay_even_after_another_install(tmp_path):
    system = windows(tmp_path)
    place(system).own.mkdir()
    place(system).settings.write_bytes(b'"SHOW CONSOLE","True"\r\n')
    install(system, build)
    uninstall(system)
    assert b"SHOW CONSOLE" in place(system).settings.read_bytes()


@both
def test_an_add_in_put_there_by_hand_is_left(tmp_path, make):
    system = make(tmp_path)
    other_addin(place(system).addin, "Sendbook")
    assert str(place(system).addin) in uninstall(system).words
    assert place(system).addin.exists()


def test_an_applescript_that_was_there_before_is_the_users(tmp_path):
    system = mac(tmp_path)
    script = place(system).script
    script.parent.mkdir(parents=True)
    script.write_bytes((system.xlwings / script.name).read_bytes())
    install(system, build)
    uninstall(system)
    assert script.exists()


def test_the_applescript_of_an_older_xlwings_goes_too_and_others_stay(tmp_path):
    system = mac(tmp_path)
    install(system, build)
    newer = replace(system, xlwings_version="0.38.0")
    (system.xlwings / "xlwings-0.38.0.applescript").write_bytes(b"newer\n")
    install(newer, build)
    scripts = place(system).script.parent
    (scripts / "xlwings-0.30.0.applescript").write_bytes(b"another program's\n")
    assert "0.30.0" not in uninstall(newer).words
    assert [p.name for p in scripts.iterdir()] == ["xlwings-0.30.0.applescript"]


@both
def test_the_log_goes_with_our_folder_and_stays_with_others_files(tmp_path, make):
    system = make(tmp_path)
    for name in ("", "mine.txt"):
        install(system, build)
        place(system).log.write_text("x", encoding="utf-8")
        if name:
            (place(system).own / name).write_text("x", encoding="utf-8")
        uninstall(system)
        assert place(system).log.exists() is bool(name)


def test_linux_has_nothing_to_install_or_take_away(tmp_path):
    system = windows(tmp_path, name="Linux")
    for do in (lambda: install(system, build), lambda: uninstall(system)):
        with pytest.raises(CannotDo, match="no Excel"):
            do()


# --- for IT staff ---
def test_the_add_in_as_a_file(tmp_path):
    done = write_addin(windows(tmp_path), tmp_path / "Sendbook", build)
    assert title_of(tmp_path / "Sendbook.xlam") == "Sendbook"
    assert "XLSTART" in done.words
    assert str(tmp_path / "Sendbook.xlam") in done.words


@pytest.mark.parametrize(("name", "words"), [("register.xlsx", "does not end in .xlam"), ("theirs.xlam", "did not make it")])
def test_the_add_in_as_a_file_overwrites_nothing(tmp_path, name, words):
    other_addin(tmp_path / name)
    before = (tmp_path / name).read_bytes()
    with pytest.raises(CannotDo, match=words):
        write_addin(windows(tmp_path), tmp_path / name, build)
    assert (tmp_path / name).read_bytes() == before


def test_what_was_written_is_listed_by_fingerprint_only(tmp_path):
    system = windows(tmp_path)
    install(system, build)
    listed = json.loads(place(system).receipt.read_text(encoding="utf-8"))["written by sendbook install"]
    assert len(listed) == 2
    assert os.sep not in "".join(listed)
    assert VERSION not in "".join(listed)
