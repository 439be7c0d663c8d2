"""A deed asked for twice is done once, on both databases."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fastapi import Request
from sqlalchemy.engine import Engine
from starlette.responses import Response

from booking.db.transactions import unit_of_work
from booking.web.idempotency import (
    IdempotencyMismatch,
    OnceOnly,
    forget_old_answers,
)
from tests.support.clock import FrozenClock


@dataclass
class Deed:
    """Counts how often it was done."""

    done: int = 0

    def __call__(self) -> tuple[int, dict[str, object]]:
        self.done += 1
        return 201, {"number": f"R-{self.done}", "fee_fen": 1234}


@pytest.fixture
def ask(engine: Engine, clock: FrozenClock) -> Callable[..., Response]:
    """Ask for a deed under a key, as one request with its own transaction."""

    def asking(deed: Deed, *, key: str | None = "k", fingerprint: str = "same") -> Response:
        request = Request({"type": "http", "state": {}, "headers": []})
        with unit_of_work(engine, {}) as uow:
            return OnceOnly(uow, request, clock.now(), key, fingerprint).answer(deed)

    return asking


def test_the_same_key_gives_the_first_answer_again(ask):
    deed = Deed()
    first, again = ask(deed), ask(deed)
    assert deed.done == 1
    assert (again.status_code, again.body) == (first.status_code, first.body)
    assert first.body == b'{"number":"R-1","fee":"12.34"}'


def test_without_a_key_every_request_counts(ask):
    deed = Deed()
    ask(deed, key=None)
    ask(deed, key=None)
    assert deed.done == 2


def test_the_same_key_with_another_request_is_refused(ask):
    ask(Deed())
    with pytest.raises(IdempotencyMismatch):
        ask(Deed(), fingerprint="other")


def test_a_refused_deed_leaves_its_key_free(ask):
    def refused() -> tuple[int, dict[str, object]]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(refused)
    assert ask(Deed()).status_code == 201


def test_an_answer_is_kept_for_a_day(ask, clock, write):
    deed = Deed()
    ask(deed)
    clock.advance(hours=25)
    ask(deed)
    assert deed.done == 2
    clock.advance(hours=25)
    with write() as uow:
        assert forget_old_answers(uow, clock.now()) == 1


def test_who_asks_at_the_same_moment_waits_and_gets_the_same_answer(ask):
    deed, answers = Deed(), []

    def work() -> None:
        answers.append(ask(deed).body)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert deed.done == 1
    assert len(answers) == 6
    assert len(set(answers)) == 1
