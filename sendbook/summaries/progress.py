"""How it is going: what scores say in words, and the one chart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sendbook.law import code_sets
from sendbook.summaries.model import Chart, Point
from sendbook.summaries.words import counted, listed, month_year, months_old, plain_number, possessive
from sendbook.tables import Assessment, PlaceInGroup, name_key

MOST_POINTS = 4  # more do not fit beside each other with their words

# What a measure is called in a sentence, and what it means. Marks of different tests must not be joined in one line: two
# tests of reading may be a year apart on one day. Only measures that are an instrument of their own (True) are taken
# across places and assessments; else a line is one place's two scores, or one test's (its name is not for parents).
_MEASURES: dict[str, tuple[str, str, bool]] = {
    "Reading age (months)": ("reading age", "A reading age is the age at which most children read this well.", False),
    "Spelling age (months)": ("spelling age", "A spelling age is the age at which most children spell this well.", False),
    "Maths age (months)": ("maths age", "A maths age is the age at which most children do maths this well.", False),
    "Standardised score": ("test score", "A score of 100 is the average for the age.", False),
    "Scaled score": ("test score", "A score of 100 is what is expected at this age.", False),
    "Raw score": ("test score", "", False),
    "Target met (%)": ("progress towards the target", "At 100% the target is met in full.", False),
    "Boxall profile": ("Boxall score", "This score shows how ready a child feels to learn.", True),
    "SDQ": ("score for worries and troubles", "Here a lower score is better.", True),
    "Attendance (%)": ("attendance", "At 100% no days are missed.", True),
}


@dataclass(frozen=True, slots=True)
class Score:
    """A score on a measure (its code); the day it was taken, where known."""

    measure: str
    value: float
    day: date | None


def _facts(measure: str) -> tuple[str, str]:
    """Unit and the way that is better."""
    code = code_sets()["measure"].get(measure)
    return (code.facts["unit"], code.facts["better"]) if code else ("points", "higher")


def called(measure: str) -> str:
    """What a measure is called in a sentence."""
    return _MEASURES.get(measure, ("score", "", False))[0]


def score_text(measure: str, value: float) -> str:
    """A score with its unit, as a parent says it: `6 years 4 months`, `40%`, `92`."""
    unit, _ = _facts(measure)
    if unit == "months" and value >= 0:
        return months_old(value)
    return f"{plain_number(value)}%" if unit == "per cent" else plain_number(value)


def _change(measure: str, gain: float) -> str:
    unit, better = _facts(measure)
    if not round(gain, 1):
        return "This is the same as before."
    noun = {"months": "month"}.get(unit, "point")
    much = counted(round(abs(gain), 1), noun)
    said = f"This has gone {'up' if gain > 0 else 'down'} by {much}"
    return f"{said}." if (gain > 0) == (better == "higher") else f"{said}. We will talk about this with you."


def place_scores(place: PlaceInGroup, today: date) -> tuple[Score | None, Score | None]:
    """Entry and exit score of a place, as far as there are any by today."""

    def score(value: float | None, day: date | None) -> Score | None:
        known = place.measure is not None and value is not None and (day is None or day <= today)
        return Score(place.measure or "", value or 0, day) if known else None

    return score(place.entry_score, place.entry_date), score(place.exit_score, place.exit_date)


def score_sentences(name: str, first: Score | None, last: Score | None, over: bool = False) -> str:
    """What a place's two scores say, in one to three short sentences; empty where there is none. `over`: the help has ended."""
    known = first or last
    if known is None:
        return ""
    whose, what = possessive(name), called(known.measure)
    meaning = _MEASURES.get(known.measure, ("", "", False))[1]
    if first and last:
        change = _change(known.measure, last.value - first.value)
        said = f"{whose} {what} was {_at(first)}. {'At the end it was' if over else 'It is now'} {_at(last)}. {change}"
    elif first:
        said = f"{whose} {what} at the start was {_at(first)}.{'' if over else ' We will look at it again.'}"
    else:
        said = f"{whose} {what} {'at the end was' if over else 'is'} {_at(known)}."
    return f"{said} {meaning}".strip()


def _at(score: Score) -> str:
    when = f" ({month_year(score.day)})" if score.day else ""
    return score_text(score.measure, score.value) + when


def chart(name: str, places: Sequence[PlaceInGroup], assessments: Iterable[Assessment], today: date) -> Chart | None:
    """The one chart: the measure with the newest scores, or None where nothing was measured twice."""
    pairs = [s for p in places if all(s := place_scores(p, today))]
    series = [*_by_instrument(places, assessments, today), *[tuple(x for x in pair if x) for pair in pairs]]
    usable = [s for s in series if len(s) > 1]
    return _drawn(name, max(usable, key=_newest)) if usable else None


def _newest(series: tuple[Score, ...]) -> tuple[date, int]:
    return (max(s.day or date.min for s in series), len(series))


def _by_instrument(places: Iterable[PlaceInGroup], assessments: Iterable[Assessment], today: date) -> list[tuple[Score, ...]]:
    found: dict[tuple[str, str], dict[date, Score]] = defaultdict(dict)
    for a in assessments:
        if a.measure and a.score is not None and a.date and a.date <= today and (a.test or _alone(a.measure) or _is_age(a.measure)):
            found[a.measure, "" if _alone(a.measure) else name_key(a.test)].setdefault(a.date, Score(a.measure, a.score, a.date))
    for score in (s for p in places for s in place_scores(p, today) if s and s.day and _alone(s.measure)):
        found[score.measure, ""].setdefault(score.day or today, score)
    return [tuple(days[d] for d in sorted(days))[-MOST_POINTS:] for days in found.values()]


def _alone(measure: str) -> bool:
    """Whether the measure is one instrument, whoever uses it."""
    return _MEASURES.get(measure, ("", "", False))[2]


def _is_age(measure: str) -> bool:
    """Whether it is an age; those of a pupil with no test named are taken to be the school's one test."""
    return _facts(measure)[0] == "months"


def _drawn(name: str, series: tuple[Score, ...]) -> Chart:
    measure, values = series[0].measure, [s.value for s in series]
    low, high = min(values), max(values)
    whens = [month_year(s.day) if s.day else ("At the start" if i == 0 else "Latest") for i, s in enumerate(series)]
    points = tuple(
        Point(when, score_text(measure, s.value), round(i / (len(series) - 1), 4), _height(s.value, low, high))
        for i, (s, when) in enumerate(zip(series, whens, strict=True))
    )
    title = f"{possessive(name)} {called(measure)}"
    said = listed([f"{p.when}: {p.value}" for p in points])
    return Chart(title, f"Chart of {title}. {said}.", _MEASURES.get(measure, ("", "", False))[1], points)


def _height(value: float, low: float, high: float) -> float:
    return round((value - low) / (high - low), 4) if high > low else 0.5
