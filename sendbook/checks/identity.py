"""Who the pupil is: UPN, names, class, and the school's own numbers."""

import re

from stdnum.gb.upn import calc_check_digit

from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Context, Subject, per_book
from sendbook.checks.wording import counted, in_rows
from sendbook.law import local_authority_numbers
from sendbook.tables import Contact, Pupil, School, Staff, name_key, shown, upn_key

subject = Subject("identity")

DFE_RULE = "DfE school census validation rule {}"
UPN_GUIDE = "DfE guidance on unique pupil numbers"
NAMES = (
    (Pupil, "surname"),
    (Pupil, "forename"),
    (Pupil, "known_as"),
    (Pupil, "known_surname"),
    (Contact, "name"),
    (Staff, "name"),
)

_AFTER_LETTER = re.compile(r"[0-9]{11}[0-9A-HJ-NP-RT-Z]")
_ALLOWED_LAST = frozenset("0123456789ABCDEFGHJKLMNPQRTUVWXYZ")


@subject.rule("1500", Pupil, "upn", severity=ERROR, todo="Copy the UPN from the MIS.", source=DFE_RULE.format(1500))
def upn_missing(row: Pupil, ctx: Context) -> str | None:
    """A pupil on roll has no UPN."""
    return f"No UPN for {row.name or 'this pupil'}." if not row.upn and ctx.on_roll(row) else None


@subject.rule("1510", Pupil, "upn", severity=ERROR, todo="Copy the UPN again from the MIS.", source=DFE_RULE.format(1510))
def upn_check_letter(row: Pupil, ctx: Context) -> str | None:
    """The UPN's check letter does not fit its other twelve characters."""
    upn = upn_key(row.upn)
    if not _AFTER_LETTER.fullmatch(upn[1:]) or upn[0] == (letter := calc_check_digit(upn[1:])):
        return None
    return f"UPN {row.upn} begins with {upn[0]}; its other twelve characters need {letter}: one of the thirteen is mistyped."


@subject.rule(
    "1520",
    Pupil,
    "upn",
    severity=ERROR,
    todo="Give each pupil their own UPN from the MIS, or delete the second row if it is the same child.",
    source=DFE_RULE.format(1520),
)
def upn_twice(row: Pupil, ctx: Context) -> str | None:
    """Two pupils have the same UPN."""
    others = [p for p in ctx.book.pupils_by_upn.get(upn_key(row.upn), ())[:6] if p is not row]
    return f"UPN {row.upn} stands in {in_rows(p.row for p in others)} too; nothing can be matched to any of them." if others else None


@subject.rule(
    "1530",
    Pupil,
    "upn",
    severity=QUERY,
    todo="Copy the UPN again from the MIS; leave it if the MIS has the same.",
    source=DFE_RULE.format(1530),
)
def upn_local_authority(row: Pupil, ctx: Context) -> str | None:
    """The UPN's local authority number is not known."""
    upn = upn_key(row.upn)
    known = len(upn) != 13 or upn[1:4] in local_authority_numbers()
    return None if known else f"UPN {row.upn}: no local authority has the number {upn[1:4]} (characters 2 to 4)."


@subject.rule("1540", Pupil, "upn", severity=ERROR, todo="Copy the UPN again from the MIS.", source=DFE_RULE.format(1540))
def upn_digits(row: Pupil, ctx: Context) -> str | None:
    """Characters 5 to 12 of the UPN are not all digits."""
    upn = upn_key(row.upn)
    if len(upn) != 13 or (upn[4:12].isascii() and upn[4:12].isdigit()):
        return None
    return f"UPN {row.upn}: characters 5 to 12 must be digits; they are {upn[4:12]}."


@subject.rule("1550", Pupil, "upn", severity=ERROR, todo="Copy the UPN again from the MIS.", source=DFE_RULE.format(1550))
def upn_last_character(row: Pupil, ctx: Context) -> str | None:
    """The UPN's last character is not allowed."""
    upn = upn_key(row.upn)
    bad = len(upn) == 13 and upn[12] not in _ALLOWED_LAST
    return f"UPN {row.upn} ends in {upn[12]}; only a digit, or a letter other than I, O and S, may stand there." if bad else None


@subject.rule("ID01", Pupil, "upn", severity=ERROR, todo="Copy the UPN again from the MIS.", source=UPN_GUIDE)
def upn_length(row: Pupil, ctx: Context) -> str | None:
    """The UPN does not have thirteen characters."""
    upn = upn_key(row.upn)
    return f"UPN {shown(row.upn)} has {counted(len(upn), 'character')}; a UPN has 13." if upn and len(upn) != 13 else None


@subject.rule(
    "ID02", Pupil, "upn", severity=QUERY, todo="Ask the last school or the local authority for the permanent UPN.", source=UPN_GUIDE
)
def upn_temporary(row: Pupil, ctx: Context) -> str | None:
    """The UPN is a temporary one."""
    upn = upn_key(row.upn)
    temporary = _AFTER_LETTER.fullmatch(upn[1:]) and upn[12].isalpha() and ctx.on_roll(row)
    return f"UPN {row.upn} is temporary: it ends in the letter {upn[12]}." if temporary else None


@subject.rule("ID03", Pupil, "upn", severity=QUERY, todo="Type it without spaces, in capitals.", source=UPN_GUIDE)
def upn_untidy(row: Pupil, ctx: Context) -> str | None:
    """The UPN is written with spaces or small letters."""
    tidy = upn_key(row.upn)
    return f"UPN “{shown(row.upn)}” has spaces or small letters; it was read as {shown(tidy)}." if row.upn and row.upn != tidy else None


def _child(row: Pupil) -> tuple[tuple[str, ...], object]:
    """Names, whichever way round they were typed, and date of birth; no names where one is missing."""
    both = row.born and row.surname and row.forename
    return tuple(sorted((name_key(row.surname), name_key(row.forename)))) if both else (), row.born


@per_book
def _same_child(ctx: Context) -> dict[tuple[tuple[str, ...], object], list[Pupil]]:
    found: dict[tuple[tuple[str, ...], object], list[Pupil]] = {}
    for p in ctx.book.pupils:
        if (child := _child(p))[0]:
            found.setdefault(child, []).append(p)
    return found


@subject.rule(
    "ID04",
    Pupil,
    "surname",
    "forename",
    "born",
    severity=QUERY,
    todo="Delete one row if it is the same child; twins of one name do exist.",
    source=GOOD_PRACTICE,
)
def pupil_twice(row: Pupil, ctx: Context) -> str | None:
    """Two rows have the same name, perhaps the other way round, and date of birth."""
    others = [p for p in _same_child(ctx).get(_child(row), [])[:6] if p is not row]
    turned = others and all(name_key(p.surname) != name_key(row.surname) for p in others)
    way = ", with the names the other way round" if turned else ""
    return f"{row.name}, born {shown(row.born)}, stands in {in_rows(p.row for p in others)} too{way}." if others else None


@subject.values("ID05", *NAMES, severity=HINT, todo="Type it as it should stand in a letter.", source=GOOD_PRACTICE)
def name_capitals(value: str, ctx: Context) -> str | None:
    """A name is all in capitals."""
    return f"“{shown(value)}” is all in capitals, and would stand so in letters to parents." if len(value) > 3 and value.isupper() else None


_ODD = re.compile(r"^[=+\-@]|[<>{}\\#|]")


@subject.values("ID06", *NAMES, severity=HINT, todo="Check the name; leave it if it is right.", source=GOOD_PRACTICE)
def name_odd(value: str, ctx: Context) -> str | None:
    """A name looks like a formula or computer code."""
    odd = _ODD.search(value)
    return f"“{shown(value)}” has the sign {odd[0]} in it, which names do not have." if odd else None


@subject.values("ID07", *NAMES, severity=HINT, todo="Check for notes typed into the name; move them to Notes.", source=GOOD_PRACTICE)
def name_long(value: str, ctx: Context) -> str | None:
    """A name is too long for a letter."""
    return f"The name “{value[:30]}…” has {len(value)} letters." if len(value) > 80 else None


@subject.values("ID08", *NAMES, severity=HINT, todo="Move class, year or number to their own columns.", source=GOOD_PRACTICE)
def name_with_figures(value: str, ctx: Context) -> str | None:
    """A name has figures in it."""
    return f"“{shown(value)}” has figures in it." if any(c.isdigit() for c in value) else None


@subject.rule("ID09", Pupil, "class_name", severity=HINT, todo="Type the class or tutor group.", source=GOOD_PRACTICE)
def class_missing(row: Pupil, ctx: Context) -> str | None:
    """A pupil on roll has no class."""
    return f"No class for {row.name}: teachers' lists will leave the pupil out." if not row.class_name and ctx.on_roll(row) else None


@subject.rule("ID10", Pupil, "born", severity=QUERY, todo="Copy the date of birth from the MIS.", source=GOOD_PRACTICE)
def birth_missing(row: Pupil, ctx: Context) -> str | None:
    """A pupil on roll has no date of birth."""
    return f"No date of birth for {row.name}: nothing that depends on age can be checked." if not row.born and ctx.on_roll(row) else None


@subject.rule("ID11", Pupil, "year", severity=QUERY, todo="Choose the year group the pupil is taught in.", source=GOOD_PRACTICE)
def year_missing(row: Pupil, ctx: Context) -> str | None:
    """A pupil on roll has no year group."""
    return f"No year group for {row.name}." if not row.year and ctx.on_roll(row) else None


@subject.rule(
    "ID12",
    Pupil,
    "home_language",
    "eal",
    when="eal",
    severity=HINT,
    todo="Choose the language spoken at home.",
    source="DfE school census, language",
)
def language_missing(row: Pupil, ctx: Context) -> str | None:
    """A pupil learning English as an additional language has no home language."""
    return f"EAL is Yes for {row.name}, with no home language." if row.eal and not row.home_language and ctx.on_roll(row) else None


@subject.rule(
    "ID13",
    Pupil,
    "home_language",
    "eal",
    when="eal",
    severity=QUERY,
    todo="Change EAL to No, or choose the other language.",
    source="DfE school census, language",
)
def language_english(row: Pupil, ctx: Context) -> str | None:
    """EAL is Yes though the home language is English."""
    clash = row.eal and name_key(row.home_language) == "english"
    return f"EAL is Yes, but the home language is {row.home_language}." if clash else None


@subject.rule(
    "ID14",
    Pupil,
    "destination",
    "left",
    when="left",
    severity=HINT,
    todo="Type the next school; the SEN file is due there within 15 school days.",
    source="Education (Pupil Information) (England) Regulations 2005, reg 9",
)
def next_school_missing(row: Pupil, ctx: Context) -> str | None:
    """A pupil who has left has no next school."""
    return f"Left on {shown(row.left)}, and no next school is named." if not ctx.on_roll(row) and not row.destination else None


@subject.rule(
    "ID15",
    School,
    "urn",
    severity=QUERY,
    todo="Type the six digits from Get Information about Schools.",
    source="DfE Get Information about Schools",
)
def urn_form(row: School, ctx: Context) -> str | None:
    """The school's URN is not six digits."""
    return f"URN {shown(row.urn)} is not six digits." if row.urn and not re.fullmatch(r"[0-9]{6}", row.urn) else None


@subject.rule(
    "ID16",
    School,
    "laestab",
    severity=QUERY,
    todo="Type it as 801/2001, from Get Information about Schools.",
    source="DfE Get Information about Schools",
)
def laestab_form(row: School, ctx: Context) -> str | None:
    """The school's LAESTAB is not a local authority number and four digits."""
    bad = row.laestab and not re.fullmatch(r"[0-9]{3}[/ -]?[0-9]{4}", row.laestab)
    return f"LAESTAB {shown(row.laestab)} is not three digits, a stroke and four digits." if bad else None
