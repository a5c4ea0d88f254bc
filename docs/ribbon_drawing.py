"""A drawing of the ribbon's tab, made from its description for Excel: the groups, the buttons, which are large, which are still to come.

Excel's own icons are not ours to show; simple signs stand for them.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

SOURCE = Path(__file__).parent.parent / "macros" / "customUI14.xml"
OFFICE = "{http://schemas.microsoft.com/office/2009/07/customui}"
LETTER = 6.3  # width of a letter of 12 pixels, on average
TOP, LINE, STACK = 44, 24, 3  # where the buttons begin; a small button's height; small buttons above each other
BOTTOM = TOP + STACK * LINE
HEIGHT = BOTTOM + 32
GAP = 10
INK, ACCENT, QUIET, EDGE = "#262626", "#1F3864", "#6B6B6B", "#D0D0D0"

# Signs of 16 by 16, for each of Excel's icons that the tab uses.
SIGNS = {
    "ErrorChecking": "M2 8.5 6 12.5 14 3.5",
    "GoTo": "M2 8H13M9 4 13 8 9 12",
    "ImportTextFile": "M8 2V10M4.5 6.5 8 10 11.5 6.5M2 11V14H14V11",
    "DistributionListAddNewMember": "M6 7A2.5 2.5 0 1 0 6 2 2.5 2.5 0 0 0 6 7ZM1.5 14C1.5 7.5 10.5 7.5 10.5 14M13 4V9M10.5 6.5H15.5",
    "SheetDelete": "M3 3 13 13M13 3 3 13",
    "Calculator": "M3 1.5H13V14.5H3ZM5.5 4.5H10.5M5.5 8H6.5M9.5 8H10.5M5.5 11.5H6.5M9.5 11.5H10.5",
    "PivotTableInsert": "M2 2.5H14V13.5H2ZM2 6H14M6 2.5V13.5M10 6V13.5M6 9.8H14",
    "AccessTableContacts": "M8 14A6 6 0 1 0 8 2 6 6 0 0 0 8 14ZM8 4.5V8L10.5 10",
    "PublishToPdfOrEdoc": "M4 1.5H9.5L12.5 4.5V14.5H4ZM9.5 1.5V4.5H12.5M6 8H10.5M6 11H10.5",
    "FileSaveAsPdfOrXps": "M2.5 4.5V14.5H9.5M5.5 1.5H10.5L13.5 4.5V11.5H5.5ZM10.5 1.5V4.5H13.5",
    "FileOpen": "M1.5 13V3.5H6L7.5 5.5H14.5V13Z",
    "CalendarInsert": "M2 3.5H14V14H2ZM2 7H14M5 1.5V4.5M11 1.5V4.5",
    "FileSendAsAttachment": "M1.5 3.5H14.5V12.5H1.5ZM1.5 4 8 9 14.5 4",
    "FileEmailAsPdfEmailAttachment": "M3.5 2H14.5V9.5M1.5 5H12V13.5H1.5ZM1.5 5.5 6.75 9.5 12 5.5",
    "CancelRequest": "M8 14A6 6 0 1 0 8 2 6 6 0 0 0 8 14ZM3.8 3.8 12.2 12.2",
    "ReviewTrackChanges": "M3 1.5H13V14.5H3ZM5.5 5H10.5M5.5 8H10.5M5.5 11H8.5",
    "MailMergeMergeToEMail": "M1.5 8 14.5 2 10.5 14 7.5 9ZM7.5 9 14.5 2",
    "Help": "M5 5.5C5 1.5 11 1.5 11 5.5 11 8 8 7.8 8 10.5M8 13.2V14",
    "Info": "M8 14A6 6 0 1 0 8 2 6 6 0 0 0 8 14ZM8 7.2V11.2M8 4.6V5.2",
}


def ribbon_drawing() -> str:
    """The tab as an SVG."""
    (tab,) = ET.parse(SOURCE).getroot().iter(f"{OFFICE}tab")  # noqa: S314 - our own file
    x, drawn = float(GAP), []
    for group in tab.iter(f"{OFFICE}group"):
        x, parts = _group(group, x)
        drawn += parts
    width, name = round(x), str(tab.get("label"))
    label = f"The tab {name} with its groups " + ", ".join(str(g.get("label")) for g in tab.iter(f"{OFFICE}group"))
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" role="img" aria-label="{label}">',
        "<!-- Made from macros/customUI14.xml by docs/generate.py; change that, not this drawing. -->",
        '<g font-family="\'Segoe UI\', Calibri, Carlito, system-ui, sans-serif" font-size="12" stroke-linecap="round" stroke-linejoin="round">',
        f'<rect width="{width}" height="{HEIGHT}" fill="#F3F3F3"/>',
        f'<rect x="4" y="32" width="{width - 8}" height="{HEIGHT - 36}" rx="6" fill="#FFFFFF" stroke="{EDGE}"/>',
        *_tabs(name),
    ]
    return "\n".join([*head, *drawn, "</g>", "</svg>", ""])


def _tabs(name: str) -> Iterator[str]:
    """The tab's own name among some of Excel's."""
    x = float(2 * GAP)
    for title in ("File", "Home", "…", "View", name):
        ours = title == name
        width = len(title) * LETTER * (1.2 if ours else 1)
        yield _text(x, 21, title, ACCENT if ours else QUIET, ' font-weight="600"' if ours else "")
        if ours:
            yield f'<rect x="{x:g}" y="27" width="{width:g}" height="3" rx="1.5" fill="{ACCENT}"/>'
        x += width + 22


def _group(group: ET.Element, x: float) -> tuple[float, list[str]]:
    """A group from the left edge x; where the next one begins, and what is drawn."""
    left, drawn = x, []
    buttons = group.findall(f"{OFFICE}button")
    large = [b for b in buttons if b.get("size") == "large"]
    small = [b for b in buttons if b.get("size") != "large"]
    for button in large:
        width, parts = _large(button, x)
        drawn += parts
        x += width
    for i in range(0, len(small), STACK):
        width, parts = _stack(small[i : i + STACK], x)
        drawn += parts
        x += width
    label = str(group.get("label"))
    x = max(x, left + len(label) * LETTER) + GAP
    drawn.append(_text((left + x - GAP) / 2, BOTTOM + 19, label, QUIET, ' font-size="11" text-anchor="middle"'))
    if left > GAP:
        drawn.append(f'<line x1="{left - GAP / 2:g}" y1="{TOP - 4}" x2="{left - GAP / 2:g}" y2="{BOTTOM + 20}" stroke="{EDGE}"/>')
    return x + GAP / 2, drawn


def _large(button: ET.Element, x: float) -> tuple[float, list[str]]:
    words = str(button.get("label")).split()
    lines = [" ".join(words[:-1]), words[-1]] if len(words) > 1 else words
    width = max(56, max(map(len, lines)) * LETTER + 14)
    middle = x + width / 2
    ink = _ink(button)
    drawn = [_sign(button, middle - 15, TOP - 1, 1.9)]
    drawn += [_text(middle, TOP + 46 + 15 * i, line, ink, ' text-anchor="middle"') for i, line in enumerate(lines)]
    return width, drawn


def _stack(buttons: Sequence[ET.Element], x: float) -> tuple[float, list[str]]:
    drawn = []
    for i, button in enumerate(buttons):
        y = TOP + i * LINE
        drawn += [_sign(button, x + 6, y + 3, 1), _text(x + 28, y + 15.5, str(button.get("label")), _ink(button))]
    return 28 + max(len(str(b.get("label"))) for b in buttons) * LETTER + 8, drawn


def _sign(button: ET.Element, x: float, y: float, scale: float) -> str:
    colour = ACCENT if _ink(button) == INK else "#B0B0B0"
    path = SIGNS.get(str(button.get("imageMso")), "M3 3H13V13H3Z")
    return f'<path transform="translate({x:g} {y:g}) scale({scale:g})" d="{path}" fill="none" stroke="{colour}" stroke-width="{1.5 / scale**0.3:.2g}"/>'


def _ink(button: ET.Element) -> str:
    return "#A0A0A0" if "later version" in str(button.get("screentip")) else INK


def _text(x: float, y: float, words: str, colour: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}"{more}>{escape(words)}</text>'
