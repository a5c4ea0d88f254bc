import pytest

from tests.checks.examples import Example, book, contact, pupils, second, staff
from tests.make import SCHOOL, date

SAME = second(surname="Okafor", forename="Amara", known_as="Amara")

TURNED = pupils({}, second(surname="AMARA", forename="Okafor", born=date(2018, 3, 14)))
# from authorities that are gone, and from a school of the forces
MOVED = ("A702200005001", "A820200005001", "A875200005001", "A835200005001", "A909200005001", "A928200005001", "A681200005001")

EXAMPLES = (
    Example("1500", "Pupils.upn 5", "No UPN for Amara Okafor", pupils({"upn": None}), pupils({"upn": None, "left": date(2026, 7, 17)})),
    Example("1510", "Pupils.upn 5", "need B", pupils({"upn": "A801200005001"}), pupils()),
    Example("1510", "Pupils.upn 5", "A801200005002", pupils({"upn": "A801200005002"}), pupils({"upn": "A80120000501A"})),
    Example("1520", "Pupils.upn 6", "row 5", pupils({}, second(upn="b801200005001")), pupils({}, second())),
    Example("1530", "Pupils.upn 5", "999", pupils({"upn": "T999200005001"}), pupils({"upn": "M660200005001"})),
    Example("1530", "Pupils.upn 5", "8X1", pupils({"upn": "B8X1200005001"}), pupils()),
    *(Example("1530", "Pupils.upn 5", "999", pupils({"upn": "T999200005001"}), pupils({"upn": upn})) for upn in MOVED),
    Example("1540", "Pupils.upn 5", "000X500", pupils({"upn": "B8012000X5001"}), pupils()),
    Example("1550", "Pupils.upn 5", "ends in I", pupils({"upn": "B80120000500I"}), pupils({"upn": "A80120000501A"})),
    Example("ID01", "Pupils.upn 5", "has 1 character;", pupils({"upn": "7"}), pupils()),
    Example("ID01", "Pupils.upn 5", "12 characters", pupils({"upn": "B80120000500"}), pupils({"upn": "B801 2000 05001"})),
    Example("ID02", "Pupils.upn 5", "A80120000501A", pupils({"upn": "A80120000501A"}), pupils()),
    Example("ID03", "Pupils.upn 5", "b801200005001", pupils({"upn": "b801200005001"}), pupils()),
    Example("ID03", "Pupils.upn 5", "B801 2000 05001", pupils({"upn": "B801 2000 05001"}), pupils()),
    Example("ID04", "Pupils.surname 5", "rows 6 and 7", pupils({}, SAME, SAME), pupils({})),
    Example("ID04", "Pupils.surname 6", "row 5", pupils({}, SAME), pupils({}, SAME | {"born": date(2018, 3, 15)})),
    Example(
        "ID04", "Pupils.surname 6", "row 5 too, with the names the other way", TURNED, pupils({}, second(surname="AMARA", forename="Ben"))
    ),
    Example("ID05", "Pupils.surname 5", "OKAFOR", pupils({"surname": "OKAFOR"}), pupils({"known_as": "AJ"})),
    Example("ID05", "Contacts.name 5", "MRS OKAFOR", pupils(contacts=[contact(name="MRS OKAFOR")]), pupils(contacts=[contact()])),
    Example("ID06", "Pupils.forename 5", "=", pupils({"forename": "=1+1"}), pupils({"forename": "Zoë-Anne O’Neill"})),
    Example("ID06", "Staff.name 5", "<", pupils(staff=[staff(name="<b>Ali</b>")]), pupils(staff=[staff()])),
    Example("ID07", "Pupils.surname 5", "500", pupils({"surname": "a" * 500}), pupils()),
    Example("ID08", "Pupils.known_as 5", "Amara 4A", pupils({"known_as": "Amara 4A"}), pupils()),
    Example("ID09", "Pupils.class_name 5", "No class for Amara", pupils({"class_name": None}), pupils()),
    Example("ID10", "Pupils.born 5", "No date of birth", pupils({"born": None}), pupils()),
    Example("ID11", "Pupils.year 5", "No year group", pupils({"year": None}), pupils()),
    Example("ID12", "Pupils.home_language 5", "Amara", pupils({"eal": True}), pupils({"eal": True, "home_language": "Igbo"})),
    Example(
        "ID13", "Pupils.home_language 5", "English", pupils({"eal": True, "home_language": "English"}), pupils({"home_language": "English"})
    ),
    Example(
        "ID14",
        "Pupils.destination 5",
        "17/07/2026",
        pupils({"left": date(2026, 7, 17)}),
        pupils({"left": date(2026, 7, 17), "destination": "Hill"}),
    ),
    Example("ID15", "School.urn ", "12345", book(school=SCHOOL | {"urn": "12345"}), book(school=SCHOOL | {"urn": "123456"})),
    Example("ID16", "School.laestab ", "80/1", book(school=SCHOOL | {"laestab": "80/1"}), book(school=SCHOOL | {"laestab": "801/2001"})),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()
