"""The list of what install wrote, by fingerprint, so that uninstall takes just that, and nothing that somebody changed or made."""

import hashlib
import json
from pathlib import Path

from sendbook.workbook.safe import cannot_write, write_beside


class Receipt:
    """Fingerprints of every file that install has written here. A list that is gone or damaged is an empty one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known = _read(path)

    def note(self, data: bytes) -> None:
        """Note a file before it is written: if the run is stopped in between, what is there is known all the same."""
        if _print_of(data) in self.known:
            return
        self.known.append(_print_of(data))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        with write_beside(self.path) as beside:
            beside.write_text(json.dumps({"written by sendbook install": self.known}, indent=1), encoding="utf-8")

    def wrote(self, path: Path) -> bool:
        """Whether the file is just as install wrote it."""
        return _print_of(path.read_bytes()) in self.known


def _print_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(path: Path) -> list[str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["written by sendbook install"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
