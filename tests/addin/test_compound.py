"""Compound files and the compression in them, read back by programs that are not ours."""

import random
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sendbook.addin.compound import compound_file
from sendbook.addin.compression import compress
from tests.addin.reading import streams, streams_by_7z, streams_by_cfb, unpacked

AROUND = [0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 8191, 8192, 8193]
NAMES = st.text("abcXYZ_é", min_size=1, max_size=31)
SIZES = st.one_of(st.sampled_from(AROUND), st.integers(0, 12_000))


def some(size: int, seed: int = 1) -> bytes:
    return bytes((i * 7 + i // 251 + seed) % 256 for i in range(size))


@st.composite
def trees(draw: st.DrawFn) -> dict[str, bytes]:
    """Streams at the top and in folders, no two names alike but for capitals."""
    names = draw(st.lists(NAMES, max_size=30, unique_by=str.upper))
    paths = [f"{draw(st.sampled_from(['', 'Folder/', 'Folder/In it/', 'Other/']))}{name}" for name in names]
    taken = {"FOLDER", "OTHER", "IN IT"}
    return {p: some(draw(SIZES), n) for n, p in enumerate(paths) if p.rpartition("/")[2].upper() not in taken}


@given(trees())
@settings(max_examples=60)
def test_every_stream_comes_back_whole(tree):
    assert streams(compound_file(tree)) == tree


@pytest.mark.parametrize("count", [*range(1, 20), 130, 300])
def test_the_directory_is_a_red_black_tree_in_order(count):
    data = compound_file({f"{'x' * (n % 7)}{n}": some(n % 90) for n in range(count)})
    entries = directory(data)
    assert data[:8] == bytes.fromhex("D0CF11E0A1B11AE1")
    keys, blacks = walk(entries, entries[0]["child"])
    assert keys == sorted(keys)
    assert len(keys) == count
    assert len(blacks) == 1, "on every way down as many black entries"
    assert entries[entries[0]["child"]]["black"]


def directory(data: bytes) -> list[dict]:
    """The entries of a compound file's directory, read by following the table of sectors."""
    fats, at = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 48)[0]
    table = [n for sector in struct.unpack_from(f"<{fats}I", data, 76) for n in struct.unpack_from("<128I", data, 512 * (sector + 1))]
    raw = b""
    while at != 0xFFFFFFFE:
        raw += data[512 * (at + 1) : 512 * (at + 2)]
        at = table[at]
    found = []
    for entry in (raw[i : i + 128] for i in range(0, len(raw), 128)):
        size, kind, black, left, right, child = struct.unpack_from("<HBB3I", entry, 64)
        name = entry[: max(size - 2, 0)].decode("utf-16-le")
        found.append({"name": name, "kind": kind, "black": black, "left": left, "right": right, "child": child})
    return found


def walk(entries: list[dict], at: int, blacks: int = 0, above_red: bool = False) -> tuple[list[tuple[int, str]], set[int]]:
    """Keys in order, and the numbers of black entries met on the ways down."""
    if at == 0xFFFFFFFF:
        return [], {blacks}
    entry = entries[at]
    assert not (above_red and not entry["black"]), "no red entry under a red one"
    down = (blacks + entry["black"], not entry["black"])
    left, right = walk(entries, entry["left"], *down), walk(entries, entry["right"], *down)
    return [*left[0], (len(entry["name"]), entry["name"].upper()), *right[0]], left[1] | right[1]


MANY = {f"{'VBA/' * (n % 2)}s{n}": some(size, n) for n, size in enumerate(AROUND * 3)}


def test_two_further_readers_agree(tmp_path):
    data = compound_file(MANY)
    assert streams_by_cfb(data) == MANY
    assert streams_by_7z(data, tmp_path) == MANY


def test_hundreds_of_sectors_with_several_tables():
    tree = {"big": some(300_000), "small": some(10)} | {f"m{n}": some(4000) for n in range(60)}
    assert streams(compound_file(tree)) == tree


@pytest.mark.parametrize("names", [["a", "A"], ["a", "a/b"], ["a/b", "a"], ["x" * 32], ["a:b"], [""], ["😀" * 16]])
def test_names_that_cannot_be_are_refused(names):
    with pytest.raises(ValueError, match=r"compound file"):
        compound_file(dict.fromkeys(names, b""))


def test_more_than_the_header_can_tell_of_is_refused():
    with pytest.raises(ValueError, match="7 MB"):
        compound_file({"a": bytes(7_200_000)})
    assert streams(compound_file({"a": some(7_000_000)}))["a"] == some(7_000_000)


# --- compression ---
NOISE = random.Random(1).randbytes(9000)
TEXTS = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda a, n: a * n, st.binary(min_size=1, max_size=60), st.integers(1, 900)),
    st.builds(lambda a, n, b: NOISE[:n] + a + b * 40, st.binary(max_size=40), st.sampled_from([0, 15, 16, 17, 2047, 2048, 2049]), st.binary(max_size=9)),
    st.lists(st.sampled_from([b"Public Sub ", b"End Sub\r\n", b"    If ", b" Then\r\n", b"x"]), max_size=2000).map(b"".join),
)  # fmt: skip


@given(TEXTS)
@example(b"")
@example(b"a")
@example(b"a" * 4096)
@example(b"a" * 4097)
@example(b"ab" * 6000)
@example(NOISE[:4096])
@example(NOISE[:8192])
@example(NOISE[:2100] + b"x" * 200)
@example(NOISE[:4096] * 2 + b"tail")
def test_what_is_compressed_comes_back(data):
    assert unpacked(compress(data)) == data


@pytest.mark.parametrize("size", [3640, 3641, 4095])
def test_a_last_chunk_of_noise_is_filled_with_zeros_as_the_format_has_it(size):
    assert unpacked(compress(NOISE[:size])) == (NOISE[:size] if size == 3640 else NOISE[:size].ljust(4096, b"\0"))


def test_the_examples_of_the_specification():
    """[MS-OVBA] 3.2. In the second there is more than one way to do it, and ours may be the shorter."""
    assert compress(b"abcdefghijklmnopqrstuv.") == bytes.fromhex("0119B000616263646566676800696A6B6C6D6E6F70007172737475762E")
    assert compress(b"a" * 73) == bytes.fromhex("0103B002614500")
    theirs = bytes.fromhex("012FB00023616161626364658266007061676869 6A013808616B6C0020 6D6E6F700671027004007273747576107778797A002C")
    text = b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
    assert unpacked(theirs) == text == unpacked(compress(text))
    assert len(compress(text)) <= len(theirs)


def test_sources_become_much_smaller():
    text = b'Public Sub One()\r\n    RunSendbook "one"\r\nEnd Sub\r\n' * 200
    assert len(compress(text)) < len(text) / 10
