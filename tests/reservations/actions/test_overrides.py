"""Rules are set aside by the lab with a reason that is kept, alone and in series."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col

from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Forbidden
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.foresee import foresee
from booking.reservations.actions.reserve import reserve
from booking.reservations.actions.reserve_series import reserve_series
from booking.reservations.errors import ReservationRefused
from booking.reservations.rules.series import OnConflict, occurrences, read_rule
from booking.reservations.rules.wish import SeriesWish, Wish
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

DAILY = "FREQ=DAILY;COUNT=3"
WHY = "设备验收"
ONE = {"per": "organisation", "measure": "count", "period": "week", "limit": 1}


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    """One booking a week, of an hour at most."""
    return make_scene(uow, policy={"quotas": [ONE], "longest_minutes": 60})


def by_lab(scene: Scene, reason: str = WHY, *, span: TimeSpan = NOON) -> Wish:
    return scene.wish(span, on_behalf_of=scene.member.email, override_reason=reason)


def set_aside(uow: UnitOfWork, number: str) -> object:
    changes = uow.session.execute(
        sa.select(col(AuditEntry.changes)).where(col(AuditEntry.subject) == f"reservation:{number}")
    ).scalar_one()
    return changes.get("set_aside")


def codes(refused: pytest.ExceptionInfo[ReservationRefused]) -> list[str]:
    return [violation.code for violation in refused.value.violations]


def test_a_refusal_names_all_rules_although_a_reason_would_do_for_some(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    past = by_lab(scene, span=between("11-23 07:00", "09:00"))
    with pytest.raises(ReservationRefused) as refused:
        reserve(uow, past, actor=scene.manager, now=clock.now())
    assert codes(refused) == ["span.in_past", "duration.too_long"]
    assert [v.overridable for v in refused.value.violations] == [False, True]


def test_a_series_against_the_rules_is_booked_with_a_reason_on_every_booking(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    wish = SeriesWish(by_lab(scene), DAILY)
    made = reserve_series(uow, wish, actor=scene.manager, now=clock.now())
    assert [one.override_reason for one in made.booked] == [WHY] * 3
    assert [set_aside(uow, one.number) for one in made.booked] == [
        [None, ["duration.too_long"]],
        [None, ["duration.too_long", "quota.organisation"]],
        [None, ["duration.too_long", "quota.organisation"]],
    ]


def test_without_a_reason_the_lab_is_refused_like_anybody(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    wish = SeriesWish(by_lab(scene, " "), DAILY)
    with pytest.raises(ReservationRefused) as refused:
        reserve_series(uow, wish, actor=scene.manager, now=clock.now())
    assert set(codes(refused)) == {"duration.too_long"}


def test_what_is_set_aside_is_told_before_it_is_booked(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    spans = occurrences(NOON, read_rule(DAILY))
    seen = foresee(uow.session, by_lab(scene), spans, actor=scene.manager, now=clock.now())
    assert all(one.free for one in seen)
    assert [[v.code for v in one.set_aside] for one in seen] == [
        ["duration.too_long"],
        ["duration.too_long", "quota.organisation"],
        ["duration.too_long", "quota.organisation"],
    ]


def test_nobody_else_sets_rules_aside_in_a_series(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    wish = SeriesWish(scene.wish(override_reason=WHY), DAILY, OnConflict.SKIP)
    with pytest.raises(Forbidden):
        reserve_series(uow, wish, actor=scene.member, now=clock.now())


def test_no_reason_gets_time_that_is_taken(
    uow: UnitOfWork, clock: FrozenClock, scene: Scene
) -> None:
    other = make_scene(uow)
    elsewhere = replace(other, instrument=scene.instrument)
    hour = between("11-25 12:00", "13:00")
    make_reservation(uow, elsewhere, hour, now=clock.now())
    with pytest.raises(SlotTaken) as refused:
        reserve_series(uow, SeriesWish(by_lab(scene), DAILY), actor=scene.manager, now=clock.now())
    assert [conflict.span for conflict in refused.value.conflicts] == [hour]
