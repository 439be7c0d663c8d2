"""Two workers that sweep at once: neither keeps from the other what is not its own to do."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.check_in import check_in
from booking.reservations.jobs import close_forgotten, note_overruns
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.rules.overrun import FORGOTTEN_AFTER
from booking.reservations.states import State
from tests.conftest import Write
from tests.factories.reservations import NOON, make_reservation, make_scene, state_of
from tests.support.clock import FrozenClock

Sweep = Callable[[UnitOfWork, datetime], int]

pytestmark = pytest.mark.race
LATE = NOON.end + FORGOTTEN_AFTER + timedelta(minutes=5)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "order", [(note_overruns, close_forgotten), (close_forgotten, note_overruns)]
)
def test_a_use_that_ends_itself_and_one_that_was_forgotten_are_two_sweeps(
    write: Write, clock: FrozenClock, order: tuple[Sweep, Sweep]
) -> None:
    with write() as uow:
        of_itself, forgotten = (
            _goes_on(uow, clock, ends_itself=ends_itself) for ends_itself in (True, False)
        )
    first, second = order
    # The first still holds what it locked when the second looks.
    with write() as one:
        assert first(one, LATE) == 1
        with write() as other:
            assert second(other, LATE) == 1
    with write() as uow:
        assert state_of(uow.session, of_itself) is State.COMPLETED
        assert state_of(uow.session, forgotten) is State.COMPLETED
        assert _to_be_completed(uow) == [forgotten]


def _goes_on(uow: UnitOfWork, clock: FrozenClock, *, ends_itself: bool) -> str:
    scene = make_scene(uow, policy={"ends_itself": ends_itself})
    made = make_reservation(uow, scene, now=clock.now())
    check_in(uow, made.number, actor=scene.member, now=NOON.start)
    return made.number


def _to_be_completed(uow: UnitOfWork) -> list[str]:
    asked = (
        sa.select(col(Reservation.number))
        .join(UsageSession, col(UsageSession.reservation_id) == col(Reservation.id))
        .where(col(UsageSession.to_be_completed))
    )
    return list(uow.session.execute(asked).scalars())
