"""Excel's formulas and LibreOffice's, without an office."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlwings_libreoffice.areas import Area, column_letters, column_number, parse, rectangles
from xlwings_libreoffice.formulas import shifted, to_excel, to_office, tokens

BOTH = [
    ("=SUM(Groups[Cost],1)", "=SUM(Groups[Cost];1)"),
    ("=Groups[[#This Row],[Minutes]]*2", "=Groups[[#This Row];[Minutes]]*2"),
    (
        "=COUNTIFS(Problems[Sheet],Problems[[#This Row],[Sheet]])",
        "=COUNTIFS(Problems[Sheet];Problems[[#This Row];[Sheet]])",
    ),
    ("=Groups[It''s '[x'] '#1]", "=Groups[It''s '[x'] '#1]"),
    ("=Groups[[#This Row],[It''s '[x']]]", "=Groups[[#This Row];[It''s '[x']]]"),
    ("=Groups[Ending '']+1", "=Groups[Ending '']+1"),
    ("=SUM(Groups[[Cost]:[Minutes]])", "=SUM(Groups[[Cost]:[Minutes]])"),
    ("=SUM('My sheet'!A1:B2,Other!$C$3)", "=SUM($'My sheet'.A1:B2;$'Other'.$C$3)"),
    ("='It''s'!A1", "=$'It''s'.A1"),
    ('=IF(A1="a,b;c",1,2)', '=IF(A1="a,b;c";1;2)'),
    ('=A1&"say ""x, y"""', '=A1&"say ""x, y"""'),
    ("=SUM({1,2;3,4})", "=SUM({1;2|3;4})"),
    ("=SUM((A1,B2),C3)", "=SUM((A1~B2);C3)"),
    ("=IF(TRUE,FALSE,1)", "=IF(TRUE();FALSE();1)"),
    ("=CEILING(A1,1)+STDEV.S(A1:A3)", "=CEILING.XCL(A1;1)+STDEV.S(A1:A3)"),
    ("=SUM(A:A,1:3)", "=SUM(A:A;1:3)"),
    ("=#REF!+#N/A", "=#REF!+#N/A"),
    ("= 1E+5 + A1%", "= 1E+5 + A1%"),
]


@pytest.mark.parametrize(("excel", "office"), BOTH)
def test_there_and_back(excel, office):
    assert to_office(excel) == office
    assert to_excel(office) == excel


@pytest.mark.parametrize(
    ("excel", "office"),
    [
        ("=[@Cost]*[@[Min utes]]", "=Groups[[#This Row];[Cost]]*Groups[[#This Row];[Min utes]]"),
        ("=Groups[@[A]:[B]]", "=Groups[[#This Row];[A]:[B]]"),
        ("=SUM([Cost])", "=SUM(Groups[Cost])"),
        ("=SUM(Groups[@])", "=SUM(Groups[[#This Row]])"),
        ("=ROWS(groups)", "=ROWS(groups[])"),
        ("=ROWS(Other!groups)", "=ROWS($'Other'.groups)"),
        ("=ROWS(Groups[#All])", "=ROWS(Groups[[#All]])"),
        ("=_xlfn.CONCAT(A1,B1)", "=CONCAT(A1;B1)"),
        ("=@A1:A5", "=A1:A5"),
        ("=SUM(A1:B3 B2:C4)", "=SUM(A1:B3!B2:C4)"),
    ],
)
def test_what_only_excel_writes(excel, office):
    assert to_office(excel, lambda: ["Groups"], lambda: "Groups") == office


@pytest.mark.parametrize(
    ("office", "excel"),
    [
        ("=$Sheet1.$A$1:$B$2", "=Sheet1!$A$1:$B$2"),
        ("=Sheet1.A1+B2", "=Sheet1!A1+B2"),
        ("=COM.SUN.STAR.SHEET.ADDIN.ANALYSIS.GETEDATE(A1;2)", "=EDATE(A1,2)"),
    ],
)
def test_what_only_libreoffice_writes(office, excel):
    assert to_excel(office) == excel


def test_filled_formulas_move_their_references():
    formula = "=A1+$B2+C$3+$D$4+SUM(A:B)+SUM(1:2)+Groups[A1]+'A1'!B2+LOG10(A1)&\"A1\""
    assert shifted(formula, 1, 1) == "=B2+$B3+D$3+$D$4+SUM(B:C)+SUM(2:3)+Groups[A1]+'A1'!C3+LOG10(B2)&\"A1\""


@given(st.text(max_size=60))
def test_no_text_is_lost_in_pieces(text):
    assert "".join(token.text for token in tokens("=" + text)) == "=" + text


@given(st.integers(1, 16384))
def test_columns(number):
    assert column_number(column_letters(number)) == number


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 50), st.integers(1, 50))
def test_addresses(row, column, rows, columns):
    area = Area(row, column, rows, columns)
    assert parse(area.address()) == parse(area.address(False, False)) == area


@pytest.mark.parametrize("text", ["", "A", "A0", "rate", "A1B2", "XFE1", "A1048577", "A1:", "Groups[Cost]"])
def test_no_addresses(text):
    assert parse(text) is None


@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8))))
def test_rectangles_cover_each_cell_once(cells):
    covered = [
        (row, column)
        for area in rectangles(cells)
        for row in range(area.row, area.row + area.rows)
        for column in range(area.column, area.column + area.columns)
    ]
    assert sorted(covered) == sorted(cells)
