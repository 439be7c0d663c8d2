"""A company books in the moment in which it is suspended: the clock ends what slipped through."""

from contextlib import suppress

from sqlalchemy.engine import Engine
from sqlmodel import select

from booking.instruments.models.hold import SlotHold
from booking.organisations.actions.verify import take_step
from booking.organisations.states import OrganisationStep
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import ReservationRefused
from booking.reservations.jobs import expire_requests
from booking.reservations.models.reservation import Reservation
from booking.reservations.states import State
from tests.conftest import Write
from tests.factories.accounts import make_staff
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import FrozenClock
from tests.support.overtaking import overtaken


def test_what_a_company_booked_while_it_was_suspended_ends_with_the_next_sweep(
    engine: Engine, write: Write, clock: FrozenClock
) -> None:
    now, step = clock.now(), OrganisationStep.SUSPEND
    with write() as uow:
        scene, staff = make_scene(uow), make_staff(uow)
        other = make_scene(uow)
        theirs = make_reservation(uow, other, now=now).number
    # Where one writes at a time the second is refused; elsewhere it was judged before.
    with suppress(ReservationRefused):
        overtaken(
            engine,
            lambda uow: take_step(
                uow, scene.company.key, step, actor=staff, now=now, reason="年检"
            ),
            lambda uow: reserve(uow, scene.wish(), actor=scene.member, now=now).number,
        )
    with write() as uow:
        expire_requests(uow, now)
        assert expire_requests(uow, now) == 0
    with write() as uow:
        standing = select(Reservation.number).where(Reservation.state == State.CONFIRMED)
        assert uow.session.exec(standing).all() == [theirs]
        assert uow.session.exec(select(SlotHold.reservation_number)).all() == [theirs]
