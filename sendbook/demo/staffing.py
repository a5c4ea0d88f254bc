"""Invented staff: posts scaled to the school, and who has time to run a group."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from sendbook.demo.calendar import Period
from sendbook.demo.data import toml
from sendbook.demo.people import Cells, Names, plain

_SLOTS = 5
_LOOK_AT = 8  # so many colleagues are asked before another is taken on


@dataclass
class Worker:
    """A member of staff: the row of the Staff table, and the hours a week taken in each part of the year."""

    row: Cells
    role: str
    hours: float
    taken: list[float] = field(default_factory=lambda: [0.0] * _SLOTS)

    @property
    def name(self) -> str:
        """As on the timetable."""
        return str(self.row["name"])

    def has_room(self, hours: float, period: Period) -> bool:
        """Whether so many hours more fit in every part of the year the period takes."""
        return all(self.taken[slot] + hours <= self.hours for slot in period.slots)

    def take(self, hours: float, period: Period) -> None:
        """Put the hours in the diary."""
        for slot in period.slots:
            self.taken[slot] += hours


class Team:
    """All staff who run provision; takes on more of a post when nobody who may lead has time left."""

    def __init__(self, roll: int, hired: date, rng: Random) -> None:
        self._rng, self._hired = rng, hired
        self._names = Names(rng)
        self._posts: Mapping[str, Mapping[str, Any]] = {p["role"]: p for p in toml("provisions")["post"]}
        self._by_role: defaultdict[str, list[Worker]] = defaultdict(list)
        self._next: defaultdict[str, int] = defaultdict(int)
        self.workers: list[Worker] = []
        self._known: set[str] = set()
        for role, post in self._posts.items():
            for _ in range(max(post["least"], round(roll / post["each"]))):
                self._hire(role)

    @property
    def rows(self) -> list[Cells]:
        """Rows of the Staff table."""
        return [w.row for w in self.workers]

    @property
    def senco(self) -> Worker:
        """The SENCo."""
        return self._by_role["SENCo"][0]

    def with_role(self, *roles: str) -> list[Worker]:
        """Staff in any of these posts."""
        return [w for role in roles for w in self._by_role[role]]

    def lead(self, roles: Sequence[str], hours: float, period: Period, besides: Worker | None = None) -> Worker:
        """Someone in one of the roles with so many hours a week left; the hours are put in the diary."""
        for role in roles:
            found = self._free(role, hours, period, besides)
            if found:
                break
        else:
            found = self._hire(roles[0])
        found.take(hours, period)
        return found

    def _free(self, role: str, hours: float, period: Period, besides: Worker | None) -> Worker | None:
        workers = self._by_role[role]
        for _ in range(min(_LOOK_AT, len(workers))):
            self._next[role] = (self._next[role] + 1) % len(workers)
            worker = workers[self._next[role]]
            if worker is not besides and worker.has_room(hours, period):
                return worker
        return None

    def _hire(self, role: str) -> Worker:
        post = self._posts[role]
        name = toml("school")["school"]["senco"] if role == "SENCo" else self._new_name()
        self._known.add(name)
        initial, surname = name.split(" ", 1)[1].split(" ", 1)
        mail = (
            f"{plain(initial)}.{plain(surname)}@harrowmere.example"
            if "salary" in post
            else f"{plain(initial)}.{plain(surname)}@therapies.example"
        )
        row: Cells = {"name": name, "role": role, "email": mail, "training": post["training"], "hours_for_send": post["send"]}
        row |= {"hourly_cost": post["hourly"]} if "hourly" in post else self._pay(post)
        row["started"] = date(self._hired.year - self._rng.randint(1, 12), 9, 1)
        worker = Worker(row, role, float(post["send"]))
        self._by_role[role].append(worker)
        self.workers.append(worker)
        self._next[role] = len(self._by_role[role]) - 2  # the newcomer is asked next
        return worker

    def _pay(self, post: Mapping[str, Any]) -> Cells:
        salary = round(post["salary"] * self._rng.uniform(0.97, 1.05), -1)
        return {"salary": salary, "paid_hours": post["hours"], "paid_weeks": post["weeks"]}

    def _new_name(self) -> str:
        for attempt in range(10_000):
            community = self._names.community()
            title, first, last = self._names.adult(community, self._names.surname(community), self._rng.random() < 0.86).split(" ", 2)
            name = f"{title} {first if attempt > 60 else first[0] + '.'} {last}"
            if name not in self._known:
                return name
        raise RuntimeError("the names of names.toml are used up: no more staff can be invented")
