"""How a VBA project stores its sources: the compression of [MS-OVBA] 2.4.1.

Text is cut into chunks of 4096 bytes. In a chunk, what stood in it before is replaced by a token of two bytes: how far
back, and how many bytes. Where a token's bits divide between the two depends on how far into the chunk it stands.
"""

from collections.abc import Iterator

CHUNK = 4096
SHORTEST = 3  # bytes that a token replaces at the least
PACKED, PLAIN = 0xB000, 0x3000  # signature 3, with and without the bit that says compressed


def compress(data: bytes) -> bytes:
    """The compressed container of `data`. A last chunk that cannot be made smaller is filled up with zeros, as the format has it."""
    return b"\x01" + b"".join(_chunk(data[at : at + CHUNK]) for at in range(0, len(data), CHUNK))


def _chunk(chunk: bytes) -> bytes:
    packed, kind = b"".join(_sequences(chunk)), PACKED
    if len(packed) > CHUNK:
        packed, kind = chunk.ljust(CHUNK, b"\0"), PLAIN
    return (kind | (len(packed) - 1)).to_bytes(2, "little") + packed  # size with these two bytes, less 3


def _sequences(chunk: bytes) -> Iterator[bytes]:
    """Eight tokens at a time, each eight after a byte whose bits say which are copies."""
    tokens = list(_tokens(chunk))
    for at in range(0, len(tokens), 8):
        eight = tokens[at : at + 8]
        flags = sum((len(token) == 2) << bit for bit, token in enumerate(eight))
        yield bytes([flags]) + b"".join(eight)


def _tokens(chunk: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(chunk):
        shift = 16 - max((at - 1).bit_length(), 4)  # bits of a token that hold the length
        back, length = _longest(chunk, at, (1 << shift) - 1 + SHORTEST)
        if length:
            yield ((back - 1) << shift | (length - SHORTEST)).to_bytes(2, "little")
        else:
            yield chunk[at : at + 1]
        at += length or 1


def _longest(chunk: bytes, at: int, most: int) -> tuple[int, int]:
    """How far back the longest run of bytes begins that comes again at `at`, and its length; (0, 0) where none is worth a token."""
    most = min(most, len(chunk) - at)
    length, start = 0, 0
    while (longer := max(length + 1, SHORTEST)) <= most:
        found = chunk.rfind(chunk[at : at + longer], 0, at + longer - 1)  # a copy may run on into what it copies
        if found < 0:
            break
        start, length = found, longer
        while length < most and chunk[start + length] == chunk[at + length]:
            length += 1
    return (at - start, length) if length else (0, 0)
