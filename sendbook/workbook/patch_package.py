"""An .xlsx package as named parts: some are changed or dropped, all others are carried over byte for byte."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import ParseError

from lxml import etree
from openpyxl.packaging.relationship import RelationshipList, get_dependents, get_rels_path
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS

from sendbook.workbook.safe import CannotDo

CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
)
SUFFIXES = (".xlsx", ".xlsm")
_DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError, etree.XMLSyntaxError, ParseError)


def q(tag: str) -> str:
    """A tag of the main spreadsheet namespace, as lxml writes it."""
    return f"{{{SHEET_MAIN_NS}}}{tag}"


class Package:
    """The parts of one workbook file. Nothing is written until `save`."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path, self._archive = path, archive
        self._trees: dict[str, etree._Element] = {}
        self._changed: set[str] = set()
        self._dropped: set[str] = set()
        self.names = frozenset(archive.namelist())
        self.workbook = self._workbook_part()

    def tree(self, name: str) -> etree._Element:
        """The root element of an XML part; the same object each time."""
        if name not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False)
            self._trees[name] = etree.fromstring(self._archive.read(name), parser)
        return self._trees[name]

    def change(self, name: str) -> etree._Element:
        """The root element of a part that is written anew by `save`."""
        self._changed.add(name)
        return self.tree(name)

    def related(self, name: str) -> RelationshipList:
        """The relationships of a part, targets as part names."""
        path = get_rels_path(name)
        return get_dependents(self._archive, path) if path in self.names else RelationshipList()

    def related_part(self, name: str, kind: str) -> str | None:
        """The first part that `name` has a relationship of this kind to (`styles`, `sharedStrings` ...)."""
        return next((str(r.target) for r in self.related(name) if r.Type == f"{REL_NS}/{kind}" and r.target in self.names), None)

    def _workbook_part(self) -> str:
        types = {str(o.get("PartName")): str(o.get("ContentType")) for o in self.tree(CONTENT_TYPES)}
        found = next((part.lstrip("/") for part, kind in types.items() if kind in WORKBOOK_TYPES), None)
        if found is None or self.tree(found).tag != q("workbook"):
            raise CannotDo(
                f"{self.path.name} is not a workbook that can be changed. In Excel save it as Excel Workbook (.xlsx), then do this again."
            )
        return found

    def drop_calculation_chain(self) -> None:
        """Take out the list of the order of formulas; Excel makes it anew. Left in after a change it counts as damage."""
        chain = self.related_part(self.workbook, "calcChain")
        if chain is None:
            return
        self._dropped.add(chain)
        _remove(self.change(CONTENT_TYPES), "PartName", f"/{chain}")
        _remove(self.change(get_rels_path(self.workbook)), "Type", f"{REL_NS}/calcChain")

    def save(self, target: Path) -> None:
        """Write the package: parts in their old order, with their old dates and compression."""
        with zipfile.ZipFile(target, "w") as written:
            for old in self._archive.infolist():
                if old.filename not in self._dropped:
                    written.writestr(_header(old), self._bytes(old.filename))

    def _bytes(self, name: str) -> bytes:
        if name not in self._changed:
            return self._archive.read(name)
        return etree.tostring(self._trees[name], xml_declaration=True, encoding="UTF-8", standalone=True)


def _remove(root: etree._Element, attribute: str, value: str) -> None:
    for entry in list(root):
        if entry.get(attribute) == value:
            root.remove(entry)


def _header(old: zipfile.ZipInfo) -> zipfile.ZipInfo:
    new = zipfile.ZipInfo(old.filename, old.date_time)
    new.compress_type, new.external_attr, new.create_system, new.comment = (
        old.compress_type,
        old.external_attr,
        old.create_system,
        old.comment,
    )
    return new


@contextmanager
def opened(path: Path) -> Iterator[Package]:
    """The package of a workbook. Raises CannotDo for what is no .xlsx or .xlsm, is damaged, or carries a digital signature."""
    if path.suffix.lower() not in SUFFIXES:
        raise CannotDo(f"{path.name} is not an .xlsx or .xlsm workbook. In Excel save it as Excel Workbook (.xlsx), then do this again.")
    try:
        with zipfile.ZipFile(path) as archive:
            package = Package(path, archive)
            _refuse_signed(package)
            yield package
    except _DAMAGED as error:
        raise CannotDo(
            f"{path.name} is not an Excel workbook, is locked with a password, or is damaged; nothing was changed. "
            "Open it in Excel and save it again, or go back to an earlier copy."
        ) from error


def _refuse_signed(package: Package) -> None:
    signed = any("digital-signature" in str(r.Type) for r in package.related(""))
    if signed or any(name.lower().startswith("_xmlsignatures/") for name in package.names):
        raise CannotDo(
            f"{package.path.name} carries a digital signature, which any change would break; nothing was changed. "
            "Take the signature off in Excel (File, Info), or work on an unsigned copy."
        )
