"""Say when an instrument is open: weekly hours, and single days that differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.keeping import fact, kept_instrument, terms_changed
from booking.instruments.errors import HoursClash, NightClash
from booking.instruments.events import OpeningChanged
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import EXCEPTION, HOURS
from booking.instruments.rules.layers import DaySaid
from booking.instruments.rules.opening import Hours, clashing, clashing_night
from booking.kernel.events import Changes

Week = Mapping[int, Sequence[Hours]]
# Weekday, opens, closes.
Window = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose rows of a table: an instrument's, a lab's, an operator's, or else the zone's."""

    table: sa.Table
    owner: Mapping[str, int]

    def matches(self) -> sa.ColumnElement[bool]:
        return sa.and_(sa.true(), *(self.table.c[name] == key for name, key in self.owner.items()))


def set_week(
    uow: UnitOfWork, instrument_id: int, week: Week, *, actor: Actor, now: datetime
) -> Instrument:
    """Replace the weekly opening hours; bookings already made stay.

    Without any, the instrument has the hours of its lab.
    """
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    changes = rewrite_week(uow, Whose(HOURS, {"instrument_id": instrument_id}), week)
    return _changed(uow, instrument, changes, actor=actor, now=now)


def first_weeks(uow: UnitOfWork, weeks: Mapping[int, Week], *, actor: Actor, now: datetime) -> None:
    """The weekly hours of drafts that the same deed has just registered, by their id."""
    rows = []
    facts = []
    for instrument_id, week in weeks.items():
        _must_fit(week)
        windows = _flat(week)
        rows += [_row({"instrument_id": instrument_id}, window) for window in windows]
        told = fact(instrument_id, actor=actor, now=now)
        facts.append(OpeningChanged(**told, changes={"opening": ([], _spelt(windows))}))
    if rows:
        uow.session.execute(sa.insert(HOURS), rows)
    uow.announce_all(facts)


def set_day(
    uow: UnitOfWork,
    instrument_id: int,
    day: date,
    *,
    said: DaySaid,
    actor: Actor,
    now: datetime,
) -> Instrument:
    """Give a day its own windows, none closes it."""
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    changes = rewrite_day(uow, _days_of(instrument_id), day, said=said)
    return _changed(uow, instrument, changes, actor=actor, now=now)


def unset_day(
    uow: UnitOfWork, instrument_id: int, day: date, *, actor: Actor, now: datetime
) -> Instrument:
    """Let a day be as it is without words of the instrument's own."""
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    changes = forget_day(uow, _days_of(instrument_id), day)
    return _changed(uow, instrument, changes, actor=actor, now=now)


def rewrite_week(uow: UnitOfWork, whose: Whose, week: Week) -> Changes:
    """Replace somebody's weekly windows; HoursClash or NightClash when they do not fit."""
    _must_fit(week)
    table = whose.table
    old = sa.delete(table).where(whose.matches())
    gone = uow.session.execute(old.returning(table.c.weekday, table.c.opens, table.c.closes))
    before = sorted((row.weekday, row.opens, row.closes) for row in gone)
    after = _flat(week)
    rows = [_row(whose.owner, window) for window in after]
    if rows:
        uow.session.execute(sa.insert(table), rows)
    return {"opening": (_spelt(before), _spelt(after))}


def _must_fit(week: Week) -> None:
    for weekday, windows in week.items():
        if clashing(windows):
            raise HoursClash(weekday=weekday)
    night = clashing_night(week)
    if night is not None:
        raise NightClash(weekday=night, field=f"day_{night}")


def _flat(week: Week) -> list[Window]:
    return sorted((day, h.opens, h.closes) for day, windows in week.items() for h in windows)


def _row(owner: Mapping[str, int], window: Window) -> dict[str, int]:
    return {**owner, **dict(zip(("weekday", "opens", "closes"), window, strict=True))}


def rewrite_day(uow: UnitOfWork, whose: Whose, day: date, *, said: DaySaid) -> Changes:
    """Replace what somebody said about a day; HoursClash when the windows do not fit."""
    return rewrite_days(uow, whose, (day, day), said=said)


def rewrite_days(
    uow: UnitOfWork, whose: Whose, days: tuple[date, date], *, said: DaySaid
) -> Changes:
    """The same for every day from the first to the last: two statements for as many as they are."""
    first, last = days
    if clashing(said.windows):
        raise HoursClash(day=first)
    before = _forgotten(uow, whose, days)
    windows = sorted(said.windows, key=lambda hours: hours.opens)
    bounds: list[tuple[int | None, int | None]] = [(h.opens, h.closes) for h in windows]
    told = {**whose.owner, "reason": said.reason}
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [
        {**told, "day": day, "opens": opens, "closes": closes}
        for day in every
        for opens, closes in bounds or [(None, None)]
    ]
    uow.session.execute(sa.insert(whose.table), rows)
    after = [*(hours.text for hours in windows), *([said.reason] if said.reason else [])]
    return {day.isoformat(): (before.get(day), after) for day in every}


def forget_day(uow: UnitOfWork, whose: Whose, day: date) -> Changes:
    """Take back what somebody said about a day."""
    return {day.isoformat(): (_forgotten(uow, whose, (day, day)).get(day), None)}


def _days_of(instrument_id: int) -> Whose:
    return Whose(EXCEPTION, {"instrument_id": instrument_id})


def _forgotten(uow: UnitOfWork, whose: Whose, days: tuple[date, date]) -> dict[date, list[str]]:
    """What had been said, as an audit shows it, of the days of which anything was."""
    table = whose.table
    old = sa.delete(table).where(table.c.day.between(*days), whose.matches())
    told = (table.c.day, table.c.opens, table.c.closes, table.c.reason)
    windows: dict[date, list[str]] = {}
    reasons: dict[date, set[str]] = {}
    for day, opens, closes, reason in uow.session.execute(old.returning(*told)):
        windows.setdefault(day, []).extend([] if opens is None else [Hours(opens, closes).text])
        reasons.setdefault(day, set()).update([reason] if reason else [])
    return {day: [*sorted(some), *sorted(reasons[day])] for day, some in windows.items()}


def _spelt(week: Sequence[Window]) -> list[str]:
    """`1 08:30–18:00`: the weekday as ISO counts it, and a window of it."""
    return [f"{weekday} {Hours(opens, closes).text}" for weekday, opens, closes in week]


def _changed(
    uow: UnitOfWork, instrument: Instrument, changes: Changes, *, actor: Actor, now: datetime
) -> Instrument:
    terms_changed(instrument, now)
    uow.session.flush()
    uow.announce(OpeningChanged(**fact(instrument.key, actor=actor, now=now), changes=changes))
    return instrument
