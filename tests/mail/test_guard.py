"""The last look at the bytes: whatever was said of a mail before, it does not go with anything of another pupil."""

from datetime import date
from email import message_from_bytes, policy
from io import BytesIO

import pikepdf
import pytest

from sendbook.mail.guard import Others, astray, dates_in, pdf_text
from sendbook.mail.letter import Letters, sender_of
from sendbook.mail.recipients import recipients
from tests.mail.office import AMARA, BILAL, TODAY, Desk, parent, school


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path).summarise()


def pdf_of(desk, name):
    return next(desk.summaries.glob(f"*{name}*.pdf")).read_bytes()


def look(desk, change=lambda data: data, *, pdf=None, book=None, template=None):
    """What the last look says of the first pupil's mail, once it is changed."""
    book = book or desk.book
    if template:
        (desk.folder / "sendbook-templates").mkdir()
        (desk.folder / "sendbook-templates" / "mail.txt.j2").write_text(template, encoding="utf-8")
    to = recipients(book, book.pupils[0], TODAY).to[0]
    data = Letters(sender_of(book.school), desk.folder).write(to, pdf or pdf_of(desk, "Amara")).as_bytes("ABCDEFGH")
    return astray(change(data), to, book, Others.of(book))


def test_nothing_speaks_against_a_usual_mail(desk):
    assert look(desk) == ""


def test_another_pupils_document(desk):
    assert look(desk, pdf=pdf_of(desk, "Bilal")) == "the document has another pupil's name, or a UPN, in it"


def test_another_pupils_document_behind_a_password(desk):
    locked = school(contacts=[parent(AMARA, format="Email with password", document_password="river lamp cheese")])
    assert look(desk, pdf=pdf_of(desk, "Bilal"), book=locked) == "the document has another pupil's name, or a UPN, in it"
    assert look(desk, book=locked) == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Bilal Khan says hello", "the letter has another pupil's name"), ("BILAL  KHAN", "the letter has another pupil's name"),
        ("Khan, Bilal", "the letter has another pupil's name"), ("see X801200000002", "the letter has another pupil's name, or a UPN"),
        ("born 03/03/2017", "the letter has another pupil's date of birth"), ("born 3 March 2017", "the letter has another pupil's date of birth"),
        ("born 2017-03-03", "the letter has another pupil's date of birth"), ("born March 3rd, 2017", "the letter has another pupil's date of birth"),
    ],
)  # fmt: skip
def test_words_of_a_template_that_tell_of_another(desk, words, said):
    assert look(desk, template=f"Subject: Hello\nLanguage: en-GB\n\n{words}\n").startswith(said)


@pytest.mark.parametrize(
    "words", ['<img alt="Bilal Khan">', '<p title="X801200000002">', "<!-- Bilal Khan -->", '<a href="https://x.example/Bilal+Khan">']
)
def test_words_in_the_tags_of_a_schools_own_page(desk, words):
    (desk.folder / "sendbook-templates").mkdir()
    (desk.folder / "sendbook-templates" / "mail.html.j2").write_text(f"<html><body>{words}Hello</body></html>", encoding="utf-8")
    assert look(desk) == "the letter has another pupil's name, or a UPN, in it"


def test_a_subject_that_tells_of_another(desk):
    assert (
        look(desk, template="Subject: Bilal Khan\nLanguage: en\n\nHello\n")
        == "the head of the mail has another pupil's name, or a UPN, in it"
    )


def test_the_pupils_own_name_and_birthday_may_stand_there(desk):
    assert look(desk, template="Subject: Hello\nLanguage: en\n\nAmara Okafor, born 02/03/2017\n") == ""


def test_a_readers_own_name_may_be_a_pupils_too(desk):
    namesake = school(contacts=[parent(AMARA, "Mrs Bilal Khan")])
    assert look(desk, book=namesake) == ""
    assert look(desk, book=namesake, pdf=pdf_of(desk, "Bilal")) != ""


def headed(**headers):
    def change(data):
        mail = message_from_bytes(data, policy=policy.SMTP)
        for name, value in headers.items():
            del mail[name]
            mail[name] = value
        return mail.as_bytes()

    return change


@pytest.mark.parametrize(
    "headers", [{"To": "x@mail.example"}, {"To": "n.okafor@mail.example, x@mail.example"}, {"Cc": "x@mail.example"}, {"Bcc": "x@mail.example"}],
    ids=str,
)  # fmt: skip
def test_a_reader_too_many(desk, headers):
    assert look(desk, headed(**headers)) == "it would not go to this one address alone"


@pytest.mark.parametrize("header", ["From", "Reply-To"])
@pytest.mark.parametrize("value", ["St, Mary <senco@greenfield.example>", ""])
def test_a_sender_or_an_answer_that_is_not_one(desk, header, value):
    assert look(desk, headed(**{header: value})) == "it would not come from one address, or not be answered to one"


def test_a_document_too_many_or_none(desk):
    def more(data):
        mail = message_from_bytes(data, policy=policy.SMTP)
        mail.add_attachment(b"name,need", maintype="text", subtype="csv", filename="register.csv")
        return mail.as_bytes()

    assert look(desk, more) == "it does not have just the one document with it"


def test_words_in_the_documents_description_count(desk):
    with pikepdf.open(BytesIO(pdf_of(desk, "Amara"))) as pdf:
        pdf.docinfo["/Keywords"] = "Bilal Khan"
        out = BytesIO()
        pdf.save(out)
    assert look(desk, pdf=out.getvalue()) == "the document has another pupil's name, or a UPN, in it"


def test_the_whole_of_a_pdf_is_read(desk):
    text = pdf_text(pdf_of(desk, "Amara"))
    assert "Amara Okafor" in text
    assert "Summary of support for Amara Okafor" in text
    assert "Free advice for families" in text  # the last section


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("3/9/2016 and 03.09.2016", {date(2016, 9, 3)}), ("2016-09-03", {date(2016, 9, 3)}), ("3rd of September 2016", {date(2016, 9, 3)}),
        ("3 Sept. 2016", {date(2016, 9, 3)}), ("September 3, 2016", {date(2016, 9, 3)}), ("31/02/2016, 99/99/2016, 3 Foo 2016", set()),
        ("in 2016, at 10.30", set()), ("3-Sep-2016", {date(2016, 9, 3)}), ("3/9/16", {date(2016, 9, 3)}), ("3 Sep 16", {date(2016, 9, 3)}),
        ("born on 3\r\nSeptember\r\n2016", {date(2016, 9, 3)}), ("2016/09/03", {date(2016, 9, 3)}), ("3 of 9 goals, 16 weeks", set()),
    ],
)  # fmt: skip
def test_dates_are_found_however_they_are_written(text, dates):
    assert dates_in(text) == dates


def test_a_date_of_the_pupils_own_is_no_birthday_of_anothers(tmp_path):
    own = AMARA | {"sen_status": "E", "plan_issued": date(2017, 3, 3), "last_annual_review": TODAY}
    desk = Desk(tmp_path, school(pupils=[own, BILAL])).summarise()
    assert look(desk, template="Subject: Hello\nLanguage: en\n\nThe plan of 3 March 2017.\n") == ""
