"""Real programs for the live checks: LibreOffice and Microsoft's Open XML validator.

Where a program is missing a check is skipped with the reason; on CI (environment variable CI) it fails instead.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "xlwings-libreoffice" / "src"))  # the engine for LibreOffice, a package of its own in this repository


# LibreOffice trusts the results stored in an .xlsx unless told to work every formula out again.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


def need(program: str, found: str | None = None) -> Path:
    """The path of a program, by `found` or else from PATH; skips the test (fails on CI) where there is none."""
    path = found or shutil.which(program)
    if path:
        return Path(path)
    reason = f"{program} is not installed here"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def soffice() -> Path:
    """LibreOffice."""
    return need("soffice")


def validator() -> Path:
    """Microsoft's Open XML validator: from OOXML_VALIDATOR, else the repository's node_modules, else PATH."""
    name = "ooxml-validator.cmd" if os.name == "nt" else "ooxml-validator"
    local = ROOT / "node_modules" / ".bin" / name
    return need("ooxml-validator", os.environ.get("OOXML_VALIDATOR") or (str(local) if local.exists() else None))


def ooxml_errors(path: Path) -> list[dict[str, Any]]:
    """What Microsoft's validator finds wrong in a workbook; an empty list when it is sound."""
    done = subprocess.run([validator(), str(path)], capture_output=True, encoding="utf-8", timeout=120)
    assert done.stdout.strip(), f"the validator said nothing: {done.stderr[:500]}"
    found: dict[str, Any] = json.loads(done.stdout)
    errors: list[dict[str, Any]] = found["errors"]
    assert found["ok"] or errors, f"the validator could not read the file: {done.stdout[:500]}"
    return errors


def recalculated(path: Path, outdir: Path, to: str = "xlsx") -> Path:
    """The workbook opened, recalculated and saved by LibreOffice into `outdir`, with a profile of its own."""
    outdir.mkdir(parents=True, exist_ok=True)
    assert outdir.resolve() != path.resolve().parent, "LibreOffice would overwrite its own input"
    with tempfile.TemporaryDirectory() as profile:
        settings = Path(profile) / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(RECALCULATE, encoding="utf-8")
        done = subprocess.run(
            [soffice(), f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", to, "--outdir", outdir, path],
            capture_output=True, encoding="utf-8", timeout=300,
        )  # fmt: skip
    result = outdir / f"{path.stem}.{to.partition(':')[0]}"
    assert result.exists(), f"LibreOffice made nothing of {path.name}: {done.stderr[:500]}"
    return result


@contextmanager
def office() -> Iterator[Any]:
    """A LibreOffice without a window as an `xlwings.App`, through our engine for it."""
    import xlwings_libreoffice

    soffice()
    try:
        xlwings_libreoffice.bridge.uno()
    except ImportError:  # Debian's python3-uno fits only the Python it was made for
        need("LibreOffice's module uno for this Python")
    with xlwings_libreoffice.office() as app:
        yield app
