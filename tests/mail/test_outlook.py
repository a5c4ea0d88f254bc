# ruff: noqa: N802 - every name is Outlook's own
"""Classic Outlook, by a stand-in for its objects.

The stand-in is strict about what exists: each object has only those properties and methods that Outlook's reference gives it and our code
uses, and takes only such values (a property that is not there raises, as does a file that is not there or a folder's number unknown).
It shows that our calls are those of the reference, in an order that makes sense; it does not show that Outlook answers like this.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sendbook.mail.settings import MailSettings
from sendbook.mail.way import Fate, Mail
from sendbook.mail.ways import way_of
from sendbook.mail.ways.outlook import MESSAGE_ID, OutlookWay
from sendbook.workbook.safe import CannotDo
from tests.mail.servers import some_mail


class ComError(Exception):
    """As pywin32's com_error: of no class that is known elsewhere."""


@dataclass(slots=True)
class Account:
    SmtpAddress: str


class List:
    """A collection of Outlook's: counted from 1."""

    __slots__ = ("_held",)

    def __init__(self, held: list[object]) -> None:
        self._held = held

    @property
    def Count(self) -> int:
        return len(self._held)

    def Item(self, number: int) -> object:
        if not 1 <= number <= len(self._held):
            raise ComError("Array index out of bounds.")
        return self._held[number - 1]


@dataclass(slots=True)
class Recipient:
    Address: str
    Type: int = 0
    known: bool = True

    def Resolve(self) -> bool:
        return self.known


class Recipients(List):
    __slots__ = ("_app",)

    def __init__(self, app: "App") -> None:
        super().__init__([])
        self._app = app

    def Add(self, name: str) -> Recipient:
        self._held.append(Recipient(name, known=self._app.knows))
        if self._app.expands:
            self._held.append(Recipient("another@families.example"))
        return self._held[-1 - self._app.expands]


class Attachments(List):
    __slots__ = ()

    def Add(self, source: str, kind: int) -> None:
        assert kind == 1 and Path(source).resolve().parent.parent.name.startswith("sendbook-")
        self._held.append((Path(source).name, Path(source).read_bytes()))


class Accessor:
    __slots__ = ("_item",)

    def __init__(self, item: "Item") -> None:
        self._item = item

    def SetProperty(self, name: str, value: str) -> None:
        if self._item._app.no_properties:
            raise ComError("not supported")
        self._item.properties[name] = value


class Raw:
    """The object beneath, of which pywin32 asks by numbers. 0xFAD1 by reference sets SendUsingAccount."""

    __slots__ = ("_item",)

    def __init__(self, item: "Item") -> None:
        self._item = item

    def Invoke(self, number: int, language: int, flags: int, wanted: int, value: Account) -> None:
        assert (number, flags, type(value)) == (0xFAD1, 8, Account)
        if not self._item._app.sticky:
            self._item._account = value


class Item:
    """A MailItem. Only these names exist; SendUsingAccount can be read, and set through Raw only."""

    __slots__ = (
        "Attachments",
        "Body",
        "HTMLBody",
        "PropertyAccessor",
        "Recipients",
        "ReplyRecipients",
        "Subject",
        "_account",
        "_app",
        "_oleobj_",
        "properties",
        "state",
    )

    def __init__(self, app: "App") -> None:
        self._app, self._account, self.state, self.properties = app, app.accounts[0], "new", {}
        self.Recipients, self.ReplyRecipients, self.Attachments = Recipients(app), Recipients(app), Attachments([])
        self.PropertyAccessor, self._oleobj_ = Accessor(self), Raw(self)

    @property
    def SendUsingAccount(self) -> Account:
        return self._account

    def Save(self) -> None:
        self._finish("draft")

    def Send(self) -> None:
        self._finish("sent")

    def Close(self, how: int) -> None:
        assert how == 1
        self.state = "thrown away"

    def _finish(self, state: str) -> None:
        if self._app.breaks != "before":
            self.state = state
        if self._app.breaks:
            raise ComError("The operation failed.")


class Found(List):
    __slots__ = ()

    def Restrict(self, question: str) -> "Found":
        start = f'@SQL="{MESSAGE_ID}" = \''
        assert question.startswith(start) and question.endswith("'")
        number = question.removeprefix(start)[:-1].replace("''", "'")
        return Found([item for item in self._held if item.properties.get(MESSAGE_ID) == number])


@dataclass(slots=True)
class Folder:
    Items: Found


class Session:
    __slots__ = ("_app",)

    def __init__(self, app: "App") -> None:
        self._app = app

    @property
    def Accounts(self) -> List:
        return List(self._app.accounts)

    def GetDefaultFolder(self, number: int) -> Folder:
        state = {4: "outbox", 5: "sent", 16: "draft"}[number]
        return Folder(Found([item for item in self._app.made if item.state == state]))

    def SendAndReceive(self, show: bool) -> None:
        assert show is False
        self._app.hurried += 1


@dataclass(slots=True)
class App:
    """Outlook.Application, and what is odd about it."""

    accounts: list[Account] = field(default_factory=lambda: [Account("head@school.example"), Account("SENCO@school.example")])
    made: list[Item] = field(default_factory=list)
    knows: bool = True
    expands: bool = False
    sticky: bool = False
    no_properties: bool = False
    breaks: str = ""
    hurried: int = 0

    @property
    def Session(self) -> Session:
        return Session(self)

    def CreateItem(self, kind: int) -> Item:
        assert kind == 0
        self.made.append(Item(self))
        return self.made[-1]


def way_to(app: App, way: str = "outlook") -> OutlookWay:
    return OutlookWay(MailSettings(way=way), lambda: app)


@pytest.mark.parametrize(("way", "state"), [("outlook", "sent"), ("outlook-drafts", "draft")])
def test_a_mail_becomes_an_item(way: str, state: str):
    app, mail = App(), some_mail(size=3000)
    with way_to(app, way) as out:
        assert out.drafts == (way == "outlook-drafts") and out.hand_over(mail).fate is Fate.TAKEN
    (item,) = app.made
    assert item.state == state and item.Subject == "A summary" and "Dear Mrs Okafor" in item.HTMLBody
    assert [(person.Address, person.Type) for person in item.Recipients._held] == [(mail.address, 1)]
    assert [person.Address for person in item.ReplyRecipients._held] == ["office@school.example"]
    assert item.Attachments._held == [("Summary for Mrs Okafor.pdf", b"%PDF-" + bytes(3000))]
    assert item.SendUsingAccount.SmtpAddress == "SENCO@school.example"
    assert item.properties == {MESSAGE_ID: "<K7Q2MM001@school.example>"}
    assert app.hurried == (way == "outlook")


def test_a_mail_without_a_page_has_its_plain_text():
    app, mail = App(), some_mail()
    plain = b"To: a@b.example\r\nSubject: Hello\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDear \xc3\xa9l\xc3\xa8ve\r\n"
    with way_to(app) as way:
        assert way.hand_over(Mail("R", mail.sender, mail.address, plain)).fate is Fate.TAKEN
    assert app.made[0].Body.strip() == "Dear élève" and app.made[0].Attachments.Count == 0


def test_two_attachments_of_one_name_and_a_name_that_leads_elsewhere():
    mail = some_mail()
    other = mail.message.replace(b'filename="Summary for Mrs Okafor.pdf"', b'filename="../../up.pdf"')
    app = App()
    with way_to(app) as way:
        assert way.hand_over(Mail("R", mail.sender, mail.address, other)).fate is Fate.TAKEN
    assert app.made[0].Attachments._held[0][0] == "up.pdf"


@pytest.mark.parametrize(
    "odd", [{"accounts": [Account("head@school.example")]}, {"accounts": []}, {"knows": False}, {"expands": True}, {"sticky": True}]
)
def test_what_goes_wrong_before_sending_sends_nothing_and_stops(odd: dict[str, object]):
    app = App(**odd)
    with way_to(app) as way:
        outcome = way.hand_over(some_mail())
    assert (outcome.fate, outcome.stop) == (Fate.LATER, True)
    assert {item.state for item in app.made} <= {"thrown away"}
    assert "@" not in outcome.told and "Okafor" not in outcome.told


@pytest.mark.parametrize("breaks", ["before", "after"])
@pytest.mark.parametrize("way", ["outlook", "outlook-drafts"])
def test_an_error_while_sending_or_saving_leaves_it_unknown(breaks: str, way: str):
    app = App(breaks=breaks)
    with way_to(app, way) as out:
        outcome = out.hand_over(some_mail())
    assert outcome.fate is Fate.UNKNOWN and "Outlook" in outcome.told and "Okafor" not in outcome.told


def test_what_outlook_still_has_is_known_again():
    app = App()
    with way_to(app) as way:
        way.hand_over(some_mail(1))
        assert way.took(some_mail(1)) is True and way.took(some_mail(2)) is None
        app.made[0].state = "outbox"
        assert way.took(some_mail(1)) is True
        app.made[0].state = "draft"
        assert way.took(some_mail(1)) is None
    with way_to(app, "outlook-drafts") as way:
        assert way.took(some_mail(1)) is True


def test_without_its_number_a_mail_goes_all_the_same():
    app = App(no_properties=True)
    with way_to(app) as way:
        assert way.hand_over(some_mail()).fate is Fate.TAKEN and way.took(some_mail()) is None


def test_outlook_that_does_not_answer():
    def none() -> App:
        raise ComError(-2147221005, "Invalid class string")

    with pytest.raises(CannotDo, match="New Outlook"), OutlookWay(MailSettings(way="outlook"), none):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="there Outlook may really be")
def test_elsewhere_there_is_no_outlook(tmp_path: Path):
    with pytest.raises(CannotDo, match="Windows only"), way_of(MailSettings(way="outlook-drafts"), tmp_path):
        pass
