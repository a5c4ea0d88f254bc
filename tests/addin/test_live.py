"""The macros run, in LibreOffice: what each button calls, and which workbooks are not let through.

LibreOffice is not Excel: it knows no Excel tables and no ribbon, and cannot read xlwings' whole module. So in this
build IsRegister looks for sheets of those names, and of xlwings there is what the guards ask; RunPython starts Python.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter

from sendbook.addin.build import macro_workbook
from sendbook.addin.sources import own_modules, read_module, xlwings_modules
from sendbook.addin.vba import STANDARD, Module
from sendbook.workbook.master import blank_rows
from tests.addin.test_build import TODAY
from tests.addin.test_ribbon import ALWAYS, CALLS, WORKERS
from tests.live import need, soffice

OFFICE = Path(__file__).with_name("office.py")
AS_XLWINGS = (
    "GetDirectoryConfigFilePath",
    "FileExists",
    "FileExistsOnWindows",
    "FileOrFolderExistsOnMac",
    "GetDirectory",
    "GetFullName",
    "SheetExists",
)
STANDS_IN = Path(__file__).with_name("stand_in.bas")
# In the place of sendbook.ribbon: each function writes down that it was called, and with what.
HEARS = """
import os, sys
from pathlib import Path
def __getattr__(name):
    def heard(*given):
        given = [bytes.fromhex(g).decode("utf-16-le") for g in given]
        Path(os.environ["HEARD"], f"{name}-{os.getpid()}").write_text(repr([name, *given]), encoding="utf-8")
    return heard
"""
LIST = '/lists/it\'s "né" ; import os %PATH% Wałęsa 😀.csv'
OF_THE_BUTTONS = sorted(WORKERS)
STATE = ["call", "xlwings.StateOfExcel"]
REFUSAL, CHECK = ["call", "SendbookGuard.SendbookRefusal", True], ["call", "SendbookButtons.SendbookCheck"]


def modules() -> list[Module]:
    """The add-in's own, with what LibreOffice needs otherwise."""
    functions = {m[1]: m[0] for m in FUNCTION.finditer(xlwings_modules()[0].source)}
    text = read_module(STANDS_IN).source.replace("{python}", sys.executable) + "".join(functions[n] for n in AS_XLWINGS)
    return [Module("xlwings", STANDARD, text), *map(by_sheets, own_modules())]


FUNCTION = re.compile(r"^(?:Public |Private )?Function (\w+)\(.*?^End Function\r\n", re.DOTALL | re.MULTILINE)


def by_sheets(module: Module) -> Module:
    if module.name != "SendbookGuard":
        return module
    was = 'HasTable(book, "pupils") And HasTable(book, "school")'
    assert module.source.count(was) == 1
    return Module(module.name, module.kind, module.source.replace(was, was.replace("HasTable", "HasSheet")))


def workbook(path: Path, *sheets: str, hidden: str = "") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        for sheet in sheets:
            book.add_worksheet(sheet)
        if hidden:
            book.add_worksheet(hidden).very_hidden()
    return str(path)


def strangers(folder: Path) -> dict[str, tuple[str, str]]:
    """Workbooks that must not be let through, with a word of why not."""
    (folder / "beside").mkdir()
    (folder / "beside" / "sendbook.conf").write_text('"INTERPRETER_WIN","C:\\strange.exe"', encoding="utf-8")
    own = ("Pupils", "School")
    return {
        "settings": (workbook(folder / "settings.xlsx", *own, "sendbook.conf"), "a sheet sendbook.conf"),
        "in capitals": (workbook(folder / "capitals.xlsx", "SENDBOOK.Conf", *own), "a sheet sendbook.conf"),
        "hidden": (workbook(folder / "hidden.xlsx", *own, hidden="sendbook.conf"), "a sheet sendbook.conf"),
        "settings for Python": (workbook(folder / "python.xlsx", "xlwings.conf", *own), "a sheet xlwings.conf"),
        "in capitals for Python": (workbook(folder / "capital.xlsx", *own, "XLWings.CONF"), "a sheet XLWings.CONF"),
        "hidden for Python": (workbook(folder / "unseen.xlsx", *own, hidden="xlwings.conf"), "a sheet xlwings.conf"),
        "settings of any name": (workbook(folder / "any.xlsx", *own, "sendbook.conf", "other.conf"), "a sheet other.conf"),
        "code": (workbook(folder / "code.xlsx", *own, "x.py"), "ends in .py"),
        "code in capitals": (workbook(folder / "codes.xlsx", *own, "x.PY"), "ends in .py"),
        "file beside": (workbook(folder / "beside" / "register.xlsx", *own), "Beside this workbook lies a file sendbook.conf"),
        "semicolon": (workbook(folder / "a;b.xlsx", *own), "a sign that is not safe"),
        "variable": (workbook(folder / "%PATH%.xlsx", *own), "a sign that is not safe"),
        "no register": (workbook(folder / "other.xlsx", "Pupils", "Staff"), "is not a Sendbook register"),
    }


PATHS = {  # whether HasUnsafeSigns finds one, as on Windows
    r"C:\Users\A SENCo\SEND\Register (2026) & more, 100%.xlsx": False,
    r"\\server\data$\SEND\O'Neill's register.xlsx": False,
    "https://school.sharepoint.com/sites/SEND/Shared%20Documents/My%20register.xlsx": False,
    r"C:\a;b\Register.xlsx": True,
    r"C:\%PATHEXT%\Register.xlsx": True,
    r"C:\$PATH\Register.xlsx": True,
    r"C:\${PATH}\Register.xlsx": True,
    r"C:\$(Environment:PATH)\Register.xlsx": True,
}
SETTINGS = {
    "": "has not been told where Python is",
    "python": "has not been told where Python is",
    "/no/python": "no longer where",
    sys.executable: "",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Everything is done in one LibreOffice; the answers are looked at one by one."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "stand in" / "sendbook").mkdir(parents=True)
    (folder / "stand in" / "sendbook" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "stand in" / "sendbook" / "ribbon.py").write_text(HEARS, encoding="utf-8")
    (folder / "heard").mkdir()
    host, register = folder / "Host.xlsm", workbook(folder / "own" / "Register.xlsx", "Pupils", "School")
    macro_workbook(host, blank_rows(TODAY), modules())
    shut = strangers(folder)
    steps = [["open", str(host)], ["modules"], REFUSAL, ["add", "xlwings.conf"], REFUSAL, ["remove", "xlwings.conf"]]
    steps += [["call", "SendbookGuard.HasUnsafeSigns", p] for p in PATHS]
    steps += [["call", "SendbookGuard.SettingsMissing", p] for p in SETTINGS]
    steps += [["call", "SendbookGuard.HexOfText", LIST], ["call", "SendbookGuard.FolderOf", "/usr/bin/python3"]]
    for path, _ in shut.values():
        steps += [["open", path], REFUSAL, ["call", "SendbookGuard.SendbookRefusal", False], CHECK, ["close"]]
    steps += [["open", register], REFUSAL, STATE]
    for button in OF_THE_BUTTONS:
        if button != "SendbookImport":
            steps += [["call", f"SendbookButtons.{button}", *([LIST] if button == "SendbookImportFile" else [])], STATE]
    done = list(zip(steps, run(steps, folder), strict=True))
    return Answers(done, shut, heard(folder / "heard"))


class Answers:
    """What LibreOffice answered, in the order it was asked."""

    def __init__(self, done, shut, heard):
        take = [answer for step, answer in done if step[0] in ("call", "modules")]
        self.modules, self.host, self.host_with_another = take[:3]
        take = take[3:]
        self.unsafe = dict(zip(PATHS, take, strict=False))
        take = take[len(PATHS) :]
        self.missing = dict(zip(SETTINGS, take, strict=False))
        self.hexed, self.folder = take[len(SETTINGS) : len(SETTINGS) + 2]
        take = take[len(SETTINGS) + 2 :]
        self.refused = {name: (take[3 * i], take[3 * i + 1], why) for i, (name, (_, why)) in enumerate(shut.items())}
        self.own, *self.states = (answer for step, answer in done[-2 * len(OF_THE_BUTTONS) :] if step in (REFUSAL, STATE))
        self.heard = heard


def run(steps, folder: Path):
    """The answers to the steps. It all runs in `folder`: LibreOffice's ChDir changes nothing, and Python looks where it is started."""
    environment = os.environ | {"PYTHONPATH": str(folder / "stand in"), "HEARD": str(folder / "heard")}
    command = [bridge(environment), OFFICE, soffice()]
    done = subprocess.run(
        command, input=json.dumps(steps), capture_output=True, encoding="utf-8", env=environment, cwd=folder, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def bridge(environment) -> Path:
    """A Python that has LibreOffice's bridge: this one, or the system's."""
    code = f"import sys; sys.path.append({DEBIAN!r}); import uno"
    for program in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([program, "-c", code], capture_output=True, env=environment, check=False).returncode == 0:
            return Path(program)
    return need("python3-uno")


DEBIAN = "/usr/lib/python3/dist-packages"


def heard(folder: Path) -> list[list[str]]:
    """What each Python wrote that was started; they run on by themselves, so some patience is needed."""
    until = time.monotonic() + 30
    while len(list(folder.iterdir())) < len(CALLS) and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.5)  # for one too many
    return sorted(eval(p.read_text(encoding="utf-8")) for p in folder.iterdir())


def test_libreoffice_has_every_module(answers):
    assert set(answers.modules) >= {
        "SendbookButtons",
        "SendbookEvents",
        "SendbookGuard",
        "SendbookRibbon",
        "ThisWorkbook",
        "Sheet1",
        "xlwings",
    }


def test_each_button_starts_python_with_its_function_and_nothing_else_does(answers):
    expected = [[name, LIST] if name == "import_list" else [name] for name in CALLS.values()]
    assert answers.heard == sorted(expected)


def test_excel_is_as_it_was_after_each_click_also_where_python_was_ended(answers):
    assert len(answers.states) == len(OF_THE_BUTTONS)
    assert set(answers.states) == {answers.states[0]}
    assert re.fullmatch(r"-4105( (True|-1|1)){3}", answers.states[0]), (
        "the stand-in changes each; LibreOffice gives ScreenUpdating as True all the same"
    )


def test_a_path_goes_as_digits_letter_for_letter(answers):
    assert bytes.fromhex(answers.hexed).decode("utf-16-le") == LIST
    assert re.fullmatch("[0-9A-F]+", answers.hexed)
    assert answers.folder == "/usr/bin/"


def test_ones_own_register_is_let_through(answers):
    assert answers.own == ""
    assert answers.host == "", "its own settings sheet does no harm"
    assert "a sheet xlwings.conf" in answers.host_with_another, "but another's does"


SHUT = [
    "settings", "in capitals", "hidden", "settings for Python", "in capitals for Python", "hidden for Python", "settings of any name",
    "code", "code in capitals", "file beside", "semicolon", "variable", "no register",
]  # fmt: skip


def test_every_stranger_is_looked_at(answers):
    assert sorted(answers.refused) == sorted(SHUT)


def test_a_register_with_its_own_tab_is_sent_to_that(answers):
    told = {name for name, (said, _, _) in answers.refused.items() if "(made with --macros), use that tab." in said}
    assert told == {"settings", "in capitals", "hidden"}, "those with a sheet sendbook.conf and no other settings"


@pytest.mark.parametrize("name", SHUT)
def test_a_strangers_workbook_is_not(answers, name):
    said, said_to_help, why = answers.refused[name]
    assert why in said
    assert said_to_help == ("" if name == "no register" else said), "guide and about need no register, but a shut door"


@pytest.mark.parametrize("path", PATHS)
def test_signs_that_are_not_safe_to_pass_on(answers, path):
    assert answers.unsafe[path] is PATHS[path]


@pytest.mark.parametrize("interpreter", SETTINGS)
def test_settings_that_name_no_python(answers, interpreter):
    said = answers.missing[interpreter]
    assert SETTINGS[interpreter] in said
    assert (said == "") == (interpreter == sys.executable)
    assert not said or "Open a terminal in the folder of Sendbook and type: uv run sendbook install" in said


def test_only_guide_and_about_do_without_a_register():
    assert {"Guide", "About"} == ALWAYS
