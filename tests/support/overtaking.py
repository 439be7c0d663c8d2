"""Two deeds of which the second begins before the first is committed, and waits for it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from booking.db.transactions import UnitOfWork, unit_of_work
from booking.wiring import REACTIONS

Outcome = TypeVar("Outcome")
_PATIENCE_SECONDS = 5
_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def overtaken(
    engine: Engine,
    first: Callable[[UnitOfWork], object],
    second: Callable[[UnitOfWork], Outcome],
    *,
    then: Callable[[UnitOfWork], object] = lambda _: None,
) -> Outcome:
    """What the second answers, or raises; `then` is what the first still does while it waits.

    On SQLite the second begins when the first has ended.
    """

    def do_second() -> Outcome:
        with unit_of_work(engine, REACTIONS) as uow:
            return second(uow)

    with ThreadPoolExecutor(1) as apart:
        with unit_of_work(engine, REACTIONS) as uow:
            first(uow)
            uow.session.flush()
            other = apart.submit(do_second)
            _until_it_waits(engine, over=other.done)
            then(uow)
        return other.result(_PATIENCE_SECONDS)


def let_go_together(
    engine: Engine,
    kept: Callable[[UnitOfWork], object],
    deeds: Sequence[Callable[[UnitOfWork], Outcome]],
) -> list[Outcome]:
    """What deeds answer that all wait for what somebody keeps, and go on in the same moment.

    On SQLite one follows the other.
    """

    def do(deed: Callable[[UnitOfWork], Outcome]) -> Outcome:
        with unit_of_work(engine, REACTIONS) as uow:
            return deed(uow)

    if engine.dialect.name != "postgresql":
        return [do(deed) for deed in deeds]
    with ThreadPoolExecutor(len(deeds)) as apart:
        with unit_of_work(engine, REACTIONS) as uow:
            kept(uow)
            others = [apart.submit(do, deed) for deed in deeds]
            over = lambda: any(one.done() for one in others)  # noqa: E731
            _until_it_waits(engine, over=over, many=len(deeds))
        return [one.result(_PATIENCE_SECONDS) for one in others]


def _until_it_waits(engine: Engine, *, over: Callable[[], bool], many: int = 1) -> None:
    if engine.dialect.name != "postgresql":
        return
    ends = monotonic() + _PATIENCE_SECONDS
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
        while not over() and looking.execute(_WAITING).scalar_one() < many:
            assert monotonic() < ends, "it neither waits nor ends"
