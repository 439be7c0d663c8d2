"""Say when an instrument is open: weekly hours, and single days that differ."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.keeping import fact, kept_instrument, terms_changed
from booking.instruments.errors import HoursClash
from booking.instruments.events import OpeningChanged
from booking.instruments.models.calendar import OpeningException, OpeningHours
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import EXCEPTION, HOURS
from booking.instruments.rules.opening import Hours, clashing
from booking.kernel.events import Changes

Week = Mapping[int, Sequence[Hours]]


def set_week(
    uow: UnitOfWork, instrument_id: int, week: Week, *, actor: Actor, now: datetime
) -> Instrument:
    """Replace the weekly opening hours; bookings already made stay."""
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    for weekday, windows in week.items():
        if clashing(windows):
            raise HoursClash(weekday=weekday)
    old = sa.delete(HOURS).where(HOURS.c.instrument_id == instrument_id)
    gone = uow.session.execute(old.returning(HOURS.c.weekday, HOURS.c.opens, HOURS.c.closes))
    before = sorted((row.weekday, row.opens, row.closes) for row in gone)
    after = sorted((day, h.opens, h.closes) for day, windows in week.items() for h in windows)
    for weekday, windows in week.items():
        for hours in windows:
            uow.session.add(
                OpeningHours(
                    instrument_id=instrument_id,
                    weekday=weekday,
                    opens=hours.opens,
                    closes=hours.closes,
                )
            )
    told = (_spelt(before), _spelt(after))
    return _changed(uow, instrument, {"opening": told}, actor=actor, now=now)


def set_day(
    uow: UnitOfWork,
    instrument_id: int,
    day: date,
    *,
    windows: Sequence[Hours] | None,
    actor: Actor,
    now: datetime,
) -> Instrument:
    """Give a day its own windows (none: closed), or with None its usual ones again."""
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    if windows is not None and clashing(windows):
        raise HoursClash(day=day)
    mine = (EXCEPTION.c.instrument_id == instrument_id) & (EXCEPTION.c.day == day)
    uow.session.execute(sa.delete(EXCEPTION).where(mine))
    rows: list[tuple[int | None, int | None]] = [(h.opens, h.closes) for h in windows or ()]
    if windows is not None and not rows:
        rows = [(None, None)]
    for opens, closes in rows:
        uow.session.add(
            OpeningException(instrument_id=instrument_id, day=day, opens=opens, closes=closes)
        )
    told = None if windows is None else [hours.text for hours in windows]
    return _changed(uow, instrument, {day.isoformat(): (None, told)}, actor=actor, now=now)


def _spelt(week: Sequence[tuple[int, int, int]]) -> list[str]:
    """`1 08:30–18:00`: the weekday as ISO counts it, and a window of it."""
    return [f"{weekday} {Hours(opens, closes).text}" for weekday, opens, closes in week]


def _changed(
    uow: UnitOfWork, instrument: Instrument, changes: Changes, *, actor: Actor, now: datetime
) -> Instrument:
    terms_changed(instrument, now)
    uow.session.flush()
    uow.announce(OpeningChanged(**fact(instrument.key, actor=actor, now=now), changes=changes))
    return instrument
