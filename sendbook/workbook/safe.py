"""Writing files so that nothing is ever lost: a new file takes an old one's place whole, or not at all."""

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path


class CannotDo(Exception):  # noqa: N818 - the name says what the SENCo is told
    """The work could not be done. The message is for the SENCo: what happened, where, and what to do next."""


@dataclass(frozen=True)
class Done:
    """What was done, in words; `whole` is False where a part of it could not be."""

    words: str
    whole: bool = True


PREFIX = ".sendbook-"  # of temporary files
STALE = 24 * 60 * 60  # seconds
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def cannot_write(path: Path, error: OSError, unnamed: str = "") -> CannotDo:
    """An error of the system while writing `path`, as a sentence. `unnamed` stands for a name that must not be read."""
    folder = "its folder" if unnamed else str(path.absolute().parent)
    file = unnamed or f"{path.name} in {folder}"
    if error.errno in _FULL:
        return CannotDo(f"There is no room left to write {file}. Free some space, then do this again.")
    if isinstance(error, PermissionError):
        program = "Excel" if path.suffix.lower().startswith(".xl") else "another program"
        return CannotDo(
            f"Sendbook may not write {file}. If it is open in {program}, close it; "
            "else ask whoever looks after the folder. Then do this again."
        )
    if isinstance(error, FileNotFoundError):
        return CannotDo(f"The folder {folder} is not there. Make it, or choose another place for {unnamed or path.name}.")
    return CannotDo(f"Writing {file} failed ({error.strerror or error}). Choose another folder, or do this again.")


def cannot_read(path: Path, error: OSError) -> CannotDo:
    """An error of the system while reading `path`, as a sentence."""
    name, folder = path.name, path.absolute().parent
    if isinstance(error, FileNotFoundError):
        return CannotDo(f"There is no file {name} in {folder}. Check the name and the folder.")
    if isinstance(error, IsADirectoryError):
        return CannotDo(f"{name} in {folder} is a folder. Name the file in it.")
    if isinstance(error, PermissionError):
        return CannotDo(f"{name} in {folder} may not be read. If it is open in Excel, close it, then do this again.")
    why = error.strerror or error
    return CannotDo(f"{name} in {folder} could not be read ({why}). Copy it to another folder and do this again.")


@contextmanager
def write_beside(path: Path, unnamed: str = "") -> Iterator[Path]:
    """Give a temporary path in the folder of `path`; when the block ends well the file written there takes its place.

    Whatever goes wrong, even the machine stopping, `path` holds the old file or the new one, never part of one.
    Errors of the system become `CannotDo` (`unnamed`: as in `cannot_write`); any error removes the temporary file.
    """
    final = path.resolve()  # a link stays a link: the file it points to is what changes
    try:
        handle, name = tempfile.mkstemp(dir=final.parent, prefix=PREFIX, suffix=final.suffix)
        os.close(handle)
    except OSError as error:
        raise cannot_write(path, error, unnamed) from error
    temporary = Path(name)
    try:
        _remove_stale(temporary)
        yield temporary
        _settle(temporary, final)
    except OSError as error:
        raise cannot_write(path, error, unnamed) from error
    finally:
        with suppress(OSError):  # gone after a good end; on a full disk it must not hide the first error
            temporary.unlink(missing_ok=True)


def _remove_stale(new: Path) -> None:
    """Remove what runs that were killed left in this folder a day and more ago. Younger files may be another run's, still at work."""
    now = new.stat().st_mtime  # the folder's own clock: a file server's may go wrong, and nothing here reads the time
    for old in new.parent.glob(f"{PREFIX}????????*"):
        with suppress(OSError):
            if old.is_file() and now - old.stat().st_mtime > STALE:
                old.unlink()


SCRATCH = "sendbook-documents-"  # of folders in the system's place for temporary files


@contextmanager
def scratch_for_documents() -> Iterator[Path]:
    """A folder of this run for documents about children, gone afterwards. What runs that were killed left a day and more ago goes too."""
    with tempfile.TemporaryDirectory(prefix=SCRATCH, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        now = folder.stat().st_mtime
        for old in folder.parent.glob(f"{SCRATCH}*"):
            with suppress(OSError):
                if now - old.stat().st_mtime > STALE:
                    shutil.rmtree(old, ignore_errors=True)
        yield folder


def _settle(temporary: Path, final: Path) -> None:
    _flush(temporary)
    mode = final.stat().st_mode & 0o777 if final.exists() else 0o666 & ~_umask()
    temporary.replace(final)
    with suppress(OSError):  # after the replacing: Windows neither moves nor removes a file that is read-only
        final.chmod(mode)
    _flush_folder(final.parent)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make a rename last through a power cut; Windows has no such call and needs none."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            with suppress(OSError):  # some network folders refuse it; the rename itself has been done
                os.fsync(handle)
        finally:
            os.close(handle)


def keep_copy(path: Path, stamp: datetime, before: str = "import") -> Path:
    """Copy `path` beside itself as `NAME before import 2026-11-24 0930.xlsx` and return the copy's path; `before`: what comes now.

    An earlier copy of that name is never overwritten: the new one gets a number. Errors become `CannotDo`.
    """
    stem = f"{path.stem} before {before} {stamp:%Y-%m-%d %H%M}"
    for number in count(1):
        copy = path.with_name(f"{stem}{f' ({number})' if number > 1 else ''}{path.suffix}")
        try:
            _copy_to_new(path, copy)
        except FileExistsError:
            continue
        except OSError as error:
            raise cannot_write(copy, error) from error
        return copy
    raise AssertionError("count() never ends")


def is_kept_copy(path: Path) -> bool:
    """Whether a file has a name as `keep_copy` gives them."""
    return bool(re.search(r" before [a-z]+ \d{4}-\d\d-\d\d \d{4}( \(\d+\))?$", path.stem))


def _copy_to_new(path: Path, copy: Path) -> None:
    """Copy byte for byte to a name that must be free; a copy that fails half-way is removed."""
    with path.open("rb") as source, copy.open("xb") as target:
        try:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        except OSError:
            target.close()
            copy.unlink(missing_ok=True)
            raise


def refuse_if_open(path: Path) -> None:
    """Raise CannotDo where another program shows that it has `path` open."""
    if lock := lock_file_of(path):
        raise CannotDo(
            f"{path.name} seems to be open in another program (there is a file {lock.name} beside it). Save and close it, then try again. "
            f"If it is open nowhere, delete {lock.name}."
        )


def lock_file_of(path: Path) -> Path | None:
    """The file by which Excel or LibreOffice shows that it has `path` open, or None.

    Excel writes `~$NAME`, and for some long names leaves the first one or two letters out; LibreOffice writes `.~lock.NAME#`.
    """
    names = [f"~${path.name}", f".~lock.{path.name}#"]
    if len(path.stem) > 6:
        names += [f"~${path.name[1:]}", f"~${path.name[2:]}"]
    return next((lock for name in names if (lock := path.with_name(name)).exists()), None)
