"""Microsoft Graph, by a server of ours (mailbox.py): what becomes of a mail, then and afterwards."""

import pytest

from sendbook.mail.way import Fate, Mail
from sendbook.mail.ways.graph import MOST, TRIES
from tests.mail.mailbox import DROPPED, Answer, busy, graph, way_to
from tests.mail.servers import some_mail

TAKEN, REFUSED, LATER, UNKNOWN = Fate.TAKEN, Fate.REFUSED, Fate.LATER, Fate.UNKNOWN


def test_a_mail_is_made_and_sent_as_it_is():
    mail = some_mail(size=2_000_000)
    with graph() as (box, base), way_to(base) as way:
        assert way.hand_over(mail).fate is TAKEN
        (copy,) = box.sent()
        assert copy.message == mail.message and box.asked == ["create", "send"]


def test_a_draft_stays_a_draft():
    with graph() as (box, base), way_to(base, "graph-drafts") as way:
        assert way.drafts and way.hand_over(some_mail()).fate is TAKEN
        assert len(box.drafts()) == 1 and not box.sent() and box.asked == ["create"]


# way; step; answers instead of the work; answers after the work; fate; stop; sent mails; drafts left
TABLE = [
    ("graph", "create", [busy(429, "1")], [], TAKEN, False, 1, 0),
    ("graph", "create", [busy(503), busy(429), busy(503)], [], TAKEN, False, 1, 0),
    ("graph", "create", [busy(429)] * TRIES, [], LATER, True, 0, 0),
    ("graph", "create", [busy(504)], [], TAKEN, False, 1, 0),
    ("graph", "create", [], [busy(504)], TAKEN, False, 1, 0),
    ("graph", "create", [], [DROPPED], TAKEN, False, 1, 0),
    ("graph", "create", [DROPPED], [], TAKEN, False, 1, 0),
    ("graph", "create", [busy(500)] * TRIES, [], LATER, True, 0, 0),
    ("graph", "create", [(400, {"error": {"code": "ErrorInvalidRecipients"}}, {})], [], REFUSED, False, 0, 0),
    ("graph", "create", [(413, {}, {})], [], REFUSED, False, 0, 0),
    ("graph", "create", [(403, {"error": {"code": "ErrorAccessDenied"}}, {})], [], LATER, True, 0, 0),
    ("graph", "create", [(404, {"error": {"code": "MailboxNotEnabledForRESTAPI"}}, {})], [], LATER, True, 0, 0),
    ("graph", "create", [(302, {}, {"Location": "http://elsewhere.invalid/"})], [], LATER, True, 0, 0),
    ("graph", "create", [(407, {}, {})], [], LATER, True, 0, 0),
    ("graph", "create", [(200, {"hello": 1}, {})], [], TAKEN, False, 1, 0),
    ("graph", "create", [(200, {"hello": 1}, {})] * TRIES, [], LATER, True, 0, 0),
    ("graph-drafts", "create", [busy(429)], [], TAKEN, False, 0, 1),
    ("graph-drafts", "create", [], [busy(502)], TAKEN, False, 0, 1),
    ("graph-drafts", "create", [], [DROPPED], TAKEN, False, 0, 1),
    ("graph-drafts", "create", [busy(503)] * TRIES, [], LATER, True, 0, 0),
    ("graph-drafts", "create", [DROPPED] * TRIES, [], UNKNOWN, True, 0, 0),
    ("graph", "send", [busy(429, "2"), busy(429)], [], TAKEN, False, 1, 0),
    ("graph", "send", [busy(429)] * TRIES, [], LATER, True, 0, 0),
    ("graph", "send", [busy(503)], [], LATER, False, 0, 0),
    ("graph", "send", [busy(504)], [], LATER, False, 0, 0),
    ("graph", "send", [DROPPED], [], LATER, False, 0, 0),
    ("graph", "send", [(200, {"hello": 1}, {})], [], LATER, False, 0, 0),
    ("graph", "send", [(302, {}, {"Location": "http://elsewhere.invalid/"})], [], LATER, False, 0, 0),
    ("graph", "send", [], [busy(504)], TAKEN, False, 1, 0),
    ("graph", "send", [], [busy(503)], TAKEN, False, 1, 0),
    ("graph", "send", [], [DROPPED], TAKEN, False, 1, 0),
    ("graph", "send", [(403, {"error": {"code": "ErrorSendAsDenied"}}, {})], [], LATER, True, 0, 0),
    ("graph", "send", [(400, {"error": {"code": "ErrorInvalidRecipients"}}, {})], [], REFUSED, False, 0, 0),
]


@pytest.mark.parametrize("keeps_ids", [False, True], ids=["new id", "same id"])
@pytest.mark.parametrize(("way", "step", "wrong", "after", "fate", "stop", "sent", "drafts"), TABLE)
def test_what_becomes_of_a_mail(way, step, wrong, after, fate, stop, sent, drafts, keeps_ids):
    with graph(wrong={step: [*wrong]}, after={step: [*after]}, keeps_ids=keeps_ids) as (box, base), way_to(base, way) as out:
        outcome = out.hand_over(some_mail())
        assert (outcome.fate, outcome.stop, len(box.sent()), len(box.drafts())) == (fate, stop, sent, drafts)
    assert bool(outcome.told) == (fate is not TAKEN) and "@" not in outcome.told and "Okafor" not in outcome.told


def test_graphs_word_for_what_is_wrong_is_said():
    with graph(wrong={"create": [(400, {"error": {"code": "ErrorInvalidRecipients"}}, {})]}) as (_, base), way_to(base) as way:
        assert "400 ErrorInvalidRecipients" in way.hand_over(some_mail()).told
    with graph(wrong={"create": [(400, {"error": {"code": "to parent1@families.example"}}, {})]}) as (_, base), way_to(base) as way:
        assert "(code 400)" in way.hand_over(some_mail()).told


@pytest.mark.parametrize("wrong", [{"get": [DROPPED], "find": [DROPPED]}, {"get": [busy(500)], "find": [busy(500)]}])
def test_where_graph_does_not_say_nobody_knows(wrong: dict[str, list[Answer]]):
    with graph(after={"send": [DROPPED]}, wrong=wrong) as (box, base), way_to(base) as way:
        assert way.hand_over(some_mail()).fate is UNKNOWN and len(box.sent()) == 1


def test_a_draft_that_cannot_be_taken_away_may_yet_be_sent():
    with graph(wrong={"send": [busy(504)], "delete": [busy(500)]}) as (_, base), way_to(base) as way:
        assert way.hand_over(some_mail()).fate is UNKNOWN


def test_a_draft_that_goes_at_the_last_moment_counts_as_sent():
    """Graph shows it as a draft, and by the time it is taken away it has gone out."""
    with graph(wrong={"send": [busy(504)]}) as (box, base), way_to(base) as way:
        delete = box.delete

        def late(*args) -> Answer:
            box.copies[0].sent = True
            return delete(*args)

        box.delete = late
        assert way.hand_over(some_mail()).fate is TAKEN


# --- afterwards ---
def test_what_an_earlier_run_sent_is_known_again():
    mail = some_mail()
    with graph() as (_, base), way_to(base) as way:
        assert way.took(mail) is None  # nothing there says nothing
        way.hand_over(mail)
        assert way.took(mail) is True and way.took(some_mail(2)) is None


def test_what_an_earlier_run_left_as_a_draft_is_taken_away_before_it_counts_as_not_sent():
    mail = some_mail()
    with graph() as (box, base):
        with way_to(base, "graph-drafts") as way:
            way.hand_over(mail)
            assert way.took(mail) is True
        with way_to(base) as way:
            box.wrong["delete"] = [busy(500)]
            assert way.took(mail) is None
            assert way.took(mail) is False and not box.drafts()
            assert way.took(mail) is None  # what lies among the deleted is no draft any more
            box.wrong["find"] = [DROPPED]
            assert way.took(mail) is None


def test_what_an_earlier_run_sent_at_the_last_moment_does_not_go_again():
    """That run was killed as it asked for the draft to be sent; Graph shows it as a draft until it is taken away."""
    mail = some_mail()
    with graph() as (box, base):
        with way_to(base, "graph-drafts") as way:
            way.hand_over(mail)
        delete = box.delete

        def late(*args) -> Answer:
            box.copies[0].sent = True
            return delete(*args)

        box.delete = late
        with way_to(base) as way:
            assert way.took(mail) is True


def test_two_drafts_of_one_mail_become_one():
    """The first making timed out twice and worked all the same."""
    with graph(after={"create": [busy(504)]}, wrong={"find": [DROPPED]}) as (box, base), way_to(base) as way:
        box.after["create"].append(busy(504))
        assert way.hand_over(some_mail()).fate is TAKEN
        assert len(box.copies) == 2 and len(box.sent()) == 1 and not box.drafts()


def test_a_message_id_with_a_quotation_mark():
    mail = some_mail()
    quoted = Mail(mail.ref, mail.sender, mail.address, mail.message.replace(b"<K7Q2MM001@", b"<O'Brien+1@"))
    with graph(after={"send": [DROPPED]}) as (box, base), way_to(base) as way:
        assert way.hand_over(quoted).fate is TAKEN and "O'Brien+1" in box.sent()[0].message_id


def test_a_mail_that_is_too_large_for_graph_is_not_offered():
    assert (MOST + 2) // 3 * 4 < 4_000_000
    with graph() as (box, base), way_to(base) as way:
        assert way.hand_over(some_mail(size=MOST)).fate is REFUSED and not box.asked
