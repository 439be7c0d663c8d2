"""What the slot finder keeps in mind: several of each, classes of customer, modes, operators."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.holds import HoldReason, take_hold
from booking.instruments.models.roster import RosterDay, RosterHours
from booking.instruments.models.unit import Unit, UnitKind, UnitOffer
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import SlotWish, earliest_slots, free_throughout
from booking.instruments.queries.stretches import Asking, free_time
from booking.instruments.rules.customer import Customer
from booking.instruments.rules.opening import Hours
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import (
    OFFICE_HOURS,
    add_closure,
    keeper_of_instrument,
    make_instrument,
    make_lab,
    make_provider,
    span,
    unit_ids,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
WEEK = span("2026-11-23T00:00", "2026-11-30T00:00")
TUESDAY = date(2026, 11, 24)
HOUR = timedelta(hours=1)


def occupy(uow: UnitOfWork, instrument_id: int, when: TimeSpan) -> None:
    reason = HoldReason.closure(add_closure(uow, instrument_id, when).key)
    take_hold(uow, [unit_ids(uow, instrument_id)[0]], when, reason=reason)


def make_operator(uow: UnitOfWork, *instruments: int) -> int:
    """An operator who serves these."""
    place = func.coalesce(func.max(col(Unit.position)), 0) + 1
    position = uow.session.exec(
        select(place).where(Unit.instrument_id == instruments[0], Unit.kind == UnitKind.OPERATOR)
    ).one()
    unit = Unit(instrument_id=instruments[0], kind=UnitKind.OPERATOR, position=position)
    uow.session.add(unit)
    uow.session.flush()
    uow.session.add_all(UnitOffer(unit_id=unit.key, instrument_id=one) for one in instruments)
    uow.session.flush()
    return unit.key


@contextlib.contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(*told: Any) -> None:
        sent.append(told[2])

    bind = session.get_bind()
    sa.event.listen(bind, "before_cursor_execute", note)
    yield sent
    sa.event.remove(bind, "before_cursor_execute", note)


def wished(uow: UnitOfWork, ids: list[int], **more: Any) -> list[str]:
    """When three hours are free, in the order found."""
    wish = replace(SlotWish(3 * HOUR, WEEK, NOW), **more)
    found = earliest_slots(uow.session, ids, wish, limit=20)
    return [f"{slot.span.start + 8 * HOUR:%d %H:%M}" for slot in found]


def test_several_of_each_follow_each_other_and_the_earliest_come_first(uow: UnitOfWork) -> None:
    lab = make_lab(uow).key
    busy, free = (make_instrument(uow, lab_id=lab, week=OFFICE_HOURS).key for _ in "ab")
    occupy(uow, busy, span("2026-11-23T08:30", "11:00"))
    wish = SlotWish(timedelta(hours=3), WEEK, NOW, per_instrument=3)
    found = earliest_slots(uow.session, [busy, free], wish, limit=5)
    told = [(slot.instrument_id, f"{slot.span.start + 8 * HOUR:%d %H:%M}") for slot in found]
    assert told == [
        (free, "23 09:00"),
        (busy, "23 11:00"),
        (free, "23 12:00"),
        (busy, "23 14:00"),
        (free, "23 15:00"),
    ]


def test_a_length_is_found_in_whole_steps(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, policy={"grid_minutes": 60}).key
    wish = SlotWish(timedelta(minutes=100), WEEK, NOW)
    (slot,) = earliest_slots(uow.session, [instrument], wish, limit=1)
    assert slot.span == span("2026-11-23T09:00", "11:00")


@pytest.mark.parametrize(
    ("customer", "start"),
    [
        (Customer(), "25 00:00"),
        (Customer(elsewhere="academic"), "23 12:00"),
        ("provider", "23 09:00"),
    ],
)
def test_notice_is_that_of_the_class(uow: UnitOfWork, customer: Customer | str, start: str) -> None:
    own = {"academic": {"notice_minutes": 180}, "internal": {"notice_minutes": 0}}
    policy = {"notice_minutes": 39 * 60, "per_class": own}
    provider = make_provider(uow).key
    lab = make_lab(uow, organisation_id=provider).key
    instrument = make_instrument(uow, lab_id=lab, policy=policy).key
    asking = customer if isinstance(customer, Customer) else Customer(provider, "enterprise")
    assert wished(uow, [instrument], customer=asking) == [start]


@pytest.mark.parametrize(("days", "starts"), [(0, []), (1, ["24 08:30"])])
def test_nothing_begins_beyond_the_horizon_of_the_class(
    uow: UnitOfWork, days: int, starts: list[str]
) -> None:
    policy = {"horizon_days": {"enterprise": days, "internal": 90}}
    instrument = make_instrument(uow, week=OFFICE_HOURS, policy=policy).key
    occupy(uow, instrument, span("2026-11-23T08:30", "18:00"))
    assert wished(uow, [instrument]) == starts


def test_an_assisted_slot_needs_an_operator_too(uow: UnitOfWork) -> None:
    """The operator serves another instrument of the lab; who operates alone does not wait."""
    lab = make_lab(uow).key
    one, other = (make_instrument(uow, lab_id=lab, week=OFFICE_HOURS).key for _ in "ab")
    operator = make_operator(uow, one, other)
    when = span("2026-11-23T08:30", "14:00")
    reason = HoldReason.closure(add_closure(uow, other, when).key)
    take_hold(uow, [operator], when, reason=reason)
    assert wished(uow, [one], mode="assisted") == ["23 14:00"]
    assert wished(uow, [one], mode="self_operated") == ["23 09:00"]
    assert wished(uow, [one]) == ["23 09:00"]
    noon = span("2026-11-23T10:00", "13:00")
    wish = SlotWish(3 * HOUR, noon, NOW, mode="assisted")
    assert free_throughout(uow.session, [one], wish) == []
    assert free_throughout(uow.session, [one], replace(wish, mode="remote")) == [one]


def on_duty(uow: UnitOfWork, unit_id: int, day: date, *windows: Hours) -> None:
    """On this day only."""
    if not windows:
        uow.session.add(RosterDay(unit_id=unit_id, day=day))
    for weekday, hours in [(day.isoweekday(), hours) for hours in windows]:
        uow.session.add(
            RosterHours(unit_id=unit_id, weekday=weekday, opens=hours.opens, closes=hours.closes)
        )
    uow.session.flush()


def test_an_assisted_slot_lies_within_the_duty_of_one_operator(uow: UnitOfWork) -> None:
    """Duties that meet are still two people's; buffers may lie outside."""
    policy = {"buffer_before_minutes": 30, "buffer_after_minutes": 30}
    one, other = (make_instrument(uow, week=OFFICE_HOURS, policy=policy).key for _ in "ab")
    early, late = make_operator(uow, one, other), make_operator(uow, one)
    on_duty(uow, early, TUESDAY, Hours.between("08:00", "11:00"))
    on_duty(uow, late, TUESDAY, Hours.between("11:00", "14:00"))
    assert wished(uow, [one], mode="assisted") == ["24 11:00"]
    assert wished(uow, [one, other], mode="self_operated") == ["23 09:00"] * 2
    assert wished(uow, [other], mode="assisted") == []
    over = SlotWish(2 * HOUR, span("2026-11-24T10:00", "12:00"), NOW, mode="assisted")
    inside = replace(over, span=span("2026-11-24T11:00", "13:00"))
    assert free_throughout(uow.session, [one, other], over) == []
    assert free_throughout(uow.session, [one, other], inside) == [one]


def test_who_is_off_duty_hinders_nobody_while_another_is_on(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, week=OFFICE_HOURS).key
    away, always = make_operator(uow, instrument), make_operator(uow, instrument)
    on_duty(uow, away, TUESDAY, Hours.between("08:00", "09:00"))
    assert wished(uow, [instrument], mode="assisted") == ["23 09:00"]
    on_duty(uow, always, date(2026, 11, 23))
    assert wished(uow, [instrument], mode="assisted") == ["24 08:30"]


def test_an_absence_is_known_to_whoever_remembered_none(uow: UnitOfWork) -> None:
    memory = Memory()
    instrument = make_instrument(uow, week=OFFICE_HOURS).key
    operator = make_operator(uow, instrument)
    wish = SlotWish(3 * HOUR, WEEK, NOW, mode="assisted")
    (slot,) = earliest_slots(uow.session, [instrument], wish, limit=1, memory=memory)
    assert slot.span == span("2026-11-23T09:00", "12:00")
    on_duty(uow, operator, date(2026, 11, 23))
    (slot,) = earliest_slots(uow.session, [instrument], wish, limit=1, memory=memory)
    assert slot.span == span("2026-11-24T08:30", "11:30")


def test_other_times_are_within_duty_too(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, week=OFFICE_HOURS).key
    on_duty(uow, make_operator(uow, instrument), TUESDAY, Hours.between("10:00", "12:00"))
    (free,) = free_time(uow.session, [instrument], WEEK, asking=Asking(NOW, "assisted"))
    assert free.stretches == [span("2026-11-24T10:00", "12:00")]
    (free,) = free_time(uow.session, [instrument], WEEK, asking=Asking(NOW, "remote"))
    assert len(free.stretches) > 1


def test_rosters_are_read_only_for_whoever_needs_an_operator(uow: UnitOfWork) -> None:
    lab = make_lab(uow).key
    ids = [make_instrument(uow, lab_id=lab).key for _ in range(3)]
    assert make_operator(uow, *ids)
    for mode, read in (("assisted", 1), ("remote", 0), ("", 0)):
        wish = SlotWish(3 * HOUR, WEEK, NOW, mode=mode)
        with statements(uow.session) as sent:
            earliest_slots(uow.session, ids, wish, limit=100)
        assert sum("roster" in said for said in sent) == read


def test_a_new_operator_is_known_to_whoever_remembered_none(uow: UnitOfWork) -> None:
    memory = Memory()
    instrument = make_instrument(uow, week=OFFICE_HOURS)
    keeper = keeper_of_instrument(uow, instrument)
    wish = SlotWish(3 * HOUR, WEEK, NOW, mode="assisted")

    def found() -> list[TimeSpan]:
        slots = earliest_slots(uow.session, [instrument.key], wish, limit=1, memory=memory)
        return [slot.span for slot in slots]

    assert found() == [span("2026-11-23T09:00", "12:00")]
    helper = Helper(kind=UnitKind.OPERATOR, label="示例", instrument_ids=[instrument.key])
    unit = keep_helper(uow, instrument.lab_id, helper, actor=keeper, now=NOW).key
    taken = span("2026-11-23T09:00", "13:00")
    reason = HoldReason.closure(add_closure(uow, instrument.key, taken).key)
    take_hold(uow, [unit], taken, reason=reason)
    assert found() == [span("2026-11-23T13:00", "16:00")]
    retired = replace(helper, active=False)
    keep_helper(uow, instrument.lab_id, retired, unit_id=unit, actor=keeper, now=NOW)
    assert found() == [span("2026-11-23T09:00", "12:00")]


def test_a_search_asks_as_often_for_many_as_for_one(uow: UnitOfWork) -> None:
    lab = make_lab(uow).key
    ids = [make_instrument(uow, lab_id=lab, units=2).key for _ in range(20)]
    operator = make_operator(uow, *ids)
    occupy(uow, ids[0], span("2026-11-23T08:00", "12:00"))
    assert operator

    def asked(some: list[int]) -> int:
        wish = SlotWish(3 * HOUR, WEEK, NOW, mode="assisted", per_instrument=3)
        with statements(uow.session) as sent:
            earliest_slots(uow.session, some, wish, limit=100)
        return len(sent)

    assert asked(ids) == asked(ids[1:2])
