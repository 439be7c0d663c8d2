"""Plan maintenance that comes again: every occurrence is an ordinary closure, all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.close import Closing, must_be_in_bounds
from booking.instruments.actions.keeping import (
    fact,
    kept_instrument,
    must_not_be_retired,
    terms_changed,
)
from booking.instruments.errors import (
    ClosureInTheWay,
    ClosureOver,
    SeriesContradicts,
    SeriesInTheWay,
    SlotTaken,
)
from booking.instruments.events import ClosureSeriesEnded, ClosureSeriesScheduled
from booking.instruments.holds import release_closures, take_closures
from booking.instruments.models.calendar import Closure, ClosureKind, ClosureSeries
from booking.instruments.queries.holds import Held, taken_with_parts
from booking.instruments.rules.recurring import Repeat, faults_of, occurrences
from booking.kernel.errors import NotFound, Violation
from booking.kernel.timespan import TimeSpan, local_midnight

Taken = Mapping[int, Sequence[Held]]


@dataclass(frozen=True, slots=True)
class Series:
    """The first closure, how it repeats, and whether occurrences in somebody's way are left out."""

    first: Closing
    repeat: Repeat
    only_free: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """What was written, and the occurrences that were left out, each with what is in its way."""

    series: ClosureSeries
    closures: tuple[Closure, ...]
    left_out: tuple[Violation, ...] = ()


def close_series(
    uow: UnitOfWork, instrument_id: int, wanted: Series, *, actor: Actor, now: datetime
) -> Planned:
    """Take all places, those of all parts too, for every occurrence; a fault is no series.

    Bookings in the way refuse all of it, named by occurrence, unless only the free ones are wanted.
    """
    instrument = kept_instrument(uow, instrument_id, actor=actor)
    must_not_be_retired(instrument)
    must_be_in_bounds(wanted.first.span, now)
    spans = occurrences(wanted.first.span, wanted.repeat)
    faults = faults_of(wanted.first.span, wanted.repeat, spans)
    if wanted.first.kind is ClosureKind.FAULT:
        faults = (*faults, Violation("closure.series_of_faults"))
    if faults:
        raise SeriesContradicts(faults)
    taken = taken_with_parts(uow.session, instrument_id, TimeSpan(spans[0].start, spans[-1].end))
    in_the_way = {span: told for span in spans if (told := _in_the_way(taken, span)) is not None}
    if in_the_way and (not wanted.only_free or len(in_the_way) == len(spans)):
        raise SeriesInTheWay(in_the_way.values())
    series = _write_series(uow, instrument_id, wanted, actor=actor, now=now)
    free = [span for span in spans if span not in in_the_way]
    closures = _write(uow, series, free)
    _take(
        uow, list(taken), {closure.key: span for closure, span in zip(closures, free, strict=True)}
    )
    terms_changed(instrument, now)
    uow.session.flush()
    uow.announce(
        ClosureSeriesScheduled(
            **fact(instrument_id, actor=actor, now=now),
            cause=wanted.first.reason,
            changes={
                "closure": (None, wanted.first.kind.value),
                "span": (None, [spans[0].start, spans[0].end]),
                "occurrences": (None, len(closures)),
                "series_until": (None, wanted.repeat.until),
            },
            series_id=series.key,
        )
    )
    return Planned(series, closures, tuple(in_the_way.values()))


def end_series(
    uow: UnitOfWork, series_id: int, since: date, *, actor: Actor, now: datetime
) -> ClosureSeries:
    """Call off the occurrences that begin on a day or later and have not begun; their time is free.

    ClosureOver when there are none.
    """
    series = uow.session.get(ClosureSeries, series_id)
    if series is None:
        raise NotFound(series_id=series_id)
    try:
        instrument = kept_instrument(uow, series.instrument_id, actor=actor)
    except NotFound:
        raise NotFound(series_id=series_id) from None
    ahead = select(Closure).where(
        col(Closure.series_id) == series_id,
        col(Closure.lifted_at).is_(None),
        col(Closure.starts_at) >= max(local_midnight(since), now),
    )
    closures = uow.session.exec(ahead.order_by(col(Closure.starts_at))).all()
    if not closures:
        raise ClosureOver(series_id=series_id)
    for closure in closures:
        closure.lifted_at = now
    release_closures(uow, [closure.key for closure in closures])
    terms_changed(instrument, now)
    uow.session.flush()
    changes = {"series_until": (series.until, since), "occurrences": (len(closures), 0)}
    uow.announce(
        ClosureSeriesEnded(
            **fact(series.instrument_id, actor=actor, now=now), changes=changes, series_id=series_id
        )
    )
    return series


def _in_the_way(taken: Taken, span: TimeSpan) -> Violation | None:
    held = [one for holds in taken.values() for one in holds if one.span.overlaps(span)]
    if not held:
        return None
    numbers = sorted({one.reservation_number for one in held if one.reservation_number})
    if numbers:
        return Violation("closure.occurrence_booked", {"span": span, "bookings": numbers})
    return Violation("closure.occurrence_closed", {"span": span})


def _write_series(
    uow: UnitOfWork, instrument_id: int, wanted: Series, *, actor: Actor, now: datetime
) -> ClosureSeries:
    series = ClosureSeries(
        instrument_id=instrument_id,
        kind=wanted.first.kind,
        rule=wanted.repeat.rule(wanted.first.span.start),
        until=wanted.repeat.until,
        reason=wanted.first.reason,
        created_by=actor.known_id,
        created_at=now,
    )
    uow.session.add(series)
    uow.session.flush()
    return series


def _write(
    uow: UnitOfWork, series: ClosureSeries, spans: Sequence[TimeSpan]
) -> tuple[Closure, ...]:
    closures = tuple(
        Closure(
            instrument_id=series.instrument_id,
            kind=series.kind,
            starts_at=span.start,
            ends_at=span.end,
            reason=series.reason,
            created_by=series.created_by,
            created_at=series.created_at,
            series_id=series.key,
        )
        for span in spans
    )
    uow.session.add_all(closures)
    uow.session.flush()
    return closures


def _take(uow: UnitOfWork, units: list[int], spans: Mapping[int, TimeSpan]) -> None:
    try:
        take_closures(uow, units, spans)
    except SlotTaken as refused:
        # Somebody booked between the look and the deed.
        raise ClosureInTheWay(refused.conflicts) from refused
