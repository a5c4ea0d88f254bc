"""What the register says of each invented pupil: the story of their SEN, and who they are in plain words."""

from datetime import date
from random import Random

from sendbook.demo.calendar import Calendar, between, days, working_day, years_after
from sendbook.demo.data import Sentences, toml, weighted
from sendbook.demo.people import Cells, Child, first_day, is_primary

_TOP_UPS = {None: 20, 2500: 20, 4200: 25, 6400: 20, 9800: 15}  # pounds a year


def fill(children: list[Child], calendar: Calendar, rng: Random) -> None:
    """Fill the rest of each pupil's row, but for what follows from staff and meetings."""
    sentences = Sentences(rng)
    primary = is_primary(len(children))
    for child in children:
        child.row |= _story(child, calendar, rng, primary)
        child.row |= {
            "medical_alert": sentences.say("medical", "any", {}) if rng.random() < 0.09 else None,
            "attendance": _attendance(child, rng),
        }
        child.row |= _profile(child, sentences) | _notes(child, sentences, rng)
    for child in children[20::70]:
        _leave(child, calendar, rng, primary)


def _story(child: Child, calendar: Calendar, rng: Random, primary: bool) -> Cells:
    if child.status == "E":
        return _plan_story(child, calendar, rng, primary)
    if child.status == "K":
        return _support_story(child, calendar, rng)
    return _past_story(child, calendar, rng) if child.year >= 2 and rng.random() < 0.5 else {}


def _support_story(child: Child, calendar: Calendar, rng: Random) -> Cells:
    first = max(first_day(child, calendar), years_after(calendar.today, -4))
    since = calendar.school_day(between(rng, first + days(10), calendar.today - days(30)), 1)
    since = min(since, calendar.today)
    told = working_day(min(calendar.today, since + days(rng.randint(2, 9))))
    cells: Cells = {"on_register": since, "support_since": since, "parents_told": told}
    if rng.random() < 0.04 and since < calendar.today - days(120):
        cells["plan_requested"] = working_day(between(rng, calendar.today - days(80), calendar.today - days(12)))
    return cells


def _past_story(child: Child, calendar: Calendar, rng: Random) -> Cells:
    """Was on SEN support, came off it at the end of last school year, is still watched."""
    off = calendar.terms[2].end
    since = calendar.school_day(between(rng, max(first_day(child, calendar) + days(10), years_after(off, -3)), off - days(200)), 1)
    return {"on_register": since, "support_since": since, "parents_told": working_day(since + days(rng.randint(2, 9))), "off_register": off}


def _plan_story(child: Child, calendar: Calendar, rng: Random, primary: bool) -> Cells:
    """SEN support first, then the assessment (20 weeks at most), then the plan. Reviews fill in the last review's date."""
    oldest = max(years_after(child.born, 3.7), years_after(calendar.today, -6))
    issued = working_day(between(rng, oldest, calendar.today - days(45)))
    requested = working_day(issued - days(rng.randint(118, 137)))
    since = calendar.school_day(max(requested - days(rng.randint(90, 500)), years_after(child.born, 2.6)))
    school = toml("school")["school"]
    return {
        "on_register": since, "support_since": since, "parents_told": working_day(since + days(rng.randint(2, 9))),
        "plan_requested": requested,
        "plan_issued": issued, "local_authority": school["local_authority"] if rng.random() < 0.94 else school["other_authority"],
        "top_up": weighted(rng, _TOP_UPS),
        "sen_unit": "Resourced provision" if not primary and child.needs[0] == "ASD" and rng.random() < 0.2 else None,
    }  # fmt: skip


def _attendance(child: Child, rng: Random) -> float:
    mean = 88.5 if "SEMH" in child.needs else 92.5
    return round(min(100.0, max(48.0, rng.gauss(mean, 5.2))), 1)


def _profile(child: Child, sentences: Sentences) -> Cells:
    banks, words = toml("texts")["strengths"], child.words
    age = "young" if child.year < 5 else "older"
    likes = sentences.draw(banks["any"], banks[age], key=("strengths", age)).format_map(words)
    cells: Cells = {"strengths": f"{likes} {sentences.say('strengths', 'good_at', words)}"}
    if not child.has_sen:
        return cells
    voice = f"{sentences.say('voice', 'any', words)} {sentences.say('voice', child.bank, words)}"
    support = sentences.several(3, "support", child.bank, words)
    home = sentences.several(1, "home", "eal", words) + " " if child.row["eal"] and child.bank == "SLCN" else ""
    home += sentences.several(1 if home else 2, "home", child.bank, words)
    return cells | {"pupil_voice": voice, "how_to_support": support, "helps_at_home": home}


def _notes(child: Child, sentences: Sentences, rng: Random) -> Cells:
    if not child.has_sen:
        return {"internal_notes": sentences.say("notes", "watch", {})}
    return {"internal_notes": sentences.say("notes", "team", {})} if rng.random() < 0.15 else {}


def _leave(child: Child, calendar: Calendar, rng: Random, primary: bool) -> None:
    """The family moves away at half term, or at the end of last term where half term is still to come."""
    left: date = calendar.now.half if calendar.now.half < calendar.today else calendar.before.end
    if child.on_register and child.on_register > left:
        return
    child.left = left
    place = toml("school")["primary" if primary else "all_through"]
    child.row |= {"left": left, "destination": rng.choice(place["next_schools"]) if child.year in (6, 13) else "Fernhill Community School"}
