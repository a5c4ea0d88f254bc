"""The letter that a summary comes with: words from a template, as text and HTML, with the PDF, as the bytes of one mail to one person."""

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import jinja2
import jinja2.sandbox

from sendbook.checks.contacts import is_social_worker
from sendbook.mail.address import NotUsableError, check_name, one_address
from sendbook.mail.mistakes import broken, explained
from sendbook.mail.recipients import ENGLISH, Recipient
from sendbook.summaries.files import safe
from sendbook.summaries.look import COLOUR, for_text, is_colour
from sendbook.summaries.templates import OWN_FOLDER
from sendbook.summaries.words import tidy
from sendbook.tables import School, name_key, shown
from sendbook.tables.names import name_words
from sendbook.workbook.safe import CannotDo

OURS = Path(__file__).parent / "templates"
TEXT, HTML = "mail.txt.j2", "mail.html.j2"
LONGEST_SUBJECT = 150
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # as BCP 47 has them: the language's code, then its script or country
NAMES = ("contact", "pupil", "school", "senco", "phone")  # that stand in a letter for what they name
_STAND_IN = "\N{ASTERISM}"  # in nobody's name
_TELLS = "and a subject must not tell whose mail it is"
_SPLITTING = re.compile(r"[^\w\s.’'&-]|_")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the address that mails come from, where answers go, and the school. All checked to be fit for a mail."""

    address: str
    reply_to: str
    school: str
    senco: str
    phone: str
    colour: str


def sender_of(school: School, address: str = "") -> Sender:
    """The school as a sender. `address`: where mails come from, if not the SENCo's own. Raises CannotDo where none could be answered."""
    try:
        reply_to = one_address(school.senco_email)
    except NotUsableError as no:
        raise CannotDo(f"No mail was made, as parents could not answer: on School, “SENCo email”, {no.said}. {no.todo}") from no
    try:
        check_name(school.name, "the school")
        if school.senco:
            check_name(school.senco, "the SENCo")
    except NotUsableError as no:
        raise CannotDo(f"No mail was made: on School, {no.said}. {no.todo}") from no
    colour = school.colour if school.colour and is_colour(school.colour) else COLOUR
    return Sender(address or reply_to, reply_to, tidy(school.name), tidy(school.senco), tidy(school.senco_phone), for_text(colour))


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person before it is put into bytes. `pdf`: the document without a password. `translated`: it is in their language."""

    to: Recipient
    sender: Sender
    subject: str
    text: str
    html: str
    attachment: str
    pdf: bytes
    translated: bool

    @property
    def mark(self) -> str:
        """A digest that is the same for two mails just where the reader would get the same. SHA-256, as hex."""
        said = [
            self.sender.address, self.sender.reply_to, self.to.contact.name, self.to.address, self.subject, self.text, self.html,
            self.attachment, hashlib.sha256(self.pdf).hexdigest(), self._password_mark(),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def _password_mark(self) -> str:
        """Slow to work out, as the PDF's own lock is: whoever gets hold of the outbox shall not guess passwords by it."""
        password = (self.to.password or "").encode()
        return hashlib.scrypt(password, salt=hashlib.sha256(self.pdf).digest(), n=2**14, r=8, p=1).hex() if password else ""

    def as_bytes(self, ref: str) -> bytes:
        """The mail, without a date, as that is when it goes. `ref`: its mark in the outbox, which makes its Message-ID."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = person("From", self.sender.senco or self.sender.school, self.sender.address)
        mail["To"] = person("To", tidy(self.to.contact.name), self.to.address)
        mail["Reply-To"] = person("Reply-To", self.sender.senco or self.sender.school, self.sender.reply_to)
        mail["Subject"] = self.subject
        mail["Message-ID"] = message_id(ref, self.sender.address)
        mail.set_content(self.text, cte="quoted-printable")
        mail.add_alternative(self.html, subtype="html", cte="quoted-printable")
        mail.add_attachment(self._document(), maintype="application", subtype="pdf", filename=self.attachment)
        mail.set_boundary(f"=_{ref}")
        return mail.as_bytes()

    def _document(self) -> bytes:
        from sendbook.mail.lock import locked

        return locked(self.pdf, self.to.password) if self.to.password else self.pdf


@lru_cache(16)  # sender and answers are the same in every mail of a run
def person(header: str, name: str, address: str) -> Address:
    """A name with its address for a header. Marks that split it in two once it is folded are left out of a long name.

    Python's own folding loses the quotation marks of a long name, and what follows a comma in it becomes an address of its own.
    """
    plain = " ".join(_SPLITTING.sub(" ", name).split())
    return next(who for n in (name, plain, "") if _one_when_read(header, who := Address(n, addr_spec=address)))


def _one_when_read(header: str, who: Address) -> bool:
    mail = EmailMessage(policy=SMTP)
    mail[header] = who
    read = message_from_bytes(mail.as_bytes())
    return [address for _, address in getaddresses(read.get_all(header, []))] == [who.addr_spec]


def message_id(ref: str, sender: str) -> str:
    """The Message-ID of the outbox's mail `ref`."""
    return f"<sendbook-{ref}@{sender.rpartition('@')[2]}>"


class Letters:
    """Writes letters with a school's own templates, where there are any beside the workbook, or ours."""

    def __init__(self, sender: Sender, beside: Path) -> None:
        self.sender = sender
        self.folder = beside / OWN_FOLDER

    @cached_property
    def _own(self) -> Mapping[str, str]:
        """The school's own text templates, by language as look-ups compare it; the one without a language under English."""
        if not self.folder.is_dir():
            return {}
        names = [p.name for p in sorted(self.folder.iterdir()) if p.is_file() and p.name.startswith("mail") and p.suffix in (".j2", ".txt")]
        found = {name: re.fullmatch(r"mail(?:\.(.+))?\.txt\.j2", name) for name in names if name != HTML}
        if strange := [name for name, fits in found.items() if not fits]:  # Notepad likes to add a .txt that Windows hides
            raise broken(strange[0], 0, "letters are only found as mail.txt.j2, or with a language as in mail.Polish.txt.j2")
        return {name_key(m[1]) or ENGLISH: name for name, m in found.items() if m}

    @cached_property
    def _text_env(self) -> jinja2.Environment:
        return self._env(autoescape=False)

    @cached_property
    def _html_env(self) -> jinja2.Environment:
        return self._env(autoescape=True)

    def _env(self, *, autoescape: bool) -> jinja2.Environment:
        folders = (jinja2.FileSystemLoader(f, encoding="utf-8-sig") for f in (self.folder, OURS))  # Notepad may mark UTF-8 as such
        return jinja2.sandbox.ImmutableSandboxedEnvironment(
            loader=jinja2.ChoiceLoader(list(folders)),
            autoescape=autoescape,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def write(self, to: Recipient, pdf: bytes) -> Letter:
        """The letter to one person, with the document. Raises CannotDo where a template cannot be used."""
        own = self._own.get(name_key(to.language))
        subject, language, text = self._said(own or self._own.get(ENGLISH, TEXT), to)
        paragraphs = [part.split("\n") for part in text.strip().split("\n\n")]
        html = self._rendered(
            self._html_env,
            HTML,
            subject=subject,
            language=language,
            paragraphs=paragraphs,
            colour=self.sender.colour,
            school=self.sender.school,
        )
        translated = own is not None or name_key(to.language) == ENGLISH
        return Letter(to, self.sender, subject, text, html, f"{safe(to.pupil.first_name)}-summary.pdf", pdf, translated)

    def _said(self, template: str, to: Recipient) -> tuple[str, str, str]:
        """Subject, language and words of a template's letter. Raises CannotDo where they are not fit for a mail."""
        self._refuse_single_braces(template)
        values = self._values(to)
        subject, language, body = _parts(template, self._rendered(self._text_env, template, **values))
        if len(subject) > LONGEST_SUBJECT or not subject.isprintable():
            raise broken(template, 0, f"its subject is longer than {LONGEST_SUBJECT} characters or holds a hidden sign")
        other = _STAND_IN * (len(values["pupil"]) + 1)  # of another length too, and of no letters: no trace of the name stays the same
        if _parts(template, self._rendered(self._text_env, template, **values | {"pupil": other}))[0] != subject:
            raise broken(template, 0, f"its subject uses “pupil”, {_TELLS}. Use it in the letter only")
        if _names(subject.replace(values["school"], " "), to):  # John Fisher may go to St John Fisher School
            raise broken(template, 0, f"its subject holds a pupil's full name, {_TELLS}. Take it out")
        return subject, language, body

    def _refuse_single_braces(self, template: str) -> None:
        """A school's { contact } would be sent to parents as it stands. Looked for in the template, as cells may hold anything."""
        own = self.folder / template
        source = ""
        with suppress(OSError):  # it is one of ours; what cannot be read is said where it is filled in
            source = own.read_text(encoding="utf-8-sig", errors="replace")
        if single := re.search(rf"(?<!\{{)\{{ *({'|'.join(NAMES)}) *\}}(?!\}})", source):
            raise broken(
                template, 0, f"“{single[0]}” would stand in the letter as it is: names go between two braces, as in {{{{ {single[1]} }}}}"
            )

    def _values(self, to: Recipient) -> dict[str, Any]:
        """What a text template may use, by the names that sendbook/mail/README.md tells schools."""
        return {
            "contact": tidy(to.contact.name), "pupil": tidy(to.pupil.first_name), "own": to.is_pupil,
            "social_worker": is_social_worker(to.contact), "locked": to.password is not None,
            "school": self.sender.school, "senco": self.sender.senco, "phone": self.sender.phone,
        }  # fmt: skip

    def _rendered(self, env: jinja2.Environment, template: str, **values: Any) -> str:
        try:
            return env.get_template(template).render(**values)
        except Exception as error:  # a template may fail in any way that Python can
            raise explained(error, template, values) from error


def _parts(template: str, rendered: str) -> tuple[str, str, str]:
    """A letter's subject, language and words. Raises CannotDo where it does not begin as a letter should."""
    head, _, body = rendered.strip().partition("\n\n")
    fields = dict(re.findall(r"^(Subject|Language): *(.+?) *$", head, re.MULTILINE))
    subject, language = fields.get("Subject", ""), fields.get("Language", "")
    if more := [line for line in head.splitlines() if fields and not line.startswith(("Subject:", "Language:"))]:
        raise broken(template, 0, f"there is no blank line before “{shown(more[0])}”, so that it would not be in the letter. Add one")
    if not subject or not language or not body.strip():
        raise broken(
            template, 0, "it does not begin with lines “Subject: …” and “Language: …” (en-GB, pl, ur), a blank line, and the letter"
        )
    if not _LANGUAGE.fullmatch(language):
        why = f"“Language: {shown(language)}” is not a language's code of two or three letters. Write en-GB, pl (Polish), ur (Urdu)"
        raise broken(template, 0, why)
    return subject, language, re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


def _names(subject: str, to: Recipient) -> bool:
    """Whether the pupil's full name stands in a subject, however its letters are set."""
    pupil, words = to.pupil, f" {' '.join(name_words(subject))} "
    first, last = (pupil.known_as, pupil.forename), (pupil.known_surname, pupil.surname)
    names = (f"{a} {b}" for one in first for two in last if one and two for a, b in ((one, two), (two, one)))
    return any(f" {' '.join(name_words(name))} " in words for name in names)
