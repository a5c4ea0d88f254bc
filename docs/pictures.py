"""Draw the pages in docs/pictures from the demo school: `uv run python -m docs.pictures`. Needs LibreOffice and poppler.

`docs/screens.py` photographs the open workbook. The workbooks are printed by LibreOffice, which does not draw a table's style; in Excel rows are banded too.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.live import recalculated

HERE = Path(__file__).parent
BOOK = "Demo school SEND register"
# picture: (file that is drawn, words that only its page has, pixels to keep from the top: 0 for all)
PICTURES = {
    "home": (f"{BOOK}.xlsx", "Reviews in the next 30 days", 560),
    "pupils": (f"{BOOK}.xlsx", "Legal forename", 620),
    "checks": (f"{BOOK} - checks.xlsx", "What to do", 620),
    "provision-map": (f"{BOOK} - costs.xlsx", "Provision map", 0),
    "cost-per-pupil": (f"{BOOK} - costs.xlsx", "Cost per pupil", 0),
}


def page_with(pdf: Path, words: str) -> int:
    """The number of the first page of a PDF that has these words."""
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, encoding="utf-8", check=True).stdout
    return next(n for n, page in enumerate(text.split("\f"), 1) if " ".join(words.split()) in " ".join(page.split()))


def draw(pdf: Path, page: int, name: str, height: int = 0) -> None:
    """One page as a PNG in docs/pictures, cut off below `height` pixels."""
    cut = ["-x", "0", "-y", "0", "-W", "1170", "-H", str(height)] if height else []
    target = HERE / "pictures" / name
    subprocess.run(["pdftoppm", "-png", "-r", "100", "-f", str(page), "-l", str(page), "-singlefile", *cut, pdf, target], check=True)


def main() -> None:
    """Make the demo school and draw each picture."""
    (HERE / "pictures").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        subprocess.run([sys.executable, "-m", "sendbook", "demo", folder], check=True, cwd=HERE.parent, stdout=subprocess.DEVNULL)
        for name, (file, words, height) in PICTURES.items():
            pdf = folder / "pdf" / f"{Path(file).stem}.pdf"
            if not pdf.exists():
                recalculated(folder / file, folder / "pdf", "pdf")
            draw(pdf, page_with(pdf, words), name, height)
        clean = folder / "clean"  # a summary without planted mistakes
        subprocess.run([sys.executable, "-m", "sendbook", "demo", clean, "--clean"], check=True, cwd=HERE.parent, stdout=subprocess.DEVNULL)
        draw(min((clean / f"{BOOK} - summaries").glob("*.pdf")), 1, "summary")
    print(f"Drawn: {', '.join([*PICTURES, 'summary'])}")


if __name__ == "__main__":
    main()
