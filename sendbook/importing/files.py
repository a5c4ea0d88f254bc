"""The cells of a list's file: CSV in any usual encoding and delimiter, or a spreadsheet."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import python_calamine as calamine
from xlsxwriter.utility import xl_cell_to_rowcol

from sendbook.workbook.guard import FILE_LIMIT, UNPACKED_LIMIT, check_file, inspect
from sendbook.workbook.safe import CannotDo, cannot_read

HEADING_ROWS = 30  # how far down the headings are looked for
ROW_LIMIT = 100_000  # rows; the largest school in England has under 5,000 pupils
DELIMITERS = (",", ";", "\t", "|")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WIDE_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

Score = Callable[[Sequence[object]], int]


@dataclass(frozen=True)
class RawSheet:
    """The cells of one sheet, row by row from row 1. `errors`: error values that the reader gives as blanks, by (row, column) from 0."""

    name: str
    rows: Sequence[Sequence[object]]
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    ragged: bool = False  # a CSV: a row longer than the headings has a comma too many


def read_sheets(path: Path, score: Score) -> tuple[RawSheet, ...]:
    """Every sheet of the file. `score` says how many headings a row would give; by it a CSV's delimiter is found. Raises CannotDo."""
    start = _start(path)
    if start.startswith((_ZIP, _OLE)):
        if start.startswith(_OLE) and _is_encrypted(path):
            check_file(path)  # says that it is protected by a password, as for a workbook
        return _spreadsheet(path)
    if start.lstrip().lower().startswith((b"<html", b"<table", b"<!doctype", b"<?xml")):
        raise CannotDo(
            f"{path.name} is a web page, although it may open in Excel. Open it there, save it as Excel Workbook (.xlsx), and import that."
        )
    return (_text_sheet(path, score),)


def _is_encrypted(path: Path) -> bool:
    """An .xlsx under a password: not a zip but an old compound file, with a part of this name."""
    try:
        with path.open("rb") as file:
            return "EncryptedPackage".encode("utf-16-le") in file.read(4 * 2**20)
    except OSError as error:
        raise cannot_read(path, error) from error


def _start(path: Path) -> bytes:
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise CannotDo(
                f"{path.name} is larger than {FILE_LIMIT // 2**20} MB, which no list of pupils needs. Check that it is the right file."
            )
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise cannot_read(path, error) from error
    if not start:
        raise CannotDo(f"{path.name} is empty. Export the list again from the MIS.")
    return start


# --- CSV ---
def _text_sheet(path: Path, score: Score) -> RawSheet:
    try:
        text = _decoded(path.read_bytes(), path)
    except OSError as error:
        raise cannot_read(path, error) from error
    delimiter = max(DELIMITERS, key=lambda d: _best_score(text, d, score))  # the first of the best: a comma before a semicolon
    try:
        rows = list(islice(_reader(text, delimiter), ROW_LIMIT + 1))
    except csv.Error as error:
        raise CannotDo(_broken(path, text, delimiter)) from error
    return RawSheet("", _limited(rows, path), ragged=True)


def _decoded(content: bytes, path: Path) -> str:
    encoding = _WIDE_MARKS.get(content[:2], "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise CannotDo(f"{path.name} is neither a CSV nor an Excel list. Export the list from the MIS as CSV or Excel, and import that.")
    return text


def _reader(text: str, delimiter: str) -> "csv.Reader":  # type: ignore[name-defined]
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _best_score(text: str, delimiter: str, score: Score) -> int:
    best = 0
    try:
        for row in islice(_reader(text, delimiter), HEADING_ROWS):
            best = max(best, score(row))
    except csv.Error:
        pass  # the wrong delimiter, or a row to be told of when all are read
    return best


def _broken(path: Path, text: str, delimiter: str) -> str:
    reader, line = _reader(text, delimiter), 1
    try:
        for _ in reader:
            line = reader.line_num + 1
    except csv.Error:
        pass
    return (
        f"{path.name} cannot be read from line {line} on: a quotation mark there is not closed, or stands inside a quoted cell. "
        "Put that line right, or open the list in Excel, save it as Excel Workbook (.xlsx), and import that."
    )


# --- spreadsheets ---
def _spreadsheet(path: Path) -> tuple[RawSheet, ...]:
    errors = _errors_of(path)
    try:
        with calamine.load_workbook(io.BytesIO(path.read_bytes())) as workbook:
            names = [m.name for m in workbook.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
            return tuple(RawSheet(n, _limited(_cells(workbook, n), path), errors.get(n, {})) for n in names)
    except calamine.PasswordError as error:
        raise CannotDo(
            f"{path.name} is protected by a password. Open it in Excel, take the password off (File, Info, Protect Workbook), save, try again."
        ) from error
    except OSError as error:
        raise cannot_read(path, error) from error
    except (calamine.CalamineError, ValueError) as error:
        raise CannotDo(
            f"{path.name} cannot be read as a spreadsheet. Open it in Excel, save it as Excel Workbook (.xlsx), and import that."
        ) from error


def _cells(workbook: calamine.CalamineWorkbook, name: str) -> list[list[object]]:
    return [list(row) for row in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def _errors_of(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Error values by sheet; also keeps out what would unpack to more than there is room for."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as package:
        if "xl/workbook.xml" not in package.namelist():
            _refuse_bomb(path, package)
            return {}
    check_file(path)
    return {name: {xl_cell_to_rowcol(ref): value for ref, value in facts.errors.items()} for name, facts in inspect(path).items()}


def _refuse_bomb(path: Path, package: zipfile.ZipFile) -> None:
    if sum(part.file_size for part in package.infolist()) > UNPACKED_LIMIT:
        raise CannotDo(f"{path.name} unpacks to more than {UNPACKED_LIMIT // 2**20} MB, which no list needs. Check where it comes from.")


def _limited(rows: Sequence[Sequence[object]], path: Path) -> Sequence[Sequence[object]]:
    last = max((i for i, row in enumerate(rows, 1) if any(cell not in ("", None) for cell in row)), default=0)
    if last > ROW_LIMIT:
        raise CannotDo(f"{path.name} has more than {ROW_LIMIT:,} rows, which no list of pupils has. Check that it is the right file.")
    return rows[:last]
