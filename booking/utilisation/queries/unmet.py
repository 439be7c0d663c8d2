"""Refused requests and places in vain, whose instruments are in sight; see decision 0061.

Reports add them all up, so they come as plain numbers; words come for the few that a page shows.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.db.expressions import (
    epoch_seconds,
    instant,
    lasts_over_two_days,
    later_by,
    seconds_between,
)
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import INSTRUMENT
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.refusal import Refusal
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.waitlist import WaitlistChoice, WaitlistEntry, WaitlistOffer
from booking.reservations.rules.refusal import ANSWERED_WITHIN_HOURS, FOR_LACK_OF_TIME
from booking.reservations.states import EntryState, State
from booking.utilisation.queries.cutting import KNOWN
from booking.utilisation.queries.kept import Sight, conditions
from booking.utilisation.queries.recorded import SHORT
from booking.utilisation.rules.unmet import Unmet, Wanted, fair_share

REFUSAL: Final = sa.inspect(Refusal).local_table
_NAMES: Final = (
    col(Instrument.id),
    col(Instrument.name),
    col(Instrument.name_en),
    col(Organisation.name),
    col(Organisation.name_en),
)
_SOON: Final = ANSWERED_WITHIN_HOURS * 3600
_NEVER_HAD: Final = (State.REJECTED, State.EXPIRED)
_WHY: Final = {lack.value: Unmet(lack.value) for lack in FOR_LACK_OF_TIME}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A refusal or a place in vain, and who wanted what of which instrument."""

    instrument_id: int
    instrument_name: str
    organisation_name: str
    external: bool
    span: TimeSpan
    why: Unmet
    codes: tuple[str, ...]
    asked_at: datetime
    # What they are called on English pages; not everything has an English name.
    instrument_name_en: str = ""
    organisation_name_en: str = ""


def refused_in(session: Session, sight: Sight, span: TimeSpan) -> Iterator[Wanted]:
    """Refused for lack of time, and not answered otherwise soon after."""
    starts, ends = REFUSAL.c.starts_at, REFUSAL.c.ends_at
    asked = _of_sight(
        sa.select(
            REFUSAL.c.id,
            REFUSAL.c.instrument_id,
            epoch_seconds(starts),
            epoch_seconds(ends),
            seconds_between(starts, ends),
            sa.type_coerce(REFUSAL.c.lack, sa.String),
        ).join(INSTRUMENT, INSTRUMENT.c.id == REFUSAL.c.instrument_id),
        sight,
    ).where(*_counted(span))
    rows = session.connection().execute(asked)
    for record, instrument_id, start, end, seconds, lack in rows:
        yield Wanted(record, instrument_id, start, end, seconds, _WHY[lack])


def _of_sight(asked: sa.Select[Any], sight: Sight) -> sa.Select[Any]:
    """Of the instruments in sight alone; whose they are is only asked where it matters."""
    wanted = conditions(sight)
    asked = asked.where(col(Instrument.state).in_(KNOWN), *wanted)
    return asked.join(Lab, col(Lab.id) == col(Instrument.lab_id)) if wanted else asked


def _counted(span: TimeSpan) -> list[sa.ColumnElement[bool]]:
    return [
        *_touching(span),
        col(Refusal.lack).in_(FOR_LACK_OF_TIME),
        ~_booked_after_all(),
        ~_waited_instead(),
    ]


def _touching(span: TimeSpan) -> list[sa.ColumnElement[bool]]:
    """Those that begin in the span or up to two days before, and the few that last longer."""
    starts, ends = col(Refusal.starts_at), col(Refusal.ends_at)
    before_its_end, after_its_start = starts < instant(span.end), ends > instant(span.start)
    lately = sa.and_(starts > instant(span.start - SHORT), before_its_end)
    long_ago = sa.and_(lasts_over_two_days(starts, ends), after_its_start, before_its_end)
    return [after_its_start, sa.or_(lately, long_ago)]


def _booked_after_all() -> sa.ColumnElement[bool]:
    """Whether the same organisation soon booked as long a time on the same instrument.

    The offset keeps PostgreSQL from joining with every booking there ever was: each is a seek.
    """
    wanted = seconds_between(col(Refusal.starts_at), col(Refusal.ends_at))
    answers = sa.select(col(Reservation.id)).where(
        col(Reservation.organisation_id) == col(Refusal.organisation_id),
        col(Reservation.instrument_id) == col(Refusal.instrument_id),
        # Together with it is no answer to it: what was free of a series was asked for as well.
        col(Reservation.created_at) > col(Refusal.asked_at),
        col(Reservation.created_at) <= later_by(col(Refusal.asked_at), _SOON),
        seconds_between(col(Reservation.starts_at), col(Reservation.ends_at)) >= wanted,
        col(Reservation.state).not_in(_NEVER_HAD),
    )
    return answers.offset(0).exists()


def _waited_instead() -> sa.ColumnElement[bool]:
    """Whether it soon joined a line for that time there: its place tells what became of it."""
    return sa.exists().where(
        col(WaitlistEntry.organisation_id) == col(Refusal.organisation_id),
        col(WaitlistChoice.entry_id) == col(WaitlistEntry.id),
        col(WaitlistChoice.instrument_id) == col(Refusal.instrument_id),
        col(WaitlistEntry.starts_at) <= col(Refusal.starts_at),
        col(WaitlistEntry.ends_at) >= col(Refusal.ends_at),
        col(WaitlistEntry.joined_at) >= col(Refusal.asked_at),
        col(WaitlistEntry.joined_at) <= later_by(col(Refusal.asked_at), _SOON),
    )


def waited_in(session: Session, sight: Sight, span: TimeSpan) -> Iterator[Wanted]:
    """Places that ended without any offer."""
    starts, ends = col(WaitlistEntry.starts_at), col(WaitlistEntry.ends_at)
    offered = sa.exists().where(col(WaitlistOffer.entry_id) == col(WaitlistEntry.id))
    entry, choice = col(WaitlistChoice.entry_id), col(WaitlistChoice.id)
    place = sa.func.row_number().over(partition_by=entry, order_by=choice) - 1
    places = (
        sa.select(
            choice,
            col(WaitlistChoice.instrument_id),
            epoch_seconds(starts),
            epoch_seconds(ends),
            col(WaitlistEntry.minutes),
            place.label("place"),
            sa.func.count().over(partition_by=entry).label("among"),
        )
        .join(WaitlistEntry, col(WaitlistEntry.id) == entry)
        .where(
            starts < instant(span.end),
            ends > instant(span.start),
            col(WaitlistEntry.state) == EntryState.EXPIRED,
            ~offered,
        )
        .subquery("places")
    )
    asked = _of_sight(
        sa.select(*places.c).join(INSTRUMENT, INSTRUMENT.c.id == places.c.instrument_id), sight
    )
    rows = session.connection().execute(asked)
    for record, instrument_id, start, end, minutes, position, among in rows:
        seconds = fair_share(minutes * 60, position, among)
        yield Wanted(record, instrument_id, start, end, seconds, Unmet.WAITED)


def refusals_named(session: Session, ids: Collection[int]) -> Mapping[int, Wish]:
    """Refusals in words, by their ids."""
    asked = (
        sa.select(
            col(Refusal.id),
            *_NAMES,
            col(Refusal.external),
            col(Refusal.starts_at),
            col(Refusal.ends_at),
            col(Refusal.asked_at),
            col(Refusal.lack),
            col(Refusal.codes),
        )
        .join(Instrument, col(Instrument.id) == col(Refusal.instrument_id))
        .join(Organisation, col(Organisation.id) == col(Refusal.organisation_id))
        .where(col(Refusal.id).in_(ids))
    )
    return {
        key: _wish(rest, Unmet(lack.value), tuple(codes))
        for key, *rest, lack, codes in session.execute(asked)
    }


def places_named(session: Session, ids: Collection[int]) -> Mapping[int, Wish]:
    """Places in a line in words, by the ids of their choices."""
    outside = col(WaitlistEntry.organisation_id) != col(Lab.organisation_id)
    asked = (
        sa.select(
            col(WaitlistChoice.id),
            *_NAMES,
            outside,
            col(WaitlistEntry.starts_at),
            col(WaitlistEntry.ends_at),
            col(WaitlistEntry.joined_at),
        )
        .join(WaitlistEntry, col(WaitlistEntry.id) == col(WaitlistChoice.entry_id))
        .join(Instrument, col(Instrument.id) == col(WaitlistChoice.instrument_id))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(Organisation, col(Organisation.id) == col(WaitlistEntry.organisation_id))
        .where(col(WaitlistChoice.id).in_(ids))
    )
    return {key: _wish(rest, Unmet.WAITED, ()) for key, *rest in session.execute(asked)}


def _wish(row: Sequence[Any], why: Unmet, codes: tuple[str, ...]) -> Wish:
    instrument_id, instrument, instrument_en, organisation, organisation_en, *rest = row
    external, start, end, asked_at = rest
    return Wish(
        instrument_id=instrument_id,
        instrument_name=instrument,
        organisation_name=organisation,
        external=external,
        span=TimeSpan(start, end),
        why=why,
        codes=codes,
        asked_at=asked_at,
        instrument_name_en=instrument_en,
        organisation_name_en=organisation_en,
    )
