from datetime import date

import pytest

from sendbook.checks import check
from sendbook.checks.parents import FOR_PARENTS, OF_PROVISION, sensitive_words
from sendbook.checks.rule import Context
from sendbook.tables import BOOK_FIELDS, Kind, Privacy, columns
from tests.checks.examples import BEN, Example, contact, group, place, plan, provision, pupils, review, second, staff, whole
from tests.make import TODAY


def two(*, amara=None, ben=None, **tables):
    return pupils(amara or {}, second(**ben or {}), **tables)


def named(words, ben=None, called="Ben"):
    return two(
        ben=(ben or {}) | {"forename": called, "known_as": called},
        groups=[group()],
        places=[place(progress=words), place(pupil="Q801200005002", progress=None)],
    )


def agreed(words, **tables):
    return two(reviews=[review(agreed=words)], **tables)


def shared(name="Phonics", plain="A small group that learns letters.", ben=None, members=2):
    both = [place(), place(pupil="Q801200005002", progress=None)][:members]
    return two(ben=ben, provisions=[provision(name=name, plain=plain)], groups=[group(provision=name)], places=both)


def barred(words, *others, **values):
    dad = {"name": "Mr Peter Bar-Lev", "address": "9 Hidden Lane, Hill", "email": "pete@mail.example", "phone": "07700 900123"}
    dad |= {"relationship": "Father", "restricted": True, "receives_summaries": False}
    return agreed(words, contacts=[contact(), contact(**dad | values), *others])


def outcome(words, **pupil):
    return pupils(pupil, plans=[plan(at_school=words)])


BOY, GIRL = {"gender": "Male", "forename": "Ayo", "known_as": None}, {"gender": "Female"}

EXAMPLES = (
    Example("CRO14", "Places.progress 5", "Ben", named("Reads well, and helps Ben’s team."), named("Amara reads well on the bench.")),
    Example(
        "CRO15", "Plans.at_school 5", "Safeguarding", two(plans=[plan(at_school="See Safeguarding file.")]),
        two(plans=[plan(notes="See safeguarding file.", at_school="A quiet place.")]),
    ),
    Example(
        "CRO15", "Provisions.plain 5", "CIN plan", whole(provisions=[provision(plain="For pupils with a CIN plan.")]),
        whole(provisions=[provision(notes="CIN plan", plain="Help with sums.")]),
    ),
    Example("CRO15", "Provisions.name 5", "child-protection", shared(name="Group after child-protection"), shared()),
    Example("PAR01", "Reviews.agreed 5", "Ben Hughes is named", agreed("She will sit with Ben Hughes."), agreed("She will sit with Ben.")),
    Example("PAR01", "Plans.progress 5", "Ben Hughes", two(plans=[plan(progress="As Hughes, Ben does.")]), two(plans=[plan(progress="As Ben does.")])),
    Example("PAR01", "Pupils.strengths 5", "Ben Hughes", two(amara={"strengths": "Runs with Ben Hughes’s team."}), two(ben={"strengths": "Ben Hughes runs."})),
    Example("PAR01", "Places.progress 5", "Q801200005002", named("See q801200005002."), named("See B801200005001, 07700900123.")),
    Example("PAR01", "Reviews.pupil_views 5", "Q801200005009", two(reviews=[review(pupil_views="Q801200005009")]), agreed("No number.")),
    Example("PAR02", "Provisions.name 5", "Ben Hughes is named", shared("Ben’s phonics"), shared("Phonics", ben={"forename": "Phonics"})),
    Example("PAR02", "Provisions.plain 5", "parents of 2 pupils", shared(plain="Ben gets help."), shared(plain="Benny gets help on the bench.")),
    Example("PAR02", "Provisions.plain 5", "Ben Hughes", shared(plain="As for Ben Hughes."), shared(plain="Amara Okafor gets help.", members=1)),
    Example("PAR02", "Provisions.plain 5", "parents of 1 pupil read", shared(plain="As for Ben Hughes.", members=1), shared(plain="Amara reads.", members=1)),
    Example(
        "PAR03", "Reviews.agreed 5", "The name and address of Mr Peter Bar-Lev", barred("Mr Bar-Lev of 9 Hidden Lane will ring."),
        barred("Mrs Okafor will ring.", address="9 Hidden Lane"),
    ),
    Example("PAR03", "Reviews.agreed 5", "The email of", barred("Write to Pete@mail.example."), barred("Write to n.okafor@mail.example.")),
    Example("PAR03", "Reviews.agreed 5", "The phone number of", barred("Ring 07700900123 or +44 7700 900 123."), barred("Ring 01234 567890.")),
    Example(
        "PAR03", "Reviews.agreed 5", "The address of", barred("Lives at 9, hidden lane."),
        barred("Lives at 9 Hidden Lane.", contact(address="9 Hidden Lane")),
    ),
    Example(
        "PAR03", "Reviews.agreed 5", "The address of", barred("At 9 Hidden Lane.", address="Flat 2, 9 Hidden Lane"),
        barred("In Flat 2.", address="Flat 2, 9 Hidden Lane"),
    ),
    Example("PRO04", "Provisions.plain 5", "ELSA", whole(provisions=[provision(plain="Time with our ELSA each week.")]), whole()),
    Example("PRO04", "Plans.at_school 5", "SALT", outcome("SALT, TA, PE each week."), outcome("The EHC plan, GCSEs and the NHS.")),
    Example(
        "PRO04", "Pupils.how_to_support 5", "PECS", pupils({"how_to_support": "Use PECS."}),
        pupils({"how_to_support": "Use PECS (pictures), do NOT wait."}),
    ),
    Example("PRO04", "Reviews.agreed 5", "EHCP", agreed("EHCP to be read."), agreed("SHE DID WELL IN EHCP")),
    Example(
        "PAR04", "Plans.at_school 5", "say “she”, not “he”; the gender of Ayo Okafor is Male", outcome("She has her own desk.", **BOY),
        outcome("He has his own desk.", **BOY),
    ),
    Example("PAR04", "Plans.at_school 5", "“he”, not “she”", outcome("Let him rest.", **GIRL), outcome("Let her rest when he is loud.", **GIRL)),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


def rules_of(book):
    return {p.rule for p in check(book, (), TODAY)}


# --- safeguarding ---
SENSITIVE = (
    "cin plan",
    "Child in need",
    "a Section 47 enquiry",
    "told MASH",
    "the LADO came",
    "Abuse at home",
    "was abused",
    "police came",
    "the Police were called",
    "neglect",
    "is neglected",
    "Self-harm",
    "selfharming",
    "social care",
    "Social Worker",
    "social workers' visit",
    "safe-guarding",
    "DSLs",
    "our DSL.",
    "social-services",
    "child protection",
    "Child‑protection",
    "domestic violence",
    "MARAC",
    "on CPOMS",
    "A police officer came.",
    "CP plan",
    "(safeguarding)",
)
HARMLESS = (
    "Loves her policeman costume.",
    "Mashed potato, or sausage and mash.",
    "MASHED",
    "He wants to be a police officer.",
    "Plays with police cars.",
    "Children in Need day.",
    "Disabused of the idea.",
    "A CAMHS referral is made.",
    "Studies Health and Social Care.",
    "Sections 4 and 7.",
    "Needs a dental check.",
    "Lado is a friend.",
    "Social skills group.",
    "Uses a safe space.",
    "SAUSAGE AND MASH FOR LUNCH",
    "She asked for help herself.",
    "A cinema trip.",
    "I want to join the police.",
    "Works with care.",
)


@pytest.mark.parametrize("text", SENSITIVE)
def test_words_about_safeguarding_are_found(text):
    assert sensitive_words.checks[0].find(text, Context(pupils({"strengths": text}), TODAY))


@pytest.mark.parametrize("text", HARMLESS)
def test_words_that_only_look_like_it_are_not(text):
    assert not sensitive_words.checks[0].find(text, Context(pupils({"strengths": text}), TODAY))


def test_every_text_that_parents_read_is_looked_at_or_is_a_name():
    looked_at = {*FOR_PARENTS, *OF_PROVISION}
    texts = {
        (m, c.name)
        for m in BOOK_FIELDS
        for c in columns(m)
        if c.privacy is Privacy.PARENT and c.kind in (Kind.TEXT, Kind.PROSE) and m.table != "School"
    }
    others = {f"{m.table}.{name}" for m, name in texts - looked_at}
    assert others == {
        "Terms.name",
        "Pupils.known_as",
        "Pupils.known_surname",
        "Pupils.class_name",
        "Pupils.key_adult",
        "Staff.name",
        "Staff.role",
        "Plans.lead",
    }


# --- names ---
def test_a_pupil_may_be_named_in_their_own_parents_words_by_either_forename():
    bad, good = (
        named("Ben helps."),
        two(groups=[group()], places=[place(progress="Amara helps Amara."), place(pupil=BEN, progress="Ben reads.")]),
    )
    Example("CRO14", "Places.progress 5", "Ben is named", bad, good).hold()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("May", "On May Day, and in April and May."),
        ("April", "In April she read more."),
        ("Rose", "Rose will read. In the Rose Room."),
        ("Will", "Will she read? Yes."),
        ("Hope", "A trip to Hope Farm. Hope this helps."),
        ("Grace", "Grace and calm."),
        ("Art", "Art is her best lesson."),
        ("Poppy", "Happy in Poppy class."),
    ],
)
def test_names_that_are_words_or_months_tell_of_nobody_alone(name, words):
    assert "CRO14" not in rules_of(named(words, called=name))
    assert not {"PAR01", "PAR02"} & rules_of(named(words, called=name))
    assert "PAR02" not in rules_of(shared(plain=words, ben={"forename": name, "known_as": name}))


@pytest.mark.parametrize(
    ("forename", "surname", "words"),
    [
        ("May", "Day", "On May Day we sang."),
        ("Rose", "May", "In May, Rose windows were made."),
        ("Rose", "Will", "Rose will read."),
        ("Amara", "Okafor", "Amara Okafor reads."),
        ("Anna", "Hill", "Mrs Anna Hill reads with her."),
        ("Ann", "Hill", "Ann Hillary came."),
        ("Grace", "Hill", "Mary-Grace Hill came."),
        ("Ben", "Hughes", "ben hughes"),
        ("Tia", "Ali", "Tia Ali leads this."),
        ("Nia", "Okafor", "Nia Okafor, her mother, came."),
    ],
)
def test_what_only_looks_like_a_full_name_is_none(forename, surname, words):
    people = {"staff": [staff(name="Tia Ali")], "contacts": [contact(name="Ms Nia Okafor")]}
    assert "PAR01" not in rules_of(
        two(ben={"forename": forename, "surname": surname, "known_as": None}, reviews=[review(agreed=words)], **people)
    )


@pytest.mark.parametrize(
    ("ben", "words"),
    [
        ({"surname": "HUGHES", "forename": "BEN", "known_as": None}, "Sits with Ben Hughes."),
        ({"surname": "O’Neill", "forename": "Zoë", "known_as": None}, "Sits with Zoë O'Neill."),
        ({"surname": "de Souza", "forename": "Ana Maria", "known_as": None}, "Sits with Ana de Souza."),
        ({"surname": "Smith-Jones", "known_surname": "Jones"}, "Sits with Ben Jones, too."),
        ({"surname": "Day", "forename": "May", "known_as": None}, "Sits with May Day."),
    ],
)
def test_full_names_are_found_as_people_write_them(ben, words):
    assert "PAR01" in rules_of(two(ben=ben, reviews=[review(agreed=words)]))


def test_a_namesake_is_not_another_pupil():
    assert "PAR01" not in rules_of(
        two(
            ben={"surname": "Okafor", "forename": "Amara", "known_as": None},
            reviews=[review(pupil="B801200005001", agreed="Amara Okafor reads.")],
        )
    )


def test_a_full_name_is_said_once():
    found = [p.rule for p in check(named("Sits with Ben Hughes."), (), TODAY) if p.place.heading == "Progress in words"]
    assert found == ["PAR01"]


# --- a contact with a restriction ---
def test_what_a_parent_without_restriction_shares_is_no_secret():
    both = contact(
        name="Mr T. Bar-Lev", relationship="Grandparent", address="9 Hidden Lane, Hill", phone="07700 900123", email="pete@mail.example"
    )
    assert "PAR03" not in rules_of(barred("Mr Bar-Lev, 9 Hidden Lane, 07700 900123, pete@mail.example.", both))


def test_two_things_stand():
    said = [p.message for p in check(barred("Mr Bar-Lev of 9 Hidden Lane."), (), TODAY) if p.rule == "PAR03"]
    assert [" stand in the words" in m for m in said] == [True]


def test_what_is_about_safeguarding_is_not_to_be_written_out():
    assert {"CRO15"} == rules_of(agreed("Told our DSL.")) & {"CRO15", "PRO04"}


def test_another_pupils_restricted_contact_may_be_named():
    dad = contact(pupil=BEN, name="Mr P. Stone", restricted=True, receives_summaries=False)
    words = "Mr Stone came."
    assert "PAR03" not in rules_of(agreed(words, contacts=[contact(), dad]))
    assert "PAR03" in rules_of(two(reviews=[review(pupil=BEN, agreed=words)], contacts=[contact(), dad]))


def test_a_teacher_of_the_same_surname_may_be_named():
    dad = contact(name="Mr P. Stone", restricted=True, receives_summaries=False)
    assert "PAR03" not in rules_of(agreed("Mr Stone reads with her.", contacts=[dad], staff=[staff(name="Mr B. Stone")]))
    assert "PAR03" in rules_of(agreed("Mr Stone reads with her.", contacts=[dad], staff=[staff(name="Mr B. Brick")]))


# --- abbreviations, pronouns ---
@pytest.mark.parametrize(
    "text",
    [
        "Amara, AMARA and Ms ALI read.",
        "Henry VIII and Queen Mary.",
        "Please READ THIS NOW, thank you.",
        "In class 4RWH.",
        "Emotional support (ELSA).",
    ],
)
def test_capitals_that_are_no_abbreviation(text):
    assert "PRO04" not in rules_of(two(reviews=[review(agreed=text)], staff=[staff()]))


@pytest.mark.parametrize(
    "text",
    [
        "Mum says she is pleased.",
        "His plan.",
        "Mrs Day helps. She comes weekly.",
        "Ben reads. She listens.",
        "Ms T. Ali: she leads.",
        "Tell the teacher; ask her.",
    ],
)
def test_she_may_be_someone_else(text):
    assert "PAR04" not in rules_of(two(amara=BOY, reviews=[review(parents_views=text)], staff=[staff()]))


def test_pronouns_are_only_looked_at_for_boys_and_girls_and_not_where_the_pupil_speaks():
    for gender in (None, "Not known", "X"):
        assert "PAR04" not in rules_of(outcome("She has her own desk.", gender=gender))
    assert "PAR04" not in rules_of(pupils(BOY | {"pupil_voice": "I like her."}))
    assert "PAR04" in rules_of(pupils(BOY | {"pupil_voice": "She likes to run."}))


def test_one_hint_a_cell():
    found = check(outcome("She reads. Her desk is hers. She sits by herself.", **BOY), (), date(2026, 11, 24))
    assert [p.rule for p in found].count("PAR04") == 1
