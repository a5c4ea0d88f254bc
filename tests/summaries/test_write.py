"""Files: found by the SENCo, never mixed up, never half-written, in the same bytes by one process or many."""

import os
import sys
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from sendbook.summaries import work, write
from sendbook.summaries.files import safe, stems
from sendbook.summaries.templates import make_kit
from sendbook.summaries.write import pupils_with_summary, write_summaries
from sendbook.tables import Problem
from sendbook.workbook.safe import CannotDo
from tests.make import TODAY, book, pupil
from tests.summaries.school import AMARA, PLANS, TABLES, filled, school

WINDOWS_BARS = "<>:\"/\\|?*'’. "


def many(number: int):
    pupils = [AMARA | {"upn": f"B8012000{i:05d}", "surname": f"Name{i}", "pupil_voice": f"I am number {i}."} for i in range(number)]
    return filled(**(TABLES | {"pupils": pupils}))


NAMES = [
    ("O’Neill", "ONeill"), ("Nowak-Żak", "Nowak-Żak"), ("van der Berg", "van-der-Berg"), ("a/b\\c:d", "a-b-c-d"), ("عمر", "عمر"),
    ("😊", ""),
    ("../..", ""), ("CON", "CON"), ("a\u202egnp", "a-gnp"), ("x" * 500, "x" * 80), ("é" * 500, "é" * 40),
    ("  ", ""), (None, ""), ("a\x00b", "a-b"),
    ("नमस्ते", "नमस्ते"), ("王小明", "王小明"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_names_are_made_safe(name, expected):
    assert safe(name) == expected


def test_a_file_is_found_by_name_and_end_of_upn():
    assert list(stems(book(pupils=[pupil()]).pupils).values()) == ["Okafor-Amara-5001-summary"]


def test_no_two_pupils_share_a_file():
    twins = [
        pupil(),
        pupil(),
        pupil(upn="A801200005001"),
        pupil(surname="OKAFOR", known_as="amara"),
        pupil(surname="Nul", upn="B801200005009"),
    ]
    nameless = [{"upn": "B801200005001"}, {}, {}, {"surname": "😊"}, {"surname": "CON"}, {"surname": "x" * 500}, {"surname": "x" * 501}]
    of = book(pupils=twins + nameless)
    found = list(stems(of.pupils).values())
    assert len({f.casefold() for f in found}) == len(of.pupils)
    for name in found:
        assert not set(WINDOWS_BARS) & set(name) and len(name.encode()) < 230
        assert name.upper().split(".")[0] not in ("CON", "PRN", "AUX", "NUL", "COM1", "LPT1")


def told(made: write.Written) -> list[Problem]:
    """What is told of a run, but for summaries that have no goals or help in them, as most here."""
    return [p for p in made.problems if p.rule != "SM09"]


def test_a_name_does_not_depend_on_who_is_chosen(tmp_path):
    of = book(pupils=[pupil(), pupil(upn="A801200005001")])
    both = write_summaries(of, of.pupils, TODAY, tmp_path / "a", tmp_path)
    one = write_summaries(of, of.pupils[1:], TODAY, tmp_path / "b", tmp_path)
    assert [p.name for p in one.paths] == [p.name for p in both.paths[2:]]


def test_every_pupil_gets_two_files_and_a_tick(tmp_path):
    of, ticks = many(3), []
    made = write_summaries(of, of.pupils, TODAY, tmp_path / "new" / "out", tmp_path, None, lambda: ticks.append(1))
    assert len(ticks) == 3 and not told(made) and not made.failed
    assert [p.name for p in made.paths[:2]] == ["Name0-Amara-0000-summary.pdf", "Name0-Amara-0000-summary.html"]
    assert sorted((tmp_path / "new" / "out").iterdir()) == sorted(made.paths)
    assert made.by_row[of.pupils[2].row] == made.paths[4:]


def test_many_processes_write_what_one_writes(tmp_path, monkeypatch):
    of, ticks = many(25), []
    monkeypatch.setattr(write, "_cores", lambda: 2)
    monkeypatch.setattr(write, "FEW", 1)
    pooled = write_summaries(of, of.pupils, TODAY, tmp_path / "pool", tmp_path, None, lambda: ticks.append(os.getpid()))
    monkeypatch.setattr(write, "_cores", lambda: 1)
    alone = write_summaries(of, of.pupils, TODAY, tmp_path / "one", tmp_path)
    assert len(pooled.paths) == 50 and set(ticks) == {os.getpid()} and len(ticks) == 25
    assert [p.name for p in pooled.paths] == [p.name for p in alone.paths]
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(pooled.paths, alone.paths, strict=True))
    assert "tests" in sys.modules


def test_each_file_is_about_its_own_pupil(tmp_path):
    of = many(12)
    made = write_summaries(of, of.pupils, TODAY, tmp_path / "out", tmp_path)
    for i, one in enumerate(of.pupils):
        text = next(p for p in made.by_row[one.row] if p.suffix == ".html").read_text(encoding="utf-8")
        assert f"I am number {i}." in text and not [j for j in range(12) if j != i and f"I am number {j}." in text]


class Stop(BaseException):
    """As from the keyboard."""


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), Stop()])
def test_the_old_file_stays_when_writing_fails(tmp_path, monkeypatch, error):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"old")

    def fail(self: Path, target: Path) -> Path:
        raise error

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(CannotDo if isinstance(error, OSError) else Stop):
        work.write_whole(path, b"new")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("error", "said", "todo"),
    [
        (OSError(28, "No space left on device"), "There is no room left to write the file.", "Free some space"),
        (PermissionError(13, "x"), "Sendbook may not write the file.", "If it is open in another program, close it"),
        (OSError(5, "Input/output error"), "Writing the file failed (Input/output error).", "Choose another folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_and_the_others_are_made(tmp_path, monkeypatch, error, said, todo):
    of, real = many(3), Path.replace

    def fail_for_one(self: Path, target: Path) -> Path:
        if target.name.startswith("Name1"):
            raise error
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail_for_one)
    made = write_summaries(of, of.pupils, TODAY, tmp_path / "St. Mary's" / "out", tmp_path)
    (problem,) = told(made)
    assert problem.rule == "SM06" and said in problem.message and todo in problem.todo
    assert made.failed == (of.pupils[1].row,) and len(made.paths) == 4
    assert "Name1" not in problem.message and "Amara" not in problem.message


class DeadPool(Executor):
    """A pool whose first process has been killed."""

    def __init__(self) -> None:
        self.calls = 0

    def submit(self, fn, /, *args, **kwargs):
        self.calls += 1
        if self.calls > 1:
            raise BrokenProcessPool("dead")
        future: Future = Future()
        future.set_exception(BrokenProcessPool("died"))
        return future


def test_workers_that_die_are_told_for_every_pupil(tmp_path, monkeypatch):
    @contextmanager
    def dead(workers, kit):
        yield DeadPool()

    monkeypatch.setattr(write, "_pool", dead)
    monkeypatch.setattr(write, "_cores", lambda: 2)
    of = many(23)
    made = write_summaries(of, of.pupils, TODAY, tmp_path / "out", tmp_path)
    assert len(made.failed) == len(told(made)) == 23 and not made.paths
    assert all("The program drawing it stopped." in p.message for p in told(made))


def test_a_worker_with_own_templates_has_no_way_out(tmp_path):
    (tmp_path / "sendbook-templates").mkdir()
    (tmp_path / "sendbook-templates" / "summary.typ").write_text("= x", encoding="utf-8")
    (tmp_path / "kit").mkdir()
    before = dict(os.environ)
    try:
        work.start(make_kit(tmp_path / "kit", tmp_path, None, None))
        assert os.environ["HTTPS_PROXY"] == os.environ["https_proxy"] == "http://127.0.0.1:9"
    finally:
        os.environ.clear()
        os.environ.update(before)
        work.finish()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    made = write_summaries(many(1), many(1).pupils, TODAY, tmp_path / "file" / "out", tmp_path)
    assert [p.rule for p in made.problems] == ["SM06"] and made.failed == (5,) and not made.paths


def test_letters_without_a_typeface_are_a_hint(tmp_path):
    of = school(pupils=[AMARA | {"pupil_voice": "I like it 😊"}])
    made = write_summaries(of, of.pupils, TODAY, tmp_path / "out", tmp_path)
    (problem,) = told(made)
    assert problem.rule == "SM07" and "U+1F60A" in problem.message and len(made.paths) == 2
    assert "😊" in made.paths[1].read_text(encoding="utf-8")


def test_a_summary_that_names_another_pupil_is_held_back_until_it_does_not(tmp_path):
    def made_with(strengths: str) -> write.Written:
        other = AMARA | {"upn": "B801200005002", "surname": "Nowak", "known_as": "Ben"}
        of = school(pupils=[AMARA | {"strengths": strengths}, other])
        return write_summaries(of, of.pupils[:1], TODAY, tmp_path / "out", tmp_path)

    def files() -> list[str]:
        return sorted(str(p.relative_to(tmp_path / "out").as_posix()) for p in (tmp_path / "out").rglob("*.pdf"))

    first = made_with("Helps Ben Nowak")
    assert [p.rule for p in first.problems] == ["SM01"]
    assert first.held == (5,)
    assert files() == ["Do not send yet/Okafor-Amara-5001-summary.pdf"]
    assert made_with("Helps a friend").held == ()
    assert files() == ["Okafor-Amara-5001-summary.pdf"]
    made_with("Helps Ben Nowak")
    assert files() == ["Do not send yet/Okafor-Amara-5001-summary.pdf"]


def test_a_file_that_stays_among_those_to_be_sent_is_told(tmp_path, monkeypatch):
    other = AMARA | {"upn": "B801200005002", "surname": "Nowak", "known_as": "Ben"}
    good, bad = (school(pupils=[AMARA | {"strengths": text}, other]) for text in ("Helps a friend", "Helps Ben Nowak"))
    write_summaries(good, good.pupils[:1], TODAY, tmp_path / "out", tmp_path)
    real = Path.unlink

    def open_elsewhere(self: Path, missing_ok: bool = False) -> None:
        if self.suffix == ".pdf":
            raise PermissionError(13, "Permission denied")
        real(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", open_elsewhere)
    made = write_summaries(bad, bad.pupils[:1], TODAY, tmp_path / "out", tmp_path)
    (problem,) = (p for p in made.problems if p.rule == "SM11")
    assert "Okafor-Amara-5001-summary.pdf of an earlier run still lies in out" in problem.message


def test_a_file_of_the_senco_is_never_deleted(tmp_path):
    mine = tmp_path / "out" / write.HELD / "Okafor-Amara-5001-summary.pdf"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"my own notes")
    of = school()
    made = write_summaries(of, of.pupils[:1], TODAY, tmp_path / "out", tmp_path)
    assert mine.read_bytes() == b"my own notes"
    assert "SM11" in [p.rule for p in made.problems]


def test_held_files_of_pupils_who_left_are_named_too(tmp_path):
    of = many(2)
    write_summaries(of, of.pupils, TODAY, tmp_path / "out", tmp_path, hold={5})
    gone = book(pupils=[dict(of.pupils[1])])
    made = write_summaries(gone, gone.pupils, TODAY, tmp_path / "out", tmp_path)
    assert {(p.parent.name, p.suffix) for p in made.old} == {(write.HELD, ".pdf"), (write.HELD, ".html")}


def test_a_pupil_may_be_held_back_for_what_the_checks_say(tmp_path):
    of = many(2)
    made = write_summaries(of, of.pupils, TODAY, tmp_path / "out", tmp_path, hold={of.pupils[0].row})
    assert made.held == (of.pupils[0].row,)
    assert [p.parent.name for p in made.paths] == [write.HELD] * 2 + ["out"] * 2


def test_files_of_pupils_who_get_no_summary_any_more_are_named(tmp_path):
    of = many(2)
    write_summaries(of, of.pupils, TODAY, tmp_path / "out", tmp_path)
    (tmp_path / "out" / "My own notes.pdf").write_bytes(b"mine")
    gone = book(pupils=[dict(of.pupils[0]) | {"left": date(2026, 10, 1)}, dict(of.pupils[1])])
    made = write_summaries(gone, pupils_with_summary(gone, TODAY), TODAY, tmp_path / "out", tmp_path)
    assert {p.stem for p in made.old} == {"Name0-Amara-0000-summary"}
    assert made.old[0].exists()


def test_more_than_two_pages_are_told(tmp_path):
    long = " ".join(["Amara will read a page of her book aloud to an adult."] * 12)
    of = school(plans=[PLANS[0] | {"outcome": f"{i} {long}", "at_school": long} for i in range(6)])
    made = write_summaries(of, of.pupils[:1], TODAY, tmp_path / "out", tmp_path)
    with pikepdf.open(made.paths[0]) as pdf:
        number = len(pdf.pages)
    assert number > 2
    assert [(p.rule, f"{number} pages" in p.message) for p in made.problems] == [("SM10", True)]


def test_a_summary_without_goals_or_help_is_told(tmp_path):
    of = school(plans=[], places=[])
    made = write_summaries(of, of.pupils[:1], TODAY, tmp_path / "out", tmp_path)
    assert [(p.rule, "no goals" in p.message) for p in made.problems] == [("SM09", True)]


def test_costs_go_to_their_pupil(tmp_path):
    of = school(school=TABLES["school"] | {"show_costs": True}, pupils=[AMARA, AMARA | {"upn": "B801200005002"}])
    made = write_summaries(of, of.pupils, TODAY, tmp_path / "out", tmp_path, {of.pupils[0].row: 65_360})
    assert [("£654" in p.read_text(encoding="utf-8")) for p in made.paths if p.suffix == ".html"] == [True, False]


def test_who_gets_a_summary():
    of = book(pupils=[pupil(), pupil(sen_status="E"), pupil(sen_status="N"), pupil(left=TODAY), pupil(left=TODAY.replace(day=23))])
    assert [p.row for p in pupils_with_summary(of, TODAY)] == [5, 6, 8]


def test_a_worker_needs_no_tables():
    import subprocess

    code = "import sys, sendbook.summaries.work; print([m for m in sys.modules if m.startswith(('sendbook.tables', 'pydantic'))])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_kit_reads_only_its_folder(tmp_path):
    (tmp_path / "kit").mkdir()
    kit = make_kit(tmp_path / "kit", tmp_path, None, None)
    assert [p.name for p in kit.folder.iterdir()] == ["summary.typ"]
