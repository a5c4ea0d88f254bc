"""A VBA project (`vbaProject.bin`) written from its sources alone, as [MS-OVBA] describes it.

Excel keeps compiled code beside the sources. Here there is none: the stream _VBA_PROJECT holds the seven bytes that say
so, and Excel compiles the sources when it opens the file.
"""

import random
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sendbook.addin.compound import compound_file
from sendbook.addin.compression import compress
from sendbook.workbook.safe import CannotDo

STANDARD, CLASS, DOCUMENT = "standard", "class", "document"
WORKBOOK, WORKSHEET = "00020819", "00020820"  # how the classes of Excel's own documents begin
NO_COMPILED_CODE = bytes.fromhex("CC61FFFF000100")
CODEPAGE, ENCODING, ENGLISH = 1252, "cp1252", 0x409
LONGEST_NAME, LONGEST_DESCRIPTION = 31, 2000
COOKIE = 0xFFFF  # of the compiled code there is not
REFERENCES = {  # library: how the project finds it
    "stdole": r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    "Office": r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL"
    "#Microsoft Office 16.0 Object Library",
}


@dataclass(frozen=True)
class Module:
    """One module: its source with the attribute lines, as the project stores it, lines ending in CR LF."""

    name: str
    kind: str
    source: str

    @property
    def description(self) -> str:
        """What its attribute VB_Description says, or nothing."""
        _, _, rest = self.source.partition('\r\nAttribute VB_Description = "')
        return rest.partition('"\r\n')[0].replace(r"\r\n", "\r\n")[:LONGEST_DESCRIPTION]

    @property
    def encoded(self) -> bytes:
        """The source in the project's code page. Raises CannotDo for a letter that is not in it."""
        try:
            return self.source.encode(ENCODING)
        except UnicodeEncodeError as e:
            line = self.source.count("\n", 0, e.start) + 1
            raise CannotDo(
                f"The macro {self.name} has in line {line} the letter “{self.source[e.start]}”, which VBA cannot hold. Write it in another way."
            ) from e


def document(name: str, kind: str = WORKSHEET) -> Module:
    """The module of the workbook or of a sheet, with no code in it. The name is the sheet's code name."""
    return Module(name, DOCUMENT, attributes(name, f"{kind}-0000-0000-C000-000000000046", predeclared=True, exposed=True))


def attributes(name: str, base: str, predeclared: bool, exposed: bool) -> str:
    """The lines a class or document begins with, which the editor does not show."""
    values = {
        "Name": f'"{name}"',
        "Base": f'"0{{{base}}}"',
        "GlobalNameSpace": False,
        "Creatable": False,
        "PredeclaredId": predeclared,
        "Exposed": exposed,
        "TemplateDerived": False,
        "Customizable": predeclared,  # of Excel's documents, not of classes
    }
    return "".join(f"Attribute VB_{key} = {value}\r\n" for key, value in values.items())


def project(name: str, modules: Sequence[Module]) -> bytes:
    """The file vbaProject.bin. The same sources make the same bytes. Raises CannotDo for what VBA cannot hold."""
    _check_names(name, modules)
    streams = {
        "VBA/dir": compress(_dir(name, modules)),
        "VBA/_VBA_PROJECT": NO_COMPILED_CODE,
        "PROJECT": _project_text(name, modules).encode(ENCODING),
        "PROJECTwm": b"".join(_both_names(m.name) for m in modules) + b"\0\0",
    }
    return compound_file(streams | {f"VBA/{m.name}": compress(m.encoded) for m in modules})


def _check_names(name: str, modules: Sequence[Module]) -> None:
    names = [name, *(m.name for m in modules)]
    if len({n.lower() for n in names}) < len(names):
        raise CannotDo(f"Two macro modules have one name, or the project's: {', '.join(names)}. Give each its own.")
    for bad in (n for n in names if not (n.isascii() and n.isidentifier() and n[0] != "_" and len(n) <= LONGEST_NAME)):
        raise CannotDo(
            f"A macro module cannot be called “{bad}”: letters and digits only, beginning with a letter, at most {LONGEST_NAME}."
        )


def _both_names(name: str) -> bytes:
    return name.encode(ENCODING) + b"\0" + name.encode("utf-16-le") + b"\0\0"


# --- the stream dir ---
def _record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def _long(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<I", value))


def _short(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<H", value))


def _text(number: int, wide: int, text: str) -> bytes:
    """A text twice, in the code page and as UTF-16, each in its record."""
    return _record(number, text.encode(ENCODING)) + _record(wide, text.encode("utf-16-le"))


def _dir(name: str, modules: Sequence[Module]) -> bytes:
    references = b"".join(_reference(*r) for r in REFERENCES.items())
    count = _short(0x0F, len(modules)) + _short(0x13, COOKIE)
    return _about(name) + references + count + b"".join(map(_module, modules)) + _record(0x10)


def _about(name: str) -> bytes:
    """What holds for the whole project."""
    return (
        _long(0x01, 1)  # Windows, as in the add-ins that also open on a Mac
        + _long(0x02, ENGLISH)
        + _long(0x14, ENGLISH)
        + _short(0x03, CODEPAGE)
        + _record(0x04, name.encode(ENCODING))
        + _text(0x05, 0x40, "")  # description
        + _record(0x06)  # help file, twice
        + _record(0x3D)
        + _long(0x07, 0)  # help context
        + _long(0x08, 0)  # flags
        + struct.pack("<HIIH", 0x09, 4, 1, 0)  # version 1.0; its size is said as 4, though it is 6
        + _text(0x0C, 0x3C, "")  # constants of conditional compilation
    )


def _reference(name: str, found_at: str) -> bytes:
    where = found_at.encode(ENCODING)
    return _text(0x16, 0x3E, name) + _record(0x0D, struct.pack("<I", len(where)) + where + bytes(6))


def _module(module: Module) -> bytes:
    return (
        _text(0x19, 0x47, module.name)
        + _text(0x1A, 0x32, module.name)  # of its stream
        + _text(0x1C, 0x48, module.description)
        + _long(0x31, 0)  # where the source begins: no compiled code stands before it
        + _long(0x1E, 0)  # help context
        + _short(0x2C, COOKIE)
        + _record(0x21 if module.kind == STANDARD else 0x22)
        + _record(0x2B)
    )


# --- the stream PROJECT ---
def _project_text(name: str, modules: Sequence[Module]) -> str:
    """The project as lines of text: its modules, that it is not locked, and where its windows stood."""
    identity = f"{{{uuid.uuid5(uuid.NAMESPACE_OID, name)}}}".upper()
    lines = [
        f'ID="{identity}"',
        *(_item(m) for m in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{hide(bytes(4), identity)}"',  # nobody has locked it
        f'DPB="{hide(bytes(1), identity)}"',  # no password
        f'GC="{hide(bytes([0xFF]), identity)}"',  # it can be seen
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{m.name}=0, 0, 0, 0, C" for m in modules),
        "",
    ]
    return "\r\n".join(lines)


def _item(module: Module) -> str:
    if module.kind == DOCUMENT:
        return f"Document={module.name}/&H00000000"
    return f"{'Class' if module.kind == CLASS else 'Module'}={module.name}"


def hide(data: bytes, identity: str) -> str:
    """Data under the cipher of [MS-OVBA] 2.4.3.2, as hexadecimal digits; the key is the project's identity.

    The seed and the filling, which may be anything, are always the same for the same data.
    """
    anything = random.Random(identity.encode() + data)  # noqa: S311 - no secret: the key stands beside it
    seed, key = anything.randrange(256), sum(identity.encode()) & 0xFF
    hidden = [seed, seed ^ 2, seed ^ key]
    before = key
    filling = anything.randbytes((seed & 6) // 2)
    for byte in filling + struct.pack("<I", len(data)) + data:
        hidden.append(byte ^ ((hidden[-2] + before) & 0xFF))
        before = byte
    return bytes(hidden).hex().upper()
