"""What one worker process does: draw a few summaries and write their files. Imports no tables, so it starts quickly."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sendbook.summaries.model import Summary
from sendbook.summaries.render import Renderer
from sendbook.summaries.spacing import pages_in
from sendbook.summaries.templates import Kit, TemplateError
from sendbook.workbook.safe import CannotDo, write_beside


@dataclass(frozen=True, slots=True)
class Job:
    """One pupil's summary to be drawn, with the paths of its two files without their endings. `row`: in Pupils."""

    row: int
    summary: Summary
    stem: Path
    today: date


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a job: files written, the PDF's pages, letters that words stand for, or why there is no file."""

    row: int
    paths: tuple[Path, ...] = ()
    pages: int = 0
    lacking: frozenset[str] = frozenset()
    template_error: tuple[str, str] | None = None
    write_error: str = ""


_renderers: dict[Kit, Renderer] = {}  # one for a run in each process


def start(kit: Kit) -> None:
    """Make a worker ready. A school's own Typst template must not fetch packages: there is no way out of this process."""
    if kit.own_pdf:
        os.environ |= dict.fromkeys(
            ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"), "http://127.0.0.1:9"
        )
    _renderers[kit] = Renderer(kit)


def finish() -> None:
    """Let go of a run's templates and typefaces, where it was drawn in this process."""
    _renderers.clear()


def draw(kit: Kit, jobs: Sequence[Job]) -> list[Done]:
    """Draw and write a few summaries. Nothing about a file or a template raises: it is told in `Done`."""
    return [_draw_one(_renderers[kit], job) for job in jobs]


def _draw_one(renderer: Renderer, job: Job) -> Done:
    pdf_path, html_path = (job.stem.with_name(job.stem.name + ending) for ending in (".pdf", ".html"))
    try:
        page = renderer.html(job.summary)
        pdf, lacking = renderer.pdf(job.summary, job.today)
    except TemplateError as error:
        return Done(job.row, template_error=(error.message, error.todo))
    try:
        write_whole(pdf_path, pdf)
        write_whole(html_path, page.encode("utf-8", errors="replace"))
    except CannotDo as error:
        return Done(job.row, write_error=str(error))
    return Done(job.row, (pdf_path, html_path), pages_in(pdf), lacking)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises CannotDo with a sentence that does not name it, as its name is a child's."""
    with write_beside(path, "the file") as beside:
        beside.write_bytes(data)
