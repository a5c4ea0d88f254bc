"""What doctor says: of a computer where all is in place, and of each thing that can be missing or wrong."""

import plistlib
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from sendbook import __version__, cli
from sendbook.addin.build import macro_workbook
from sendbook.addin.doctor import APP_PATH, CLICK_TO_RUN, Line, Mark, examine, is_well, summed_up
from sendbook.addin.install import install
from sendbook.addin.places import WINDOWS, Places, Ran, System
from sendbook.addin.settings_file import as_bytes, read_settings
from sendbook.addin.trust import trusted
from sendbook.workbook.master import blank_rows
from tests.addin.systems import MADE, VERSION, Registry, build, everything, mac, other_addin, place, windows
from tests.workbook.files import cell, changed, good

both = pytest.mark.parametrize("make", MADE.values(), ids=MADE)
USER = r"HKCU\Software\Microsoft\Office\16.0"
POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0"
RUNS = Ran(0, f"{__version__} {VERSION}\n", "")


def with_excel(system: System) -> System:
    """The computer with Excel and with a Python that answers."""
    if system.name == WINDOWS:
        program = system.home.parents[1] / "Program Files" / "Office16" / "EXCEL.EXE"
        program.parent.mkdir(parents=True)
        program.write_bytes(b"MZ")
        registry = Registry({
            ("HKLM" + APP_PATH, ""): str(program), (CLICK_TO_RUN, "VersionToReport"): "16.0.18129.20158", (CLICK_TO_RUN, "Platform"): "x64",
            (USER + r"\Excel\Security\Trusted Locations\Location2", "Path"): str(place(system).start_up),
        })  # fmt: skip
        system = replace(system, registry=registry)
    else:
        contents = system.root / "Applications" / "Microsoft Excel.app" / "Contents"
        contents.mkdir(parents=True)
        (contents / "Info.plist").write_bytes(plistlib.dumps({"CFBundleShortVersionString": "16.91"}))
    return replace(system, run=lambda command, seconds: RUNS)


def ready(make, tmp: Path) -> System:
    """All in place."""
    system = with_excel(make(tmp))
    install(system, build)
    return system


def lines(system: System, book: Path | None = None) -> dict[str, Line]:
    found = list(examine(system, book))
    assert len({line.what for line in found}) == len(found)
    for line in found:
        assert "\n" not in str(line)
        assert line.mark is not Mark.WRONG or line.todo or line.what == "Workbook"
        assert line.mark is not Mark.MISSING or line.todo
    return {line.what: line for line in found}


def bad(system: System, book: Path | None = None) -> dict[str, Mark]:
    return {what: line.mark for what, line in lines(system, book).items() if line.mark not in (Mark.OK, Mark.NOTE)}


# --- all well, and nothing there ---
def test_on_windows_with_all_in_place(tmp_path):
    system = ready(windows, tmp_path)
    found = lines(system)
    assert bad(system) == {}
    assert list(found) == [
        "Computer", "Excel", "Add-in", "Settings", "Python", "xlwings", "Command prompt", "Macros", "Other copies", "Mail", "Log",
    ]  # fmt: skip
    assert "16.0.18129.20158, 64-bit" in found["Excel"].said
    assert f"version {__version__}" in found["Add-in"].said
    assert "drafts" in found["Mail"].said
    assert str(place(system).log) in found["Log"].said
    assert is_well(list(found.values()))
    assert summed_up(list(found.values())) == "All that is needed is in place."


def test_on_a_mac_with_all_in_place_macros_cannot_be_known(tmp_path):
    system = ready(mac, tmp_path)
    found = lines(system)
    assert bad(system) == {"Macros": Mark.UNKNOWN}
    assert "16.91" in found["Excel"].said
    assert is_well(list(found.values()))
    assert "could not be found out" in summed_up(list(found.values()))


@both
def test_on_a_bare_computer(tmp_path, make):
    system = make(tmp_path)
    before = everything(tmp_path)
    found = bad(system)
    assert found["Excel"] is found["Add-in"] is found["Settings"] is Mark.MISSING
    assert found["Python"] is Mark.UNKNOWN
    assert not is_well(list(lines(system).values()))
    assert everything(tmp_path) == before, "looking changes nothing"


def test_on_linux(tmp_path):
    system = windows(tmp_path, name="Linux")
    assert bad(system) == {"Computer": Mark.MISSING}


# --- each thing that can be wrong ---
def settings_with(system: System, **changes: str | None) -> None:
    path = place(system).settings
    found = (read_settings(path, system) or {}) | {
        key.replace("_", " ") if key == "USE_UDF_SERVER" else key: v for key, v in changes.items()
    }
    path.write_bytes(as_bytes({k: v for k, v in found.items() if v is not None}, system))


def registry(system: System, *key: str, value: object) -> System:
    return replace(system, registry=Registry({**system.registry, key: value}))


def addin_of(system: System, **changes: str) -> None:
    build(place(system).addin, (read_settings(place(system).settings, system) or {}) | changes)


def interpreter(system: System) -> Path:
    return Path(system.interpreter)


BOTH = {
    "add-in gone": (lambda s: place(s).addin.unlink(), "Add-in", Mark.MISSING, "no Sendbook.xlam"),
    "add-in not ours": (lambda s: other_addin(place(s).addin), "Add-in", Mark.WRONG, "not Sendbook's"),
    "add-in without settings": (lambda s: other_addin(place(s).addin, "Sendbook"), "Add-in", Mark.UNKNOWN, "cannot be read"),
    "add-in of another version": (lambda s: addin_of(s, SENDBOOK_VERSION="0.0.1"), "Add-in", Mark.WRONG, "0.0.1"),
    "add-in for another xlwings": (lambda s: addin_of(s, XLWINGS_VERSION="0.30"), "Add-in", Mark.WRONG, "xlwings 0.30"),
    "add-in for another Python": (
        lambda s: addin_of(s, INTERPRETER_WIN="/other/python", INTERPRETER_MAC="/other/python"), "Add-in", Mark.WRONG, "/other/python"),
    "settings gone": (lambda s: place(s).settings.unlink(), "Settings", Mark.MISSING, "sendbook.conf"),
    "settings that are none": (lambda s: place(s).settings.write_bytes(b"\0\1"), "Settings", Mark.UNKNOWN, "no setting"),
    "settings without Python": (lambda s: place(s).settings.write_bytes(b'"A","B"\r\n'), "Settings", Mark.WRONG, "names no Python"),
    "Python gone": (lambda s: interpreter(s).unlink(), "Settings", Mark.WRONG, "is gone"),
    "settings of another version": (lambda s: settings_with(s, SENDBOOK_VERSION="0.0.1"), "Settings", Mark.WRONG, "0.0.1"),
}  # fmt: skip


@both
@pytest.mark.parametrize("case", BOTH.values(), ids=BOTH)
def test_what_can_be_wrong_on_both(tmp_path, make, case):
    do, what, mark, words = case
    system = ready(make, tmp_path)
    do(system)
    line = lines(system)[what]
    assert line.mark is mark
    assert words in line.said
    assert not is_well([line]) or mark is Mark.UNKNOWN


def raising(error: Exception):
    def run(command, seconds):
        raise error

    return run


PYTHON = {
    "slow": (raising(subprocess.TimeoutExpired("python", 60)), Mark.WRONG, "60 seconds"),
    "not to be started": (raising(PermissionError(13, "Access is denied")), Mark.WRONG, "Access is denied"),
    "without Sendbook": (
        lambda c, s: Ran(1, "", "Traceback\nModuleNotFoundError: No module named 'sendbook'\n"),
        Mark.WRONG,
        "No module named",
    ),
    "that says nothing": (lambda c, s: Ran(9009, "", ""), Mark.WRONG, "no reason given"),
    "of another version": (lambda c, s: Ran(0, f"0.0.1 {VERSION}\n", ""), Mark.WRONG, "0.0.1"),
    "with odd answers": (lambda c, s: Ran(0, "", ""), Mark.WRONG, "unknown"),
    "with a fault in us": (raising(ZeroDivisionError()), Mark.UNKNOWN, "ZeroDivisionError"),
}


@pytest.mark.parametrize(("run", "mark", "words"), PYTHON.values(), ids=PYTHON)
def test_a_python(tmp_path, run, mark, words):
    line = lines(replace(ready(windows, tmp_path), run=run))["Python"]
    assert line.mark is mark
    assert words in line.said


def test_which_python_is_asked_and_how(tmp_path):
    asked = []
    system = ready(windows, tmp_path)
    lines(replace(system, run=lambda command, seconds: (asked.append((command, seconds)), RUNS)[1]))
    assert [(command[0], command[-1].partition(";")[0]) for command, _ in asked] == [(system.interpreter, "import sendbook, xlwings")]
    assert asked[0][1] <= 60


def test_a_python_in_onedrive_is_said(tmp_path):
    system = ready(windows, tmp_path)
    line = lines(replace(system, env={**system.env, "OneDrive": str(tmp_path / "Sendbook")}))["Python"]
    assert line.mark is Mark.OK
    assert "Always keep on this device" in line.said


@pytest.mark.parametrize(("warm", "mark"), [("True", Mark.MISSING), ("False", Mark.OK)])
def test_without_the_dll(tmp_path, warm, mark):
    system = ready(windows, tmp_path)
    for dll in interpreter(system).parents[1].glob("*.dll"):
        dll.unlink()
    settings_with(system, USE_UDF_SERVER=warm)
    assert lines(system)["xlwings"].mark is mark


def test_a_dll_that_is_not_used_is_said(tmp_path):
    system = ready(windows, tmp_path)
    settings_with(system, USE_UDF_SERVER="False")
    assert "sendbook install" in lines(system)["xlwings"].said


def test_the_applescript(tmp_path):
    system = ready(mac, tmp_path)
    place(system).script.write_bytes(b"other")
    assert lines(system)["AppleScript"].mark is Mark.WRONG
    place(system).script.unlink()
    assert lines(system)["AppleScript"].mark is Mark.MISSING


def test_excel_that_the_registry_names_and_is_gone(tmp_path):
    system = ready(windows, tmp_path)
    Path(system.registry("HKLM" + APP_PATH, "")).unlink()
    assert lines(system)["Excel"].mark is Mark.MISSING


def test_an_add_in_that_only_the_store_sees(tmp_path):
    system = replace(ready(windows, tmp_path), real=lambda path: r"C:\U\AppData\Local\Packages\Python\LocalCache\Roaming\Sendbook.xlam")
    line = lines(system)["Add-in"]
    assert line.mark is Mark.WRONG
    assert "Microsoft Store" in line.said


def test_a_run_that_was_killed_is_said(tmp_path):
    system = windows(tmp_path)
    (place(system).start_up / ".sendbook-abcd1234.xlam").write_bytes(b"half")
    assert "half-way" in lines(system)["Add-in"].said


def test_another_copy_in_excels_other_folders(tmp_path):
    system = ready(windows, tmp_path)
    (tmp_path / "alt").mkdir()
    system = registry(system, USER + r"\Excel\Options", "AltStartup", value=str(tmp_path / "alt"))
    assert lines(system)["Other copies"].mark is Mark.OK
    (tmp_path / "alt" / "Sendbook.xlam").write_bytes(b"")
    assert lines(system)["Other copies"].mark is Mark.WRONG


# --- what Excel allows ---
LISTED = (USER + r"\Excel\Security\Trusted Locations\Location2", "Path")
SECURITY = r"\Excel\Security"
TRUSTED = SECURITY + r"\Trusted Locations"
MACROS = {
    "trusted, all else blocked": ({(USER + SECURITY, "VBAWarnings"): 4}, Mark.OK),
    "trusted by its variable": ({LISTED: "%AppData%\\Microsoft/Excel/xlstart/"}, Mark.OK),
    "not listed, the usual setting": ({LISTED: None}, Mark.UNKNOWN),
    "not listed, only signed": ({LISTED: r"C:\other", (POLICY + SECURITY, "VBAWarnings"): 3}, Mark.UNKNOWN),
    "not listed, all run": ({LISTED: None, (USER + SECURITY, "VBAWarnings"): 1}, Mark.OK),
    "locations off": ({(POLICY + TRUSTED, "AllLocationsDisabled"): 1}, Mark.UNKNOWN),
    "locations off, all blocked": ({(POLICY + TRUSTED, "AllLocationsDisabled"): 1, (POLICY + SECURITY, "VBAWarnings"): 4}, Mark.WRONG),
    "a policy before the user": (
        {(POLICY + TRUSTED, "AllLocationsDisabled"): 1, (POLICY + SECURITY, "VBAWarnings"): 4, (USER + SECURITY, "VBAWarnings"): 1}, Mark.WRONG),
    "a policy that allows": ({(POLICY + TRUSTED, "AllLocationsDisabled"): 0, (USER + TRUSTED, "AllLocationsDisabled"): 1}, Mark.OK),
    "VBA off": ({(r"HKLM\Software\Policies\Microsoft\Office\16.0\Common", "VBAOff"): 1}, Mark.WRONG),
    "add-ins off": ({(USER + SECURITY, "DisableAllAddins"): 1}, Mark.WRONG),
    "add-ins signed": ({(r"HKCU\Software\Policies\Microsoft\Cloud\Office\16.0" + SECURITY, "RequireAddinSig"): 1}, Mark.WRONG),
    "at start-up signed": ({(POLICY + r"\Common\Security", "RequireAlwaysOnMacroSig"): 1}, Mark.WRONG),
    "no registry": ({(USER + SECURITY, "VBAWarnings"): PermissionError(5, "Access is denied")}, Mark.UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize(("values", "mark"), MACROS.values(), ids=MACROS)
def test_macros(tmp_path, values, mark):
    system = ready(windows, tmp_path)
    for key, value in values.items():
        system = registry(system, *key, value=value)
    assert lines(system)["Macros"].mark is mark


@pytest.mark.parametrize(("allowed", "safe"), [(None, False), (1, True)])
def test_a_start_up_folder_on_a_server_is_trusted_only_where_that_is_allowed(tmp_path, allowed, safe):
    share = r"\\server\zoe\AppData\Microsoft\Excel\XLSTART"
    values = {LISTED: share, (USER + TRUSTED, "AllowNetworkLocations"): allowed}
    assert trusted(windows(tmp_path, registry=Registry(values)), Places(Path(share), tmp_path, tmp_path)) is safe


@pytest.mark.parametrize("value", [1, 2])
def test_without_a_command_prompt(tmp_path, value):
    system = registry(ready(windows, tmp_path), r"HKCU\Software\Policies\Microsoft\Windows\System", "DisableCMD", value=value)
    assert bad(system) == {"Command prompt": Mark.WRONG}


@both
def test_whatever_fails_the_other_lines_come(tmp_path, make):
    """A registry that may not be read, a program that cannot be run, places that cannot be told."""
    system = ready(make, tmp_path)

    def no(*_):
        raise OSError(5, "Input/output error")

    broken = replace(
        system, registry=no, run=no, real=no, env={"APPDATA": str(tmp_path / "gone")}, home=tmp_path / "gone", xlwings=tmp_path
    )
    found = lines(broken)
    assert found["Mail"].mark is Mark.OK
    assert len(found) == len(lines(system))


# --- the workbook ---
def test_a_workbook_that_is_well(tmp_path):
    system, book = ready(windows, tmp_path), good(tmp_path)
    found = lines(system, book)
    assert bad(system, book) == {}
    assert found["Workbook"].said == f"{book.name} can be read."


def test_a_workbook_with_cells_that_cannot_be_read(tmp_path):
    book = good(tmp_path)
    changed(book, cell("Pupils", "I5", "31/02/2015"))
    line = lines(ready(windows, tmp_path), book)["Workbook"]
    assert line.mark is Mark.OK
    assert "sendbook check" in line.todo


def test_a_workbook_that_is_open(tmp_path):
    book = good(tmp_path)
    book.with_name(f"~${book.name}").write_bytes(b"")
    found = lines(ready(windows, tmp_path), book)
    assert found["Workbook"].mark is found["Inside the workbook"].mark is Mark.UNKNOWN
    assert "open in Excel" in found["Workbook"].said
    assert found["Beside the workbook"].mark is Mark.OK


@pytest.mark.parametrize("name", ["none.xlsx", "text.xlsx", "folder"])
def test_a_workbook_that_is_none(tmp_path, name):
    (tmp_path / "text.xlsx").write_text("hello", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    assert lines(ready(windows, tmp_path), tmp_path / name)["Workbook"].mark is Mark.WRONG


def test_settings_that_a_stranger_put_beside_the_workbook(tmp_path):
    book = good(tmp_path)
    (tmp_path / "sendbook.conf").write_bytes(b'"INTERPRETER_WIN","evil.exe"\r\n')
    assert bad(ready(windows, tmp_path), book) == {"Beside the workbook": Mark.WRONG}


def test_our_own_settings_are_no_strangers(tmp_path):
    system = ready(windows, tmp_path)
    assert lines(system, good(place(system).own))["Beside the workbook"].mark is Mark.OK


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("sheet", ["sendbook.conf", "Sendbook.CONF", "xlwings.conf", "XLWings.CONF", "other.conf", "code.py"])
def test_settings_or_code_inside_the_workbook(tmp_path, sheet, hidden):
    path = tmp_path / "book.xlsx"
    book = Workbook(str(path))
    book.add_worksheet("Pupils").write(0, 0, "UPN")
    added = book.add_worksheet(sheet)
    if hidden:
        added.very_hidden()
    book.close()
    line = lines(ready(windows, tmp_path), path)["Inside the workbook"]
    assert line.mark is Mark.WRONG
    assert sheet in line.said


@pytest.mark.parametrize(("settings", "mark"), [({"SHOW CONSOLE": "False"}, Mark.OK), ({"INTERPRETER": "evil.exe"}, Mark.WRONG)])
def test_a_register_that_carries_our_macros_has_our_settings(tmp_path, monkeypatch, settings, mark):
    builder = SimpleNamespace(default_settings=lambda interpreter: {"SHOW CONSOLE": "False"})
    monkeypatch.setitem(sys.modules, "sendbook.addin.build", builder)
    build(tmp_path / "register.xlsm", settings)
    assert lines(ready(windows, tmp_path), tmp_path / "register.xlsm")["Inside the workbook"].mark is mark


def test_a_register_that_carries_our_macros_is_not_let_off_other_settings(tmp_path):
    macro_workbook(tmp_path / "ours.xlsm", blank_rows(date(2026, 11, 24)))
    system = ready(windows, tmp_path)
    assert lines(system, tmp_path / "ours.xlsm")["Inside the workbook"].mark is Mark.OK
    book = load_workbook(tmp_path / "ours.xlsm", keep_vba=True)
    book.create_sheet("XLwings.conf").sheet_state = "veryHidden"
    book.save(tmp_path / "theirs.xlsm")
    line = lines(system, tmp_path / "theirs.xlsm")["Inside the workbook"]
    assert line.mark is Mark.WRONG
    assert "XLwings.conf" in line.said


# --- the commands ---
@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command on a computer of the test's; give its exit code and what it said on both streams."""

    def command(system, *args):
        monkeypatch.setattr("sendbook.addin.places.here", lambda: system)
        monkeypatch.setattr("sendbook.addin.install._build", build)
        code = cli.main([str(a) for a in args])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@both
def test_the_commands_from_beginning_to_end(tmp_path, make, run):
    system = with_excel(make(tmp_path))
    assert run(system, "doctor")[0] == 1
    code, out, err = run(system, "install")
    assert (code, err) == (0, "")
    assert str(place(system).addin) in out
    code, out, err = run(system, "doctor", good(tmp_path))
    assert (code, err) == (0, "")
    assert "ok       Add-in: " in out
    assert "All that is needed is in place." in out
    assert run(system, "uninstall")[0] == 0
    assert run(system, "doctor")[0] == 1
    assert run(system, "uninstall")[0] == 0


def test_the_commands_on_linux(tmp_path, run):
    system = windows(tmp_path, name="Linux")
    for command in ("install", "uninstall"):
        code, out, err = run(system, command)
        assert (code, out) == (2, "")
        assert "no Excel on Linux" in err
    assert run(system, "doctor")[0] == 1
    code, out, _ = run(system, "addin", "build", tmp_path / "Sendbook.xlam")
    assert code == 0
    assert (tmp_path / "Sendbook.xlam").exists()
    assert "XLSTART" in out


def test_addin_build_goes_to_this_folder_by_itself(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(windows(tmp_path), "addin", "build")[0] == 0
    assert (tmp_path / "Sendbook.xlam").exists()
