"""An absence and bookings in the same moment: nobody is taken unseen by the lab."""

from datetime import timedelta

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.actions.set_roster import set_roster_days
from booking.instruments.models.unit import UnitKind
from booking.kernel.clock import local
from booking.reservations.queries.off_duty import off_duty_bookings
from tests.races.arena import NOW, OpenArena, round_span
from tests.support.crowd import all_at_once

pytestmark = [pytest.mark.race, pytest.mark.slow]


def test_who_books_first_is_named_and_who_comes_later_is_refused(open_arena: OpenArena) -> None:
    arena = open_arena()
    here, keeper = arena.scene.instrument, arena.scene.manager
    with arena.write() as uow:
        wanted = Helper(kind=UnitKind.OPERATOR, label="示例", instrument_ids=[here.key])
        unit = keep_helper(uow, here.lab_id, wanted, actor=keeper, now=NOW).key
    for n in range(6):
        span = round_span(8 * n)
        day = local(span.start).date()

        def absent() -> list[str]:
            with arena.write() as uow:
                enter(uow)
            with arena.write() as uow:
                return [one.number for one in off_duty_bookings(uow.session, unit, now=NOW)]

        def enter(uow: UnitOfWork) -> None:
            days = (day, day + timedelta(days=1))  # noqa: B023
            set_roster_days(uow, unit, days, windows=[], actor=keeper, now=NOW)

        def book() -> str:
            answer = arena.ask(arena.wish(span, mode="assisted"))  # noqa: B023
            return answer.body["number"] if answer.status == 201 else ""

        told, *_ = all_at_once([absent, book, book])
        with arena.write() as uow:
            left = {one.number for one in off_duty_bookings(uow.session, unit, now=NOW)}
        # Whatever stands now was named to whoever entered the absence.
        assert left == set(told)
    arena.assert_sound()
