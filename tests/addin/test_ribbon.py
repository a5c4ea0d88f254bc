"""The ribbon and the macros fit together: each button has its words, its Sub, and the function of Python that it calls."""

import ast
import re
from collections import Counter

import pytest
from lxml import etree

from sendbook.addin.sources import macros_folder, own_modules, ribbon
from tests.addin.grammar import faults
from tests.live import ROOT

UI = "{http://schemas.microsoft.com/office/2009/07/customui}"
RIBBON = etree.fromstring(ribbon())
BUTTONS = {b.get("label"): b for b in RIBBON.iter(f"{UI}button")}
SOURCES = {m.name: m.source for m in own_modules()}
LATER = {"Due dates"}
ALWAYS = {"Guide", "About"}
CALLS = {  # button: function of sendbook.ribbon
    "Check": "check", "Go to problem": "go_to_problem", "Import": "import_list", "Add pupil": "add_pupil", "Remove results": "remove_results",
    "Cost provision": "cost", "Provision map": "provision_map", "Staff time": "staff_time",
    "Summary for selected": "summary_for_selected", "Summaries for all": "summaries_for_all", "Open folder": "open_folder",
    "Mails for selected": "mails_for_selected", "Mails for all": "mails_for_all", "Review and send": "review_and_send",
    "Withdraw mails": "withdraw_mails", "Sent log": "sent_log",
    "Guide": "guide", "About": "about",
}  # fmt: skip
SUB = re.compile(r"^(?:Public )?Sub (\w+)\((.*?)\)\r\n(.*?)^End Sub", re.DOTALL | re.MULTILINE)


def subs(name: str) -> dict[str, tuple[str, list[str]]]:
    """The public Subs of a module: parameters, and lines but for comments and blank ones."""
    found = SUB.findall(SOURCES[name])
    return {sub: (takes, [t for line in body.splitlines() if (t := line.strip()) and not t.startswith("'")]) for sub, takes, body in found}


CALLBACKS, WORKERS = subs("SendbookRibbon"), subs("SendbookButtons")


def test_the_groups_and_buttons_are_those_of_the_plan():
    groups = {g.get("label"): [b.get("label") for b in g] for g in RIBBON.iter(f"{UI}group")}
    assert groups == {
        "Register": ["Check", "Go to problem", "Import", "Add pupil", "Remove results"],
        "Provision": ["Cost provision", "Provision map", "Staff time"],
        "Pupils": ["Summary for selected", "Summaries for all", "Open folder"],
        "Reviews and Send": ["Due dates", "Mails for selected", "Mails for all", "Review and send", "Withdraw mails", "Sent log"],
        "Help": ["Guide", "About"],
    }
    assert [t.get("label") for t in RIBBON.iter(f"{UI}tab")] == ["Sendbook"]


@pytest.mark.parametrize("label", BUTTONS)
def test_every_button_has_its_words_icon_and_key(label):
    button = BUTTONS[label]
    for name in ("id", "imageMso", "size", "keytip", "screentip", "supertip"):
        assert button.get(name), name
    assert button.get("supertip").endswith(".")
    assert len(label) <= 24, "it would be cut"
    assert label not in LATER or all("later version" in button.get(tip) for tip in ("screentip", "supertip"))


def test_ids_keys_and_tips_are_unique_and_no_key_begins_another():
    for name in ("id", "keytip", "screentip", "supertip", "imageMso", "onAction"):
        counts = Counter(v for e in RIBBON.iter() if (v := e.get(name)))
        assert [v for v, n in counts.items() if n > 1] == [], name
    keys = [b.get("keytip") for b in BUTTONS.values()]
    assert [(a, b) for a in keys for b in keys if a != b and b.startswith(a)] == []


@pytest.mark.parametrize("label", BUTTONS)
def test_each_button_is_enabled_as_it_should_be(label):
    button = BUTTONS[label]
    expected = f"SendbookRibbon.SendbookGetEnabled{'Later' if label in LATER else ''}"
    assert button.get("getEnabled") == (None if label in ALWAYS else expected)
    assert button.get("enabled") is None
    assert (button.get("onAction") is None) == (label in LATER)


def test_callbacks_have_the_signature_excel_calls_them_with():
    named = {v for e in RIBBON.iter() for n in ("onAction", "getEnabled", "onLoad") if (v := e.get(n))}
    assert {v.partition(".")[0] for v in named} == {"SendbookRibbon"}
    for name in (v.partition(".")[2] for v in named):
        takes, lines = CALLBACKS[name]
        enables = "control As IRibbonControl, ByRef returnedVal"
        kind = {"SendbookGetEnabled": enables, "SendbookGetEnabledLater": enables, "SendbookOnLoad": "ui As IRibbonUI"}
        assert takes == kind.get(name, "control As IRibbonControl")
        assert name in kind or len(lines) == 1
    assert set(CALLBACKS) == {v.partition(".")[2] for v in named} | {"SendbookRefresh"}


@pytest.mark.parametrize(("label", "function"), CALLS.items())
def test_each_button_leads_to_its_function_of_python(label, function):
    callback = BUTTONS[label].get("onAction").partition(".")[2]
    worker = CALLBACKS[callback][1][0]
    takes, lines = WORKERS[worker]
    assert takes == ""
    if label == "Import":
        assert lines[1].startswith("If Refused(True) Then Exit Sub")
        takes, lines = WORKERS["SendbookImportFile"]
        assert lines == ["""RunSendbook "import_list('" & HexOfText(path) & "')\""""]
    elif label in ALWAYS:
        assert lines == [f'If Not Refused(False) Then CallPython "{function}()"']
    else:
        assert lines == [f'RunSendbook "{function}()"']


def test_every_button_that_can_be_used_is_in_the_list_of_calls():
    assert set(BUTTONS) == set(CALLS) | LATER
    assert set(WORKERS) == {CALLBACKS[BUTTONS[b].get("onAction").partition(".")[2]][1][0] for b in CALLS} | {"SendbookImportFile"}


def test_the_functions_are_there_and_take_what_they_are_given():
    functions = {
        n.name: n for n in ast.parse((ROOT / "sendbook" / "ribbon.py").read_text(encoding="utf-8")).body if isinstance(n, ast.FunctionDef)
    }
    for name in CALLS.values():
        assert [ast.unparse(d) for d in functions[name].decorator_list] == ["_button"], name
        assert len(functions[name].args.args) == 1 + (name == "import_list"), name  # the first is the click, which the decorator gives


def test_python_is_called_in_one_place_and_after_the_guards():
    text = "".join(SOURCES.values())
    assert re.findall(r"^.*\bRunPython\b.*$", text, re.MULTILINE) == ['    RunPython "import sendbook.ribbon; sendbook.ribbon." & what\r']
    calls = re.findall(r"^.*\bCallPython\b.*$", SOURCES["SendbookButtons"], re.MULTILINE)
    assert all("If Not Refused(" in line or "Private Sub" in line for line in calls)
    assert not re.search(r"\b(?:Shell|CreateObject|Kill|Declare|Evaluate|Application\.Run)\b", text)


def test_the_events_refresh_the_ribbon():
    text = SOURCES["SendbookEvents"]
    assert "Private WithEvents App As Application" in text
    handlers = re.findall(r"Private Sub App_(\w+)\(.*?\)\r\n    (\w+)\r\nEnd Sub", text)
    assert {"WorkbookOpen", "WorkbookActivate", "WorkbookDeactivate", "NewWorkbook"} <= {h for h, _ in handlers}
    assert {does for _, does in handlers} == {"SendbookRefresh"}


def test_what_python_left_in_the_status_bar_goes_when_other_cells_are_chosen():
    """Only a sentence of Sendbook's, and not while a click is at work, which itself chooses cells."""
    handler = re.search(
        r"Private Sub App_SheetSelectionChange\(.*?\)\r\n(.*?)^End Sub", SOURCES["SendbookEvents"], re.DOTALL | re.MULTILINE
    )
    assert [line.strip() for line in handler[1].splitlines()] == [
        "If SendbookAtWork Then Exit Sub",
        'If Left$(CStr(Application.StatusBar), 9) = "Sendbook:" Then Application.StatusBar = False',
    ]
    calling = SOURCES["SendbookButtons"].partition("Private Sub CallPython")[2].partition("End Sub")[0]
    order = re.findall(r"SendbookAtWork = \w+|RunPython|Exit Sub|Failed:|MsgBox", calling)
    off = "SendbookAtWork = False"
    assert order == ["SendbookAtWork = True", "RunPython", off, "Exit Sub", "Failed:", off, "MsgBox"]


def test_messages_name_the_command_as_it_can_be_typed():
    told = [line for text in SOURCES.values() for line in text.splitlines() if "sendbook install" in line]
    assert len(told) == 3
    assert all("Open a terminal in the folder of Sendbook and type: uv run sendbook install" in line for line in told)


# --- a grammar of VBA ---
FILES = sorted(p for p in macros_folder().iterdir() if p.suffix in (".bas", ".cls"))


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.name)
def test_the_macros_are_vba(file):
    assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("wrong", ["If x Then\n", "x = (1\n", "End Function\n", "Dim As Long\n", "For Each In x\nNext\n", "Call\n"])
def test_the_grammar_finds_what_is_no_vba(wrong):
    assert faults(f'Attribute VB_Name = "A"\nPublic Sub B()\n{wrong}End Sub\n')


@pytest.mark.parametrize("module", SOURCES)
def test_every_module_asks_for_declared_names_and_balances_its_conditions(module):
    text = SOURCES[module]
    assert "\r\nOption Explicit\r\n" in text
    assert len(re.findall(r"^\s*#If\b", text, re.MULTILINE)) == len(re.findall(r"^\s*#End If", text, re.MULTILINE))
