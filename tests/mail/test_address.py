"""What a cell may hold that is no address, or no name for a letter: each gets a sentence and no mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendbook.mail.address import NotUsableError, check_name, one_address

NOT_ADDRESSES = (
    ("", "no email is known"),
    ("n@mail.example\r\nBcc: all@mail.example", "cannot be seen"),
    ("n@mail.example\nx", "cannot be seen"),
    ("n@mail.exa\u200bmple", "cannot be seen"),
    ("n\u202e@mail.example", "cannot be seen"),
    ("n\x00@mail.example", "cannot be seen"),
    ("Jane Doe <jane@mail.example>", "more than the address"),
    ("<jane@mail.example>", "more than the address"),
    ('"jane doe"@mail.example', "more than the address"),
    ("a@mail.example, b@mail.example", "more than one"),
    ("a@mail.example; b@mail.example", "more than one"),
    ("a@mail.example b@mail.example", "more than one"),
    ("a@mail.example,", "more than one"),
    ("jane@münchen.example", "made to look like another"),
    ("jane@xn--mnchen-3ya.example", "made to look like another"),
    ("jane@mail.XN--E1AWD7F", "made to look like another"),
    ("zoë@mail.example", "made to look like another"),
    ("ｊane@mail.example", "made to look like another"),
    (f"{'a' * 300}@mail.example", "313 characters"),
    (f"{'a' * 65}@mail.example", "is not an email address"),
    ("jane", "is not an email address"),
    ("jane@", "is not an email address"),
    ("@mail.example", "is not an email address"),
    ("jane@mail", "is not an email address"),
    ("jane@mail..example", "is not an email address"),
    ("jane.@mail.example", "is not an email address"),
    ("jane doe@mail.example", "is not an email address"),
    ("jane@[127.0.0.1]", "is not an email address"),
    ("jane@localhost", "is not an email address"),
    ("mailto:jane@mail.example", "is not an email address"),
    ("jane(home)@mail.example", "is not an email address"),
    ("=HYPERLINK(1)@mail.example", "is not an email address"),
)


@pytest.mark.parametrize(("text", "said"), NOT_ADDRESSES)
def test_what_is_not_one_plain_address_gets_a_sentence(text, said):
    with pytest.raises(NotUsableError, match=said) as told:
        one_address(text)
    assert told.value.todo


ADDRESSES = ("jane@mail.example", "Jane.O'Neill+school@mail.example.co.uk", "j_d-1@sub.mail.example", "1@2.example")


@pytest.mark.parametrize("text", ADDRESSES)
def test_a_plain_address_is_taken(text):
    assert one_address(text).casefold() == text.casefold()


def test_only_the_domain_loses_its_capitals():
    assert one_address("Jane.Doe@MAIL.Example") == "Jane.Doe@mail.example"


@given(st.text())
def test_whatever_is_taken_is_plain_and_one(text):
    try:
        found = one_address(text)
    except NotUsableError:
        return
    assert found.isascii()
    assert found.isprintable()
    assert found.count("@") == 1
    assert not set(found) & set(' ,;<>"()[]\\')


NOT_NAMES = (
    (None, "has no name"),
    ("   ", "has no name"),
    ("Jane\r\nBcc: all@mail.example", "cannot be seen"),
    ("Jane\u2028Doe", "cannot be seen"),
    ("Jane\u202eDoe", "cannot be seen"),
    ("<b>Jane</b>", "holds < or >"),
    ("<script>alert(1)</script>", "holds < or >"),
    ("x" * 300, "300 characters"),
)


@pytest.mark.parametrize(("name", "said"), NOT_NAMES)
def test_a_name_that_cannot_stand_in_a_letter_gets_a_sentence(name, said):
    with pytest.raises(NotUsableError, match=said):
        check_name(name, "the contact")


@pytest.mark.parametrize("name", ["Mrs N. Okafor", "Mr & Mrs O'Neill", "Ms Zoë D'Souza-Ng", "السيدة فاطمة", 'Mr "Bill" Khan'])
def test_usual_names_are_taken(name):
    check_name(name, "the contact")
