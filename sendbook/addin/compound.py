"""Compound files, the file system in a file that holds a VBA project: [MS-CFB], version 3.

Streams of 4096 bytes and more lie in sectors of 512 bytes; smaller ones share the mini stream, in sectors of 64. Two
tables (FAT and mini FAT) say for each sector which comes next. The directory names all; every folder's entries form a
red-black tree.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SECTOR, MINI, CUTOFF, ENTRY = 512, 64, 4096, 128
FREE, END, FAT_SECTOR, NOBODY = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
RED, BLACK = 0, 1
IN_HEADER = 109  # FAT sectors whose place the header can hold; a file of 7 MB
LONGEST_NAME = 31


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams; `VBA/dir` is the stream dir in the storage VBA. The same streams make the same bytes."""
    root = _tree(streams)
    entries = _numbered(root)
    sectors, minis = _Sectors(SECTOR), _Sectors(MINI)
    for entry in entries:
        if entry.kind == STREAM:
            entry.start = (minis if len(entry.data) < CUTOFF else sectors).add(entry.data)
    root.data = bytes(minis.body)
    root.start = sectors.add(root.data)
    minis_at = sectors.add(_table(minis.following))
    directory_at = sectors.add(_directory(entries))
    body, fats = _with_fat(sectors)
    mini_sectors = -(-len(minis.following) * 4 // SECTOR)
    return _header(fats, directory_at, minis_at, mini_sectors) + body


# --- sectors and their tables ---
class _Sectors:
    """Sectors one after another, and for each the number of the one that follows."""

    def __init__(self, size: int) -> None:
        self.size, self.body, self.following = size, bytearray(), list[int]()

    def add(self, data: bytes) -> int:
        """Append one stream; give its first sector."""
        count = -(-len(data) // self.size)
        if not count:
            return END
        first = len(self.following)
        self.body += data.ljust(count * self.size, b"\0")
        self.following += [*range(first + 1, first + count), END]
        return first


def _table(numbers: Sequence[int]) -> bytes:
    """Numbers as 32 bits each, to the end of a sector."""
    spare = -len(numbers) % (SECTOR // 4)
    return struct.pack(f"<{len(numbers) + spare}I", *numbers, *[FREE] * spare)


def _with_fat(sectors: _Sectors) -> tuple[bytes, list[int]]:
    """All sectors with the FAT behind them, and the numbers of its own sectors, which it counts too."""
    used, each = len(sectors.following), SECTOR // 4
    count = -(-used // (each - 1))
    if count > IN_HEADER:
        raise ValueError("A compound file of more than 7 MB cannot be written.")
    return bytes(sectors.body) + _table([*sectors.following, *[FAT_SECTOR] * count]), list(range(used, used + count))


def _header(fats: Sequence[int], directory: int, minis: int, mini_sectors: int) -> bytes:
    start = struct.pack("<8s16xHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
    counts = (0, len(fats), directory, 0, CUTOFF, minis, mini_sectors, END, 0)
    return start + struct.pack(f"<9I{IN_HEADER}I", *counts, *fats, *[FREE] * (IN_HEADER - len(fats)))


# --- the directory ---
@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    children: dict[str, "_Entry"] = field(default_factory=dict)
    number: int = 0
    start: int = 0
    colour: int = BLACK
    left: int = NOBODY
    right: int = NOBODY
    child: int = NOBODY


def _tree(streams: Mapping[str, bytes]) -> _Entry:
    root = _Entry("Root Entry", ROOT)
    for path, data in streams.items():
        *folders, name = path.split("/")
        at = root
        for folder in folders:
            at = at.children.setdefault(_key(folder)[1], _Entry(folder, STORAGE))
        if _key(name)[1] in at.children or at.kind == STREAM:
            raise ValueError(f"Two entries of a compound file may not have one name: {path}")
        at.children[_key(name)[1]] = _Entry(name, STREAM, data)
    return root


def _key(name: str) -> tuple[int, str]:
    """What names are ordered and told apart by: first the length, then the letters, large or small."""
    if not 0 < len(name.encode("utf-16-le")) // 2 <= LONGEST_NAME or set(name) & set('/\\:!"\0'):
        raise ValueError(f"No entry of a compound file can be called {name!r}.")
    return len(name), name.upper()


def _numbered(root: _Entry) -> list[_Entry]:
    """All entries, each with its number, and each folder's tree built."""
    entries = [root]
    for entry in entries:  # it grows meanwhile
        inside = sorted(entry.children.values(), key=lambda e: _key(e.name))
        for child in inside:
            child.number = len(entries)
            entries.append(child)
        entry.child = _balance(inside, len(inside).bit_length() - 1)
    return entries


def _balance(ordered: Sequence[_Entry], lowest: int, whole: int | None = None, depth: int = 0) -> int:
    """Build the tree of these entries, give its top. The lowest level is red where it is not full, so that every way down meets as many blacks."""
    if not ordered:
        return NOBODY
    whole = len(ordered) if whole is None else whole
    middle = len(ordered) // 2
    top = ordered[middle]
    full = (whole & (whole + 1)) == 0
    top.colour = RED if depth == lowest and not full else BLACK
    top.left = _balance(ordered[:middle], lowest, whole, depth + 1)
    top.right = _balance(ordered[middle + 1 :], lowest, whole, depth + 1)
    return top.number


def _directory(entries: Sequence[_Entry]) -> bytes:
    unused = struct.pack("<64xHBB3I48x", 0, 0, 0, NOBODY, NOBODY, NOBODY)
    return b"".join(map(_packed, entries)) + unused * (-len(entries) % (SECTOR // ENTRY))


def _packed(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    links = (entry.left, entry.right, entry.child)
    size = (len(name) + 2, entry.kind, entry.colour, *links)
    return struct.pack("<64sHBB3I36xIII", name, *size, entry.start, len(entry.data), 0)
