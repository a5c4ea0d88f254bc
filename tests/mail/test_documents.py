"""Which file is a pupil's summary: only what the register gives for that very pupil, to the byte."""

import shutil
from datetime import date, timedelta

import pytest

from sendbook.mail.documents import Document, Folder, NoDocument, documents
from sendbook.mail.lock import locked
from sendbook.summaries.write import HELD
from sendbook.workbook.safe import CannotDo
from tests.mail.office import AMARA, BILAL, TODAY, Desk, child, school

NEVER = {"known": lambda sha256, parts: False, "on_done": lambda: None}


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path).summarise()


def found(desk, **more):
    return documents(desk.book, desk.book.pupils, Folder(desk.summaries, desk.folder, **more), **NEVER)


def path_of(desk, name):
    return next(p for p in desk.summaries.rglob("*.pdf") if name in p.name)


def reasons(of):
    return [d.reason if isinstance(d, NoDocument) else "" for d in of.values()]


def test_the_summaries_of_today_are_found(desk):
    one, other = found(desk).values()
    assert (one.path, one.made, one.released) == (path_of(desk, "Amara"), TODAY, False)
    assert one.sha256 != other.sha256
    assert "What we are working on" in one.parts


def test_those_of_an_earlier_day_are_as_good_while_nothing_changes(tmp_path):
    desk = Desk(tmp_path).summarise(made=TODAY - timedelta(days=5))
    assert [d.made for d in found(desk).values()] == [TODAY - timedelta(days=5)] * 2


CHANGED = "the register, or the look of the summaries, has changed since the summary was made"


@pytest.mark.parametrize(
    "change",
    [{"strengths": "Kind."}, {"known_as": "Mara"}, {"class_name": "5B"}, {"next_meeting": date(2026, 12, 1)}],
    ids=lambda c: next(iter(c)),
)
def test_a_changed_register_makes_it_stale(desk, change):
    files = {p.name: p for p in desk.summaries.iterdir()}
    desk.change(pupils=[AMARA | change, BILAL])
    for old in [p for name, p in files.items() if "Amara" in name and "known_as" in change]:
        old.rename(old.with_name(old.name.replace("Amara", "Mara")))
    assert reasons(found(desk)) == [CHANGED, ""]


def test_another_pupils_file_under_this_pupils_name_is_no_summary_of_theirs(desk):
    shutil.copy(path_of(desk, "Bilal"), path_of(desk, "Amara"))
    assert reasons(found(desk)) == [CHANGED, ""]


def test_twins_of_one_name_are_told_apart_even_when_rows_change_places(tmp_path):
    twins = [child(1, "Sam") | {"upn": "X801200001111"}, child(2, "Sam") | {"upn": "Y801200001111", "strengths": "Draws."}]
    desk = Desk(tmp_path, school(pupils=twins, contacts=[])).summarise()
    assert reasons(found(desk)) == ["", ""]
    desk.change(pupils=twins[::-1], contacts=[])  # the rows, and so the file names, now belong to the other
    assert reasons(found(desk)) == [CHANGED, CHANGED]


def test_another_look_makes_it_stale(desk):
    desk.change(school=school().school.model_dump(exclude_none=True, exclude={"row"}) | {"colour": "#803300"})
    assert reasons(found(desk)) == [CHANGED, CHANGED]


def test_a_file_that_was_changed_by_another_program_is_not_taken(desk):
    path = path_of(desk, "Amara")
    path.write_bytes(path.read_bytes() + b"\n% more\n")
    assert reasons(found(desk)) == [CHANGED, ""]


@pytest.mark.parametrize("content", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF", bytes(range(256)) * 40])
def test_what_is_no_pdf_of_ours_is_not_taken(desk, content):
    path_of(desk, "Amara").write_bytes(content)
    assert reasons(found(desk)) == ["the summary's file was not made by Sendbook", ""]


def test_a_file_that_opens_only_with_a_password_is_not_taken(desk):
    path = path_of(desk, "Amara")
    path.write_bytes(locked(path.read_bytes(), "river lamp cheese"))
    assert reasons(found(desk)) == ["the summary's file was not made by Sendbook", ""]


def test_a_file_that_changes_after_it_was_looked_at_is_never_attached(desk):
    one, _ = found(desk).values()
    shutil.copy(path_of(desk, "Bilal"), path_of(desk, "Amara"))
    with pytest.raises(CannotDo, match="changed while"):
        one.pdf()
    path_of(desk, "Amara").unlink()
    with pytest.raises(CannotDo, match="There is no file"):
        one.pdf()


def test_a_missing_file_is_said(desk):
    path_of(desk, "Amara").unlink()
    assert reasons(found(desk)) == ["there is no summary yet", ""]


def test_a_folder_in_its_place_is_said(desk):
    path = path_of(desk, "Amara")
    path.unlink()
    path.mkdir()
    assert "cannot be read" in reasons(found(desk))[0]


def test_what_is_held_back_is_never_taken_until_somebody_takes_it_out(tmp_path):
    named = [AMARA | {"strengths": "Amara helps Bilal Khan."}, BILAL]
    desk = Desk(tmp_path, school(pupils=named)).summarise()
    assert path_of(desk, "Amara").parent.name == HELD
    assert reasons(found(desk)) == [f"the summary lies in “{HELD}”", ""]
    path_of(desk, "Amara").rename(desk.summaries / path_of(desk, "Amara").name)
    one, _ = found(desk).values()
    assert isinstance(one, Document)
    assert one.released


def test_one_that_lies_in_both_places_is_not_taken(desk):
    (desk.summaries / HELD).mkdir()
    shutil.copy(path_of(desk, "Amara"), desk.summaries / HELD)
    assert reasons(found(desk)) == [f"the summary lies in “{HELD}”", ""]


def test_what_was_found_right_before_is_not_drawn_again(desk, monkeypatch):
    before = found(desk)
    monkeypatch.setattr("sendbook.mail.documents.write_summaries", None)
    known = {d.sha256: d.parts for d in before.values()}
    again = documents(desk.book, desk.book.pupils, Folder(desk.summaries, desk.folder), lambda s, p: known.get(s) == p, lambda: None)
    assert again == before
