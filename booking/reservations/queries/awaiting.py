"""What waits for the answer of those who have booked: everything of it, soonest over first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.instrument import Instrument
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.proposal import ReservationProposal, ReservationSwap
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.states import AskState, OfferState, State

_MOST: Final = 50


class AnswerTo(StrEnum):
    """What an answer is awaited to."""

    PROPOSAL = "proposal"
    SWAP = "swap"
    OFFER = "offer"
    USE = "use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A question, the time that it is about, until when it can be answered; an offer is of no
    booking yet, and silence about a use may not be counted yet."""

    to: AnswerTo
    number: str
    instrument_name: str
    instrument_name_en: str
    span: TimeSpan
    until: datetime | None


def awaited_of(session: Session, actor: Actor, *, whole_company: bool) -> Sequence[Awaited]:
    """Of a person's own bookings, or of all whose answers the person may give."""
    whose = _answered_by(actor, whole_company)
    rows = sa.union_all(
        _proposals().where(whose), _swaps().where(whose), _uses().where(whose), _offers(actor)
    ).subquery()
    order = (rows.c.until.is_(None), rows.c.until, rows.c.number)
    found = session.execute(sa.select(rows).order_by(*order).limit(_MOST))
    return [
        Awaited(
            to=AnswerTo(row.kind),
            number=row.number,
            instrument_name=row.name,
            instrument_name_en=row.name_en,
            span=TimeSpan(row.starts_at, row.ends_at),
            until=row.until,
        )
        for row in found
    ]


def _answered_by(actor: Actor, whole_company: bool) -> sa.ColumnElement[bool]:  # noqa: FBT001 - told apart by its caller
    mine = sa.and_(
        col(Reservation.holder_id) == actor.id,
        col(Reservation.organisation_id).in_(sorted(actor.organisation_ids)),
    )
    if not whole_company:
        return mine
    managed = actor.reach(Permission.ORGANISATION_MANAGE).organisation_ids
    using = actor.reach(Permission.RESERVATION_USE).organisation_ids
    return sa.or_(mine, col(Reservation.organisation_id).in_(sorted(managed & using)))


def _row(
    to: AnswerTo, *, number: Any, span: tuple[Any, Any], until: Any
) -> sa.Select[*tuple[Any, ...]]:
    starts_at, ends_at = span
    return sa.select(
        sa.literal(to.value).label("kind"),
        number.label("number"),
        col(Instrument.name).label("name"),
        col(Instrument.name_en).label("name_en"),
        starts_at.label("starts_at"),
        ends_at.label("ends_at"),
        until.label("until"),
    )


def _proposals() -> sa.Select[*tuple[Any, ...]]:
    one = ReservationProposal
    span = (col(one.starts_at), col(one.ends_at))
    return (
        _row(AnswerTo.PROPOSAL, number=col(Reservation.number), span=span, until=col(one.lapses_at))
        .select_from(one)
        .join(Reservation, col(Reservation.id) == col(one.reservation_id))
        .join(Instrument, col(Instrument.id) == col(one.instrument_id))
        .where(col(one.state) == AskState.OPEN)
    )


def _swaps() -> sa.Select[*tuple[Any, ...]]:
    """Of the side that is asked; the time is that of whoever asks, and all that is told of them."""
    theirs, one = aliased(Reservation), ReservationSwap
    span = (col(theirs.starts_at), col(theirs.ends_at))
    return (
        _row(AnswerTo.SWAP, number=col(Reservation.number), span=span, until=col(one.lapses_at))
        .select_from(one)
        .join(Reservation, col(Reservation.id) == col(one.asked_id))
        .join(theirs, col(theirs.id) == col(one.asking_id))
        .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
        .where(col(one.state) == AskState.OPEN)
    )


def _uses() -> sa.Select[*tuple[Any, ...]]:
    span = (col(Reservation.starts_at), col(Reservation.ends_at))
    return (
        _row(
            AnswerTo.USE,
            number=col(Reservation.number),
            span=span,
            until=col(UsageSession.confirm_by),
        )
        .select_from(Reservation)
        .join(UsageSession, col(UsageSession.reservation_id) == col(Reservation.id))
        .join(Instrument, col(Instrument.id) == col(Reservation.instrument_id))
        .where(
            col(Reservation.state) == State.COMPLETED,
            col(UsageSession.user_confirmed_at).is_(None),
        )
    )


def _offers(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    one = WaitlistOffer
    span = (col(one.starts_at), col(one.ends_at))
    return (
        _row(AnswerTo.OFFER, number=sa.literal(""), span=span, until=col(one.lapses_at))
        .select_from(one)
        .join(WaitlistEntry, col(WaitlistEntry.id) == col(one.entry_id))
        .join(Instrument, col(Instrument.id) == col(one.instrument_id))
        .where(col(one.state) == OfferState.OPEN, col(WaitlistEntry.holder_id) == actor.id)
    )
