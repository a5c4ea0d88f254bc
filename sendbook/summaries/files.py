"""File names of summaries: found by the SENCo, safe on every system, no two alike."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from sendbook.tables import Pupil, upn_key

NAME_BYTES = 80  # of the child's name in a file name: the whole path must stay short enough for Windows


def safe(text: str | None) -> str:
    """A name as it may stand in a file name anywhere: letters and digits of any script, a hyphen for all else."""
    letters = "".join(_safe_letter(c) for c in unicodedata.normalize("NFC", text or ""))
    short = "-".join(part for part in letters.split("-") if part).encode()[:NAME_BYTES].decode(errors="ignore")
    return short.strip("-")


def _safe_letter(letter: str) -> str:
    if letter in "'’ʼ`":
        return ""
    kind = unicodedata.category(letter)
    return letter if kind[0] in "LN" or kind in ("Mn", "Mc") else "-"


def _stem(pupil: Pupil) -> str:
    """Surname, called name and the last four of the UPN: `Okafor-Amara-5001`. The row where there is no UPN."""
    name = [safe(pupil.known_surname or pupil.surname), safe(pupil.first_name)]
    number = safe(upn_key(pupil.upn))[-4:] or f"row{pupil.row}"
    return "-".join(filter(None, (*name, number))) if any(name) else f"Pupil-{number}"


def stems(pupils: Iterable[Pupil]) -> Mapping[int, str]:
    """A file name without its ending for each pupil's row. No two are alike, even where capitals do not count."""
    wanted = {p.row: _stem(p) for p in pupils}
    taken = Counter(_alike(s) for s in wanted.values())
    return {row: f"{s if taken[_alike(s)] == 1 else f'{s}-row{row}'}-summary" for row, s in wanted.items()}


def _alike(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
