"""Refused requests and places in vain, whose instruments are in sight; see decision 0061."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from booking.db.expressions import instant, seconds_between
from booking.instruments.models.instrument import Instrument
from booking.kernel.timespan import TimeSpan
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.refusal import Refusal
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.waitlist import WaitlistChoice, WaitlistEntry, WaitlistOffer
from booking.reservations.rules.refusal import ANSWERED_WITHIN_HOURS, FOR_LACK_OF_TIME
from booking.reservations.states import EntryState, State
from booking.utilisation.queries.cutting import KNOWN
from booking.utilisation.queries.kept import Sight, conditions
from booking.utilisation.rules.unmet import Unmet, Wanted, fair_share

_SOON: Final = ANSWERED_WITHIN_HOURS * 3600
_NEVER_HAD: Final = (State.REJECTED, State.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A refusal or a place in vain, and who wanted what of which instrument."""

    wanted: Wanted
    instrument_name: str
    organisation_name: str
    external: bool
    codes: tuple[str, ...]
    asked_at: datetime
    # What they are called on English pages; not everything has an English name.
    instrument_name_en: str = ""
    organisation_name_en: str = ""

    @property
    def instrument_id(self) -> int:
        return self.wanted.instrument_id


def refused_in(session: Session, sight: Sight, span: TimeSpan) -> list[Wish]:
    """Refused for lack of time, and not answered otherwise soon after; the latest first."""
    asked = (
        sa.select(
            col(Instrument.id),
            col(Instrument.name),
            col(Organisation.name),
            col(Refusal.external),
            col(Refusal.starts_at),
            col(Refusal.ends_at),
            col(Refusal.lack),
            col(Refusal.codes),
            col(Refusal.asked_at),
            col(Instrument.name_en),
            col(Organisation.name_en),
        )
        .join(Instrument, col(Instrument.id) == col(Refusal.instrument_id))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(Organisation, col(Organisation.id) == col(Refusal.organisation_id))
        .where(
            col(Instrument.state).in_(KNOWN),
            *conditions(sight),
            col(Refusal.starts_at) < instant(span.end),
            col(Refusal.ends_at) > instant(span.start),
            col(Refusal.lack).in_(FOR_LACK_OF_TIME),
            ~_booked_after_all(),
            ~_waited_instead(),
        )
        .order_by(col(Refusal.starts_at).desc(), col(Refusal.id).desc())
    )
    return [_refused(tuple(row)) for row in session.execute(asked)]


def _booked_after_all() -> sa.ColumnElement[bool]:
    """Whether the same organisation soon booked as long a time on the same instrument."""
    wanted = seconds_between(col(Refusal.starts_at), col(Refusal.ends_at))
    return sa.exists().where(
        col(Reservation.organisation_id) == col(Refusal.organisation_id),
        col(Reservation.instrument_id) == col(Refusal.instrument_id),
        # Together with it is no answer to it: what was free of a series was asked for as well.
        col(Reservation.created_at) > col(Refusal.asked_at),
        # Said for the index: whoever books afterwards books what is still to come.
        col(Reservation.starts_at) > col(Refusal.asked_at),
        seconds_between(col(Refusal.asked_at), col(Reservation.created_at)) <= _SOON,
        seconds_between(col(Reservation.starts_at), col(Reservation.ends_at)) >= wanted,
        col(Reservation.state).not_in(_NEVER_HAD),
    )


def _waited_instead() -> sa.ColumnElement[bool]:
    """Whether it soon joined a line for that time there: its place tells what became of it."""
    return sa.exists().where(
        col(WaitlistEntry.organisation_id) == col(Refusal.organisation_id),
        col(WaitlistChoice.entry_id) == col(WaitlistEntry.id),
        col(WaitlistChoice.instrument_id) == col(Refusal.instrument_id),
        col(WaitlistEntry.starts_at) <= col(Refusal.starts_at),
        col(WaitlistEntry.ends_at) >= col(Refusal.ends_at),
        col(WaitlistEntry.joined_at) >= col(Refusal.asked_at),
        seconds_between(col(Refusal.asked_at), col(WaitlistEntry.joined_at)) <= _SOON,
    )


def _refused(row: Sequence[Any]) -> Wish:
    instrument_id, instrument, organisation, external, start, end, *rest = row
    lack, codes, asked_at, instrument_en, organisation_en = rest
    span = TimeSpan(start, end)
    seconds = int(span.length.total_seconds())
    return Wish(
        wanted=Wanted(instrument_id, span, seconds, Unmet(lack.value)),
        instrument_name=instrument,
        organisation_name=organisation,
        external=external,
        codes=tuple(codes),
        asked_at=asked_at,
        instrument_name_en=instrument_en,
        organisation_name_en=organisation_en,
    )


def waited_in(session: Session, sight: Sight, span: TimeSpan) -> list[Wish]:
    """Places that ended without any offer; the latest first."""
    other = aliased(WaitlistChoice)
    choices = sa.select(sa.func.count()).where(col(other.entry_id) == col(WaitlistEntry.id))
    among = choices.scalar_subquery()
    before = choices.where(col(other.id) < col(WaitlistChoice.id)).scalar_subquery()
    offered = sa.exists().where(col(WaitlistOffer.entry_id) == col(WaitlistEntry.id))
    asked = (
        sa.select(
            col(Instrument.id),
            col(Instrument.name),
            col(Organisation.name),
            col(WaitlistEntry.organisation_id) != col(Lab.organisation_id),
            col(WaitlistEntry.starts_at),
            col(WaitlistEntry.ends_at),
            col(WaitlistEntry.minutes),
            before,
            among,
            col(WaitlistEntry.joined_at),
            col(Instrument.name_en),
            col(Organisation.name_en),
        )
        .join(WaitlistChoice, col(WaitlistChoice.entry_id) == col(WaitlistEntry.id))
        .join(Instrument, col(Instrument.id) == col(WaitlistChoice.instrument_id))
        .join(Lab, col(Lab.id) == col(Instrument.lab_id))
        .join(Organisation, col(Organisation.id) == col(WaitlistEntry.organisation_id))
        .where(
            col(Instrument.state).in_(KNOWN),
            *conditions(sight),
            col(WaitlistEntry.starts_at) < instant(span.end),
            col(WaitlistEntry.ends_at) > instant(span.start),
            col(WaitlistEntry.state) == EntryState.EXPIRED,
            ~offered,
        )
        .order_by(col(WaitlistEntry.starts_at).desc(), col(WaitlistEntry.id).desc())
    )
    return [_waited(tuple(row)) for row in session.execute(asked)]


def _waited(row: Sequence[Any]) -> Wish:
    instrument_id, instrument, organisation, external, start, end, *rest = row
    minutes, place, among, joined_at, instrument_en, organisation_en = rest
    seconds = fair_share(minutes * 60, place, among)
    return Wish(
        wanted=Wanted(instrument_id, TimeSpan(start, end), seconds, Unmet.WAITED),
        instrument_name=instrument,
        organisation_name=organisation,
        external=external,
        codes=(),
        asked_at=joined_at,
        instrument_name_en=instrument_en,
        organisation_name_en=organisation_en,
    )
