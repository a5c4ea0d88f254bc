"""The templates of a run: ours, or a school's own from the folder `sendbook-templates` beside the workbook."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sendbook.summaries.look import COLOUR, Logo, for_text, tint

OWN_FOLDER = "sendbook-templates"
HTML_TEMPLATE, PDF_TEMPLATE = "summary.html.j2", "summary.typ"
OURS = Path(__file__).parent / "templates"
FONTS = Path(__file__).parent / "fonts"
OWN_BYTES = 20_000_000


class TemplateError(Exception):
    """A template cannot be used: one sentence with file and line, and what to do."""

    def __init__(self, message: str, todo: str) -> None:
        super().__init__(message, todo)
        self.message, self.todo = message, todo


@dataclass(frozen=True, slots=True)
class Kit:
    """What a worker needs to render: a folder with all files, what is the school's own in it, colours, logo's file.

    `folder` holds the Typst template and all it may read: Typst can open nothing outside it.
    """

    folder: Path
    own_pdf: bool
    own_html: Path | None
    logo: str
    colour: str
    tint: str


def own_templates(beside: Path) -> tuple[Path | None, Path | None]:
    """A school's own templates for PDF and HTML beside the workbook, as far as there are any."""
    folder = beside / OWN_FOLDER
    return tuple(folder / name if (folder / name).is_file() else None for name in (PDF_TEMPLATE, HTML_TEMPLATE))  # type: ignore[return-value]


def make_kit(scratch: Path, beside: Path, colour: str | None, logo: Logo | None) -> Kit:
    """Lay out a run's files in an empty folder. TemplateError where the school's own folder is too large or cannot be read."""
    own_pdf, own_html = own_templates(beside)
    if own_pdf or own_html:
        _copy_own(beside / OWN_FOLDER, scratch)
    if not own_pdf:
        shutil.copyfile(OURS / PDF_TEMPLATE, scratch / PDF_TEMPLATE)
    name = f"logo-of-the-school.{logo.kind}" if logo else ""
    if logo:
        (scratch / name).write_bytes(logo.data)
    base = colour or COLOUR
    return Kit(scratch, own_pdf is not None, scratch if own_html else None, name, for_text(base), tint(base))


def _copy_own(folder: Path, scratch: Path) -> None:
    files = [f for f in folder.rglob("*") if f.is_file() and f.resolve().is_relative_to(folder.resolve())]
    if sum(f.stat().st_size for f in files) > OWN_BYTES:
        raise TemplateError(f"The folder {OWN_FOLDER} is larger than 20 MB.", "Keep only the templates and their pictures in it.")
    try:
        for file in files:
            target = scratch / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    except OSError as error:
        raise TemplateError(
            f"The folder {OWN_FOLDER} cannot be read ({error.strerror}).", "Close its files in other programs and try again."
        ) from error
