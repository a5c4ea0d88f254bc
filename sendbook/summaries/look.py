"""The school's colour and logo: checked, and made safe to print."""

import re
from dataclasses import dataclass
from pathlib import Path

COLOUR = "#1F4E79"
CONTRAST = 4.5  # WCAG 2.2, 1.4.3, level AA
LOGO_BYTES = 1_000_000
LOGO_SIDE = 5_000  # pixels

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


def is_colour(text: str) -> bool:
    """Written as #RRGGBB."""
    return bool(_HEX.fullmatch(text))


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = [c / 255 for c in _channels(colour)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, share: float, other: str) -> str:
    """A share of one colour in another."""
    parts = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in parts)


def tint(colour: str) -> str:
    """The colour as a pale ground behind text."""
    return mixed(colour, 0.08, "#FFFFFF")


def for_text(colour: str) -> str:
    """The colour, made darker until words in it can be read on white and on its tint."""
    ground = tint(colour)
    darker = (mixed(colour, share / 20, "#000000") for share in range(20, -1, -1))
    return next(c for c in darker if contrast(c, ground) >= CONTRAST)


class LogoError(Exception):
    """Why a logo cannot be used, as a sentence's end."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture file's bytes and kind: `png`, `jpg` or `svg`."""

    data: bytes
    kind: str


def read_logo(name: str, beside: Path) -> Logo:
    """The logo named in the School sheet, from the workbook's folder. LogoError says why it cannot be used."""
    path = beside / name
    try:
        if not path.resolve().is_relative_to(beside.resolve()):
            raise LogoError("is not in the workbook's folder")
        if path.stat().st_size > LOGO_BYTES:
            raise LogoError("is larger than 1 MB")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise LogoError("is not in the workbook's folder" if not isinstance(error, PermissionError) else "cannot be opened") from None
    kind = _kind(data)
    if not kind:
        raise LogoError("is not a PNG, JPEG or SVG picture")
    if max(_size(data, kind)) > LOGO_SIDE:
        raise LogoError(f"is more than {LOGO_SIDE:,} pixels wide or high")
    return Logo(data, kind)


def _kind(data: bytes) -> str:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "svg" if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<svg" in data else ""


def _size(data: bytes, kind: str) -> tuple[int, int]:
    """Width and height in pixels as the file says; 0 where it does not (a broken file is found when it is drawn)."""
    if kind == "png":
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    frame = re.search(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb]..\x08(..)(..)", data, re.DOTALL) if kind == "jpg" else None
    return (int.from_bytes(frame[1], "big"), int.from_bytes(frame[2], "big")) if frame else (0, 0)
