"""What waits or lies as a draft and must not go any more: people barred since, pupils who left, summaries that changed."""

from datetime import timedelta

import pytest

from sendbook.mail.outbox import State
from sendbook.mail.prepare import stopped
from tests.mail.office import AMARA, BILAL, FAMILY, NOW, Desk


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path).summarise()


def reasons(prepared):
    return [left.reason for left in prepared.left_out]


BARRED = [FAMILY["contacts"][0] | {"restricted": True}, FAMILY["contacts"][1]]


@pytest.mark.parametrize("contacts", [BARRED, FAMILY["contacts"][1:]])
def test_a_draft_to_somebody_who_may_not_get_it_any_more_must_not_be_sent(desk, contacts):
    desk.prepare()
    desk.settled(State.DRAFTED)
    desk.prepare()
    assert [e.state for e in desk.entries()] == [State.DRAFTED] * 2
    desk.change(contacts=contacts).prepare()
    one, other = desk.entries()
    assert (one.contact, one.state, other.state) == ("Mrs N. Okafor", State.RECALLED, State.DRAFTED)
    assert one.told == "This person, or this address, may not get this pupil's summary any more."
    with desk.outbox() as outbox:
        assert outbox.decide([one.ref], False, NOW) == 1


def test_a_draft_whose_contact_is_only_spelt_anew_may_be_sent(desk):
    desk.prepare()
    desk.settled(State.DRAFTED)
    desk.change(contacts=[FAMILY["contacts"][0] | {"name": "Mrs Nneka Okafor"}, FAMILY["contacts"][1]]).prepare()
    assert [e.state for e in desk.entries()] == [State.DRAFTED] * 2


def test_a_draft_that_was_recalled_may_have_gone_until_somebody_says_that_it_did_not(desk):
    desk.prepare()
    desk.settled(State.DRAFTED)
    desk.change(contacts=BARRED).prepare()
    ref = next(e.ref for e in desk.entries(State.RECALLED))
    again = desk.change().prepare()
    assert (again.made, reasons(again)[0]) == ((), f"mail {ref} may have gone already")
    with desk.outbox() as outbox:
        outbox.decide([ref], False, NOW)
    assert len(desk.prepare().made) == 1


def test_a_pupil_who_left_is_stopped_and_said(desk):
    """Also where nobody looks: between approval and sending."""
    desk.prepare()
    desk.change(pupils=[AMARA | {"left": desk.today - timedelta(days=1)}, BILAL])
    with desk.outbox() as outbox:
        assert list(stopped(desk.mailing, outbox.entries(), outbox).values()) == ["the pupil left on 23/11/2026"]
    said = desk.prepare(desk.book.pupils[1:], for_all=True)
    assert reasons(said) == ["the pupil left on 23/11/2026, so the mail that waited was taken back"]


def test_a_draft_about_a_pupil_who_left_since_must_not_be_sent(desk):
    desk.prepare()
    desk.settled(State.DRAFTED)
    desk.change(pupils=[AMARA | {"left": desk.today - timedelta(days=1)}, BILAL]).prepare(desk.book.pupils[1:], for_all=True)
    assert [(e.state, e.told) for e in desk.entries()] == [(State.RECALLED, "The pupil left on 23/11/2026."), (State.DRAFTED, "")]


def test_a_draft_about_a_pupil_who_had_left_before_may_be_sent(desk):
    """Somebody named them, and was told so of the mail."""
    desk.change(pupils=[AMARA | {"left": desk.today - timedelta(days=1)}, BILAL]).summarise().prepare(desk.book.pupils[:1])
    desk.settled(State.DRAFTED)
    desk.prepare(desk.book.pupils[1:], for_all=True)
    assert desk.entries()[0].state is State.DRAFTED


def test_what_is_to_be_looked_at_since_is_shown_before_a_mail_that_waits_goes(desk):
    """Not only when it is stopped: a mail that was made before the pupil left knows nothing of it."""
    desk.prepare()
    desk.change(pupils=[AMARA | {"left": desk.today - timedelta(days=1)}, BILAL]).summarise().prepare(desk.book.pupils[:1])
    before, other, new = desk.entries()
    assert (before.state, other.state) == (State.WITHDRAWN, State.PREPARED)
    assert new.notes == ("The pupil left on 23/11/2026: should this still be sent?",)
    desk.prepare(desk.book.pupils[:1])
    assert len(desk.entries()) == 3, "it is made anew once"


def test_a_pupil_who_left_and_is_named_gets_a_mail_that_is_looked_at(desk):
    desk.change(pupils=[AMARA | {"left": desk.today - timedelta(days=1)}, BILAL]).summarise().prepare(desk.book.pupils[:1])
    (entry,) = desk.entries()
    assert entry.notes == ("The pupil left on 23/11/2026: should this still be sent?",)
    with desk.outbox() as outbox:
        assert stopped(desk.mailing, outbox.entries(), outbox) == {}


def test_a_pupil_who_is_gone_from_the_register_is_said(desk):
    desk.prepare()
    said = desk.change(pupils=[BILAL], contacts=FAMILY["contacts"][1:]).prepare()
    assert reasons(said)[0] == "Okafor, Amara (X801200000001) is not in the register any more, so the mail that waited was taken back"


def test_a_mail_that_was_refused_is_looked_at_when_it_comes_back(desk):
    desk.prepare()
    desk.settled(State.FAILED)
    desk.prepare()
    assert {e.notes for e in desk.entries(State.PREPARED)} == {("The last mail to this address was refused on 24/11/2026.",)}
