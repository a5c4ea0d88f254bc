"""Readers of VBA projects that are not ours: olefile, oletools, SheetJS' cfb; and [MS-OVBA]'s own decryption, by its text."""

import io
import json
import struct
import subprocess
import warnings
import zipfile
from importlib.util import find_spec
from pathlib import Path

import olefile

from tests.live import ROOT, need

with warnings.catch_warnings(action="ignore"):  # of its pyparsing
    from oletools.olevba import VBA_Parser, decompress_stream

XLWINGS = Path((find_spec("xlwings").submodule_search_locations or [""])[0])
QUICKSTART = XLWINGS / "quickstart_addin_ribbon.xlam"  # written by real Excel, opened by it since

CFB = """
const CFB = require("cfb"), fs = require("fs");
const file = CFB.parse(fs.readFileSync(0)), found = {};
file.FileIndex.forEach((entry, i) => {
  if (entry.type === 2) found[file.FullPaths[i].slice(file.FullPaths[0].length)] = Buffer.from(entry.content || []).toString("hex");
});
process.stdout.write(JSON.stringify(found));
"""


def vba_project(path: Path) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read("xl/vbaProject.bin")


def streams(compound: bytes) -> dict[str, bytes]:
    """All streams, as olefile reads them; it raises for what does not fit."""
    with olefile.OleFileIO(io.BytesIO(compound), raise_defects=olefile.DEFECT_UNSURE) as ole:
        return {"/".join(name): ole.openstream(name).read() for name in ole.listdir()}


def streams_by_cfb(compound: bytes) -> dict[str, bytes]:
    """All streams, as SheetJS' cfb reads them."""
    need("cfb of npm", str(ROOT / "node_modules" / "cfb") if (ROOT / "node_modules" / "cfb").exists() else None)
    done = subprocess.run([need("node"), "-e", CFB], input=compound, capture_output=True, cwd=ROOT, check=True, timeout=60)
    return {name: bytes.fromhex(data) for name, data in json.loads(done.stdout).items()}


def streams_by_7z(compound: bytes, folder: Path) -> dict[str, bytes]:
    """All streams, as 7z unpacks them."""
    (folder / "project.bin").write_bytes(compound)
    subprocess.run(
        [need("7z"), "x", "-tcompound", f"-o{folder / 'out'}", folder / "project.bin"], capture_output=True, check=True, timeout=60
    )
    return {p.relative_to(folder / "out").as_posix(): p.read_bytes() for p in (folder / "out").rglob("*") if p.is_file()}


def unpacked(data: bytes) -> bytes:
    """What compressed data holds, as oletools reads it."""
    return bytes(decompress_stream(bytearray(data)))


def sources(compound: bytes) -> dict[str, str]:
    """Each module's source, as olevba gives it."""
    parser = VBA_Parser("vbaProject.bin", data=compound)
    try:
        return {name.partition(".")[0]: code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()


def records(compound: bytes) -> list[tuple[int, bytes]]:
    """The records of the stream dir: number and content."""
    data, at, found = unpacked(streams(compound)["VBA/dir"]), 0, []
    while at < len(data):
        number, size = struct.unpack_from("<HI", data, at)
        size = 6 if number == 0x09 else size  # the version, whose size is said as 4
        found.append((number, data[at + 6 : at + 6 + size]))
        at += 6 + size
    return found


def properties(compound: bytes) -> dict[str, str]:
    """The lines NAME=VALUE of the stream PROJECT; of several with one name the last."""
    lines = streams(compound)["PROJECT"].decode("cp1252").split("\r\n")
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


def revealed(hidden: str, identity: str) -> bytes:
    """Data Decryption, [MS-OVBA] 2.4.3.3, in its own words."""
    data = bytes.fromhex(hidden)
    seed, version_enc, project_key_enc = data[:3]
    version, project_key = seed ^ version_enc, seed ^ project_key_enc
    assert version == 2
    assert project_key == sum(identity.encode()) & 0xFF
    unencrypted_byte_1, encrypted_byte_1, encrypted_byte_2 = project_key, project_key_enc, version_enc
    ignored_length, plain = (seed & 6) // 2, bytearray()
    for byte_enc in data[3:]:
        byte = byte_enc ^ ((encrypted_byte_2 + unencrypted_byte_1) & 0xFF)
        encrypted_byte_2, encrypted_byte_1, unencrypted_byte_1 = encrypted_byte_1, byte_enc, byte
        plain.append(byte)
    length = struct.unpack("<I", plain[ignored_length : ignored_length + 4])[0]
    rest = bytes(plain[ignored_length + 4 :])
    assert len(rest) == length
    return rest
