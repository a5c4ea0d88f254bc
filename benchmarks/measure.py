"""What a whole process takes: wall time, processor time and peak memory, of it and of all processes it starts. Not for Windows."""

import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

KILOBYTE = 1 if platform.system() == "Darwin" else 1024  # ru_maxrss counts bytes there, kilobytes elsewhere


@dataclass(frozen=True)
class Run:
    """Seconds of wall and processor time (user and system, all processes); megabytes of the largest process, and of all together."""

    wall: float
    cpu: float
    peak: float
    together: float = 0.0


def measure(command: Sequence[str | Path], *, ok: Sequence[int] = (0,), sample: bool = False) -> Run:
    """Run a command to its end. RuntimeError where its exit code is not one of `ok`. `sample`: also watch all processes' memory (Linux)."""
    start = time.perf_counter()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    highest, ended = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, highest, ended))
    if sample and sys.platform == "linux":
        watcher.start()
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    ended.set()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ok:
        raise RuntimeError(f"{Path(command[0]).name} ended with {process.returncode}: {said.decode(errors='replace')[-500:]}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * KILOBYTE / 1e6, highest[0])


def _watch(pid: int, highest: list[float], ended: threading.Event) -> None:
    """Note the most memory that a process and its children hold together, ten times a second; shared pages count once (PSS)."""
    while not ended.wait(0.1):
        highest[0] = max(highest[0], sum(map(_held, _family(pid))))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        children = []
    return [pid, *(found for child in children for found in _family(int(child)))]


def _held(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:  # it has just ended
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def middle(runs: Iterable[Run]) -> Run:
    """The median of each figure; of memory the highest."""
    all_runs = list(runs)
    return Run(
        median(r.wall for r in all_runs),
        median(r.cpu for r in all_runs),
        max(r.peak for r in all_runs),
        max(r.together for r in all_runs),
    )


def add(*runs: Run) -> Run:
    """Runs one after the other."""
    return Run(sum(r.wall for r in runs), sum(r.cpu for r in runs), max(r.peak for r in runs))
