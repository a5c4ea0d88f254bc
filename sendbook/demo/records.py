"""Invented records of the graduated approach: plans, reviews, assessments and what was said."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from sendbook.demo.calendar import Calendar, Term, between, days, working_day, years_after
from sendbook.demo.data import Sentences, bank_of, toml, weighted
from sendbook.demo.people import Cells, Child, is_primary
from sendbook.demo.staffing import Team
from sendbook.law import area_of

_RESULTS = {"Met": 42, "Partly met": 40, "Not met": 13, "Stopped": 5}


class Records:
    """Makes the rows, child by child; what meetings say of the pupil goes into the pupil's own row too."""

    def __init__(self, children: Sequence[Child], calendar: Calendar, team: Team, rng: Random) -> None:
        self._children, self._calendar, self._rng = children, calendar, rng
        self._today = calendar.today
        self._sentences = Sentences(rng)
        self._primary = is_primary(len(children))
        self._senco = team.senco.name
        self._leads = [w.name for w in team.with_role("SENCo", "Higher level teaching assistant", "Teaching assistant")]
        self._adults = [w.name for w in team.with_role("Teaching assistant", "ELSA", "Learning mentor")]

    def _all(self, make: Callable[[Child], Iterator[Cells]], *, sen_only: bool = True) -> list[Cells]:
        return [{"pupil": c.label, **row} for c in self._children if c.has_sen or not sen_only for row in make(c)]

    def key_adults(self) -> None:
        """Give each pupil with a plan, and some others, an adult to turn to."""
        for child in self._children:
            if child.status == "E" or (child.has_sen and self._rng.random() < 0.3):
                child.row["key_adult"] = self._rng.choice(self._adults)

    # --- plans ---
    def plans(self) -> list[Cells]:
        """Two or three outcomes a pupil this term, and last term's with their results."""
        return self._all(self._plans)

    def _plans(self, child: Child) -> Iterator[Cells]:
        last: set[str] = set()
        for term in (self._calendar.before, self._calendar.now):
            if (
                child.on_register
                and child.on_register <= term.end - days(42)
                and not (child.year == 0 and term.end < self._calendar.year_start)
            ):
                yield from self._cycle(child, term, last)

    def _cycle(self, child: Child, term: Term, last: set[str]) -> Iterator[Cells]:
        first = max(term.start + days(self._rng.randint(6, 12)), child.on_register or term.start)
        if first > self._today or (child.left and child.left < term.start + days(60)):
            return
        review = self._calendar.school_day(term.end - days(self._rng.randint(3, 11)))
        start = self._calendar.school_day(first, 1)
        shared = working_day(start + days(self._rng.randint(2, 9)))
        now: set[str] = set()
        for need in self._outcome_needs(child):
            row = self._outcome(child, need, self._new_card(child, need, now, last), review)
            row |= {
                "start": start,
                "review_by": review,
                "lead": self._rng.choice(self._leads),
                "shared": shared if shared <= self._today else None,
            }
            yield row | self._result(child, start, review)
        last |= now

    def _outcome_needs(self, child: Child) -> list[str]:
        return [child.needs[0], child.needs[-1]] + ([child.needs[0]] if self._rng.random() < 0.3 else [])

    def _new_card(self, child: Child, need: str, now: set[str], last: set[str]) -> Mapping[str, str]:
        """An outcome the pupil has not had; where all have been had, one not of this term."""
        bank = bank_of(need)
        cards = [c for c in toml("texts")["outcomes"][bank] if child.year <= c.get("up_to", 13)]
        had = now | last if len(now | last) < len(cards) else now
        for _ in range(4 * len(cards)):
            card: Mapping[str, str] = self._sentences.draw(cards, key=("outcomes", bank, str(len(cards))))
            if card["text"] not in had:
                break
        now.add(card["text"])
        return card

    def _outcome(self, child: Child, need: str, card: Mapping[str, str], review: date) -> Cells:
        when = {12: "Christmas", 3: "Easter", 4: "Easter", 7: "summer"}.get(review.month, "the end of term")
        words = {**child.words, "when": when}
        layer = "Specialist" if child.status == "E" else self._rng.choice(("Targeted", "Targeted", "Targeted plus"))
        texts = {name: card[key].format_map(words) for name, key in (("outcome", "text"), ("at_school", "school"), ("at_home", "home"))}
        return {"area": area_of(need), "layer": layer, **texts}

    def _result(self, child: Child, start: date, review: date) -> Cells:
        if review >= self._today:
            early = (self._today - start).days < 28 or self._rng.random() < 0.5
            return {"result": "Working on it", "progress": None if early else self._sentences.say("result", "Working on it", child.words)}
        result = weighted(self._rng, _RESULTS)
        reviewed = working_day(review - days(self._rng.randint(0, 4)))
        return {"result": result, "reviewed": max(start, reviewed), "progress": self._sentences.say("result", result, child.words)}

    # --- reviews ---
    def reviews(self) -> list[Cells]:
        """Meetings held, and the next one planned; fills in the pupil's last annual review and next meeting."""
        return self._all(lambda child: self._annual(child) if child.status == "E" else self._support(child))

    def _said(self, child: Child, moving: bool = False) -> Cells:
        words = child.words
        return {
            "parents_there": True, "parents_views": self._sentences.say("review", "parents", words),
            "pupil_there": child.year >= 2 or None, "pupil_views": self._sentences.say("review", "pupil", words),
            "agreed": self._sentences.say("review", "moving" if moving else "agreed", words),
        }  # fmt: skip

    def _support(self, child: Child) -> Iterator[Cells]:
        """One meeting a term since the pupil came onto the register."""
        last = child.on_register or self._calendar.terms[0].start
        for term in self._calendar.terms:
            if (child.on_register and child.on_register + days(21) > term.end) or child.row.get("next_meeting"):
                continue
            first, end = max(term.start + days(30), child.on_register or term.start), term.end - days(6)
            if end > self._today and self._today - last > days(110):  # a term has gone by: the meeting has been held
                first, end = min(first, self._today - days(6)), self._today - days(1)
            day = self._calendar.school_day(between(self._rng, first, end))
            if day < (child.on_register or day) or (child.year == 0 and day < self._calendar.year_start):
                continue
            last = min(day, self._today)
            yield from self._meeting(child, day)

    def _meeting(self, child: Child, day: date) -> Iterator[Cells]:
        row: Cells = {"kind": "SEN support review", "planned": day}
        if day < self._today:
            if not (child.left and child.left < day):
                yield row | {"invited": working_day(day - days(self._rng.randint(10, 20))), "held": day} | self._said(child)
        elif not child.left:
            child.row["next_meeting"] = day
            yield row | self._invited(day)

    def _invited(self, day: date) -> Cells:
        """Invitations two weeks and more before; sent where that day has come."""
        invited, circulated = working_day(day - days(self._rng.randint(21, 28))), working_day(day - days(self._rng.randint(15, 18)))
        return {"invited": invited if invited <= self._today else None, "circulated": circulated if circulated <= self._today else None}

    def _moving(self, child: Child) -> bool:
        return child.year == 6 if self._primary else child.year == 11

    def _annual(self, child: Child) -> Iterator[Cells]:
        issued = child.row["plan_issued"]
        if not isinstance(issued, date):
            raise TypeError("a pupil with an EHC plan has no date of issue")
        due = years_after(issued, 1)
        if due - days(70) <= self._today:
            decided = self._decision_day(child, issued)
            held = self._calendar.school_day(decided - days(self._rng.randint(12, 20)))
            decided = working_day(min(decided, held + timedelta(days=27)))
            yield self._held(child, held, decided)
            child.row["last_annual_review"] = decided
            due = years_after(decided, 1)
        if child.left:
            return
        planned = self._calendar.school_day(max(self._today + days(4), min(due - days(self._rng.randint(34, 50)), due - days(30))))
        planned = planned if planned > self._today else self._calendar.school_day(self._today + days(1), 1)
        child.row["next_meeting"] = planned
        yield {"kind": "Annual review", "planned": planned} | self._invited(planned)

    def _decision_day(self, child: Child, issued: date) -> date:
        """The last decision: in the past ten months, and early this school year for a pupil who moves on next September."""
        last = (child.left or self._today) - days(9)
        first = max(last - days(290), issued + days(120))
        if self._moving(child) and self._calendar.year_start + days(45) < last:
            first = self._calendar.year_start + days(45)
        return between(self._rng, first, last)

    def _held(self, child: Child, held: date, decided: date) -> Cells:
        decision = weighted(self._rng, {"Keep": 64, "Amend": 36})
        final = working_day(decided + days(self._rng.randint(30, 52)))
        return {
            "kind": "Annual review", "planned": held, "invited": working_day(held - days(self._rng.randint(21, 30))),
            "circulated": working_day(held - days(self._rng.randint(15, 19))), "held": held,
            "report_sent": working_day(held + days(self._rng.randint(4, 10))), "decision": decision, "decided": decided,
            "final_plan": final if decision == "Amend" and final <= self._today else None,
        } | self._said(child, self._moving(child))  # fmt: skip

    # --- assessments ---
    def assessments(self) -> list[Cells]:
        """Two scores a term, so that a summary can draw a line."""
        return self._all(self._assessments)

    def _assessments(self, child: Child) -> Iterator[Cells]:
        reading, maths = self._rng.gauss(82, 7), self._rng.gauss(83, 7)
        age_behind = max(3.0, self._rng.gauss(17, 8))
        for term in self._calendar.terms:
            day = self._calendar.school_day(between(self._rng, term.end - days(24), term.end - days(8)))
            year = child.year - (day < self._calendar.year_start)
            if day > self._today or year < 1 or (child.left and child.left < day):
                continue
            if year >= 2:
                months = (day - child.born).days / 30.44 - age_behind
                yield self._score(day, "Reading age (months)", "Group reading test", max(60, round(months)))
                age_behind -= self._rng.gauss(0.6, 1.5)
            subject, score = ("Reading", reading) if self._rng.random() < 0.5 else ("Maths", maths)
            yield self._score(
                day,
                "Standardised score",
                f"{subject} test, {term.season.lower()}",
                round(min(118.0, max(69.0, score + self._rng.gauss(1, 2)))),
            )

    def _score(self, day: date, measure: str, test: str, score: int) -> Cells:
        return {"date": day, "measure": measure, "test": test, "score": score, "assessor": self._rng.choice(self._leads)}

    # --- communications ---
    def communications(self) -> list[Cells]:
        """What was said and sent in the past ten weeks, with what is still to do."""
        return sorted(self._all(self._communications, sen_only=False), key=lambda row: (str(row["date"]), str(row["pupil"])))

    def _communications(self, child: Child) -> Iterator[Cells]:
        people = [c for c in child.contacts if c["receives_summaries"]]
        many = weighted(self._rng, {0: 30, 1: 40, 2: 20, 3: 10} if child.has_sen else {0: 80, 1: 20})
        for _ in range(many if people else 0):
            subject, summary, method = self._sentences.draw(toml("texts")["communication"]["all"], key=("communication",)).split(" | ")
            last = min(self._today, child.left or self._today)
            day = self._calendar.school_day(between(self._rng, last - days(70), last))
            row: Cells = {
                "date": day,
                "contact": self._rng.choice(people)["name"],
                "method": method,
                "subject": subject,
                "summary": summary,
            }
            yield row | self._follow_up(day) | {"by": self._senco if self._rng.random() < 0.7 else self._rng.choice(self._leads)}

    def _follow_up(self, day: date) -> Cells:
        if self._rng.random() > 0.4:
            return {}
        by = self._calendar.school_day(day + days(14), 1)
        done = min(by, day + days(self._rng.randint(2, 14)))
        return {"follow_up_by": by, "followed_up": done if done <= self._today else None}
