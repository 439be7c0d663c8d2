"""Asking for time: it is held at once with its buffers, or refused with every reason."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.models.hold import SlotHold
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.errors import Forbidden, NotFound
from booking.organisations.states import OrganisationKind
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.reserve import reserve
from booking.reservations.errors import OrganisationMissing, ReservationRefused
from booking.reservations.states import State
from tests.factories.accounts import make_lab_person, make_staff
from tests.factories.instruments import enter_year
from tests.factories.reservation_values import at, between
from tests.factories.reservations import (
    NOON,
    held_for,
    make_reservation,
    make_scene,
    make_use,
    told_of,
)
from tests.support.clock import FrozenClock


def codes(refused: pytest.ExceptionInfo[ReservationRefused]) -> list[str]:
    return [violation.code for violation in refused.value.violations]


def test_time_is_held_and_its_price_kept(uow: UnitOfWork, clock: FrozenClock) -> None:
    made = make_reservation(uow, make_scene(uow), now=clock.now(), samples=2)
    assert made.state is State.CONFIRMED
    assert held_for(uow.session, made.number) == [NOON]
    assert made.quoted_fen == 2 * 80_000 + 2 * 12_000
    assert made.quote["total"] == "1840.00"
    assert told_of(uow.session, made.number) == ["reservation.confirmed"]


def test_buffers_lie_inside_the_held_time(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"buffer_before_minutes": 15, "buffer_after_minutes": 30})
    made = make_reservation(uow, scene, now=clock.now())
    before, after = timedelta(minutes=15), timedelta(minutes=30)
    assert held_for(uow.session, made.number) == [NOON.widened(before, after)]
    assert made.quoted_fen == 160_000


def test_the_second_to_ask_is_refused_and_offered_free_time(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, now=clock.now())
    with pytest.raises(SlotTaken) as refused:
        make_reservation(uow, scene, between("11-24 13:00", "15:00"), now=clock.now())
    assert [conflict.span for conflict in refused.value.conflicts] == [NOON]
    spans = [alternative.span for alternative in refused.value.alternatives]
    assert spans == [between("11-24 14:00", "16:00"), between("11-24 10:00", "12:00")]


def test_every_alternative_can_be_booked(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"buffer_before_minutes": 20, "buffer_after_minutes": 10})
    make_reservation(uow, scene, now=clock.now())
    with pytest.raises(SlotTaken) as refused:
        make_reservation(uow, scene, now=clock.now())
    for alternative in refused.value.alternatives:
        make_reservation(uow, scene, alternative.span, now=clock.now())


def test_adjacent_time_is_free(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    make_reservation(uow, scene, now=clock.now())
    make_reservation(uow, scene, between("11-24 14:00", "15:00"), now=clock.now())
    make_reservation(uow, scene, between("11-24 11:00", "12:00"), now=clock.now())


def test_a_second_place_serves_a_second_booking(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, units=2)
    first = make_reservation(uow, scene, now=clock.now())
    second = make_reservation(uow, scene, now=clock.now())
    assert first.unit_id < second.unit_id
    with pytest.raises(SlotTaken):
        make_reservation(uow, scene, now=clock.now())


def test_a_refusal_names_every_rule_and_holds_nothing(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, verified=False, policy={"notice_minutes": 180})
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(
            uow, scene, between("11-23 10:10", "10:20"), now=clock.now(), mode=ServiceMode.REMOTE
        )
    assert codes(refused) == [
        "organisation.unverified",
        "mode.not_offered",
        "notice.too_short",
        "duration.too_short",
        "grid.off",
    ]
    assert refused.value.alternatives
    assert not uow.session.execute(sa.select(col(SlotHold.id))).all()


def test_a_year_without_calendar_refuses_by_name(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"follows_statutory_calendar": True})
    enter_year(uow, 2026)
    make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, between("2027-01-04 12:00", "14:00"), now=clock.now())
    assert codes(refused) == ["opening.no_calendar"]
    assert refused.value.violations[0].params["year"] == 2027


def test_where_approval_is_needed_time_is_held_while_somebody_decides(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"approval": "always", "approval_hours": 4})
    made = make_reservation(uow, scene, now=clock.now())
    assert made.state is State.REQUESTED
    assert made.decide_by == clock.now() + timedelta(hours=4)
    assert held_for(uow.session, made.number) == [NOON]
    assert told_of(uow.session, made.number) == ["reservation.requested"]


def test_only_the_first_use_needs_approval_where_the_policy_says_first(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"approval": "first"})
    assert make_reservation(uow, scene, now=clock.now()).state is State.REQUESTED
    used = make_scene(uow)
    make_use(uow, used, now=clock.now())
    later = between("11-25 12:00", "14:00")
    assert make_reservation(uow, used, later, now=NOON.end).state is State.CONFIRMED


def test_the_lab_approves_itself(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"approval": "always"})
    made = reserve(uow, scene.wish(), actor=scene.manager, now=clock.now())
    assert made.state is State.CONFIRMED
    assert made.customer_class == "internal"
    assert not made.external


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(OrganisationKind.ENTERPRISE, "enterprise"), (OrganisationKind.INSTITUTE, "academic")],
)
def test_prices_are_those_of_the_customers_class(
    uow: UnitOfWork, clock: FrozenClock, kind: OrganisationKind, expected: str
) -> None:
    made = make_reservation(uow, make_scene(uow, kind=kind), now=clock.now())
    assert made.customer_class == expected
    assert made.external


def test_quotas_count_late_cancellations_and_forgive_free_ones(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    quota = {"per": "person", "measure": "count", "period": "day", "limit": 1}
    scene = make_scene(uow, policy={"quotas": [quota], "free_cancel_minutes": 120})
    first = make_reservation(uow, scene, now=clock.now())
    other = between("11-24 16:00", "18:00")
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, other, now=clock.now())
    assert codes(refused) == ["quota.person"]
    cancel(uow, first.number, actor=scene.member, now=clock.now())
    second = make_reservation(uow, scene, other, now=clock.now())
    cancel(uow, second.number, actor=scene.member, now=at("11-24 15:00"))
    with pytest.raises(ReservationRefused):
        make_reservation(uow, scene, between("11-24 20:00", "22:00"), now=at("11-24 15:00"))


def test_an_organisations_quota_adds_up_its_people(uow: UnitOfWork, clock: FrozenClock) -> None:
    quota = {"per": "organisation", "measure": "hours", "period": "week", "limit": 3}
    scene = make_scene(uow, policy={"quotas": [quota]})
    make_reservation(uow, scene, now=clock.now())
    wish = scene.wish(between("11-26 12:00", "14:00"))
    with pytest.raises(ReservationRefused) as refused:
        reserve(uow, wish, actor=scene.admin, now=clock.now())
    assert codes(refused) == ["quota.organisation"]


def test_what_a_quotas_refusal_offers_instead_keeps_the_quota(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    quota = {"per": "person", "measure": "hours", "period": "week", "limit": 3}
    scene = make_scene(uow, policy={"quotas": [quota]})
    make_reservation(uow, scene, now=clock.now())
    with pytest.raises(ReservationRefused) as refused:
        make_reservation(uow, scene, between("11-25 12:00", "15:00"), now=clock.now())
    offered = [offer.span for offer in refused.value.alternatives]
    assert offered
    made = make_reservation(uow, scene, offered[0], now=clock.now())
    assert made.starts_at >= at("11-30 00:00")  # the next week's Monday


def test_the_lab_may_set_rules_aside_with_a_reason_that_is_kept(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy={"notice_minutes": 24 * 60})
    soon = between("11-23 12:00", "14:00")
    with pytest.raises(ReservationRefused):
        reserve(uow, scene.wish(soon), actor=scene.manager, now=clock.now())
    wish = scene.wish(soon, override_reason="样品易失效", on_behalf_of=scene.member.email)
    made = reserve(uow, wish, actor=scene.manager, now=clock.now())
    assert made.override_reason == "样品易失效"
    assert made.holder_id == scene.member.id
    assert made.organisation_id == scene.company.key
    assert made.created_by == scene.manager.id


def test_what_nobody_may_set_aside_stays_a_refusal(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow, policy={"notice_minutes": 180})
    wish = scene.wish(between("11-23 07:00", "08:00"), override_reason="补录")
    with pytest.raises(ReservationRefused) as refused:
        reserve(uow, wish, actor=scene.manager, now=clock.now())
    assert codes(refused) == ["span.in_past"]


def test_nobody_else_sets_rules_aside_or_books_for_others(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene, elsewhere = make_scene(uow), make_scene(uow)
    for wish in (
        scene.wish(override_reason="着急"),
        scene.wish(on_behalf_of=elsewhere.member.email),
        scene.wish(organisation_id=elsewhere.company.key),
    ):
        with pytest.raises(Forbidden):
            reserve(uow, wish, actor=scene.member, now=clock.now())
    wish = scene.wish(on_behalf_of=scene.member.id)
    with pytest.raises(Forbidden):
        reserve(uow, wish, actor=elsewhere.manager, now=clock.now())


def test_a_company_admin_books_for_a_colleague(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    wish = scene.wish(on_behalf_of=scene.member.id)
    assert reserve(uow, wish, actor=scene.admin, now=clock.now()).holder_id == scene.member.id


def test_somebody_without_an_organisation_says_for_whom(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    with pytest.raises(OrganisationMissing):
        reserve(uow, make_scene(uow).wish(), actor=make_staff(uow), now=clock.now())


def test_an_instrument_that_does_not_exist_is_not_found(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    with pytest.raises(NotFound):
        reserve(uow, scene.wish(instrument_id=987_654), actor=scene.member, now=clock.now())


def test_an_operator_books_nothing_for_others(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    operator = make_lab_person(uow, scene.instrument.lab_id, Role.OPERATOR)
    wish = scene.wish(on_behalf_of=scene.member.id)
    with pytest.raises(Forbidden):
        reserve(uow, wish, actor=operator, now=clock.now())
