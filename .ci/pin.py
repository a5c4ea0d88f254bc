"""Pin every version with its hashes, and copy the pins to where `uv run` reads them.

`uv run` resolves from pyproject.toml and cannot read a requirements file, and its own lock file names a registry's
host, so it is not kept. CI's own uv is pinned in uv.txt, here. Run: `uv run .ci/pin.py` (add `--upgrade` to take
newer versions).
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements.txt"
UV = ROOT / ".ci" / "uv.txt"
PROJECT = ROOT / "pyproject.toml"
BEGIN, END = "constraint-dependencies = [ # made by .ci/pin.py\n", "]\n"


def pins() -> list[str]:
    """`name==version` with its marker, as requirements.txt has them."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return [line.removesuffix("\\").strip() for line in lines if re.match(r"[a-z0-9]", line)]


def copied() -> list[str]:
    """The pins as pyproject.toml has them."""
    text = PROJECT.read_text(encoding="utf-8")
    block = text.partition(BEGIN)[2].partition(END)[0]
    return re.findall(r'^    "(.*)",$', block, re.MULTILINE)


def copy_pins() -> None:
    """Put the pins of requirements.txt into pyproject.toml."""
    before, _, rest = PROJECT.read_text(encoding="utf-8").partition(BEGIN)
    lines = "".join(f'    "{pin.replace(chr(34), chr(39))}",\n' for pin in pins())
    PROJECT.write_text(before + BEGIN + lines + END + rest.partition(END)[2], encoding="utf-8")


def main() -> None:
    """Compile requirements.txt and uv.txt, then copy."""
    # without the constraints of pyproject.toml, which hold the pins from before and would let nothing upgrade
    compile_ = ["uv", "pip", "compile", "--no-config", "--universal", "--generate-hashes", "--quiet", "--no-header"]
    subprocess.run([*compile_, *sys.argv[1:], "pyproject.toml", "--group", "dev", "--output-file", str(REQUIREMENTS)], check=True, cwd=ROOT)
    subprocess.run([*compile_, *sys.argv[1:], "-", "--output-file", str(UV)], check=True, cwd=ROOT, input=b"uv\n")
    copy_pins()


if __name__ == "__main__":
    main()
