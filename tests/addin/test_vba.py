"""The VBA project: every source comes back, and it is built as the one that real Excel wrote."""

from itertools import groupby

import pytest

from sendbook.addin import sources as built_from
from sendbook.addin.build import VBA_PROJECT
from sendbook.addin.sources import all_modules, macros_folder, read_module, xlwings_modules
from sendbook.addin.vba import CLASS, LONGEST_NAME, STANDARD, WORKBOOK, Module, document, hide, project
from sendbook.workbook.safe import CannotDo
from tests.addin.reading import (
    QUICKSTART,
    XLWINGS,
    properties,
    records,
    revealed,
    sources,
    streams,
    streams_by_7z,
    streams_by_cfb,
    unpacked,
    vba_project,
)

MODULES = [document("ThisWorkbook", WORKBOOK), document("Sheet1"), *all_modules()]
PROJECT = project(VBA_PROJECT, MODULES)


def module(source: str = "", name: str = "Plain", kind: str = STANDARD) -> Module:
    return Module(name, kind, f'Attribute VB_Name = "{name}"\r\n{source}')


# --- the sources ---
def test_every_source_comes_back_unchanged():
    assert sources(PROJECT) == {m.name: m.source for m in MODULES}
    assert {m.name for m in MODULES} == {
        "ThisWorkbook", "Sheet1", "Dictionary", "xlwings", "SendbookRibbon", "SendbookButtons", "SendbookGuard", "SendbookEvents"
    }  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, 4000, 4095, 4096, 4097, 8192, 30_000])
def test_sources_of_any_length_come_back(size):
    text = ("' £ é “x” \u2026\r\n" * 4000)[:size]
    made = project("P", [module(text)])
    assert unpacked(streams(made)["VBA/Plain"]).decode("cp1252") == module(text).source


def test_two_further_readers_agree_on_every_stream(tmp_path):
    found = streams(PROJECT)
    assert streams_by_cfb(PROJECT) == found
    assert streams_by_7z(PROJECT, tmp_path) == found
    assert set(found) == {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT", *(f"VBA/{m.name}" for m in MODULES)}


def test_the_same_sources_make_the_same_bytes():
    assert project(VBA_PROJECT, MODULES) == PROJECT


def test_our_sources_are_plain_ascii():
    """A Mac reads the project in its own code page."""
    for file in macros_folder().iterdir():
        if file.suffix in (".bas", ".cls"):
            assert file.read_text(encoding="utf-8").isascii(), file.name
            assert max(map(len, file.read_text(encoding="utf-8").splitlines())) < 1000, "VBA takes 1023 letters a line"


def test_a_letter_vba_cannot_hold_stops_the_build_with_a_sentence():
    with pytest.raises(CannotDo, match=r"The macro Plain has in line 3 the letter “ł”, which VBA cannot hold"):
        project("P", [module("Sub A()\r\n' Wałęsa\r\nEnd Sub\r\n")])


@pytest.mark.parametrize("name", ["", "1st", "_x", "a b", "é", "x" * (LONGEST_NAME + 1), "a.b"])
def test_a_name_vba_does_not_take_stops_the_build_with_a_sentence(name):
    with pytest.raises(CannotDo, match="cannot be called"):
        project("P", [module(name=name)])


@pytest.mark.parametrize("names", [["A", "a"], ["p"]])
def test_two_of_one_name_stop_the_build_with_a_sentence(names):
    with pytest.raises(CannotDo, match="have one name"):
        project("P", [module(name=n) for n in names])


def test_what_is_no_module_or_not_there_is_said(tmp_path):
    (tmp_path / "x.bas").write_text("Sub A()\nEnd Sub\n", encoding="utf-8")
    with pytest.raises(CannotDo, match=r"x\.bas has no line that begins with Attribute VB_Name"):
        read_module(tmp_path / "x.bas")
    with pytest.raises(CannotDo, match=r"There is no file y\.bas"):
        read_module(tmp_path / "y.bas")


# --- xlwings' own ---
def test_xlwings_sources_are_the_installed_ones_but_for_the_project_name():
    main, dictionary = xlwings_modules()
    theirs = (XLWINGS / "xlwings_custom_addin.bas").read_text(encoding="utf-8").replace("\n", "\r\n")
    assert main.source == theirs.replace('PROJECT_NAME As String = "myaddin"', 'PROJECT_NAME As String = "sendbook"') != theirs
    assert (main.name, main.kind, dictionary.name, dictionary.kind) == ("xlwings", STANDARD, "Dictionary", CLASS)
    as_excel_has_it = sources(vba_project(QUICKSTART))["Dictionary"]
    assert dictionary.source.lower() == as_excel_has_it.lower(), "but for capitals, which its editor changes"


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ('XLWINGS_VERSION As String = "', 'XLWINGS_VERSION As String = "0', "say they are of version 0"),
        ("Public Const XLWINGS_VERSION", "Public Const OTHER", "say they are of version unknown"),
        ("Public Const PROJECT_NAME", "Public Const OTHER", "are not what Sendbook knows"),
    ],
)
def test_macros_of_another_xlwings_stop_the_build_with_a_sentence(tmp_path, monkeypatch, was, now, says):
    text = (XLWINGS / "xlwings_custom_addin.bas").read_text(encoding="utf-8")
    assert was in text
    (tmp_path / "xlwings_custom_addin.bas").write_text(text.replace(was, now), encoding="utf-8")
    monkeypatch.setattr(built_from, "_xlwings_folder", lambda: tmp_path)
    with pytest.raises(CannotDo, match=says):
        xlwings_modules()


def test_without_xlwings_the_build_stops_with_a_sentence(monkeypatch):
    monkeypatch.setattr(built_from, "find_spec", lambda name: None)
    with pytest.raises(CannotDo, match="xlwings is not installed"):
        all_modules()


# --- the stream dir ---
# What may differ from the project that real Excel wrote, with the reason.
REFERENCE = {0x16, 0x3E, 0x33, 0x2F, 0x30, 0x0D}
OWN_CONTENT = {
    0x04: "the project's name",
    0x09: "its version, which counts how often it was saved",
    0x0F: "how many modules",
    0x13: "cookies of compiled code, which we have not",
    0x2C: "the same, of a module",
    0x31: "where the source begins: after compiled code, of which the streams still hold some",
    0x19: "a module's name", 0x47: "a module's name", 0x1A: "a module's stream", 0x32: "a module's stream",
}  # fmt: skip


def test_the_records_are_those_of_a_project_that_excel_wrote():
    ours, theirs = (outside_references(records(p)) for p in (PROJECT, vba_project(QUICKSTART)))
    count = next(i for i, (number, _) in enumerate(ours) if number == 0x0F)
    assert same(ours[: count + 2], theirs[: count + 2])
    assert count > 10
    assert {number for number, _ in ours} == {number for number, _ in theirs}
    assert same(ours[-1:], theirs[-1:])


def test_each_module_has_the_records_of_one_that_excel_wrote():
    ours, theirs = (modules_of(records(p)) for p in (PROJECT, vba_project(QUICKSTART)))
    assert set(ours) == {m.name for m in MODULES}
    for our_name, their_name in [
        ("ThisWorkbook",) * 2,
        ("Dictionary",) * 2,
        ("xlwings",) * 2,
        ("Sheet1", "Sheet2"),
        ("SendbookRibbon", "RibbonMyAddin"),
    ]:
        assert same(ours[our_name], theirs[their_name])
    for name, found in ours.items():
        content = dict(found)
        wide = name.encode("utf-16-le")
        assert (content[0x19], content[0x47], content[0x1A], content[0x32]) == (name.encode(), wide, name.encode(), wide)
        assert content[0x31] == bytes(4), "the source begins the stream"


def outside_references(found: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    return [r for r in found if r[0] not in REFERENCE]


def modules_of(found: list[tuple[int, bytes]]) -> dict[str, list[tuple[int, bytes]]]:
    start = next(i for i, (number, _) in enumerate(found) if number == 0x13) + 1
    modules, each = {}, []
    for record in found[start:-1]:
        each.append(record)
        if record[0] == 0x2B:
            modules[each[0][1].decode()] = each
            each = []
    assert not each
    return modules


def same(ours: list[tuple[int, bytes]], theirs: list[tuple[int, bytes]]) -> bool:
    assert [number for number, _ in ours] == [number for number, _ in theirs]
    for (number, our), (_, their) in zip(ours, theirs, strict=True):
        assert our == their or number in OWN_CONTENT, hex(number)
        assert len(our) == len(their) or number in {0x04, 0x19, 0x47, 0x1A, 0x32}, hex(number)
    return True


def test_the_references_are_to_ole_automation_and_office():
    """Excel adds VBA and Excel itself. Theirs has forms too, of which we have none; and its Office is the same library."""
    ours, theirs = ([r for r in records(p) if r[0] in REFERENCE] for p in (PROJECT, vba_project(QUICKSTART)))
    assert [number for number, _ in ours] == [0x16, 0x3E, 0x0D] * 2
    assert [data.decode() for number, data in ours if number == 0x16] == ["stdole", "Office"]
    assert [number for number, _ in ours[3:]] == [number for number, _ in theirs[-3:]]
    identity = b"{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
    assert identity in ours[-1][1]
    assert identity in theirs[-1][1]
    for data in (r[1] for r in (*ours, *theirs) if r[0] == 0x0D):
        assert int.from_bytes(data[:4], "little") == len(data) - 10
        assert data[-6:] == bytes(6)


def test_no_compiled_code_as_in_the_project_that_excel_opens():
    assert streams(PROJECT)["VBA/_VBA_PROJECT"] == streams(vba_project(QUICKSTART))["VBA/_VBA_PROJECT"]


# --- the stream PROJECT ---
@pytest.mark.parametrize("made", [PROJECT, vba_project(QUICKSTART)], ids=["ours", "xlwings"])
def test_nobody_locked_the_project(made):
    found = properties(made)
    assert revealed(found["CMG"], found["ID"]) == bytes(4)
    assert revealed(found["DPB"], found["ID"]) == b"\0"
    assert revealed(found["GC"], found["ID"]) == b"\xff"


@pytest.mark.parametrize("number", range(40))
def test_what_is_hidden_is_revealed_whatever_the_seed(number):
    identity, data = f"{{{number:08X}-0000-0000-0000-000000000000}}", bytes(range(number))
    assert revealed(hide(data, identity), identity) == data


def test_the_project_names_its_modules_in_the_form_excel_writes():
    ours, theirs = (streams(p)["PROJECT"].decode("cp1252").split("\r\n") for p in (PROJECT, vba_project(QUICKSTART)))

    def form(lines: list[str]) -> list[str]:
        kinds = [line.partition("=")[0] if not line.startswith("&") else line for line in lines]
        return [k for k, _ in groupby("module" if k in ("Document", "Class", "Module") else "window" if k in names else k for k in kinds)]

    names = {m.name for m in MODULES} | {"RibbonMyAddin", "Sheet2"}
    assert form(ours) == form(theirs)
    assert {line for line in ours if line.startswith(("Document", "Class", "Module"))} == {
        "Document=ThisWorkbook/&H00000000", "Document=Sheet1/&H00000000", "Class=Dictionary", "Class=SendbookEvents",
        "Module=xlwings", "Module=SendbookRibbon", "Module=SendbookButtons", "Module=SendbookGuard",
    }  # fmt: skip


def test_names_stand_twice_in_projectwm_as_excel_writes_them():
    for made in (PROJECT, vba_project(QUICKSTART)):
        data, found = streams(made)["PROJECTwm"], []
        while data != b"\0\0":
            name, _, data = data.partition(b"\0")
            wide, data = data[: len(name) * 2], data[len(name) * 2 + 2 :]
            assert wide.decode("utf-16-le") == name.decode()
            found.append(name.decode())
        assert set(found) == set(sources(made))


def test_documents_are_described_as_excel_does():
    theirs = sources(vba_project(QUICKSTART))
    assert document("ThisWorkbook", WORKBOOK).source == theirs["ThisWorkbook"]
    assert document("Sheet2").source == theirs["Sheet2"]
