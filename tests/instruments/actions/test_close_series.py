"""Maintenance that comes again: ordinary closures, all of them or none."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, close, lift
from booking.instruments.actions.close_series import Series, close_series, end_series
from booking.instruments.errors import ClosureOver, SeriesContradicts, SeriesInTheWay
from booking.instruments.models.calendar import Closure, ClosureKind, ClosureSeries
from booking.instruments.models.hold import SlotHold
from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.recurring import Frequency, Repeat
from booking.kernel.clock import local
from booking.kernel.errors import Forbidden, NotFound
from tests.factories.instruments import (
    keeper_of,
    keeper_of_instrument,
    make_instrument,
    make_lab,
    moment,
    span,
)
from tests.factories.reservations import make_reservation, make_scene

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
FIRST = Closing(span("2026-11-24T08:00", "12:00"), ClosureKind.MAINTENANCE, "每周保养")
FOUR_WEEKS = Repeat(Frequency.WEEKLY, 1, date(2026, 12, 15))


def planned(uow: UnitOfWork, instrument: Instrument, *, only_free: bool = False) -> list[str]:
    keeper = keeper_of_instrument(uow, instrument)
    wanted = Series(FIRST, FOUR_WEEKS, only_free)
    done = close_series(uow, instrument.key, wanted, actor=keeper, now=NOW)
    return [f"{local(one.starts_at):%m-%d}" for one in done.closures]


def holds_of(uow: UnitOfWork) -> list[str]:
    asked = select(SlotHold).where(col(SlotHold.closure_id).is_not(None))
    rows = uow.session.exec(asked.order_by(col(SlotHold.starts_at), col(SlotHold.unit_id)))
    return [f"{local(row.starts_at):%m-%d}" for row in rows]


def test_every_occurrence_is_an_ordinary_closure_that_holds_every_place(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow, units=2)
    before = instrument.terms_version
    days = ["11-24", "12-01", "12-08", "12-15"]
    assert planned(uow, instrument) == days
    assert holds_of(uow) == [day for day in days for _ in range(2)]
    assert instrument.terms_version > before
    third = uow.session.exec(select(Closure).order_by(col(Closure.starts_at))).all()[2]
    lift(uow, third.key, actor=keeper_of_instrument(uow, instrument), now=NOW)
    assert holds_of(uow).count("12-08") == 0


def test_bookings_in_the_way_refuse_everything_and_are_named(uow: UnitOfWork) -> None:
    scene = make_scene(uow)
    instrument = scene.instrument
    number = make_reservation(uow, scene, span("2026-12-01T10:00", "11:00"), now=NOW).number
    other = Closing(span("2026-12-15T09:00", "10:00"), ClosureKind.OTHER)
    close(uow, instrument.key, other, actor=keeper_of_instrument(uow, instrument), now=NOW)
    held = holds_of(uow)
    with pytest.raises(SeriesInTheWay) as refused:
        planned(uow, instrument)
    assert [(v.code, v.params.get("bookings")) for v in refused.value.violations] == [
        ("closure.occurrence_booked", [number]),
        ("closure.occurrence_closed", None),
    ]
    assert holds_of(uow) == held
    assert uow.session.exec(select(ClosureSeries)).all() == []
    assert planned(uow, instrument, only_free=True) == ["11-24", "12-08"]


def test_where_nothing_is_free_there_is_no_series(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    planned(uow, instrument)
    with pytest.raises(SeriesInTheWay):
        planned(uow, instrument, only_free=True)


@pytest.mark.parametrize(
    ("first", "repeat", "code"),
    [
        (Closing(FIRST.span, ClosureKind.FAULT), FOUR_WEEKS, "closure.series_of_faults"),
        (FIRST, Repeat(Frequency.WEEKLY, 1, date(2028, 1, 1)), "closure.series_too_far"),
        (FIRST, Repeat(Frequency.WEEKLY, 1, date(2026, 1, 1)), "closure.series_empty"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused(
    uow: UnitOfWork, first: Closing, repeat: Repeat, code: str
) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    with pytest.raises(SeriesContradicts) as refused:
        close_series(uow, instrument.key, Series(first, repeat), actor=keeper, now=NOW)
    assert [violation.code for violation in refused.value.violations] == [code]


def test_a_series_ends_from_a_day_on(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    planned(uow, instrument)
    keeper = keeper_of_instrument(uow, instrument)
    (series,) = uow.session.exec(select(ClosureSeries)).all()
    end_series(uow, series.key, date(2026, 12, 8), actor=keeper, now=NOW)
    assert holds_of(uow) == ["11-24", "12-01"]
    with pytest.raises(ClosureOver):
        end_series(uow, series.key, date(2026, 12, 8), actor=keeper, now=NOW)


def test_what_has_begun_is_not_called_off(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    planned(uow, instrument)
    keeper = keeper_of_instrument(uow, instrument)
    (series,) = uow.session.exec(select(ClosureSeries)).all()
    during = moment("2026-11-24T09:00")
    end_series(uow, series.key, date(2026, 11, 1), actor=keeper, now=during)
    assert holds_of(uow) == ["11-24"]


def test_a_series_is_planned_and_ended_by_those_who_keep_the_instrument(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    planned(uow, instrument)
    (series,) = uow.session.exec(select(ClosureSeries)).all()
    stranger = keeper_of(make_lab(uow))
    with pytest.raises(Forbidden):
        close_series(uow, instrument.key, Series(FIRST, FOUR_WEEKS), actor=stranger, now=NOW)
    with pytest.raises(Forbidden):
        end_series(uow, series.key, date(2026, 12, 8), actor=stranger, now=NOW)
    with pytest.raises(NotFound):
        end_series(uow, 10**9, date(2026, 12, 8), actor=stranger, now=NOW)
