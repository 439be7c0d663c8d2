"""Windows over midnight, and the calendars of labs and of the zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from booking.audit.models import AuditEntry
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.set_calendar import set_day, set_week, unset_day
from booking.instruments.actions.set_shared_calendar import (
    set_lab_day,
    set_lab_week,
    set_zone_day,
    unset_lab_day,
    unset_zone_day,
)
from booking.instruments.errors import HoursClash, NightClash
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries.remembered import Memory
from booking.instruments.queries.slots import SlotWish, earliest_slots
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.layers import DaySaid
from booking.instruments.rules.opening import DayKind, Hours
from booking.kernel.clock import local
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.timespan import TimeSpan
from tests.factories.instruments import (
    CENTRE_ADMIN,
    OFFICE_HOURS,
    enter_year,
    keeper_of,
    keeper_of_instrument,
    make_instrument,
    make_lab,
    span,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)
NIGHT = Hours.between("22:00", "06:00")
WEEK = span("2026-11-23T00:00", "2026-11-30T00:00")


def windows(uow: UnitOfWork, instrument: Instrument, asked: TimeSpan) -> list[str]:
    found = booking_terms(uow.session, instrument.key, asked).windows_in(asked)
    return [f"{local(w.start):%d %H:%M}–{local(w.end):%d %H:%M}" for w in found]


def first_slot(uow: UnitOfWork, instrument: Instrument, memory: Memory) -> str:
    wish = SlotWish(timedelta(hours=1), WEEK, NOW)
    (slot,) = earliest_slots(uow.session, [instrument.key], wish, limit=1, memory=memory) or (None,)
    return "" if slot is None else f"{local(slot.span.start):%d %H:%M}"


def test_a_night_is_one_window_also_where_the_question_begins_after_midnight(
    uow: UnitOfWork,
) -> None:
    instrument = make_instrument(uow, week={})
    keeper = keeper_of_instrument(uow, instrument)
    set_week(uow, instrument.key, {2: [NIGHT]}, actor=keeper, now=NOW)
    assert windows(uow, instrument, WEEK) == ["24 22:00–25 06:00"]
    assert windows(uow, instrument, span("2026-11-25T03:00", "09:00")) == ["25 03:00–25 06:00"]


def test_sunday_night_reaches_into_monday(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, week={})
    keeper = keeper_of_instrument(uow, instrument)
    set_week(uow, instrument.key, {7: [NIGHT]}, actor=keeper, now=NOW)
    assert windows(uow, instrument, span("2026-11-23T00:00", "12:00")) == ["23 00:00–23 06:00"]


@pytest.mark.parametrize("weekday", [1, 7])
def test_a_night_that_meets_the_next_morning_is_refused(uow: UnitOfWork, weekday: int) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    week = {weekday: [NIGHT], weekday % 7 + 1: [Hours(300, 720)]}
    with pytest.raises(NightClash) as refused:
        set_week(uow, instrument.key, week, actor=keeper, now=NOW)
    assert refused.value.params["weekday"] == weekday


def test_two_nights_of_one_day_are_refused(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    said = DaySaid((NIGHT, Hours.between("23:00", "01:00")))
    with pytest.raises(HoursClash):
        set_day(uow, instrument.key, TUESDAY, said=said, actor=keeper, now=NOW)


def test_a_holiday_takes_its_own_night_and_leaves_the_one_before(uow: UnitOfWork) -> None:
    enter_year(uow, 2026, {WEDNESDAY: DayKind.HOLIDAY})
    policy = {"follows_statutory_calendar": True}
    week = dict.fromkeys(range(1, 8), (("22:00", "06:00"),))
    instrument = make_instrument(uow, week=week, policy=policy)
    assert windows(uow, instrument, span("2026-11-24T12:00", "2026-11-26T12:00")) == [
        "24 22:00–25 06:00"
    ]


def test_the_reason_of_a_day_is_kept_and_told(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    said = DaySaid((), "搬迁")
    set_day(uow, instrument.key, TUESDAY, said=said, actor=keeper, now=NOW)
    closed = booking_terms(uow.session, instrument.key, span("2026-11-24T09:00", "10:00")).closed_by
    assert closed is not None
    assert (closed.decider, closed.words) == ("instrument", "搬迁")
    unset_day(uow, instrument.key, TUESDAY, actor=keeper, now=NOW)
    assert windows(uow, instrument, span("2026-11-24T09:00", "10:00")) == ["24 09:00–24 10:00"]


def test_an_instrument_without_hours_has_those_of_its_lab(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    bare = make_instrument(uow, lab_id=lab.key, week={})
    office = make_instrument(uow, lab_id=lab.key, week=OFFICE_HOURS)
    elsewhere = make_instrument(uow, week={})
    set_lab_week(uow, lab.key, {2: [NIGHT]}, actor=keeper_of(lab), now=NOW)
    assert windows(uow, bare, WEEK) == ["24 22:00–25 06:00"]
    assert len(windows(uow, office, WEEK)) == 5
    assert windows(uow, elsewhere, WEEK) == []
    set_lab_week(uow, lab.key, {}, actor=keeper_of(lab), now=NOW)
    assert windows(uow, bare, WEEK) == []


def test_the_nearest_word_about_a_day_counts(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    instrument = make_instrument(uow, lab_id=lab.key, week=OFFICE_HOURS)
    keeper, asked = keeper_of(lab), span("2026-11-24T00:00", "2026-11-25T00:00")

    def opened(hour: int) -> DaySaid:
        return DaySaid((Hours(60 * hour, 60 * hour + 60),))

    set_zone_day(uow, TUESDAY, said=opened(10), actor=CENTRE_ADMIN, now=NOW)
    assert windows(uow, instrument, asked) == ["24 10:00–24 11:00"]
    set_lab_day(uow, lab.key, TUESDAY, said=opened(12), actor=keeper, now=NOW)
    assert windows(uow, instrument, asked) == ["24 12:00–24 13:00"]
    set_day(uow, instrument.key, TUESDAY, said=opened(14), actor=keeper, now=NOW)
    assert windows(uow, instrument, asked) == ["24 14:00–24 15:00"]
    unset_day(uow, instrument.key, TUESDAY, actor=keeper, now=NOW)
    unset_lab_day(uow, lab.key, TUESDAY, actor=keeper, now=NOW)
    unset_zone_day(uow, TUESDAY, actor=CENTRE_ADMIN, now=NOW)
    assert windows(uow, instrument, asked) == ["24 08:30–24 18:00"]


def test_saying_a_day_again_replaces_what_was_said(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, week=OFFICE_HOURS)
    for said in (DaySaid((), "停电"), DaySaid((Hours(600, 660),), "恢复")):
        set_zone_day(uow, TUESDAY, said=said, actor=CENTRE_ADMIN, now=NOW)
    asked = span("2026-11-24T00:00", "2026-11-25T00:00")
    assert windows(uow, instrument, asked) == ["24 10:00–24 11:00"]


def test_what_was_remembered_knows_the_lab_and_the_zone(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    bare = make_instrument(uow, lab_id=lab.key, week={})
    keeper, memory = keeper_of(lab), Memory()
    assert first_slot(uow, bare, memory) == ""
    set_lab_week(uow, lab.key, {2: [NIGHT]}, actor=keeper, now=NOW)
    assert first_slot(uow, bare, memory) == "24 22:00"
    set_lab_day(uow, lab.key, TUESDAY, said=DaySaid(), actor=keeper, now=NOW)
    assert first_slot(uow, bare, memory) == ""
    unset_lab_day(uow, lab.key, TUESDAY, actor=keeper, now=NOW)
    said = DaySaid((Hours(540, 720),))
    set_zone_day(uow, WEDNESDAY, said=said, actor=CENTRE_ADMIN, now=NOW)
    assert first_slot(uow, bare, memory) == "24 22:00"
    set_zone_day(uow, TUESDAY, said=DaySaid((), "停电"), actor=CENTRE_ADMIN, now=NOW)
    assert first_slot(uow, bare, memory) == "25 09:00"


def test_a_lab_is_changed_by_those_who_keep_it_and_the_zone_by_the_centre(uow: UnitOfWork) -> None:
    lab, other = make_lab(uow), make_lab(uow)
    with pytest.raises(NotFound):
        set_lab_week(uow, lab.key, {}, actor=keeper_of(other), now=NOW)
    with pytest.raises(NotFound):
        set_lab_day(uow, 10**9, TUESDAY, said=DaySaid(), actor=CENTRE_ADMIN, now=NOW)
    with pytest.raises(Forbidden):
        set_zone_day(uow, TUESDAY, said=DaySaid(), actor=keeper_of(lab), now=NOW)


def test_the_facts_say_what_was_before(uow: UnitOfWork) -> None:
    lab = make_lab(uow)
    keeper = keeper_of(lab)
    set_lab_day(uow, lab.key, TUESDAY, said=DaySaid((), "停电"), actor=keeper, now=NOW)
    said = DaySaid((NIGHT,))
    set_lab_day(uow, lab.key, TUESDAY, said=said, actor=keeper, now=NOW)
    asked = select(AuditEntry.changes).where(AuditEntry.subject == f"lab:{lab.key}")
    assert uow.session.exec(asked.order_by(col(AuditEntry.id))).all() == [
        {"2026-11-24": [None, ["停电"]]},
        {"2026-11-24": [["停电"], ["22:00–06:00"]]},
    ]
