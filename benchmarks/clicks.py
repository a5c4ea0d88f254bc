"""What a click on the ribbon waits for before any work: starting Python and importing, beside xlwings alone.

uv run benchmarks/clicks.py                  25 processes of each, in turn; about half a minute
uv run benchmarks/clicks.py --runs 101       more of them
"""

import argparse
import os
import sys
import tempfile
from statistics import median

from measure import Run, measure

from sendbook.workbook.xl import UNWANTED

BARE = f"import sys; sys.modules.update(dict.fromkeys({UNWANTED})); import xlwings"
CLICK = "from sendbook.workbook.xl import load_xlwings; load_xlwings()"
CHECK = "import sendbook.checks, sendbook.costing, sendbook.tables, sendbook.workbook.rows, sendbook.sheets.checks"
BASE = "xlwings alone"
STARTS = {
    "Python": "pass",
    BASE: BARE,
    "xlwings with all it finds": "import xlwings",
    "xlwings and pydantic": f"{BARE}; from pydantic import BaseModel, BeforeValidator, ConfigDict, Field",
    "xlwings and what Check needs": f"{CLICK}; {CHECK}",
    "the same and the steps": f"{CLICK}; {CHECK}; import sendbook.steps",
}


def started(code: str) -> Run:
    """A fresh process that ends when it has imported; as xlwings' VBA starts it, which writes no compiled files."""
    return measure([sys.executable, "-B", "-c", code])


def measured(runs: int) -> dict[str, list[Run]]:
    """Each start so often, in turn, so that a busy machine slows all alike."""
    rounds = [{name: started(code) for name, code in STARTS.items()} for _ in range(runs)]
    return {name: [r[name] for r in rounds] for name in STARTS}


def compile_all(folder: str) -> None:
    """Have what is imported compiled, as an installer leaves it: into a folder of our own, wherever the libraries lie."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = folder
    for code in STARTS.values():
        measure([sys.executable, "-c", code])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=25)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sendbook-bench-") as folder:
        compile_all(folder)
        found = measured(args.runs)
    base = median(r.wall for r in found[BASE])
    print("| imported | by the clock | quickest | processor | times xlwings alone |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, runs in found.items():
        wall, cpu = median(r.wall for r in runs), median(r.cpu for r in runs)
        least = min(r.wall for r in runs)
        print(f"| {name} | {wall * 1000:.0f} ms | {least * 1000:.0f} ms | {cpu * 1000:.0f} ms | {wall / base:.2f} |")


if __name__ == "__main__":
    main()
