"""Many facts in the same moment: each counts once, and an appeal is decided once."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.credit.actions.appeal import appeal, decide_appeal
from booking.credit.models import CreditEntry
from booking.credit.queries.standing import credit_of_organisation
from booking.credit.rules import Cause
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import BookingError
from booking.reservations.actions.cancel import cancel
from booking.reservations.jobs import mark_no_shows
from tests.factories.credit import entries, make_centre, make_rules
from tests.races.arena import NOW, Arena, OpenArena, round_span
from tests.support.crowd import all_at_once

pytestmark = [pytest.mark.race, pytest.mark.slow]

MANY = 10
Deed = Callable[[UnitOfWork], object]


def tried(arena: Arena, deed: Deed) -> str:
    """`done`, or the code of the refusal."""
    try:
        with arena.write() as uow:
            deed(uow)
    except BookingError as refused:
        return refused.code
    return "done"


def at_once(arena: Arena, deeds: list[Deed]) -> Counter[str]:
    return Counter(all_at_once([partial(tried, arena, deed) for deed in deeds]))


def test_twenty_facts_at_once_are_twenty_entries(open_arena: OpenArena) -> None:
    arena = open_arena()
    with arena.write() as uow:
        make_rules(uow)
    given_back = [arena.book(round_span(n)) for n in range(MANY)]
    missed = [arena.book(round_span(MANY + n)) for n in range(MANY)]
    after = round_span(2 * MANY).end

    def giving_back(n: int) -> Deed:
        late, number = round_span(n).start - timedelta(minutes=1), given_back[n]
        return lambda uow: cancel(uow, number, actor=arena.scene.member, now=late)

    def sweep(uow: UnitOfWork) -> int:
        return mark_no_shows(uow, after)

    twice = [giving_back(n) for n in range(MANY) for _ in range(2)]
    cancelled = at_once(arena, twice)
    swept = at_once(arena, [sweep] * MANY)
    with arena.write() as uow:
        mark_no_shows(uow, after)
        found = [entries(uow.session, number) for number in (*given_back, *missed)]
        credit = credit_of_organisation(uow.session, arena.scene.company.key, NOW)
    assert cancelled["done"] == MANY
    assert swept == {"done": MANY}
    assert found == [[(Cause.LATE_CANCELLATION, -5)]] * MANY + [[(Cause.NO_SHOW, -15)]] * MANY
    assert credit is not None
    assert credit.score == 0


def test_one_appeals_and_one_decides(open_arena: OpenArena) -> None:
    arena = open_arena()
    scene = arena.scene
    for n in range(3):
        with arena.write() as uow:
            make_rules(uow)
            centre = make_centre(uow)
        number = arena.book(round_span(n))
        with arena.write() as uow:
            cancel(uow, number, actor=scene.member, now=round_span(n).start)
            entry = _entry(uow, number)
        now = round_span(n).start

        def appealing(uow: UnitOfWork, at: int = entry, now=now) -> object:
            return appeal(uow, at, "停电", actor=scene.member, now=now)

        said = at_once(arena, [appealing] * 4)
        assert said == {"done": 1, "credit.appealed_already": 3}
        with arena.write() as uow:
            made = uow.session.execute(
                sa.text("SELECT id FROM credit_appeal WHERE entry_id = :entry"), {"entry": entry}
            ).scalar_one()

        def deciding(grant: bool, at: int = made, by=centre, now=now) -> Deed:
            return lambda uow: decide_appeal(uow, at, "已核", grant=grant, actor=by, now=now)

        said = at_once(arena, [deciding(n % 2 == 0) for n in range(6)])
        assert said == {"done": 1, "credit.appeal_decided": 5}
        with arena.write() as uow:
            state = uow.session.execute(
                sa.text("SELECT state FROM credit_appeal WHERE id = :made"), {"made": made}
            ).scalar_one()
            assert len(entries(uow.session, number)) == (2 if state == "granted" else 1)


def _entry(uow: UnitOfWork, number: str) -> int:
    found: int = uow.session.execute(
        sa.select(col(CreditEntry.id)).where(col(CreditEntry.reservation_number) == number)
    ).scalar_one()
    return found
