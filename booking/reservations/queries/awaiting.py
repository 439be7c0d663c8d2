"""What waits for the answer of those who have booked: what is asked, soonest over first.

Uses to confirm have a page of their own; of them only the number is told.
"""

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

MOST: Final = 50
# Uses are not counted further.
_MOST_COUNTED: Final = 100


class AnswerTo(StrEnum):
    """What an answer is awaited to."""

    PROPOSAL = "proposal"
    SWAP = "swap"
    OFFER = "offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A question, the time that it is about, until when it can be answered; an offer is of no
    booking yet."""

    to: AnswerTo
    number: str
    instrument_name: str
    instrument_name_en: str
    span: TimeSpan
    until: datetime


@dataclass(frozen=True, slots=True)
class Awaiting:
    """The first questions, how many there are besides, and how many uses wait to be confirmed."""

    asked: tuple[Awaited, ...]
    more: int
    uses: int


def awaiting_of(
    session: Session, actor: Actor, *, whole_company: bool, most: int = MOST, offers: bool = True
) -> Awaiting:
    """Of a person's own bookings, or of all whose answers the person may give.

    Without `offers`, where these stand beside it.
    """
    whose = _answered_by(actor, whole_company)
    kinds = [_proposals().where(whose), _swaps().where(whose)]
    rows = sa.union_all(*kinds, *([_offers(actor)] if offers else [])).subquery()
    asked = sa.select(rows, sa.func.count().over().label("all"))
    found = session.execute(asked.order_by(rows.c.until, rows.c.number).limit(most)).all()
    uses = _uses().where(whose).limit(_MOST_COUNTED).subquery()
    return Awaiting(
        asked=tuple(_awaited(found)),
        more=found[0].all - len(found) if found else 0,
        uses=session.execute(sa.select(sa.func.count()).select_from(uses)).scalar_one(),
    )


def _awaited(rows: Sequence[Any]) -> Sequence[Awaited]:
    return [
        Awaited(
            to=AnswerTo(row.kind),
            number=row.number,
            instrument_name=row.name,
            instrument_name_en=row.name_en,
            span=TimeSpan(row.starts_at, row.ends_at),
            until=row.until,
        )
        for row in rows
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


def _uses() -> sa.Select[int | None]:
    return (
        sa.select(col(Reservation.id))
        .join(UsageSession, col(UsageSession.reservation_id) == col(Reservation.id))
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
