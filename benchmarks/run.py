"""Measures Sendbook beside a plain baseline, in one run, and prints the tables that stand in README.md.

uv run benchmarks/run.py                     all sizes; about a quarter of an hour
uv run benchmarks/run.py --quick             each once, 300 and 2,000 pupils
uv run benchmarks/run.py --write             put the tables into README.md
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from measure import Run, add, measure, middle

HERE = Path(__file__).parent
PYTHON = Path(sys.executable)
SENDBOOK = PYTHON.with_name("sendbook")
SUMMARIES = 300
MARKS = ("<!-- figures -->", "<!-- /figures -->")


@dataclass(frozen=True)
class Pair:
    """A job at a size, ours and the baseline's."""

    ours: Run
    theirs: Run

    @property
    def times(self) -> float:
        """How many times faster ours is, by the clock."""
        return self.theirs.wall / self.ours.wall


@dataclass(frozen=True)
class Bench:
    """The workbooks, and how often each job is run."""

    folder: Path
    today: str
    rows: dict[str, dict[str, int]]
    upns: list[str]
    quick: bool

    def repeats(self, size: int) -> int:
        """Runs of each at a size: more where they are short."""
        return 1 if self.quick or size > 5000 else 5 if size <= 500 else 3

    def book(self, size: int) -> Path:
        """The workbook of so many pupils."""
        return self.folder / f"{size}.xlsx"

    # --- jobs ---
    def reading(self, size: int) -> Pair:
        """Read, check and cost; write nothing."""
        return self._beside(size, lambda: measure(self.script("ours.py", size)), lambda: measure(self.script("baseline.py", size)))

    def writing(self, size: int) -> Pair:
        """The same with the results written: two commands of ours, each reading the workbook, against one of the baseline."""
        theirs = self.script("baseline.py", size, "--out", str(self.folder / "baseline.xlsx"))
        return self._beside(size, lambda: add(self.command("check", size, 1), self.command("cost", size)), lambda: measure(theirs))

    def careful(self, size: int) -> Run:
        """Read, check and cost by the baseline written with more care."""
        return middle(measure(self.script("baseline.py", size, "--careful")) for _ in range(self.repeats(size)))

    def script(self, name: str, size: int, *more: str) -> list[str]:
        """The command line of a script beside this one, on a workbook."""
        return [str(PYTHON), str(HERE / name), str(self.book(size)), "--today", self.today, *more]

    def command(self, name: str, size: int, exit_code: int = 0) -> Run:
        """One of our commands on a workbook; `check` ends with 1, as there are planted mistakes."""
        results = self.folder / f"{name}.xlsx"
        return measure([SENDBOOK, name, self.book(size), "--today", self.today, "--out", results], ok=(exit_code,))

    def _beside(self, size: int, ours: Callable[[], Run], theirs: Callable[[], Run]) -> Pair:
        runs = [(ours(), theirs()) for _ in range(self.repeats(size))]  # in turn, so that a busy machine slows both
        return Pair(middle(r[0] for r in runs), middle(r[1] for r in runs))

    def summaries(self) -> Run:
        """Every summary of the register made for it."""
        out = self.folder / "summaries"
        book = str(self.folder / "summaries.xlsx")
        command = [str(SENDBOOK), "summaries", book, "--today", self.today, "--out", str(out), "--pupil", *self.upns]
        run = middle(measure(command, sample=True) for _ in range(self.repeats(SUMMARIES)))
        if (written := len(list(out.glob("*.pdf")))) != SUMMARIES:
            raise RuntimeError(f"{written} summaries were written, not {SUMMARIES}")
        return run

    def start(self) -> Pair:
        """`sendbook --help` beside the bare interpreter."""
        runs = [(measure([SENDBOOK, "--help"]), measure([PYTHON, "-c", "pass"])) for _ in range(5 if self.quick else 25)]
        return Pair(middle(r[0] for r in runs), middle(r[1] for r in runs))

    def same_costs(self, size: int) -> int:
        """Every group's cost, every share and every pupil's cost must be the baseline's, to the penny; gives their number."""
        ours, theirs = (json.loads(subprocess.check_output(self.script(name, size, "--figures"))) for name in ("ours.py", "baseline.py"))
        if ours != theirs:
            raise RuntimeError(f"Sendbook and the baseline do not cost the {size} pupils alike.")
        return sum(map(len, ours.values()))


# --- what is printed ---
def compared(bench: Bench, sizes: list[int], results: dict[tuple[str, int], Pair]) -> Iterator[str]:
    yield "| pupils | rows in all | job | Sendbook | processor | peak | baseline | processor | peak | faster |"
    yield "| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for size in sizes:
        for job, words in (("reading", "read, check, cost"), ("writing", "the same, results written")):
            pair = results[job, size]
            figures = " | ".join(f"{r.wall:.1f} s | {r.cpu:.1f} s | {r.peak:.0f} MB" for r in (pair.ours, pair.theirs))
            yield f"| {size:,} | {sum(bench.rows[str(size)].values()):,} | {words} | {figures} | {pair.times:.1f}× |"


def aims(bench: Bench, sizes: list[int], results: dict[tuple[str, int], Pair], say: Callable[[str], None]) -> Iterator[str]:
    yield "| aim | measured | met |"
    yield "| --- | --- | --- |"
    if 20_000 in sizes:
        faster = results["reading", 20_000].times
        yield _aim("20,000 pupils read, checked and costed 5 times faster than the baseline", f"{faster:.1f} times", faster >= 5)
        if 2000 in sizes:
            growth = {job: results[job, 20_000].ours.wall / results[job, 2000].ours.wall for job in ("reading", "writing")}
            words = f"{growth['reading']:.1f} times; {growth['writing']:.1f} with results written"
            yield _aim("10 times the rows (2,000 to 20,000 pupils) take at most 11 times as long", words, max(growth.values()) <= 11)
        largest = max(results[job, 20_000].ours.peak for job in ("reading", "writing"))
        yield _aim("Check and cost of 20,000 pupils stay under 1,500 MB", f"{largest:,.0f} MB", largest < 1500)
    say("summaries")
    made = bench.summaries()
    each = made.cpu / SUMMARIES * 1000
    words = f"{each:.1f} ms; all {SUMMARIES} in {made.wall:.1f} s by the clock"
    yield _aim(f"{SUMMARIES} summaries (PDF and page) at 25 ms of processor time each, start of all processes included", words, each <= 25)
    if 300 in sizes:
        largest = max(made.peak, *(results[job, 300].ours.peak for job in ("reading", "writing")))
        words = f"{largest:.0f} MB in the largest process; {made.together:.0f} MB in all processes of the summaries together"
        yield _aim("The main job (check, cost, summaries) on 300 pupils stays under 250 MB", words, max(largest, made.together) < 250)
    say("start")
    start = bench.start()
    words = f"{1 / start.times:.1f} times ({start.ours.wall * 1000:.0f} ms against {start.theirs.wall * 1000:.0f} ms)"
    yield _aim("`sendbook --help` within 3 times the bare interpreter's start", words, 1 / start.times <= 3)


def _aim(aim: str, words: str, met: bool) -> str:
    return f"| {aim} | {words} | {'yes' if met else '**no**'} |"


def machine(bench: Bench, sizes: list[int]) -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("pandas", "openpyxl", "python-calamine", "pydantic", "XlsxWriter", "typst")
    )
    day = datetime.now(UTC).strftime("%d %B %Y").lstrip("0")
    runs = ", ".join(f"{bench.repeats(size)} at {size:,}" for size in sizes)
    return (
        f"Measured on {day}: {platform.system()} ({platform.machine()}), {cores} cores shared with other work, "
        f"{platform.python_implementation()} {platform.python_version()}, {libraries}. Runs of each by pupils: {runs}; medians."
    )


def tables(bench: Bench, sizes: list[int], say: Callable[[str], None]) -> str:
    say("costs compared")
    alike = {size: bench.same_costs(size) for size in [s for s in sizes if s <= 5000] or sizes[:1]}
    results = {}
    for size in sizes:
        for job in (bench.reading, bench.writing):
            say(f"{size:,} pupils, {job.__name__}")
            results[job.__name__, size] = job(size)
    same = "; ".join(f"{number:,} at {size:,} pupils" for size, number in alike.items())
    careful = "; ".join(f"{bench.careful(s).wall / results['reading', s].ours.wall:.1f} times at {s:,} pupils" for s in sizes)
    told = f"Against the baseline with `itertuples` instead of `iterrows`, reading, checking and costing is faster by {careful}.\n\n"
    told += f"Costs of groups, shares and pupils compared with the baseline's, all equal to the penny: {same}."
    return "\n".join([machine(bench, sizes), "", *compared(bench, sizes, results), "", told, "", *aims(bench, sizes, results, say)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", help="pupils (default: 300 2000 20000)")
    parser.add_argument("--quick", action="store_true", help="each job once, 300 and 2,000 pupils")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    args = parser.parse_args()
    sizes = args.sizes or ([300, 2000] if args.quick else [300, 2000, 20_000])

    def say(text: str) -> None:
        print(f"... {text}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="sendbook-bench-") as folder:
        say("making workbooks")
        subprocess.run([PYTHON, HERE / "make_books.py", folder, *map(str, sizes), "--summaries", str(SUMMARIES)], check=True)
        bench = Bench(Path(folder), quick=args.quick, **json.loads((Path(folder) / "books.json").read_text(encoding="utf-8")))
        found = tables(bench, sizes, say)
    print(found)
    if args.write:
        readme = HERE / "README.md"
        before, _, rest = readme.read_text(encoding="utf-8").partition(MARKS[0])
        readme.write_text(f"{before}{MARKS[0]}\n{found}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
