"""What a run of summaries says on the screen."""

from pathlib import Path

from sendbook.summaries.doubts import Doubts
from sendbook.summaries.said import MOST, said
from sendbook.summaries.write import Written
from sendbook.tables import Place, Problem, Severity

NOTHING = Doubts(frozenset(), (), 0)
OUT = Path("out")


def problem(rule: str, row: int = 5, severity: Severity = Severity.QUERY) -> Problem:
    return Problem(rule, severity, Place("Plans", "Plans", row, "Outcome", f"D{row}"), f"{rule} in row {row}.", "Look.", "x")


def lines(written: Written, doubts: Doubts = NOTHING, left_out: tuple[int, ...] = ()) -> list[str]:
    return list(said(written, OUT, doubts, left_out))


def test_one_or_many_or_none():
    assert lines(Written(by_row={5: ()})) == [f"1 summary written, each as PDF and as a page, to {OUT}"]
    assert lines(Written(by_row={5: (), 6: ()}))[0].startswith("2 summaries written")
    assert lines(Written()) == ["No summary was written, as nobody on roll has SEN support or an EHC plan."]
    assert lines(Written(failed=(5,)))[0] == "No summary was written."


def test_what_is_held_back_left_out_and_old_is_said_before_the_list():
    written = Written(by_row={5: (), 6: (), 7: ()}, held=(6, 7), failed=(8,), old=(Path("out/Nul-Zo-0001-summary.pdf"),))
    found = lines(written, left_out=(9,))
    assert found[1].startswith("Held back") and found[1].endswith("rows 6 and 7 of Pupils.")
    assert found[2].startswith("They lie in the folder “Do not send yet”.")
    assert found[3].startswith("Not written: row 8 of Pupils.")
    assert found[4] == "Left out, as no SEN status can be read: row 9 of Pupils."
    assert "Nul-Zo-0001-summary" in found[5]


def test_the_gravest_come_first_and_a_long_list_is_cut():
    many = tuple(problem("SM03", row) for row in range(MOST + 5))
    found = lines(Written(by_row={5: ()}, problems=(*many, problem("SM01", 99, Severity.ERROR))), Doubts(frozenset(), (), 3))
    assert found[1] == f"Look at these {MOST + 6} before anything goes to parents:"
    assert "SM01 in row 99" in found[2]
    assert found[-2].strip().startswith("and 6 more")
    assert found[-1] == "“sendbook check” has 3 more errors and queries about what these summaries print."


def test_summaries_without_goals_or_help_are_one_line():
    found = lines(Written(by_row={5: (), 6: ()}, problems=(problem("SM09", 5), problem("SM09", 6))))
    assert found[1:] == [
        "With no goals or no help in them: rows 5 and 6 of Pupils. Add these in Plans and Places, or talk with the family first."
    ]


def test_a_cell_is_not_told_of_twice_for_one_thing():
    checks = Doubts(frozenset(), (problem("PAR01"), problem("CRO14", 6)), 0)
    found = lines(Written(by_row={5: ()}, problems=(problem("SM01"), problem("SM03", 6), problem("SM03", 7))), checks)
    assert [line.split(": ")[1].split(" ")[0] for line in found[2:]] == ["CRO14", "SM01", "SM03"]
