"""All that somebody had ahead ends or changes hands in as many statements as a little of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from booking.access.roles import Role
from booking.accounts.actions.leave import Departure, leave
from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.instruments.models.hold import SlotHold
from booking.kernel.timespan import TimeSpan
from booking.ledger.actions.prepay import Payment, top_up
from booking.notifications.models import OutboxMessage
from booking.organisations.actions.verify import take_step
from booking.organisations.states import OrganisationStep
from booking.reservations.models.reservation import Reservation
from booking.reservations.states import State
from tests.factories.accounts import make_member, make_staff
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.factories.training import make_grant, training_scene
from tests.reservations.actions.test_cost import counted
from tests.support.clock import FrozenClock


def booked(uow: UnitOfWork, scene: Scene, times: int, clock: FrozenClock) -> list[str]:
    """One booking a day; their numbers."""
    days = [timedelta(days=day) for day in range(times)]
    spans = [TimeSpan(NOON.start + day, NOON.end + day) for day in days]
    made = [make_reservation(uow, scene, span, now=clock.now()) for span in spans]
    uow.session.flush()
    numbers = [one.number for one in made]
    uow.session.expunge_all()
    return numbers


def suspend(uow: UnitOfWork, scene: Scene, clock: FrozenClock) -> None:
    step = OrganisationStep.SUSPEND
    take_step(uow, scene.company.key, step, actor=make_staff(uow), now=clock.now(), reason="年检")


def told_of(uow: UnitOfWork, numbers: list[str], name: str) -> int:
    subjects = [f"reservation:{number}" for number in numbers]
    asked = select(AuditEntry).where(AuditEntry.name == name, col(AuditEntry.subject).in_(subjects))
    return len(uow.session.exec(asked).all())


def letters(uow: UnitOfWork) -> list[OutboxMessage]:
    asked = select(OutboxMessage).where(OutboxMessage.fact == "bookings_step")
    return list(uow.session.exec(asked.order_by(col(OutboxMessage.id))))


def test_suspending_a_company_with_fifty_bookings_takes_as_many_statements_as_with_ten(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    took = []
    for times in (10, 50):
        scene = make_scene(uow)
        numbers = booked(uow, scene, times, clock)
        with counted(uow) as seen:
            suspend(uow, scene, clock)
        took.append(len(seen))
        held = select(Reservation.state).where(col(Reservation.number).in_(numbers))
        assert set(uow.session.exec(held)) == {State.CANCELLED}
        holds = select(SlotHold.id).where(col(SlotHold.reservation_number).in_(numbers))
        assert uow.session.exec(holds).all() == []
        assert told_of(uow, numbers, "reservation.cancelled") == times
    assert took[1] == took[0] <= 40


def test_each_holder_of_a_suspended_company_has_one_letter(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, units=2)
    mine = booked(uow, scene, 3, clock)
    colleague = make_member(uow, scene.company.key)
    theirs = booked(uow, replace(scene, member=colleague), 2, clock)
    suspend(uow, scene, clock)
    told = {one.user_id: one.params["numbers"] for one in letters(uow)}
    assert told == {scene.member.id: mine, colleague.id: theirs}


@pytest.mark.parametrize("trained", [True, False])
def test_leaving_fifty_bookings_behind_takes_as_many_statements_as_ten(
    uow: UnitOfWork, clock: FrozenClock, *, trained: bool
) -> None:
    took = []
    for times in (10, 50):
        scene = training_scene(uow)
        make_grant(uow, scene, now=clock.now())
        numbers = booked(uow, scene, times, clock)
        heir = make_member(uow, scene.company.key)
        if trained:
            make_grant(uow, scene, heir, now=clock.now())
        departure = Departure(scene.member.id, scene.company.key, heir.id)
        with counted(uow) as seen:
            leave(uow, departure, actor=scene.admin, now=clock.now())
        took.append(len(seen))
        asked = select(Reservation.holder_id, Reservation.state).where(
            col(Reservation.number).in_(numbers)
        )
        state = State.CONFIRMED if trained else State.REQUESTED
        assert set(uow.session.exec(asked)) == {(heir.id, state)}
        assert told_of(uow, numbers, "reservation.handed_over") == times
        former, successor = sorted(letters(uow)[-2:], key=lambda one: one.user_id == heir.id)
        assert (former.user_id, successor.user_id) == (scene.member.id, heir.id)
        assert successor.params["numbers"] == former.params["numbers"] == numbers
    assert took[1] == took[0] <= 50


def test_leaving_bookings_behind_that_are_paid_in_advance_asks_once_for_what_is_left(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    took = []
    finance = make_staff(uow, Role.FINANCE)
    for times in (3, 12):
        scene = make_scene(uow, policy={"prepaid": True})
        (provider,) = scene.manager.organisation_ids
        paid = Payment(amount_fen=12 * 160_000, bank_reference=f"BANK-{times}")
        top_up(uow, scene.company.name, provider, paid=paid, actor=finance, now=clock.now())
        booked(uow, scene, times, clock)
        departure = Departure(
            scene.member.id, scene.company.key, make_member(uow, scene.company.key).id
        )
        with counted(uow) as seen:
            leave(uow, departure, actor=scene.admin, now=clock.now())
        took.append(len(seen))
    assert took[1] == took[0]
