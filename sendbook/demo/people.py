"""Invented families: pupils with names, UPNs and birthdays, and the grown-ups around them."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from random import Random
from typing import Any

from stdnum.gb import upn

from sendbook.demo.calendar import Calendar, between, days, years_after
from sendbook.demo.data import bank_of, quota, toml, weighted

Cells = dict[str, object]
_YEAR_WEIGHTS = (6, 8, 10, 11, 12, 12, 12, 10, 10, 10, 9, 9, 3, 2)  # R to 13: fewer are known to have SEN when they start
LOCKED = 0.03  # of those who prefer email, so many want it with a password
_FOLD = str.maketrans({"ł": "l", "Ł": "L", "ı": "i", "ø": "o", "đ": "d", "'": "", "’": "", " ": "", ".": ""})


@dataclass
class Child:
    """A pupil as the demo thinks of them: the row of the Pupils table, and what later rows are drawn from."""

    row: Cells
    year: int  # 0 is Reception
    born: date
    status: str
    needs: tuple[str, ...]
    community: str
    contacts: list[Cells] = field(default_factory=list)
    left: date | None = None

    @cached_property
    def called(self) -> str:
        """What the pupil is called."""
        return str(self.row.get("known_as") or self.row["forename"])

    @cached_property
    def label(self) -> str:
        """What link cells hold; the same as `Pupil.label`."""
        return f"{self.row['surname']}, {self.called} ({self.row['upn']})"

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The pupil's words for the texts."""
        he, him, his = ("he", "him", "his") if self.row["gender"] == "Male" else ("she", "her", "her")
        return {"name": self.called, "he": he, "He": he.title(), "him": him, "his": his, "His": his.title()}

    @property
    def has_sen(self) -> bool:
        """On SEN support or with an EHC plan."""
        return self.status != "N"

    @property
    def bank(self) -> str:
        """The bank of texts for the primary need."""
        return bank_of(self.needs[0] if self.needs else None)

    @property
    def on_register(self) -> date | None:
        """When the pupil came onto the register."""
        found = self.row.get("on_register")
        return found if isinstance(found, date) else None


@dataclass
class Family:
    """What brothers and sisters share."""

    community: Mapping[str, Any]
    surname: str
    language: str
    address: str
    kind: str  # two, one, apart, guardian, care
    restricted: bool


class Names:
    """Draws names; keeps full names apart while there are enough of them."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[tuple[str, str]] = set()
        self.communities = {c["name"]: c for c in toml("names")["community"]}
        self._weights = {name: c["weight"] for name, c in self.communities.items()}

    def community(self) -> Mapping[str, Any]:
        """A community, by its share."""
        found: Mapping[str, Any] = self.communities[weighted(self._rng, self._weights)]
        return found

    def surname(self, community: Mapping[str, Any]) -> str:
        """A surname, with all its forms."""
        return str(self._rng.choice(community["surnames"]))

    def child(self, community: Mapping[str, Any], surname: str, girl: bool) -> tuple[str, str]:
        """Forename and surname of a child."""
        last = form(surname, girl)
        for _ in range(8):
            first = self._rng.choice(community["girls" if girl else "boys"])
            if (first, last) not in self._used:
                break
        self._used.add((first, last))
        return first, last

    def adult(self, community: Mapping[str, Any], surname: str, woman: bool) -> str:
        """Title, forename and surname of a grown-up."""
        first = self._rng.choice(community.get("women" if woman else "men") or community["girls" if woman else "boys"])
        title = weighted(self._rng, {"Mrs": 6, "Ms": 3, "Miss": 1, "Dr": 0.3} if woman else {"Mr": 10, "Dr": 0.3})
        return f"{title} {first} {form(surname, woman, married=title == 'Mrs')}"


def form(surname: str, female: bool, married: bool = False) -> str:
    """The form of a surname for a man, a woman or a married woman, where a language has them."""
    forms = surname.split("|")
    return forms[0] if not female else forms[-1] if married else forms[min(1, len(forms) - 1)]


def plain(text: str) -> str:
    """A name in the letters of an email address."""
    split = unicodedata.normalize("NFKD", text.translate(_FOLD))
    return "".join(c for c in split if c.isascii() and (c.isalnum() or c == "-")).lower()


class Upns:
    """Unique pupil numbers of the school and, for those who moved in, of others; never one twice."""

    def __init__(self, establishment: int, count: int, rng: Random) -> None:
        self._own, self._rng = establishment, rng
        self._gap = 6 if count <= 300 else 1
        self._serials: defaultdict[tuple[int, int], int] = defaultdict(int)

    def new(self, first_year: int) -> str:
        """A UPN given in a calendar year, with its check letter."""
        place = self._own if self._rng.random() < 0.82 else self._own - self._rng.randint(1, 9)
        while (serial := self._serials[place, first_year] + self._rng.randint(1, self._gap)) > 999:
            place -= 1
        self._serials[place, first_year] = serial
        digits = f"{toml('school')['school']['authority_number']}{place:04d}{first_year % 100:02d}{serial:03d}"
        return str(upn.calc_check_digit(digits)) + digits


def is_primary(count: int) -> bool:
    """Whether a school with a register of `count` is a primary."""
    return count <= int(toml("school")["mix"]["primary_up_to"])


def roll_of(count: int) -> int:
    """Pupils on roll of a school with a register of `count`."""
    return max(count, round(count * int(toml("school")["mix"]["roll_per_90"]) / 90))


class Register:
    """Makes the families of a register of `count` pupils."""

    def __init__(self, count: int, calendar: Calendar, rng: Random) -> None:
        self._count, self._calendar, self._rng = count, calendar, rng
        self._names = Names(rng)
        self._mix = toml("school")["mix"]
        self._primary = is_primary(count)
        self._upns = Upns(toml("school")["primary" if self._primary else "all_through"]["establishment"], count, rng)
        self._statuses = quota(count, self._mix["status"], rng)
        self._needs = {s: quota(self._statuses.count(s), self._mix["needs"][s], rng) for s in ("E", "K")}
        self._forms = max(1, round(roll_of(count) / (30 * (7 if self._primary else 14))))
        self._mails: defaultdict[str, int] = defaultdict(int)

    def children(self) -> list[Child]:
        """All pupils with their contacts, in the order of the register: year, then name."""
        found = [child for kind, size in self._plans() for child in self._family(kind, size)]
        return sorted(found, key=lambda c: (c.year, c.row["class_name"], plain(str(c.row["surname"])), c.label))

    def _plans(self) -> Iterator[tuple[str, int]]:
        """Kind and size of each family. A school of 20 or more has twins, a sibling pair and a looked-after pupil."""
        rest = self._count
        sure = [("restricted", 1)] if rest >= 10 else []
        sure += [("twins", 2), ("two", 2), ("care", 1), ("apart", 2)] if rest >= 20 else []
        kinds = {"two": 56, "one": 22, "apart": 18, "guardian": 2, "care": 1.5, "restricted": 1, "twins": 1}
        while rest:
            kind, size = sure.pop() if sure else (weighted(self._rng, kinds), weighted(self._rng, {1: 88, 2: 11, 3: 1}))
            size = min(rest, 2 if kind == "twins" else 1 if kind == "care" else size)
            yield kind, size
            rest -= size

    def _home(self) -> str:
        town = toml("school")["town"]
        street, number = self._rng.choice(town["streets"]), self._rng.randint(1, 140)
        return f"{number} {street}, {town['name']}, {self._postcode()}"

    def _postcode(self) -> str:
        area, end = toml("school")["town"]["postcode"], "".join(self._rng.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
        return f"{area}{self._rng.randint(1, 9)} {self._rng.randint(1, 9)}{end}"

    def _family(self, kind: str, size: int) -> list[Child]:
        community = self._names.community()
        home = self._home()
        if community["name"] == "Traveller" and self._rng.random() < 0.6:
            town = toml("school")["town"]
            home = f"{self._rng.randint(1, 18)} {town['traveller_site']}, {town['name']}, {self._postcode()}"
        language = self._rng.choice(community["languages"])
        family = Family(
            community,
            self._names.surname(community),
            language,
            home,
            "two" if kind in ("twins", "restricted") else kind,
            kind == "restricted",
        )
        poor = self._rng.random()  # one draw for the whole family: brothers and sisters share it
        years = self._years(size, twins=kind == "twins")
        born = self._birthday(years[0]) if kind == "twins" else None
        children = [self._child(family, year, born, poor) for year in years]
        people = self._grown_ups(family)
        for child in children:
            child.contacts = [{"pupil": child.label, **person} for person in people]
            if years_after(child.born, 16) <= self._calendar.today:
                child.contacts.append(self._young_person(child, family))
        return children

    def _years(self, size: int, twins: bool) -> list[int]:
        pool = range(7 if self._primary else 14)
        if twins:
            return [self._rng.choices(pool, weights=_YEAR_WEIGHTS[: len(pool)])[0]] * size
        found: list[int] = []
        while len(found) < size:
            year = self._rng.choices(pool, weights=_YEAR_WEIGHTS[: len(pool)])[0]
            if year not in found:
                found.append(year)
        return found

    def _birthday(self, year: int) -> date:
        first = date(self._calendar.year - 5 - year, 9, 1)
        return between(self._rng, first, date(first.year + 1, 8, 31))

    def _class(self, year: int) -> str:
        name, number = "R" if year == 0 else str(year), self._rng.randrange(self._forms)
        return f"{name}{chr(65 + number)}" if self._forms <= 26 else f"{name}-{number + 1}"

    def _child(self, family: Family, year: int, born: date | None, poor: float) -> Child:
        girl = self._rng.random() < 0.36  # about two in three pupils with SEN are boys
        first, last = self._names.child(family.community, family.surname, girl)
        status = self._statuses.pop()
        needs = self._need(status)
        born = born or self._birthday(year)
        row: Cells = {"upn": self._upns.new(self._calendar.year - year), "surname": last, "forename": first}
        short = toml("names")["short"].get(first)
        if short and self._rng.random() < 0.6:
            row["known_as"] = short
        if self._rng.random() < 0.012:
            row["known_surname"] = f"{last}-{self._names.surname(self._names.communities['English']).split('-')[0]}"
        row |= {
            "born": born,
            "gender": "Female" if girl else "Male",
            "year": "R" if year == 0 else str(year),
            "class_name": self._class(year),
        }
        row |= {"sen_status": status} | dict(zip(("primary_need", "secondary_need"), needs, strict=False))
        row |= self._circumstances(family, status, poor)
        return Child(row, year, born, status, needs, family.community["name"])

    def _need(self, status: str) -> tuple[str, ...]:
        if status == "N":
            return ()
        first = self._needs[status].pop()
        if self._rng.random() > (0.55 if status == "E" else 0.28):
            return (first,)
        second = weighted(self._rng, {k: v for k, v in self._mix["second_needs"].items() if k != first})
        return (first, second)

    def _circumstances(self, family: Family, status: str, poor: float) -> Cells:
        care = family.kind == "care"
        fsm = not care and poor * 100 < self._mix["fsm_percent"][status]
        eal = family.language != "English" and not care
        cells: Cells = {"pupil_premium": fsm or care or self._rng.random() * 100 < self._mix["ever_6_percent"], "fsm": fsm, "eal": eal}
        return cells | {"home_language": family.language if eal else "English", "looked_after": care}

    def _person(self, name: str, relationship: str, home: str, language: str = "English", *, duty: bool = True, sent: bool = True) -> Cells:
        first, last = plain(name.split()[1]), plain(name.split()[-1])
        self._mails[f"{first}.{last}"] += 1
        number = self._mails[f"{first}.{last}"]
        mail = f"{first}.{last}{number if number > 1 else ''}@{self._rng.choice(toml('school')['town']['mail'])}"
        phone = f"07700 900{self._rng.randrange(1000):03d}" if self._rng.random() < 0.8 else f"01632 960{self._rng.randrange(1000):03d}"
        return {
            "name": name, "relationship": relationship, "parental_responsibility": duty, "receives_summaries": sent, "restricted": False,
            "email": mail, "phone": phone, "address": home, "language": language,
            "format": weighted(self._rng, {"Email": 74, "Paper": 20, "Phone call": 3, "Large print": 2, "Easy read": 1}),
        }  # fmt: skip

    def _grown_ups(self, family: Family) -> list[Cells]:
        if family.kind == "care":
            return self._carers(family)
        language = family.language if self._rng.random() < 0.45 else "English"
        surname = family.surname if self._rng.random() < 0.75 else self._names.surname(family.community)
        if family.kind == "guardian":
            return [
                self._person(self._names.adult(family.community, surname, True), "Grandparent", family.address, language)
                | {"notes": "Special guardian."}
            ]
        mother = self._person(self._names.adult(family.community, surname, True), "Mother", family.address, language)
        if family.kind == "one":
            return [mother]
        apart = family.kind == "apart" or family.restricted
        both = family.kind == "apart" or (not family.restricted and self._rng.random() < 0.5)
        home = self._home() if apart else family.address
        father = self._person(self._names.adult(family.community, family.surname, False), "Father", home, language, sent=both)
        if family.restricted:
            father |= {
                "restricted": True,
                "address": None,
                "notes": "Court order; copy in the office. Nothing is sent and no details are given.",
            }
        return [mother, father]

    def _carers(self, family: Family) -> list[Cells]:
        other = self._names.community()
        carer = self._person(
            self._names.adult(other, self._names.surname(other), True), "Foster carer", family.address, duty=False, sent=False
        )
        carer["notes"] = "Gets a copy from the social worker."
        office = f"Civic Centre, Market Hill, {toml('school')['town']['name']}, {toml('school')['town']['postcode']}1 1AA"
        worker = self._person(self._names.adult(other, self._names.surname(other), self._rng.random() < 0.7), "Social worker", office)
        return [carer, worker | {"format": "Email", "notes": "Full care order: the local authority shares parental responsibility."}]

    def _young_person(self, child: Child, family: Family) -> Cells:
        name = f"{'Miss' if child.row['gender'] == 'Female' else 'Mr'} {child.row['forename']} {child.row['surname']}"
        person = self._person(name, "Young person", family.address, duty=False)
        return {"pupil": child.label, **person, "format": "Email", "notes": "Asked at 16; wants a copy."}


def lock_some(children: Iterable[Child], rng: Random) -> None:
    """Let a few of those who get papers by email want them with a password; what brothers and sisters share, they share too."""
    by_email: defaultdict[object, list[Cells]] = defaultdict(list)
    for contact in (c for child in children for c in child.contacts):
        if contact["format"] == "Email" and contact["receives_summaries"]:
            by_email[contact["email"]].append(contact)
    for rows in rng.sample(list(by_email.values()), round(len(by_email) * LOCKED)):
        password = "-".join(rng.sample(toml("school")["passwords"]["words"], 3))
        for row in rows:
            row |= {"format": "Email with password", "document_password": password}


def first_day(child: Child, calendar: Calendar) -> date:
    """When the pupil started Reception."""
    return date(calendar.year - child.year, 9, 3) if child.year else calendar.year_start + days(1)
