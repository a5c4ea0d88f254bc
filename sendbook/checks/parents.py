"""What parents read: words, names and numbers that must not stand there, words they may not know, the slips of a copied report."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from operator import attrgetter

from sendbook.checks.rule import HINT, QUERY, Context, Subject, per_book
from sendbook.checks.telling import plain, ways_of_name, ways_to_tell
from sendbook.checks.wording import counted
from sendbook.checks.words import about_safeguarding, listed, stems
from sendbook.tables import BOOK_FIELDS, Contact, Group, Kind, PlaceInGroup, Privacy, Provision, Pupil, Row, columns, name_key, upn_key
from sendbook.tables.names import ALSO_WORDS, BEFORE_TIMES, PLACES, TIMES, TITLES

subject = Subject("what parents read")

GDPR = "UK GDPR art 5(1)(d) and (f)"
FOR_PARENTS = tuple(
    (model, c.name) for model in BOOK_FIELDS for c in columns(model) if c.kind is Kind.PROSE and c.privacy is Privacy.PARENT
)
OF_PROVISION = ((Provision, "name"), (Provision, "plain"))  # short texts that parents read; the others name staff, services and dates
READ: tuple[tuple[type[Row], str], ...] = (*FOR_PARENTS, *OF_PROVISION)
OWN_VOICE = ("pupil_voice", "pupil_views")


def _pupil(row: Row, ctx: Context) -> Pupil | None:
    """Whose parents read a row."""
    return row if isinstance(row, Pupil) else ctx.book.pupil(getattr(row, "pupil", None))


def _parted(text: str) -> list[str]:
    """The words of a text, by its spaces and the usual marks; asked of every text, so it must be quick (`translate` is slower)."""
    for mark in ".,’'“”?!:;()/\n":
        if mark in text:
            text = text.replace(mark, " ")
    return text.split()


# --- words about safeguarding ---
@per_book
def _texts(ctx: Context) -> frozenset[str]:
    """Every different text that parents read."""
    return frozenset(chain.from_iterable(map(attrgetter(name), ctx.rows(model, name)) for model, name in READ))


@per_book
def _stems(ctx: Context) -> tuple[str, ...]:
    """The beginnings of words about safeguarding that stand anywhere in the book: one quick look through all of it, and few are left."""
    everything = "\n".join(_texts(ctx)).lower()
    return tuple(stem for stem in stems() if stem in everything)


@subject.values(
    "CRO15",
    *FOR_PARENTS,
    *OF_PROVISION,
    severity=QUERY,
    todo="Move it to the team's own notes or the safeguarding file: parents read this column.",
    source="DfE, Keeping children safe in education; UK GDPR art 5(1)(f)",
)
def sensitive_words(value: str, ctx: Context) -> str | None:
    """Words about safeguarding stand where parents read them."""
    found = about_safeguarding(value, _stems(ctx))
    return f"“{found}” stands in words that go into the parents' summary." if found else None


# --- names of pupils ---
@per_book
def _first_names(ctx: Context) -> frozenset[str]:
    """What pupils are called, where that alone tells of a child: not Jo, which is short, nor May, which is a month."""
    return frozenset(p.first_name for p in ctx.book.pupils if len(p.first_name) > 2) - ALSO_WORDS


_BEFORE_PLACE = rf"(?! (?i:{'|'.join(sorted(PLACES))})\b)"


def _called(name: str, text: str) -> bool:
    """Whether a first name stands in a text as a person's, not a place's: not “Poppy class”, but “Poppy's class”."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-]){_BEFORE_PLACE}", text) is not None


def _spelt(*names: str | None) -> set[str]:
    """Names as they stand and as a sentence has them: a list of a MIS may be all in capitals."""
    return {way.replace("’", "'") for n in names if n and len(n) > 1 for way in (n, n.title() if n.isupper() or n.islower() else n)}


def _full_names(pupil: Pupil) -> set[str]:
    """The ways in which forename and surname stand together; as `Hughes, Ben` only where neither may be an ordinary word."""
    firsts = _spelt(pupil.known_as, pupil.forename, (pupil.forename or "").partition(" ")[0])
    lasts = _spelt(pupil.known_surname, pupil.surname)
    turned = {f"{last}, {first}" for first in firsts for last in lasts if not {first, last} & ALSO_WORDS}
    return {f"{first} {last}" for first in firsts for last in lasts} | turned


@per_book
def _written(ctx: Context) -> dict[int, set[str]]:
    """The full names of each pupil, by row."""
    return {p.row: _full_names(p) for p in ctx.book.pupils}


@per_book
def _by_surname(ctx: Context) -> dict[str, list[Pupil]]:
    """Pupils by the last word of a surname."""
    found: dict[str, list[Pupil]] = {}
    for pupil in ctx.book.pupils:
        for word in {parts[-1] for last in _spelt(pupil.known_surname, pupil.surname) if (parts := _parted(last))}:
            found.setdefault(word, []).append(pupil)
    return found


SHE, HE = frozenset({"She", "she", "Her", "her", "hers", "herself"}), frozenset({"He", "he", "Him", "him", "His", "his", "himself"})
_UPN = re.compile(r"\b[A-Z][0-9]{11}[0-9A-Z]\b", re.IGNORECASE)
_ELEVEN_DIGITS = re.compile(r"[0-9]{11}")


@per_book
def _looked_through(ctx: Context) -> tuple[dict[str, list[str]], dict[str, str], dict[str, set[str]]]:
    """One reading of every text: those with a pupil's surname or a UPN, with their words; that say only she or only he; with first names."""
    surnames, named, says = _by_surname(ctx).keys(), dict[str, list[str]](), dict[str, str]()
    firsts, called = _first_names(ctx), dict[str, set[str]]()
    for text in _texts(ctx):
        words = _parted(text)
        if not surnames.isdisjoint(words) or _ELEVEN_DIGITS.search(text):
            named[text] = words
        if (she := not SHE.isdisjoint(words)) is HE.isdisjoint(words):
            says[text] = "she" if she else "he"
        if not firsts.isdisjoint(words):
            called[text] = set(firsts.intersection(words))
    return named, says, called


def _with_names(ctx: Context) -> Mapping[str, list[str]]:
    return _looked_through(ctx)[0]


def _one_sided(ctx: Context) -> Mapping[str, str]:
    return _looked_through(ctx)[1]


def _stands(name: str, text: str) -> bool:
    """Whether a full name stands in a text as a child's: not after a title, nor after “in” or “on” where it begins with a month."""
    found = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) if name in text else None
    before = (_parted(text[: found.start()]) or [""])[-1].casefold() if found else ""
    time = name.split()[0] in TIMES and before in BEFORE_TIMES
    return found is not None and not time and before not in TITLES


def _other_pupil(text: str, pupil: Pupil | None, ctx: Context) -> Pupil | None:
    """Another pupil whose full name stands in a text; a name that the pupil, a contact of theirs or someone of the staff has is no other's."""
    typed, own = text.replace("’", "'"), _full_names(pupil) if pupil else set()
    own |= {c.name for c in ctx.book.contacts_of(pupil) if c.name} if pupil else set()
    found = (p for word in _with_names(ctx).get(text, ()) for p in _by_surname(ctx).get(word, ()) if p is not pupil)
    ways = ((p, way) for p in found for way in _written(ctx)[p.row] if way in typed and _stands(way, typed))
    return next((p for p, way in ways if not any(way in o for o in own) and not ctx.book.staff_named(way)), None)


@subject.cells(
    "PAR01",
    *FOR_PARENTS,
    among=_with_names,
    severity=QUERY,
    todo="Take the other child out, or write “a friend”: parents read this.",
    source=GDPR,
)
def tells_of_another_pupil(value: str, row: Row, ctx: Context) -> str | None:
    """Words for one pupil's parents have another pupil's full name or UPN in them."""
    if (pupil := _pupil(row, ctx)) is None:
        return None
    if other := _other_pupil(value, pupil, ctx):
        return f"{other.name} is named in the words for {pupil.name}'s parents."
    upn = next((u for u in _UPN.findall(value.upper()) if u != upn_key(pupil.upn)), None)
    return f"The UPN {upn}, which is another pupil's, stands in the words for {pupil.name}'s parents." if upn else None


@per_book
def _names_by_group(ctx: Context) -> dict[int, set[str]]:
    return {}


def _members_names(group: Group, ctx: Context) -> set[str]:
    """First names of a group's pupils; worked out only for groups that are asked for, and once."""
    known = _names_by_group(ctx)
    if group.row not in known:
        known[group.row] = {m.first_name for place in ctx.book.places_in(group) if (m := ctx.book.pupil(place.pupil))}
    return known[group.row]


@subject.rule(
    "CRO14",
    PlaceInGroup,
    "progress",
    "pupil",
    "group",
    when="progress",
    severity=QUERY,
    todo="Take the other child's name out: parents read this.",
    source=GDPR,
)
def names_another_pupil(row: PlaceInGroup, ctx: Context) -> str | None:
    """Words for one pupil's parents have the first name of another pupil of the group in them; names that are words or months do not count."""
    text = row.progress or ""
    names = _looked_through(ctx)[2].get(text)
    if not names or (pupil := ctx.book.pupil(row.pupil)) is None or (group := ctx.group(row)) is None:
        return None
    if not (named := names - {pupil.first_name, pupil.forename}):
        return None
    other = min((n for n in named & _members_names(group, ctx) if _called(n, text)), default=None)
    return f"{other} is named in the words for {pupil.name}'s parents." if other and not _other_pupil(text, pupil, ctx) else None


@per_book
def _groups_by_provision(ctx: Context) -> dict[str, list[Group]]:
    found: dict[str, list[Group]] = {}
    for group in ctx.book.groups:
        found.setdefault(name_key(group.provision), []).append(group)
    return found


@per_book
def _pupils_by_provision(ctx: Context) -> dict[str, dict[int, Pupil]]:
    return {}


def _pupils_of(provision: Provision, ctx: Context) -> dict[int, Pupil]:
    """Everyone who has the provision, by row; worked out only for provisions that are asked for, and once."""
    known, key = _pupils_by_provision(ctx), name_key(provision.name)
    if key not in known:
        places = [p for g in _groups_by_provision(ctx).get(key, ()) for p in ctx.book.places_in(g)]
        known[key] = {p.row: p for place in places if (p := ctx.book.pupil(place.pupil))}
    return known[key]


@subject.cells(
    "PAR02",
    *OF_PROVISION,
    severity=QUERY,
    todo="Name the provision after what is done: all parents whose child has it read this.",
    source=GDPR,
)
def provision_named_after_pupil(value: str, row: Provision, ctx: Context) -> str | None:
    """A provision's name or plain words name one of several pupils who have it, so that the others' parents read it."""
    names = _first_names(ctx).intersection(_parted(value))
    if not names and value not in _with_names(ctx):
        return None
    members = _pupils_of(row, ctx).values()
    named = (_other_pupil(value, None, ctx), *(m for m in members if m.first_name in names and _called(m.first_name, value)))
    other = next((p for p in named if p and any(m is not p for m in members)), None)
    return f"{other.name} is named in words that the parents of {counted(len(members), 'pupil')} read." if other else None


# --- contacts with a restriction ---
@per_book
def _barred(ctx: Context) -> dict[int, list[Contact]]:
    """Contacts with a restriction, by their pupil's row."""
    found: dict[int, list[Contact]] = {}
    for contact in ctx.rows(Contact, "restricted"):
        if contact.restricted and (pupil := ctx.book.pupil(contact.pupil)):
            found.setdefault(pupil.row, []).append(contact)
    return found


@per_book
def _ways_of_staff(ctx: Context) -> frozenset[str]:
    return frozenset(way for s in ctx.book.staff for way in ways_of_name(s.name))


def _told(pupil: Pupil, ctx: Context) -> Iterator[tuple[str, str]]:
    """What parents read of a pupil, where it tells of a contact with a restriction, and what it tells; asked of few pupils."""
    book = ctx.book
    allowed = {w for c in book.contacts_of(pupil) if not c.restricted for w in ways_to_tell(c)} | {plain(n) for n in _full_names(pupil)}
    allowed |= _ways_of_staff(ctx)
    ways = [(w, what, c) for c in _barred(ctx)[pupil.row] for w, what in ways_to_tell(c).items() if w not in allowed]
    groups = [g for place in book.places_of(pupil) if (g := book.group_of(place))]
    shared = [p for g in groups if (p := book.provision_of(g))]
    rows = (pupil, *book.plans_of(pupil), *book.reviews_of(pupil), *book.places_of(pupil), *shared)
    for text in {t for row in rows for model, name in READ if type(row) is model and (t := getattr(row, name))}:
        bare = plain(text)
        if found := [(what, c) for way, what, c in ways if way in bare]:
            said, who = " and ".join(dict.fromkeys(what for what, _ in found)), found[0][1].name or "someone"
            yield text, f"The {said} of {who}, who has a contact restriction, {'stand' if ' and ' in said else 'stands'}"


@per_book
def _tells_of_barred(ctx: Context) -> dict[str, dict[int, str]]:
    """By text and pupil's row, what it tells of a contact with a restriction: as a rule nothing."""
    found: dict[str, dict[int, str]] = {}
    for pupil in ctx.book.pupils:
        for text, what in _told(pupil, ctx) if pupil.row in _barred(ctx) else ():
            found.setdefault(text, {})[pupil.row] = what
    return found


@subject.cells(
    "PAR03",
    *READ,
    among=_tells_of_barred,
    severity=QUERY,
    todo="Take it out unless everyone who reads this may know it.",
    source="UK GDPR art 5(1)(f); Children Act 1989 s8",
)
def names_restricted(value: str, row: Row, ctx: Context) -> str | None:
    """A contact who has a restriction is named where parents read, or their address, phone number or email stands there."""
    told, pupil = _tells_of_barred(ctx)[value], _pupil(row, ctx)
    if isinstance(row, Provision):  # read by the parents of all who have it
        pupil = next(p for p in ctx.book.pupils if p.row in told)
    return f"{told[pupil.row]} in the words for {pupil.name}'s parents." if pupil and pupil.row in told else None


# --- words that parents may not know, and slips ---
_THREE_CAPITALS, _CAPITALS = re.compile("[A-Z]{3}"), re.compile(r"(?<!\()\b([A-Z]{3,})s?\b(?! \()")
_SHOUTED = re.compile(r"\b[A-Z]+(?: [A-Z]+){2,}\b")
_NUMERAL = re.compile(r"[IVX]+")


def _names_of_adults(ctx: Context) -> list[str]:
    return [name for name in (*(s.name for s in ctx.book.staff), *(c.name for c in ctx.book.contacts)) if name]


@per_book
def _names_in_capitals(ctx: Context) -> frozenset[str]:
    people = [n for p in ctx.book.pupils for n in (p.forename, p.surname, p.known_as, p.known_surname)]
    return frozenset(word.upper() for n in (*people, *_names_of_adults(ctx)) if n for word in _parted(n))


@subject.values(
    "PRO04",
    *FOR_PARENTS,
    (Provision, "plain"),
    severity=HINT,
    todo="Write the words out, or explain it in brackets.",
    source="SEND Code of Practice 2015, 6.65 and 9.21",
)
def abbreviation(value: str, ctx: Context) -> str | None:
    """Words for parents hold an abbreviation that is not explained."""
    if not _THREE_CAPITALS.search(value) or value.isupper() or about_safeguarding(value):
        return None
    fine = listed("abbreviations", "known") | listed("abbreviations", "emphasis")
    found = (m[1] for m in _CAPITALS.finditer(_SHOUTED.sub(" ", value)) if m[1] not in fine and not _NUMERAL.fullmatch(m[1]))
    unknown = next((word for word in found if word not in _names_in_capitals(ctx)), None)
    return f"Parents may not know “{unknown}”." if unknown else None


@per_book
def _known_people(ctx: Context) -> frozenset[str]:
    """Words of the names of staff and contacts, and what pupils are called."""
    return _first_names(ctx) | {word for name in _names_of_adults(ctx) for word in _parted(name) if len(word) > 2}


_OTHER = {"male": "she", "m": "she", "female": "he", "f": "he"}


@subject.cells(
    "PAR04",
    *FOR_PARENTS,
    among=_one_sided,
    severity=HINT,
    todo="Check whom it was written about; a report may have been copied.",
    source=GDPR,
)
def other_pronoun(value: str, row: Row, ctx: Context) -> str | None:
    """Words about a boy say only “she”, or about a girl only “he”, and nobody else is named."""
    says = _one_sided(ctx)[value]
    if (pupil := _pupil(row, ctx)) is None or _OTHER.get(name_key(pupil.gender)) != says:
        return None
    words, own = _parted(value), _parted(f"{pupil.name} {pupil.forename} {pupil.surname}")
    someone = not listed("people", "words").isdisjoint(w.casefold() for w in words) or not _known_people(ctx).isdisjoint({*words} - {*own})
    in_own_words = not {"I", "my", "My", "me"}.isdisjoint(words) and value in (getattr(row, name, None) for name in OWN_VOICE)
    about = f"The words say “{says}”, not “{'he' if says == 'she' else 'she'}”; the gender of {pupil.name} is {pupil.gender}."
    return None if someone or in_own_words else about
