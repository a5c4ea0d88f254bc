"""The letter: its words, its bytes, a school's own words, and what is left to a reader without a password."""

import re
from email import message_from_bytes, policy
from email.utils import getaddresses
from io import BytesIO

import pikepdf
import pytest

from sendbook.mail.letter import HTML, OURS, Letters, sender_of
from sendbook.mail.recipients import recipients
from sendbook.workbook.safe import CannotDo
from tests.mail.office import AMARA, BILAL, SCHOOL, TODAY, parent
from tests.make import book

PDF = pikepdf.new()
PDF.add_blank_page()
_out = BytesIO()
PDF.save(_out)
PDF = _out.getvalue()
SCHOOL_PHONE = SCHOOL | {"senco_phone": "020 7946 0100"}


def letter(folder, contact=None, *, of=AMARA, school=SCHOOL_PHONE):
    made = book(school={k: v for k, v in school.items() if v is not None}, pupils=[of, BILAL], contacts=[parent(of) | (contact or {})])
    (to,) = recipients(made, made.pupils[0], TODAY).to
    return Letters(sender_of(made.school), folder).write(to, PDF)


def parsed(one, ref="ABCDEFGH"):
    return message_from_bytes(one.as_bytes(ref), policy=policy.default)


def test_the_mail_has_one_reader_and_says_who_answers(tmp_path):
    mail = parsed(letter(tmp_path))
    assert str(mail["to"]) == '"Mrs N. Okafor" <n.okafor@mail.example>'
    assert "senco@greenfield.example" in str(mail["from"])
    assert "senco@greenfield.example" in str(mail["reply-to"])
    assert mail["message-id"] == "<sendbook-ABCDEFGH@greenfield.example>"
    assert not {"cc", "bcc", "date"} & {name.lower() for name in mail}


LONG = (
    "St Mary, St Joseph and St Wilfrid Catholic Voluntary Aided Primary School; a part of (the) Blessed Trust",
    "Dr. Christopher Featherstonehaugh-Montgomery-Okonkwo, SENCo; and Assistant Head",
    "Zoë, “Żółć”: x@mail.example, =?utf-8?q?x?= [Łódź] and more of it, so that the line has to be folded",
)


@pytest.mark.parametrize("name", LONG)
def test_a_long_name_never_becomes_more_addresses_than_one(tmp_path, name):
    long = letter(tmp_path, {"name": name}, school=SCHOOL_PHONE | {"name": name, "senco": None})
    mail = message_from_bytes(long.as_bytes("ABCDEFGH"))
    found = [[address for _, address in getaddresses(mail.get_all(header))] for header in ("to", "from", "reply-to")]
    assert found == [["n.okafor@mail.example"], ["senco@greenfield.example"], ["senco@greenfield.example"]]


def test_another_address_may_send_and_answers_still_go_to_the_senco():
    sender = sender_of(book().school, "office@greenfield.example")
    assert (sender.address, sender.reply_to) == ("office@greenfield.example", "senco@greenfield.example")


def test_the_subject_names_no_child_and_no_need(tmp_path):
    subject = letter(tmp_path).subject
    assert subject == "Your child’s summary from Greenfield Primary School"
    assert not re.search(r"amara|okafor|send?\b|need|speech|EHC|support", subject, re.IGNORECASE)


def test_text_and_html_say_the_same(tmp_path):
    one = letter(tmp_path)
    mail = parsed(one)
    html = mail.get_body(("html",)).get_content()
    words = re.sub(r"<[^>]+>|<!--.*?-->", " ", html[html.index("<body") :])
    assert words.split() == one.text.split()
    assert mail.get_body(("plain",)).get_content().split() == one.text.split()
    assert not re.search(r"<img|<script|https?:|url\(", html)  # readable without pictures, nothing from elsewhere
    assert '<html lang="en-GB">' in html


def test_a_young_person_is_written_to_as_such(tmp_path):
    old = AMARA | {"born": TODAY.replace(year=2009)}
    one = letter(tmp_path, {"relationship": "Young person", "name": "Amara Okafor"}, of=old)
    assert one.subject.startswith("Your summary")
    assert "child" not in one.text


def test_a_social_worker_is_no_parent(tmp_path):
    looked_after = AMARA | {"looked_after": True}
    one = letter(tmp_path, {"relationship": "Social worker", "parental_responsibility": False}, of=looked_after)
    assert one.subject == "A child’s summary from Greenfield Primary School"
    assert "for you as Amara’s social worker" in one.text
    assert "your child" not in one.text.lower() and "in another language" not in one.text
    assert "social worker" not in letter(tmp_path).text


def test_the_document_is_attached_with_a_name_that_says_little(tmp_path):
    (part,) = parsed(letter(tmp_path)).iter_attachments()
    assert (part.get_content_type(), part.get_filename(), part.get_content()) == ("application/pdf", "Amara-summary.pdf", PDF)


LOCKED = {"format": "Email with password", "document_password": "river lamp cheese"}


def test_a_password_locks_the_document_and_is_nowhere_in_the_mail(tmp_path):
    one = letter(tmp_path, LOCKED)
    data = one.as_bytes("ABCDEFGH")
    mail = message_from_bytes(data, policy=policy.default)
    (part,) = mail.iter_attachments()
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(part.get_content()))
    with pikepdf.open(BytesIO(part.get_content()), password="river lamp cheese") as opened:
        assert (opened.encryption.R, opened.encryption.stream_method.name, opened.encryption.bits) == (6, "aesv3", 256)
        assert opened.user_password_matched
        assert not opened.owner_password_matched
    assert "river" not in data.decode("ascii", "replace")
    assert "password that you agreed with us" in one.text
    assert "020 7946 0100" in one.text


def test_the_mark_is_of_what_the_reader_gets(tmp_path):
    same = letter(tmp_path)
    others = (
        letter(tmp_path, {"name": "Mrs O. Okafor"}), letter(tmp_path, {"email": "other@mail.example"}), letter(tmp_path, LOCKED),
        letter(tmp_path, LOCKED | {"document_password": "stone lamp cheese"}), letter(tmp_path, school=SCHOOL),
    )  # fmt: skip
    assert letter(tmp_path, {"notes": "Rings on Mondays."}).mark == same.mark
    assert len({same.mark, *(o.mark for o in others)}) == 6


# --- a school's own words ---
POLISH = "Subject: Podsumowanie od {{ school }}\nLanguage: pl\n\nDzień dobry {{ contact }}\n\nW załączniku: {{ pupil }}.\n"


def own(folder, **files):
    (folder / "sendbook-templates").mkdir()
    for name, text in files.items():
        (folder / "sendbook-templates" / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_letter_in_the_contacts_language_where_the_school_has_one(tmp_path):
    own(tmp_path, mail__Polish__txt__j2=POLISH)
    one = letter(tmp_path, {"language": "polish"})
    assert (one.subject, one.translated) == ("Podsumowanie od Greenfield Primary School", True)
    assert one.text == "Dzień dobry Mrs N. Okafor\n\nW załączniku: Amara.\n"
    assert 'lang="pl"' in one.html
    english = letter(tmp_path, {"language": "Urdu"})
    assert (english.translated, english.text) == (False, letter(tmp_path).text)


def test_the_school_may_have_its_own_english(tmp_path):
    own(tmp_path, mail__txt__j2="Subject: Hello\nLanguage: en-GB\n\nDear {{ contact }}\n")
    assert letter(tmp_path).text == "Dear Mrs N. Okafor\n"


HEAD = "Subject: Hi\nLanguage: en\n\n"
BROKEN = (
    ("{% if %}", "line 1, cannot be used: nothing stands between"),
    (
        HEAD + "{{ contcat }}",
        "line 4, cannot be used: it uses the name “contcat”, which there is not. There are: contact, pupil, own, social_worker,",
    ),
    (HEAD + "{{ contact.first }}", "nothing has a “.first” to it"),
    (HEAD + "Dear {{ contact", "line 4, cannot be used: something that begins with {{ or {% is not closed with }} or %}."),
    (HEAD + "{% if own %}Hello", "line 4, cannot be used: a {% if … %} has no {% endif %}"),
    (HEAD + "Hello{% endif %}", "there is an {% endif %} without its {% if … %}"),
    (HEAD + "{% iff own %}", "it has {% iff … %}, which there is not"),
    (HEAD + "{# never closed", "line 4, cannot be used: something that begins with {# is not closed with #}"),
    (HEAD + "{{ contact }", "there is a “}” too many"),
    (HEAD + "{{ “contact” }}", "it has the sign “"),
    (HEAD + "{{ contact name }}", "may stand one name, and “name” is too much"),
    (HEAD + "{% if own name %}{% endif %}", "“name” is not understood there"),
    (HEAD + "{{ contact|uper }}", "it has |uper, which there is not"),
    (HEAD + "{{ 1/0 }}", "line 4, cannot be used: Jinja, the language of templates, says “division by zero”"),
    ("Subject: Hi\nLanguage: Polish\n\nHello", "“Language: Polish” is not a language's code of two or three letters. Write en-GB"),
    ("Subject: {{ pupil }} does well\nLanguage: en\n\nHello", "its subject uses “pupil”"),
    ("Subject: {{ pupil|upper }}!\nLanguage: en\n\nHello", "its subject uses “pupil”"),
    ("Subject: About {{ pupil[0] }}.\nLanguage: en\n\nHello", "its subject uses “pupil”"),
    ("Subject: For {% if pupil == 'Amara' %}A{% endif %}!\nLanguage: en\n\nHello", "its subject uses “pupil”"),
    ("Subject: On amara OKAFOR\nLanguage: en\n\nHello", "its subject holds a pupil's full name"),
    ("Subject: Okafor, Amara\nLanguage: en\n\nHello", "its subject holds a pupil's full name"),
    ("Dear {{ contact }}\n\nHello", "does not begin with lines"),
    ("Subject: Hi\nLanguage: en\nDear {{ contact }}\n\nHello", "there is no blank line before “Dear Mrs N. Okafor”"),
    (
        "Subject: Hi\nLanguage: en\n\nDear { contact },",
        "“{ contact }” would stand in the letter as it is: names go between two braces, as in {{ contact }}",
    ),
    ("Subject: Hi\nLanguage: not a language!\n\nHello", "is not a language's code"),
    ("Subject: Hi\nLanguage: en\n", "does not begin with lines"),
    (f"Subject: {'x' * 200}\nLanguage: en\n\nHello", "its subject is longer than 150"),
    ("Subject: Hi\u202e\nLanguage: en\n\nHello", "hidden sign"),
    ("Subject: Hi\nLanguage: en\n\n{{ ''.__class__.__mro__ }}", "not safe in a letter"),
    ("Subject: Hi\nLanguage: en\n\n{% include '/etc/passwd' %}", "cannot be used"),
    ("Subject: Hi\nLanguage: en\n\n{% include '../secret' %}", "it includes “../secret”"),
)


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_a_template_that_cannot_be_used_is_named(tmp_path, text, said):
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    with pytest.raises(CannotDo, match=re.escape(said)) as told:
        letter(own(tmp_path, mail__txt__j2=text))
    assert "mail.txt.j2" in str(told.value)


def test_a_template_as_notepad_may_save_it(tmp_path):
    file = own(tmp_path, mail__txt__j2="") / "sendbook-templates" / "mail.txt.j2"
    file.write_bytes("Subject: Hello\r\nLanguage: en-GB\r\n\r\nDear Ms Muñoz\r\n".encode("utf-8-sig"))
    assert letter(tmp_path).text == "Dear Ms Muñoz\n"
    file.write_bytes("Subject: Hello\nLanguage: en-GB\n\nDear Ms Muñoz\n".encode("cp1252"))
    with pytest.raises(
        CannotDo, match=r"mail\.txt\.j2 cannot be used: it is not saved as UTF-8\. In Notepad: File, Save as, .* choose UTF-8"
    ):
        letter(tmp_path)


@pytest.mark.parametrize("name", ["mail.txt.j2.txt", "mail.Polish.j2", "mail.txt"])
def test_a_letter_under_a_name_that_is_not_looked_for_is_said(tmp_path, name):
    own(tmp_path, mail__html__j2=(OURS / HTML).read_text(encoding="utf-8"))
    assert letter(tmp_path)
    (tmp_path / "sendbook-templates" / name).write_text("Subject: Hi\nLanguage: pl\n\nHello", encoding="utf-8")
    with pytest.raises(CannotDo, match=rf"{re.escape(name)} cannot be used: letters are only found as"):
        letter(tmp_path)


def test_what_looks_like_a_name_in_braces_in_a_cell_is_only_words(tmp_path):
    assert "{ contact }" in letter(tmp_path, {"name": "Mr { contact }"}).text


@pytest.mark.parametrize("language", ["pl", "ur", "en-GB", "zh-Hans", "pa-Guru-IN", "ckb"])
def test_languages_as_browsers_name_them(tmp_path, language):
    assert f'lang="{language}"' in letter(own(tmp_path, mail__txt__j2=f"Subject: Hi\nLanguage: {language}\n\nHello")).html


@pytest.mark.parametrize("school", ["Amara Academy", "St Amara Okafor Primary School"])
def test_a_school_may_be_called_as_a_pupil_is(tmp_path, school):
    assert letter(tmp_path, school=SCHOOL | {"name": school}).subject == f"Your child’s summary from {school}"


def test_what_stands_in_cells_is_words_and_nothing_else(tmp_path):
    school = SCHOOL | {"name": "Green & <field> {{ 7*7 }}", "senco": "J. “Jo” O'Neill & Co, {{ x }}"}
    with pytest.raises(CannotDo, match="holds < or >"):
        letter(tmp_path, school=school)
    one = letter(tmp_path, {"name": 'Mr & Mrs O\'Neill {{ 7*7 }}; "x"'}, school=school | {"name": "Green & field {{ 7*7 }}"})
    assert "49" not in one.text + one.html
    assert "Mr &amp; Mrs O&#39;Neill {{ 7*7 }}; &#34;x&#34;" in one.html
    mail = parsed(one)
    assert [a.addr_spec for a in mail["to"].addresses] == ["n.okafor@mail.example"]
    assert [a.display_name for a in mail["to"].addresses] == ['Mr & Mrs O\'Neill {{ 7*7 }}; "x"']


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"senco_email": None}, "SENCo email"), ({"senco_email": "a@b.example; c@d.example"}, "more than one"),
        ({"senco_email": "x@y.example\r\nBcc: z@y.example"}, "cannot be seen"), ({"name": "Green\r\nBcc: z@y.example"}, "cannot be seen"),
        ({"name": None}, "the school has no name"), ({"senco": "Jo\nBcc: z@y.example"}, "cannot be seen"),
    ],
)  # fmt: skip
def test_a_school_that_could_not_be_answered_sends_nothing(tmp_path, change, said):
    with pytest.raises(CannotDo, match=said):
        letter(tmp_path, school=SCHOOL | change)
