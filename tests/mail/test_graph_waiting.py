"""Microsoft Graph, by a server of ours (mailbox.py): how long it is waited for, and who is signed in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sendbook.mail.way import Fate
from sendbook.mail.ways.graph import LONGEST_WAIT, SETTLING
from sendbook.workbook.safe import CannotDo
from tests.mail.mailbox import DROPPED, Naps, busy, graph, way_to
from tests.mail.servers import some_mail

TAKEN, LATER = Fate.TAKEN, Fate.LATER


# --- waiting ---
@pytest.mark.parametrize(("asked", "least", "most"), [("7", 7, 7), ("99999", LONGEST_WAIT, LONGEST_WAIT), ("soon", 5, 5), ("", 5, 5)])
def test_it_waits_as_long_as_asked_within_reason(asked: str, least: float, most: float):
    naps = Naps()
    with graph(wrong={"create": [busy(429, asked)]}) as (_, base), way_to(base, naps=naps) as way:
        assert way.hand_over(some_mail()).fate is TAKEN
    assert len(naps) == 1 and least <= naps[0] <= most


def test_it_waits_until_a_date():
    naps, then = Naps(), datetime.now(UTC) + timedelta(seconds=40)
    with graph(wrong={"create": [busy(429, format_datetime(then, usegmt=True))]}) as (_, base), way_to(base, naps=naps) as way:
        way.hand_over(some_mail())
    assert 20 < naps[0] <= 40


def test_it_gives_graph_a_moment_before_it_asks_what_became_of_a_mail():
    naps = Naps()
    with graph(after={"send": [DROPPED]}) as (_, base), way_to(base, naps=naps) as way:
        way.hand_over(some_mail())
    assert naps == [SETTLING]


# --- signed in ---
def test_a_token_that_has_run_out_is_renewed_once():
    asked: list[bool] = []

    def token(renew: bool) -> str:
        asked.append(renew)
        return "token 2" if renew else "token 1"

    with graph(token="token 2") as (box, base), way_to(base, token=token) as way:
        assert way.hand_over(some_mail(1)).fate is TAKEN and way.hand_over(some_mail(2)).fate is TAKEN
        assert len(box.sent()) == 2
    assert asked == [False, True]


def gone(renew: bool) -> str:
    if renew:
        raise CannotDo("sign in first")
    return "old"


@pytest.mark.parametrize("token", [lambda renew: "old", gone], ids=["old", "gone"])
def test_a_sign_in_that_has_ended_stops_the_run(token: Callable[[bool], str]):
    with graph() as (box, base), way_to(base, token=token) as way:
        outcome = way.hand_over(some_mail())
        assert (outcome.fate, outcome.stop) == (LATER, True) and "sendbook mail sign-in" in outcome.told and not box.copies


def test_without_a_sign_in_the_way_does_not_open():
    def token(renew: bool) -> str:
        raise CannotDo("sign in first")

    with graph() as (_, base), pytest.raises(CannotDo, match="sign in first"), way_to(base, token=token):
        pass


def test_a_password_of_another_program_does_not_take_the_tokens_place(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with graph() as (_, base), way_to(base) as way:
        assert way.hand_over(some_mail()).fate is TAKEN


def test_nobody_answers():
    way = way_to("http://127.0.0.1:1/v1.0")
    with way:
        outcome = way.hand_over(some_mail())
    assert (outcome.fate, outcome.stop) == (LATER, True)
