"""Invented provision: the groups that ran, run and will run, who is in them, and how far they have come."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from random import Random
from typing import Any

from sendbook.demo.calendar import Calendar, Period, days
from sendbook.demo.data import Sentences, toml, weighted
from sendbook.demo.people import Cells, Child, is_primary
from sendbook.demo.staffing import Team, Worker

MOST_PLACES = 40
# how many groups a pupil is in: last term, the first half of this, all of this, next
_WISHES: Mapping[str, tuple[Mapping[int, float], ...]] = {
    "E": ({0: 15, 1: 85}, {0: 85, 1: 15}, {1: 85, 2: 15}, {0: 85, 1: 15}),
    "K": ({0: 30, 1: 70}, {0: 80, 1: 20}, {1: 88, 2: 12}, {0: 85, 1: 15}),
    "N": ({0: 85, 1: 15}, {0: 95, 1: 5}, {0: 85, 1: 15}, {0: 1}),
}
_ROOMS = ("The Nest", "Library corner", "Rainbow Room", "Room 7", "Studio", "Meeting room", "Group room", "Quiet room", "Hall")
_FOR_ONE = ("Social skills group", "Lunch club", "Attention and listening group")  # may be set up for one pupil's plan
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


@dataclass(frozen=True)
class Kind:
    """A provision as the demo thinks of it: its entry in `provisions.toml`."""

    entry: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The provision's name."""
        return str(self.entry["name"])

    @property
    def hours(self) -> float:
        """Hours a week one adult gives to a group of it."""
        return float((self.entry["minutes"] + self.entry["preparation"]) * self.entry["sessions"] / 60)

    def suits(self, child: Child) -> bool:
        """Whether it is for the pupil's year and one of their needs."""
        return self.fits(child) and bool(set(child.needs) & set(self.entry["needs"]) or not child.needs)

    def fits(self, child: Child) -> bool:
        """Whether it is for the pupil's year."""
        low, high = self.entry["years"]
        return bool(low <= child.year <= high)


KINDS = tuple(Kind(p) for p in toml("provisions")["provision"])
SHARED = tuple(k for k in KINDS if k.entry.get("kind") != "alone")
ALONE = tuple(k for k in KINDS if k.entry.get("kind") == "alone")
Bucket = tuple[int, int]  # number of the period, number of the provision
Wishes = dict[Bucket, list[Child]]


def offered(primary: bool) -> list[Kind]:
    """What there is for the ages of the school."""
    return [kind for kind in KINDS if not primary or kind.entry["years"][0] <= 6]


def provision_rows(primary: bool) -> list[Cells]:
    """Rows of the Provisions table."""
    whole_class = [entry | {"layer": "Universal"} for entry in toml("provisions")["universal"]]
    return [
        *whole_class,
        *({key: kind.entry[key] for key in ("name", "area", "layer", "plain", "measure", "evidence")} for kind in offered(primary)),
    ]


class Timetable:
    """Fills groups period by period."""

    def __init__(self, children: Sequence[Child], calendar: Calendar, team: Team, rng: Random, places_each: int | None) -> None:
        self._children, self._calendar, self._team, self._rng, self._each = children, calendar, team, rng, places_each
        self._sentences = Sentences(rng)
        self._numbers: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.groups: list[Cells] = []
        self.places: list[Cells] = []

    def fill(self) -> None:
        """Make all groups and places."""
        wishes = self._fixed_wishes() if self._each is not None else self._gathered(self._own_wishes())
        for (period, kind), children in sorted(wishes.items()):
            for members in self._split(SHARED[kind], children):
                self._run(SHARED[kind], self._calendar.periods[period], members)
        if self._each is None:
            self._charge_one()
            for child, own in self._alone():
                self._run(own, self._calendar.whole_year, [child])

    # --- who wants what ---
    def _there(self, child: Child, period: Period) -> bool:
        """Whether the pupil is at school, and on the register in time to gain from the period."""
        if (child.left and child.left < period.start) or (child.year == 0 and period.start < self._calendar.year_start):
            return False
        since = child.on_register
        return since is None or since <= (period.start if period.end < self._calendar.today else period.end - days(28))

    def _own_wishes(self) -> Wishes:
        wishes: Wishes = defaultdict(list)
        for child in self._children:
            suitable = [i for i, kind in enumerate(SHARED) if kind.suits(child)]
            for number, period in enumerate(self._calendar.periods):
                many = weighted(self._rng, _WISHES[child.status][number]) if self._there(child, period) else 0
                for kind in self._rng.sample(suitable, min(many, len(suitable))):
                    wishes[number, kind].append(child)
        return wishes

    def _fixed_wishes(self) -> Wishes:
        wishes: Wishes = defaultdict(list)
        periods, all_here = range(len(self._calendar.periods)), offered(is_primary(len(self._children)))
        here = [i for i, kind in enumerate(SHARED) if kind in all_here]
        for child in self._children:
            suits = {i for i, kind in enumerate(SHARED) if kind.suits(child)}
            suitable = [(p, i) for i in sorted(suits) for p in periods]
            others = [(p, i) for i in here if i not in suits for p in periods]
            self._rng.shuffle(suitable)
            for bucket in (suitable + self._rng.sample(others, len(others)))[: self._each]:
                wishes[bucket].append(child)
        return wishes

    def _gathered(self, wishes: Wishes) -> Wishes:
        """Pupils of groups too small to run move to a group that suits them as well, where there is one."""
        small = sorted((b for b, c in wishes.items() if len(c) < SHARED[b[1]].entry["size"][0]), key=lambda b: (len(wishes[b]), b))
        for bucket in small:
            if len(wishes[bucket]) < SHARED[bucket[1]].entry["size"][0]:
                wishes[bucket] = [child for child in wishes[bucket] if not self._moved(child, bucket, wishes)]
        return {b: c for b, c in wishes.items() if c}

    def _moved(self, child: Child, bucket: Bucket, wishes: Wishes) -> bool:
        others = [b for b, c in wishes.items() if b[0] == bucket[0] and b != bucket and c]
        if any(child in wishes[b] for b in others):
            return True  # has another place this term
        options = [b for b in others if SHARED[b[1]].suits(child)] or [b for b in others if SHARED[b[1]].fits(child)]
        if not options:
            return len(wishes[bucket]) == 1 and bucket[0] != 2  # only this term's groups run with one pupil
        wishes[max(options, key=lambda b: (len(wishes[b]), b))].append(child)
        return True

    def _alone(self) -> Iterator[tuple[Child, Kind]]:
        """What an EHC plan names: support in class for about half, therapy or a specialist teacher where it fits the need."""
        in_class, therapy, specialist = ALONE
        for child in self._children:
            if child.status != "E" or child.left:
                continue
            if self._rng.random() < 0.36:
                yield child, in_class
            if specialist.suits(child):
                yield child, specialist
            elif therapy.suits(child) and self._rng.random() < 0.3:
                yield child, therapy

    # --- groups ---
    def _split(self, kind: Kind, children: list[Child]) -> Iterator[list[Child]]:
        many = ceil(len(children) / kind.entry["size"][1])
        ordered = sorted(children, key=lambda c: (c.year, c.label))
        for i in range(many):
            yield ordered[i * len(ordered) // many : (i + 1) * len(ordered) // many]

    def _run(self, kind: Kind, period: Period, members: list[Child]) -> None:
        entry = kind.entry
        sessions = entry["sessions"] if kind is not ALONE[0] else self._rng.choice((5, 8, 10, 12, 15))
        hours = (entry["minutes"] + entry["preparation"]) * sessions / 60
        lead = self._team.lead(entry["roles"], hours, period)
        start = period.start + days(self._rng.choice((0, 0, 1, 2, 7)))
        end = period.end - days(self._rng.choice((0, 0, 1, 2, 7)))
        self._numbers[kind.name, period.label] += 1
        group: Cells = {
            "name": f"{kind.name} {self._numbers[kind.name, period.label]} ({period.label})", "provision": kind.name,
            "staff": lead.name, "staff_2": self._second(kind, hours, period, lead),
            "minutes": entry["minutes"], "sessions": sessions, "preparation": entry["preparation"],
            "start": start, "end": end, "resources": entry["resources"] or None if start >= self._calendar.year_start else None,
            "timetable": self._when(sessions),
        }  # fmt: skip
        self.groups.append(group)
        self.places.extend(self._place(kind, group, child, start, end) for child in members)

    def _second(self, kind: Kind, hours: float, period: Period, lead: Worker) -> str | None:
        return self._team.lead(["Teaching assistant"], hours, period, besides=lead).name if kind.entry.get("adults") == 2 else None

    def _when(self, sessions: float) -> str:
        if sessions > 5:
            return "In class, mornings"
        picked = sorted(self._rng.sample(range(5), ceil(sessions)))
        day = "Daily" if len(picked) == 5 else ", ".join(_DAYS[i] for i in picked)
        clock = f"{self._rng.choice((9, 10, 11, 13, 14))}:{self._rng.choice(('00', '15', '30', '45'))}"
        return f"{day}{' (every other week)' if sessions < 1 else ''} {clock}, {self._rng.choice(_ROOMS)}"

    def _charge_one(self) -> None:
        """One group of this term exists for one pupil's plan; the others are there to help, and it is charged wholly to that pupil."""
        plans = {child.label for child in self._children if child.status == "E" and not child.left}
        sizes: defaultdict[object, list[object]] = defaultdict(list)
        for place in self.places:
            sizes[place["group"]].append(place["pupil"])
        for group in self.groups:
            wanted = [label for label in sizes[group["name"]] if label in plans]
            if (
                group["provision"] in ("Social skills group", "Lunch club", "Attention and listening group")
                and wanted
                and len(sizes[group["name"]]) > 2
            ):
                group |= {"charged_to": wanted[0], "notes": "Set up for one pupil's plan; the others are there as partners."}
                return

    # --- places ---
    def _place(self, kind: Kind, group: Cells, child: Child, start: date, end: date) -> Cells:
        place: Cells = {"pupil": child.label, "group": group["name"], "measure": kind.entry["measure"]}
        first, last = self._joined(child, start, end), self._left(child, start, end)
        place |= {"start": first if first != start else None, "end": last if last != end else None}
        if first > self._calendar.today:
            return place
        place |= Scores(child, kind, self._rng, self._sentences).between(first, last, self._calendar.today)
        return place | {"attendance": min(100, max(45, round(self._rng.gauss(93, 5))))}

    def _joined(self, child: Child, start: date, end: date) -> date:
        since = child.on_register
        if since and start < since < end:
            return since
        late = start + days(21)
        return (
            self._calendar.school_day(late, 1)
            if self._each is None and late < min(end, self._calendar.today) and self._rng.random() < 0.06
            else start
        )

    def _left(self, child: Child, start: date, end: date) -> date:
        if child.left and start < child.left < end:
            return child.left
        early = end - days(21)
        leaves_early = self._each is None and early > start + days(35) and self._rng.random() < 0.03
        return self._calendar.school_day(early) if leaves_early else end


class Scores:
    """Believable scores of one pupil in one group: most gain, some stand still, a few fall."""

    def __init__(self, child: Child, kind: Kind, rng: Random, sentences: Sentences) -> None:
        self._child, self._rng, self._sentences = child, rng, sentences
        self._how = toml("provisions")["scores"][kind.entry["measure"]]

    def between(self, first: date, last: date, today: date) -> Cells:
        """Entry and, once there is one, the latest or last score, with what it means in words."""
        entered = min(first + days(self._rng.randint(0, 3)), last, today)
        entry = self._entry(entered)
        cells: Cells = {"entry_score": entry, "entry_date": entered}
        ended = last < today
        if not ended and ((today - first).days < 35 or self._rng.random() < 0.45):
            return cells
        left = last - days(self._rng.randint(0, 3)) if ended else today - days(self._rng.randint(1, 9))
        left = max(left, entered)
        weeks = min(20.0, (left - entered).days / 7)
        score = self._clipped(entry + self._rng.gauss(*self._how["gain"]) * weeks / 12)
        return cells | {"exit_score": score, "exit_date": left, "progress": self._words(score - entry, weeks)}

    def _entry(self, on: date) -> float:
        if "behind" in self._how:
            months = (on - self._child.born).days / 30.44
            return self._clipped(months - max(2, self._rng.gauss(*self._how["behind"])))
        return self._clipped(self._rng.gauss(*self._how["entry"]))

    def _clipped(self, score: float) -> float:
        step = self._how.get("step", 1)
        return int(min(self._how["high"], max(self._how["low"], step * round(score / step))))

    def _words(self, gain: float, weeks: float) -> str:
        mean = self._how["gain"][0]
        part = gain / mean * 12 / max(weeks, 1)
        bank = "fall" if part < 0 else "none" if part == 0 else "strong" if part > 0.9 else "some"
        return self._sentences.say("progress", bank, self._child.words)
