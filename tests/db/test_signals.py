"""Who listens hears of what was committed, and of nothing else; on both databases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from booking.db.signals import CHANNEL, read, signal
from booking.db.transactions import read_session
from booking.reservations.actions.reserve import reserve
from booking.wiring import changed_after
from tests.conftest import Write
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, make_reservation, make_scene
from tests.support.clock import FrozenClock

Heard = Callable[[], set[int]]
# Whoever listens knows by it that nothing more will come of what was before.
MARK = 0
EVENING = between("11-24 18:00", "20:00")


@contextmanager
def listening(engine: Engine) -> Iterator[Heard]:
    """What is heard inside the block, asked for once."""
    if engine.dialect.name == "sqlite":
        with read_session(engine) as session:
            place, _ = changed_after(session, None)

        def looked() -> set[int]:
            with read_session(engine) as session:
                return set(changed_after(session, place)[1])

        yield looked
        return
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}".encode())

        def told() -> set[int]:
            connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(MARK)))
            topics: set[int] = set()
            for notice in connection.notifies(timeout=30):
                if (some := read(notice.payload) or frozenset()) == {MARK}:
                    break
                topics |= some
            return topics

        yield told


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements of the block, its commit included."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        # PostgreSQL is not sent its BEGIN by itself.
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def test_what_was_committed_is_heard(write: Write, engine: Engine, clock: FrozenClock) -> None:
    with write() as uow:
        scene, other = make_scene(uow), make_scene(uow)
    with listening(engine) as heard:
        with write() as uow:
            make_reservation(uow, scene, NOON, now=clock.now())
            make_reservation(uow, other, NOON, now=clock.now())
        assert heard() == {scene.instrument.key, other.instrument.key}


def test_what_was_rolled_back_is_not(write: Write, engine: Engine, clock: FrozenClock) -> None:
    with write() as uow:
        scene = make_scene(uow)
    with listening(engine) as heard:
        with suppress(ZeroDivisionError), write() as uow:
            make_reservation(uow, scene, NOON, now=clock.now())
            raise ZeroDivisionError
        assert heard() == set()


def test_of_a_deed_the_part_that_was_taken_back_is_not_heard(
    write: Write, engine: Engine, clock: FrozenClock
) -> None:
    with write() as uow:
        scene, other = make_scene(uow), make_scene(uow)
    with listening(engine) as heard:
        with write() as uow:
            make_reservation(uow, scene, NOON, now=clock.now())
            with suppress(ZeroDivisionError), uow.session.begin_nested():
                make_reservation(uow, other, NOON, now=clock.now())
                raise ZeroDivisionError
        assert heard() == {scene.instrument.key}


@pytest.mark.parametrize("quotas", [0, 1])
def test_telling_costs_no_statement(
    write: Write, engine: Engine, clock: FrozenClock, quotas: int
) -> None:
    quota = {"per": "organisation", "measure": "hours", "period": "week", "limit": 40}
    with write() as uow:
        scene = make_scene(uow, policy={"quotas": [quota] * quotas})
    with listening(engine) as heard:
        with counted(engine) as seen, write() as uow:
            reserve(uow, scene.wish(EVENING), actor=scene.member, now=clock.now())
        assert heard() == {scene.instrument.key}
    assert len(seen) <= 7 + quotas


def test_what_no_fact_tells_is_told_with_the_commit(write: Write, engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has nobody to tell: who listens looks at the facts")
    with listening(engine) as heard:
        with write() as uow:
            signal(uow.session, {7, 9})
        assert heard() == {7, 9}
