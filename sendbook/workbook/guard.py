"""Looks into an .xlsx before anything opens it: is it safe to read, and what would the reader not tell us.

The reader (calamine) is quick but trusts its input: a zip bomb or one value in the last cell of a sheet makes it
ask for more memory than there is, and cells with an error value come back as if they were blank. So every sheet's
XML is streamed once: sizes are counted, error values and merged cells noted, and where the tables stand.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from sendbook.workbook.raw import AREA_LIMIT, SheetFacts, TableArea
from sendbook.workbook.references import column_number
from sendbook.workbook.safe import CannotDo, refuse_if_open

FILE_LIMIT = 100 * 2**20  # bytes on disk; a register of 20,000 pupils with 10 places each takes about 20 MB
UNPACKED_LIMIT = 1000 * 2**20  # bytes of all parts together
STRING_LIMIT = 5_000_000  # different texts; the reader takes some 60 bytes for the smallest. 20,000 pupils have 230,000
CELL_LIMIT = 10_000_000  # cells of one sheet with something in them; 20,000 pupils with 10 places each have 2.6 million in Places
SHORTEST_CELL = 15  # bytes of XML that a cell with a value has at the least
CHUNK = 2**20
CARRY = 4096  # bytes kept from chunk to chunk, so that no cell is cut in two

_OLE = b"\xd0\xcf\x11\xe0"
_ERROR_CELL = re.compile(rb"<(?:\w+:)?c ([^>/]*\bt=\"e\"[^>/]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REF = re.compile(rb"\br=\"([A-Z]{1,3}[0-9]{1,7})\"")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*ref=\"([A-Z0-9:]+)\"")
_WIDE = re.compile(rb"r=\"([B-Z][A-Z]|[A-Z]{3})[0-9]")  # right of column AZ, where no table of ours reaches
_ROW = re.compile(rb"row [^>]*\br=\"([0-9]{1,7})\"")
_CELL = re.compile(rb"c [^>]*\br=\"[A-Z]{1,3}([0-9]{1,7})\"")  # the reader goes by it, whatever its row says
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


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
    refuse_if_open(path)
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
            facts = _scan_all(path, package, sheets)
            for part, name in sheets.items():
                facts[name].tables = _tables(package, part)
            return facts
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


def _tables(package: zipfile.ZipFile, part: str) -> list[TableArea]:
    """The tables of a sheet part; what is out of form is left to the reader, which will not know it either."""
    folder, _, name = part.rpartition("/")
    if (relations := f"{folder}/_rels/{name}.rels") not in package.namelist():
        return []
    kinds = [(str(r.get("Type")), str(r.get("Target"))) for r in _small_part(package, relations)]
    parts = [posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") for kind, target in kinds if kind.endswith("/table")]
    roots = [_small_part(package, p) for p in parts if p in package.namelist()]
    return [area for root in roots if (area := _area(root))]


def _area(table: etree._Element) -> TableArea | None:
    found = _AREA.fullmatch(table.get("ref", ""))
    if not found:
        return None
    name = str(table.get("displayName") or table.get("name"))
    return TableArea(name, int(found[2]), int(found[4]), column_number(found[1]), column_number(found[3]))


def _scan_all(path: Path, package: zipfile.ZipFile, sheets: dict[str, str]) -> dict[str, SheetFacts]:
    total, facts = 0, {name: SheetFacts() for name in sheets.values()}
    for info in package.infolist():
        if info.filename not in sheets and not _is_texts(info) and total + min(info.compress_size * 1032, 2**62) <= UNPACKED_LIMIT:
            total += info.file_size  # cannot pass the limit, whatever its header claims: deflate packs 1032 to 1 at the most
            continue
        total = _scan(path, package, info, facts[sheets[info.filename]] if info.filename in sheets else SheetFacts(), total)
    for part, name in sheets.items():
        _refuse_too_many_cells(path, package, part, name, facts[name])
    return facts


def _is_texts(info: zipfile.ZipInfo) -> bool:
    return posixpath.basename(info.filename).lower() == "sharedstrings.xml"


def _scan(path: Path, package: zipfile.ZipFile, info: zipfile.ZipInfo, fact: SheetFacts, total: int) -> int:
    """Look through one part; give the unpacked bytes of all parts so far. Raises CannotDo past a limit."""
    texts = 0
    for chunk, new in _chunks(package, info):
        total += len(chunk) - new
        fact.size += len(chunk) - new
        if total > UNPACKED_LIMIT:
            raise CannotDo(
                f"{path.name} unpacks to more than {_megabytes(UNPACKED_LIMIT)}, which no register needs. Check where it comes from."
            )
        if not _is_texts(info):
            _note(fact, chunk)
        elif (texts := texts + _count(chunk, new, b"si")) > STRING_LIMIT:
            raise CannotDo(f"{path.name} holds more than {STRING_LIMIT:,} texts, which no register needs. Check where it comes from.")
    return total


def _refuse_too_many_cells(path: Path, package: zipfile.ZipFile, part: str, name: str, fact: SheetFacts) -> None:
    if fact.last_row * fact.last_column > AREA_LIMIT:
        raise CannotDo(
            f"Sheet {name} of {path.name} has something typed far from the table, in row {fact.last_row:,} and column {fact.last_column:,}. "
            "Press Ctrl+End in Excel to find it, delete the rows and columns beyond the table, save, and try again."
        )
    if fact.size <= CELL_LIMIT * SHORTEST_CELL:  # too short to hold so many; counting would take a fifth of the time for nothing
        return
    if sum(_count(chunk, new, b"c") for chunk, new in _chunks(package, package.getinfo(part))) > CELL_LIMIT:
        raise CannotDo(
            f"Sheet {name} of {path.name} holds more than {CELL_LIMIT:,} cells, which no register needs. "
            "Delete the rows and columns beyond the table, or go back to an earlier copy."
        )


def _count(chunk: bytes, start: int, tag: bytes) -> int:
    """How many elements of that tag begin after `start`, roughly: a prefix is allowed for, and what begins alike counts too."""
    return chunk.count(b"<" + tag, start) + chunk.count(b":" + tag, start)


def _chunks(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """The part's bytes in overlapping chunks, and where in each the new bytes begin. What its header claims of its size is not believed."""
    tail = b""
    info.file_size = 2**62  # read to the end of the compressed data; the reader after us will
    with package.open(info) as part:
        while block := part.read(CHUNK):
            chunk = tail + block
            yield chunk, len(tail)
            tail = chunk[-CARRY:]


def _note(fact: SheetFacts, chunk: bytes) -> None:
    if b't="e"' in chunk:
        for attributes, inner in _ERROR_CELL.findall(chunk):
            if (ref := _REF.search(attributes)) and (value := _VALUE.search(inner)):
                fact.errors[ref[1].decode()] = value[1].decode(errors="replace")
    if b"mergeCell " in chunk:
        fact.merged.extend(m.decode() for m in _MERGED.findall(chunk) if m.decode() not in fact.merged)
    for letters in set(_WIDE.findall(chunk)):
        fact.last_column = max(fact.last_column, column_number(letters.decode()))
    for tag, numbered in ((b"row ", _ROW), (b"c ", _CELL)):
        at = chunk.rfind(b"<" + tag)
        at = at if at >= 0 else chunk.rfind(b":" + tag)
        if at >= 0 and (row := numbered.match(chunk, at + 1)):
            fact.last_row = max(fact.last_row, int(row[1]))
