"""A company is suspended: what it has booked and is offered goes to others, and it pays nothing for
what it was not let in to."""

import pytest

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.jobs.books import broken_books
from booking.ledger.actions.prepay import Payment, top_up
from booking.ledger.queries.prepaid import prepaid_seen_by
from booking.organisations.actions.verify import take_step
from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationState, OrganisationStep
from booking.reservations.actions.answer_offer import accept_offer
from booking.reservations.errors import OfferOver
from booking.reservations.jobs import expire_requests, mark_no_shows
from booking.reservations.models.waitlist import WaitlistEntry
from booking.reservations.queries.lists import ahead_of_organisation
from booking.reservations.queries.loading import reservation_by_number
from booking.reservations.states import EntryState, OfferState, State
from tests.factories.accounts import make_staff
from tests.factories.reservation_values import at
from tests.factories.reservations import NOON, Scene, held_for, make_reservation, make_scene
from tests.factories.waitlist import (
    Waiter,
    entry_state,
    held_for_offer,
    make_offered,
    make_waiter,
    offer_state,
    offer_to,
)
from tests.reservations.actions.test_all_ahead import booked
from tests.reservations.actions.test_cost import counted
from tests.support.clock import FrozenClock
from tests.support.invariants import assert_sound

POLICY: dict[str, object] = {"no_show_grace_minutes": 20, "no_show_percent": 50}


def suspend(uow: UnitOfWork, organisation_id: int, clock: FrozenClock) -> None:
    step, staff = OrganisationStep.SUSPEND, make_staff(uow)
    take_step(uow, organisation_id, step, actor=staff, now=clock.now(), reason="年检")


def outcome(uow: UnitOfWork, number: str) -> tuple[State, int]:
    booking = reservation_by_number(uow.session, number).reservation
    return booking.state, booking.fee_fen


def company_of(uow: UnitOfWork, waiter: Waiter) -> int:
    return uow.session.get_one(WaitlistEntry, waiter.entry_id).organisation_id


def test_what_is_offered_to_a_suspended_company_goes_to_the_next_at_once(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    first = make_offered(uow, scene, now=clock.now())
    second = make_waiter(uow, scene, now=clock.now())
    offer = offer_to(uow.session, first)
    assert offer is not None
    suspend(uow, company_of(uow, first), clock)
    assert entry_state(uow.session, first) is EntryState.LEFT
    assert offer_state(uow.session, first) is OfferState.WITHDRAWN
    assert offer_state(uow.session, second) is OfferState.OPEN
    assert held_for_offer(uow.session, offer_to(uow.session, second)) == [NOON]
    with pytest.raises(OfferOver):
        accept_offer(uow, offer.key, actor=first.actor, now=clock.now())
    assert_sound(uow.session)


def test_what_was_offered_while_a_company_was_suspended_is_withdrawn_with_the_next_sweep(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    first = make_offered(uow, scene, now=clock.now())
    company = uow.session.get_one(Organisation, company_of(uow, first))
    company.state = OrganisationState.SUSPENDED
    uow.session.flush()
    assert expire_requests(uow, clock.now()) == 1
    assert expire_requests(uow, clock.now()) == 0
    assert offer_state(uow.session, first) is OfferState.WITHDRAWN


@pytest.mark.parametrize(
    ("when", "state", "fee"),
    [
        ("11-24 11:00", State.CANCELLED, 0),
        ("11-24 12:10", State.CANCELLED, 0),
        # Who had not come before is late, whether or not the clock has said so.
        ("11-24 12:20", State.MISSED, 80_000),
    ],
)
def test_nobody_misses_what_they_were_not_let_in_to(
    uow: UnitOfWork, clock: FrozenClock, when: str, state: State, fee: int
) -> None:
    scene = make_scene(uow, policy=POLICY)
    made = make_reservation(uow, scene, now=clock.now())
    clock.at(f"2026-{when}")
    # As the page says before.
    foretold = [made.number] if state is State.CANCELLED else []
    said = ahead_of_organisation(uow.session, scene.company.key, clock.now())
    assert [number for number, _ in said] == foretold
    suspend(uow, scene.company.key, clock)
    assert mark_no_shows(uow, at("11-24 13:00")) == 0
    assert outcome(uow, made.number) == (state, fee)
    assert held_for(uow.session, made.number) == []


def test_what_was_booked_while_a_company_was_suspended_is_not_missed(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=POLICY)
    made = make_reservation(uow, scene, now=clock.now())
    scene.company.state = OrganisationState.SUSPENDED
    uow.session.flush()
    # The clock stood still since before it began.
    assert mark_no_shows(uow, at("11-24 13:00")) == 1
    assert outcome(uow, made.number) == (State.CANCELLED, 0)


def figures(uow: UnitOfWork, scene: Scene) -> tuple[int, int]:
    (row,) = prepaid_seen_by(uow.session, scene.member)
    return row.balance_fen, row.held_fen


def test_what_a_suspended_company_paid_in_advance_is_given_free_in_sets(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    took, finance = [], make_staff(uow, Role.FINANCE)
    for times in (3, 12):
        scene = make_scene(uow, policy={"prepaid": True})
        (provider,) = scene.manager.organisation_ids
        paid = Payment(amount_fen=times * 160_000, bank_reference=f"BANK-{times}")
        top_up(uow, scene.company.name, provider, paid=paid, actor=finance, now=clock.now())
        booked(uow, scene, times, clock)
        assert figures(uow, scene) == (times * 160_000, times * 160_000)
        with counted(uow) as seen:
            suspend(uow, scene.company.key, clock)
        took.append(len(seen))
        assert figures(uow, scene) == (times * 160_000, 0)
        assert list(broken_books(uow.session)) == []
    assert took[1] == took[0]
