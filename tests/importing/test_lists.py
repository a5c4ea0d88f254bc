"""Lists of the four MIS, in the encodings, delimiters and forms they come in."""

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from sendbook.importing import read_list
from sendbook.importing.headings import data, heading_key, match_headings
from sendbook.tables import Pupil, columns
from sendbook.workbook.safe import CannotDo
from tests.importing.lists import ARBOR, BROMCOM, OWN, SCHOLARPACK, SIMS, listed
from tests.live import recalculated

AMARA, SEAN, OLA = "B801200005001", "B801200005002", "B801200005003"


def test_arbor(tmp_path: Path) -> None:
    listing = listed(tmp_path, ARBOR)
    assert listing.heading_row == 4 and not listing.not_imported and not listing.notes
    amara, sean = (row.values for row in listing.rows)
    assert amara == {
        "upn": AMARA, "surname": "Okafor", "forename": "Amara Grace", "known_as": "Amara", "born": date(2018, 3, 14), "gender": "Female",
        "year": "4", "class_name": "4A", "sen_status": "K", "primary_need": "SLCN", "pupil_premium": True, "fsm": False, "eal": False,
        "home_language": "English", "looked_after": False, "attendance": 95.2,
    }  # fmt: skip
    assert (sean["surname"], sean["forename"], sean["sen_status"], sean["primary_need"]) == ("O'Neill", "Seán", "E", "ASD")
    assert "known_as" not in sean


def test_sims_has_plain_and_legal_names_and_the_need_twice(tmp_path: Path) -> None:
    listing = listed(tmp_path, SIMS)
    amara, ola = (row.values for row in listing.rows)
    assert (amara["surname"], amara["forename"], amara["known_as"]) == ("OKAFOR", "AMARA", "Amara")  # capitals kept
    assert "known_surname" not in amara  # it is the legal one
    assert (ola["forename"], ola["known_as"]) == ("ALEKSANDRA", "Ola")
    assert (amara["primary_need"], amara["secondary_need"]) == ("SLCN", "SEMH")
    assert (amara["looked_after"], ola["looked_after"], amara["pupil_premium"]) == (False, True, True)
    assert "secondary_need" not in ola and not any(row.plain for row in listing.rows)


def test_bromcom_has_whole_names_and_a_row_for_each_need(tmp_path: Path) -> None:
    first, second, yusuf = (row.values for row in listed(tmp_path, BROMCOM).rows)
    assert (first["surname"], first["forename"], first["primary_need"]) == ("Okafor", "Amara", "SLCN")
    assert second["secondary_need"] == "SPLD" and "primary_need" not in second
    assert (yusuf["sen_status"], yusuf["year"], yusuf["fsm"]) == ("N", "R", True)


def test_scholarpack_in_tabs(tmp_path: Path) -> None:
    listing = listed(tmp_path, SCHOLARPACK, "cp1252", "list.txt")
    amara, ola = (row.values for row in listing.rows)
    assert (amara["born"], ola["born"]) == (date(2018, 3, 14), date(2016, 12, 1))
    assert ola["upn"] == OLA and ola["sen_status"] == "E" and ola["primary_need"] == "ASD"
    assert all(row.plain == {"surname", "forename"} for row in listing.rows)


def test_a_sencos_own_register(tmp_path: Path) -> None:
    listing = listed(tmp_path, OWN)
    amara, leo = (row.values for row in listing.rows)
    assert listing.heading_row == 3
    assert leo["born"] == date(2018, 1, 1) and leo["plan_issued"] == date(2026, 2, 1) and leo["year"] == "R"
    assert leo["how_to_support"] == "Now and next board\nEar defenders" and "internal_notes" not in leo
    assert amara["internal_notes"] == "Mum rang"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_give_the_same(tmp_path: Path, encoding: str, delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(csv.reader(io.StringIO(ARBOR)))
    assert listed(tmp_path, out.getvalue(), encoding).rows == listed(tmp_path, ARBOR, name="plain.csv").rows


def _workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy", "strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if value == "#N/A":
                        sheet.write_formula(r, c, "=NA()", None, "#N/A")
                    else:
                        sheet.write(r, c, value)
    return path


def test_excel_takes_the_sheet_with_the_best_headings(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [], ["Register"], [None, "UPN", "Surname", "Forename", "DOB", "Year", "% Attendance", "Class", "SEN Status"],
        [None, AMARA, "Okafor", "Amara", date(2018, 3, 14), 4, 0.952, 4, "#N/A"],
        [None, SEAN, "O'Neill", "Seán", 42980, "Year 4", 88, date(2026, 5, 4), "K"],
    ]  # fmt: skip
    listing = read_list(_workbook(tmp_path / "l.xlsx", {"Cover": [["Surname", "Notes"]], "SEN": rows}))
    amara, sean = (row.values for row in listing.rows)
    assert (listing.sheet, listing.heading_row, listing.rows[0].number) == ("SEN", 3, 4)
    assert (amara["born"], sean["born"]) == (date(2018, 3, 14), date(2017, 9, 2))
    assert (amara["year"], amara["class_name"], amara["attendance"], sean["attendance"]) == ("4", "4", 95.2, 88.0)
    assert [(n.row, n.heading) for n in listing.notes] == [(4, "SEN Status"), (5, "Class")]
    assert "error value #N/A" in listing.notes[0].message
    assert "sen_status" not in amara and "class_name" not in sean


@pytest.mark.parametrize("form", ["ods", "xls"])
def test_other_spreadsheet_forms(tmp_path: Path, form: str) -> None:
    rows: list[list[object]] = [["Register"], ["UPN", "Surname", "Forename", "DOB", "Yr"], [AMARA, "Okafor", "=Zoë", date(2018, 3, 14), 4]]
    (row,) = read_list(recalculated(_workbook(tmp_path / "l.xlsx", {"SEN": rows}), tmp_path / "out", form)).rows
    assert row.values == {"upn": AMARA, "surname": "Okafor", "forename": "=Zoë", "born": date(2018, 3, 14), "year": "4"} and row.number == 3


def test_a_bad_cell_is_noted_and_the_rest_of_its_row_counts(tmp_path: Path) -> None:
    listing = listed(tmp_path, f"UPN,DOB,Year,PP,SEN Status,Attendance\n{AMARA},31/02/2015,Year 99,maybe,S,120\n12,14/03/1900,4,Y,K,50\n")
    assert listing.rows[0].values == {"upn": AMARA}
    assert listing.rows[1].values == {"year": "4", "pupil_premium": True, "sen_status": "K", "attendance": 50.0}
    assert [(n.row, n.heading) for n in listing.notes] == [
        (2, "DOB"), (2, "Year"), (2, "PP"), (2, "SEN Status"), (2, "Attendance"), (3, "UPN"), (3, "DOB"),
    ]  # fmt: skip
    assert all(n.message and n.todo for n in listing.notes)


def test_two_headings_for_one_column_and_headings_of_the_schools_own(tmp_path: Path) -> None:
    listing = listed(tmp_path, f"UPN,DOB,Date of Birth,Shoe size,Shoe size\n{AMARA},14/03/2018,01/01/2001,3,4\n")
    assert listing.rows[0].values["born"] == date(2018, 3, 14)
    assert set(listing.not_imported) == {"Date of Birth", "Shoe size"} and "“DOB”" in listing.not_imported["Date of Birth"]


def test_repeated_headings_blank_rows_and_a_comma_too_many(tmp_path: Path) -> None:
    listing = listed(
        tmp_path, f"sep=,\nUPN,Surname,Forename\n{AMARA},Okafor,Amara\n,,\nUPN,Surname,Forename\n{SEAN},O'Neill, Seán,Patrick\n"
    )
    assert [row.number for row in listing.rows] == [3]
    assert [(n.row, n.message) for n in listing.notes] == [(6, "has more cells than there are headings")]


def test_a_name_without_a_comma_is_not_parted(tmp_path: Path) -> None:
    (row,) = listed(tmp_path, "Pupil name,DOB\nAmara Okafor,14/03/2018\n").rows
    assert row.whole_name == "Amara Okafor" and "surname" not in row.values


OLD_REGISTER = """\
No.,Child's name,DOB,Yr,SEN,Total hours
,Y6,,,,
1,Finn O'Brien,30/08/2015,6,K,2
2,Total Jones,01/09/2015,6,K,
Year 4,,,,,
3,"Okafor, Amara",14/03/2018,4,K,1
4,,,,,
,"Nowak, Ola",,,,
,,,,K,
Total: 10 children,,,,,3
,,,,Total,3
"""


def test_the_headings_of_sections_and_totals_are_no_pupils(tmp_path: Path) -> None:
    listing = listed(tmp_path, OLD_REGISTER)
    assert [row.who for row in listing.rows] == ["Finn O'Brien", "Total Jones", "Okafor, Amara", "Nowak, Ola", "row 9"]
    assert not listing.notes and listing.remarks == (
        "5 rows were passed over as the heading of a section or a total: row 2 “Y6”, row 5 “Year 4”, row 7 “4”, "
        "row 10 “Total: 10 children”, row 11 “Total”.",
    )


def test_many_sections_are_counted_not_all_named(tmp_path: Path) -> None:
    listing = listed(tmp_path, "Name,DOB\n" + "".join(f"Class {n},\n" for n in range(20)))
    assert "20 rows were passed over" in listing.remarks[0] and listing.remarks[0].endswith(" and 12 more.")


def test_a_row_with_nothing_but_a_upn_or_an_error_is_no_section(tmp_path: Path) -> None:
    assert [r.values for r in listed(tmp_path, f"UPN,Year\n{AMARA},\nYear 4,\n").rows] == [{"upn": AMARA}]
    listing = read_list(_workbook(tmp_path / "l.xlsx", {"SEN": [["Name", "DOB"], ["Amara Okafor", "#N/A"], ["#N/A", ""]]}))
    assert [r.whole_name for r in listing.rows] == ["Amara Okafor"] and not listing.remarks


PLAIN = {
    "Name,DOB": ('"Okafor, Amara",14/03/2018', {"surname", "forename"}),
    "Legal name,DOB": ('"Okafor, Amara",14/03/2018', set()),
    "Legal surname,Name,DOB": ('Okafor,"Okafor, Amara",14/03/2018', {"forename"}),
    "Surname,Legal forename,DOB": ("Okafor,Amara,14/03/2018", {"surname"}),
    "First name,Legal surname,DOB": (",Okafor,14/03/2018", set()),
    "Pupil name,UPN": (f"Amara Okafor,{AMARA}", set()),
}


@pytest.mark.parametrize("headings", PLAIN)
def test_which_names_may_be_the_name_in_use(tmp_path: Path, headings: str) -> None:
    cells, plain = PLAIN[headings]
    (row,) = listed(tmp_path, f"{headings}\n{cells}\n").rows
    assert row.plain == plain


def test_a_whole_name_that_cannot_be_read_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(b"UPN,Name\nB801200005001,Okafor Zo\x81\xeb\n")
    listing = read_list(path)
    assert listing.rows[0].values == {"upn": AMARA} and [(n.row, n.heading) for n in listing.notes] == [(2, "Name")]


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "@SUM(A1)",
        "-2",
        "<b>Bold</b>",
        "#",
        "\\",
        "👩🏽‍🚀 Star",
        "שרה",
        "مريم",
        "N" * 500,
        "DE LA CRUZ",
        "_x0041_",
    ],
)
def test_names_of_every_kind_are_kept_letter_for_letter(tmp_path: Path, name: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["UPN", "Surname", "Forename"], [AMARA, name, name]])
    (row,) = listed(tmp_path, out.getvalue()).rows
    assert row.values["surname"] == name and row.values["forename"] == name


def test_a_letter_lost_in_the_export_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(b"UPN,Surname\nB801200005001,Zo\x81\xeb\n")
    listing = read_list(path)
    assert "surname" not in listing.rows[0].values and "could not be read" in listing.notes[0].message


BAD_FILES = {
    "empty": (b"", "is empty"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither a CSV nor"),
    "no headings": (b"a,b,c\n1,2,3\n", "No headings were found"),
    "no pupil": (b"Year,Class,PP\n4,4A,Y\n", "does not say which pupil"),
    "open quote": (b'UPN,Surname\nB801200005001,"Okafor\nB801200005002,Smith\n', "from line 2 on"),
    "web page": (b"<html><table><tr><td>UPN", "is a web page"),
    "broken zip": (b"PK\x03\x04 nothing more", "cannot be read as a spreadsheet"),
    "password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "is protected by a password"),
    "broken xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read as a spreadsheet"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(tmp_path: Path, case: str) -> None:
    content, says = BAD_FILES[case]
    path = tmp_path / "list.xls"
    path.write_bytes(content)
    with pytest.raises(CannotDo, match=says):
        read_list(path)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="There is no file"):
        read_list(tmp_path / "none.csv")
    with pytest.raises(CannotDo):
        read_list(tmp_path)


def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sendbook.importing.files.UNPACKED_LIMIT", 2**20)
    path = tmp_path / "bomb.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("content.xml", bytes(2**20 + 1))
    with pytest.raises(CannotDo, match="unpacks to more than"):
        read_list(path)


TWO_NEEDS = {
    "Need": ("SLCN", "SEMH", 0),
    "Need,Secondary need": (None, None, 1),
    "Need,Need ranking": (None, None, 1),
}


@pytest.mark.parametrize("headings", TWO_NEEDS)
def test_two_needs_in_one_cell_where_the_list_has_no_second_column(tmp_path: Path, headings: str) -> None:
    first, second, notes = TWO_NEEDS[headings]
    listing = listed(tmp_path, f'UPN,{headings}\n{AMARA},"SLCN, SEMH"\n{SEAN},MLD\n')
    values = listing.rows[0].values
    assert (values.get("primary_need"), values.get("secondary_need"), len(listing.notes)) == (first, second, notes)
    assert [r for r in listing.remarks if "row 2 “SLCN, SEMH”" in r] == list(listing.remarks) and len(listing.remarks) == 1 - notes


def test_one_need_written_twice_is_one(tmp_path: Path) -> None:
    assert listed(tmp_path, f"UPN,Need\n{AMARA},ASD/Autism\n").rows[0].values == {"upn": AMARA, "primary_need": "ASD"}


OWN_HEADINGS = {
    "Date on reg.": "on_register",
    "1st need": "primary_need",
    "2nd need": "secondary_need",
    "Date EHCP": "plan_issued",
    "Childs Name": "whole_name",
    "Pupil's first name": "forename",
    "Type of need": "primary_need",
    "K/E": "sen_status",
    "SEN or EHCP": "sen_status",
    "D of B": "born",
    "Yr. gp.": "year",
    "Class/Form": "class_name",
    "Date off reg.": "off_register",
    "Date added": "on_register",
    "Last AR date": "last_annual_review",
    "Date of last AR": "last_annual_review",
    "Date EHCNA requested": "plan_requested",
    "Final plan date": "plan_issued",
    "Borough": "local_authority",
    "Top up (amount)": "top_up",
    "CiC": "looked_after",
    "Health needs": "medical_alert",
    "Att.": "attendance",
    "Named adult": "key_adult",
    "Likes and interests": "strengths",
    "Strategies used": "how_to_support",
    "Date of next meeting": "next_meeting",
    "Moved to": "destination",
    "Notes / comments": "internal_notes",
    "Area of need": "primary_need",
}


@pytest.mark.parametrize("heading", OWN_HEADINGS)
def test_headings_of_sencos_own_registers(heading: str) -> None:
    assert match_headings([heading]).fields == {OWN_HEADINGS[heading]: 0}


def test_an_area_of_need_counts_only_where_nothing_else_says_the_need() -> None:
    matched = match_headings(["UPN", "Area of need", "Need"])
    assert matched.fields == {"upn": 0, "primary_need": 2} and list(matched.not_imported) == ["Area of need"]
    assert not matched.plain_names


def test_only_the_same_heading_twice_gives_the_second_need() -> None:
    assert match_headings(["SEN Need Type", "SEN Need Type"]).fields == {"primary_need": 0, "secondary_need": 1}
    matched = match_headings(["Main need", "Type of need"])
    assert matched.fields == {"primary_need": 0} and list(matched.not_imported) == ["Type of need"]


def test_a_heading_stands_for_one_thing_only() -> None:
    meanings: dict[str, set[str]] = {}
    names = {c.name for c in columns(Pupil)}
    for group in ("fields", "helpers"):
        for name, headings in data("headings.toml")[group].items():
            assert group == "helpers" or name in names
            for heading in headings:
                assert heading_key(heading), heading
                meanings.setdefault(heading_key(heading), set()).add(name)
    for name, entry in data("headings.toml")["either"].items():
        for heading in entry["headings"]:
            meanings.setdefault(heading_key(heading), set()).add(name)
    for column in columns(Pupil):
        meanings.setdefault(heading_key(column.heading), set()).add(column.name)
    assert {k: v for k, v in meanings.items() if len(v) > 1} == {}


def test_every_column_has_headings_and_the_books_own_match_themselves() -> None:
    everything = data("headings.toml")["fields"]
    assert {c.name for c in columns(Pupil)} == everything.keys()
    matched = match_headings([c.heading for c in columns(Pupil)])
    assert list(matched.fields) == [c.name for c in columns(Pupil)] and not matched.not_imported
