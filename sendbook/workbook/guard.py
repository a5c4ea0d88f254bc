"""Looks into an .xlsx before anything opens it: is it safe to read, and what would the reader not tell us.

The reader (calamine) is quick but trusts its input: a zip bomb or one value in the last cell of a sheet makes it
ask for more memory than there is, and cells with an error value come back as if they were blank. So every sheet's
XML is streamed once: sizes are counted, error values and merged cells noted.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree
from xlsxwriter.utility import xl_cell_to_rowcol

from sendbook.workbook.safe import CannotDo, lock_file_of

FILE_LIMIT = 100 * 2**20  # bytes on disk; a register of 20,000 pupils with 10 places each takes about 20 MB
UNPACKED_LIMIT = 1000 * 2**20  # bytes of all parts together
AREA_LIMIT = 30_000_000  # cells in the rectangle from A1 to the last value of a sheet; the reader takes 32 bytes for each
CHUNK = 2**20
CARRY = 4096  # bytes kept from chunk to chunk, so that no cell is cut in two

_OLE = b"\xd0\xcf\x11\xe0"
_ERROR_CELL = re.compile(rb"<(?:\w+:)?c ([^>/]*\bt=\"e\"[^>/]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REF = re.compile(rb"\br=\"([A-Z]{1,3}[0-9]{1,7})\"")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*ref=\"([A-Z0-9:]+)\"")
_WIDE = re.compile(rb"r=\"([B-Z][A-Z]|[A-Z]{3})[0-9]")  # right of column AZ, where no table of ours reaches
_ROW = re.compile(rb"<(?:\w+:)?row [^>]*\br=\"([0-9]{1,7})\"")
_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass
class SheetFacts:
    """What the reader would not tell of one sheet: cells with error values by A1 reference, merged ranges."""

    errors: dict[str, str] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 52


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"


def check_file(path: Path) -> None:
    """Refuse, each with its sentence, a file that cannot be a closed workbook. Raises CannotDo."""
    if not path.exists():
        raise CannotDo(f"There is no file {path}. Check the name and the folder, then try again.")
    if path.is_dir():
        raise CannotDo(f"{path} is a folder. Name the workbook in it.")
    if (size := path.stat().st_size) > FILE_LIMIT:
        raise CannotDo(
            f"{path.name} is {_megabytes(size)}; Sendbook reads workbooks up to {_megabytes(FILE_LIMIT)}. Take out pictures, or split it."
        )
    if lock := lock_file_of(path):
        raise CannotDo(
            f"{path.name} seems to be open in another program (there is a file {lock.name} beside it). Save and close it, then try again. "
            f"If it is open nowhere, delete {lock.name}."
        )
    _check_format(path)


def _check_format(path: Path) -> None:
    try:
        with path.open("rb") as f:
            start = f.read(8)
            body = f.read(4 * 2**20) if start.startswith(_OLE) else b""
    except OSError as e:
        raise CannotDo(f"{path.name} cannot be read ({e.strerror}). Check that you may open it, then try again.") from e
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise CannotDo(
            f"{path.name} is protected by a password. Open it in Excel, take the password off (File, Info, Protect Workbook), save, try again."
        )
    if start.startswith(_OLE):
        raise CannotDo(f"{path.name} is in the old .xls form. Open it in Excel and save it as an Excel Workbook (.xlsx), then try again.")
    if not zipfile.is_zipfile(path):
        raise CannotDo(f"{path.name} is not an Excel workbook, or it is damaged. Choose the .xlsx file, or go back to an earlier copy.")


def inspect(path: Path) -> dict[str, SheetFacts]:
    """Facts by sheet name of a file that `check_file` let through. Raises CannotDo past the limits or where it is no workbook."""
    try:
        with zipfile.ZipFile(path) as package:
            sheets = _sheet_parts(package)
            return _scan_all(path, package, sheets)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, etree.XMLSyntaxError) as e:
        raise CannotDo(
            f"{path.name} is not an Excel workbook, or it is damaged. Choose the .xlsx file, or go back to an earlier copy."
        ) from e


def _small_part(package: zipfile.ZipFile, name: str) -> etree._Element:
    if package.getinfo(name).file_size > 16 * 2**20:
        raise zipfile.BadZipFile(name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with package.open(name) as part:
        return etree.fromstring(part.read(16 * 2**20), parser)


def _sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Part name to sheet name."""
    workbook = _small_part(package, "xl/workbook.xml")
    targets = {r.get("Id"): str(r.get("Target")) for r in _small_part(package, "xl/_rels/workbook.xml.rels")}
    found = {}
    for sheet in workbook.iterfind(".//{*}sheets/{*}sheet"):
        target = targets[sheet.get(_REL_ID) or sheet.get("{http://purl.oclc.org/ooxml/officeDocument/relationships}id")]
        found[target.lstrip("/") if target.startswith("/") else f"xl/{target}"] = str(sheet.get("name"))
    return found


def _scan_all(path: Path, package: zipfile.ZipFile, sheets: dict[str, str]) -> dict[str, SheetFacts]:
    total, facts = 0, {name: SheetFacts() for name in sheets.values()}
    for info in package.infolist():
        sheet = sheets.get(info.filename)
        if sheet is None and total + min(info.compress_size * 1032, 2**62) <= UNPACKED_LIMIT:
            total += info.file_size  # cannot pass the limit, whatever its header claims: deflate packs 1032 to 1 at the most
            continue
        for chunk in _chunks(package, info):
            total += len(chunk) - (CARRY if len(chunk) > CARRY else 0)
            if total > UNPACKED_LIMIT:
                raise CannotDo(
                    f"{path.name} unpacks to more than {_megabytes(UNPACKED_LIMIT)}, which no register needs. Check where it comes from."
                )
            if sheet is not None:
                _note(facts[sheet], chunk)
    for name, fact in facts.items():
        if fact.last_row * fact.last_column > AREA_LIMIT:
            raise CannotDo(
                f"Sheet {name} of {path.name} has something typed far from the table, in row {fact.last_row:,} and column {fact.last_column:,}. "
                "Press Ctrl+End in Excel to find it, delete the rows and columns beyond the table, save, and try again."
            )
    return facts


def _chunks(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes in overlapping chunks. What its header claims of its size is not believed."""
    tail = b""
    info.file_size = 2**62  # read to the end of the compressed data; the reader after us will
    with package.open(info) as part:
        while block := part.read(CHUNK):
            yield tail + block
            tail = (tail + block)[-CARRY:]


def _note(fact: SheetFacts, chunk: bytes) -> None:
    if b't="e"' in chunk:
        for attributes, inner in _ERROR_CELL.findall(chunk):
            if (ref := _REF.search(attributes)) and (value := _VALUE.search(inner)):
                fact.errors[ref[1].decode()] = value[1].decode(errors="replace")
    if b"mergeCell " in chunk:
        fact.merged.extend(m.decode() for m in _MERGED.findall(chunk) if m.decode() not in fact.merged)
    for letters in set(_WIDE.findall(chunk)):
        fact.last_column = max(fact.last_column, xl_cell_to_rowcol(letters.decode() + "1")[1] + 1)
    if (at := max(chunk.rfind(b"<row "), chunk.rfind(b":row "))) >= 0 and (row := _ROW.search(chunk, max(0, at - 8))):
        fact.last_row = max(fact.last_row, int(row[1]))
