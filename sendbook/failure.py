"""Turning a failure into one sentence a SENCo can act on, with the details in a log that holds no child's data."""

import logging
import platform
import traceback
from datetime import datetime
from pathlib import Path

from sendbook import __version__
from sendbook.workbook.safe import CannotDo

LOG = Path.home() / ".sendbook" / "sendbook.log"
LOG_LIMIT = 2**20  # bytes; past them the log starts anew


FILES = "Each file is as it was or written whole, none in part."


def sentence(error: BaseException, now: datetime, state: str = FILES) -> str:
    """What to tell the SENCo of an error: its own message where it has one for people, else in what `state` things are and where details are."""
    if isinstance(error, CannotDo):
        return str(error)
    if isinstance(error, MemoryError):
        return "The computer ran out of memory. Close other programs, or work on a smaller workbook, and try again."
    kept = keep_details(error, now)
    where = f" Details for whoever helps you are in {kept}; they hold nothing about any child." if kept else ""
    return f"Something went wrong inside Sendbook, so this was not finished. {state}{where}"


def keep_details(error: BaseException, now: datetime) -> Path | None:
    """Write where in the program an error arose to the log. Its message is left out: it may quote a cell."""
    frames = [f"  {Path(f.filename).name}:{f.lineno} in {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    what = " ".join([type(error).__name__, *_codes(error)])
    head = f"{now:%Y-%m-%d %H:%M:%S} sendbook {__version__}, Python {platform.python_version()} on {platform.system()}: {what}"
    try:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        mode = "a" if LOG.exists() and LOG.stat().st_size < LOG_LIMIT else "w"
        with LOG.open(mode, encoding="utf-8") as f:
            f.write("\n".join([head, *frames]) + "\n")
    except OSError:
        logging.getLogger(__name__).warning("the log %s cannot be written", LOG.name)
        return None
    return LOG


def _codes(error: BaseException) -> list[str]:
    """The numbers of an error of Excel's on Windows, which says nearly nothing else; a number in any other error may be of a cell."""
    if type(error).__name__ != "com_error":
        return []
    return [str(part) for arg in error.args for part in (arg if isinstance(arg, tuple) else (arg,)) if isinstance(part, int)]
