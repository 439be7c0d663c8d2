"""What is asked of those who have booked: another time by the lab, an exchange by somebody else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.instruments.models.hold import SlotHold
from booking.instruments.models.instrument import Instrument
from booking.instruments.states import InstrumentState
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.proposal import ReservationProposal, ReservationSwap
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.loading import Loaded, locked, reservations
from booking.reservations.states import AskState, State

_OTHER = sa.orm.aliased(Reservation)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSeen:
    """Another time that the lab proposes, as its booking's page shows it."""

    id: int
    instrument_id: int
    instrument_name: str
    instrument_name_en: str
    span: TimeSpan
    reason: str
    lapses_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapSeen:
    """An exchange as one side sees it: the other's time, and nothing else of them."""

    id: int
    is_asking: bool
    wanted: TimeSpan
    lapses_at: datetime


def reservations_for_update(session: Session, ids: Collection[int]) -> dict[int, Loaded]:
    """Several reservations, locked in order of id, so that two who want the same never wait in
    a ring."""
    asked = reservations().where(col(Reservation.id).in_(sorted(ids)))
    rows = session.execute(locked(asked.order_by(col(Reservation.id)))).all()
    return {row[0].key: Loaded(*row) for row in rows}


def reservations_by_id(session: Session, ids: Collection[int]) -> dict[int, Loaded]:
    """The same to look at only."""
    rows = session.execute(reservations().where(col(Reservation.id).in_(sorted(ids)))).all()
    return {row[0].key: Loaded(*row) for row in rows}


def proposal_named(session: Session, proposal_id: int) -> tuple[ReservationProposal, str]:
    """A proposal and the number of its booking, to be locked by that."""
    asked = (
        sa.select(ReservationProposal, col(Reservation.number))
        .join(Reservation, col(Reservation.id) == col(ReservationProposal.reservation_id))
        .where(col(ReservationProposal.id) == proposal_id)
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        raise NotFound(proposal_id=proposal_id)
    return row[0], row[1]


def open_proposal_of(session: Session, reservation_id: int) -> ReservationProposal | None:
    """What is proposed for a booking at the moment; at most one, by the database."""
    return open_proposals_of(session, [reservation_id]).get(reservation_id)


def open_proposals_of(
    session: Session, reservation_ids: Collection[int]
) -> dict[int, ReservationProposal]:
    """The same for several, by booking; those without one are left out."""
    asked = sa.select(ReservationProposal).where(
        col(ReservationProposal.reservation_id).in_(sorted(reservation_ids)),
        sa.text("reservation_proposal.state = 'open'"),
    )
    rows = session.execute(asked.execution_options(populate_existing=True)).scalars()
    return {one.reservation_id: one for one in rows}


def units_of_proposal(session: Session, proposal_id: int) -> tuple[int, ...]:
    """The units on which a proposal holds time."""
    asked = sa.select(col(SlotHold.unit_id)).where(col(SlotHold.proposal_id) == proposal_id)
    return tuple(session.execute(asked.order_by(col(SlotHold.unit_id))).scalars())


def lapsed_proposals(
    session: Session, now: datetime
) -> Sequence[tuple[ReservationProposal, Loaded]]:
    """Open proposals whose time is over; those somebody is answering are left to them."""
    asked = (
        reservations()
        .join(ReservationProposal, col(ReservationProposal.reservation_id) == col(Reservation.id))
        .add_columns(ReservationProposal)
        .where(
            sa.text("reservation_proposal.state = 'open'"),
            col(ReservationProposal.lapses_at) <= now,
        )
        .order_by(col(ReservationProposal.lapses_at), col(ReservationProposal.id))
    )
    rows = session.execute(locked(asked, skip=True)).all()
    return [(row[3], Loaded(*row[:3])) for row in rows]


def swap_named(session: Session, swap_id: int, *, lock: bool = False) -> ReservationSwap:
    """An exchange; its bookings are locked before it is."""
    asked = sa.select(ReservationSwap).where(col(ReservationSwap.id) == swap_id)
    if lock:
        asked = asked.with_for_update()
    found: ReservationSwap | None = session.execute(
        asked.execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(swap_id=swap_id)
    return found


def open_swaps_with(
    session: Session, reservation_ids: Collection[int]
) -> Sequence[ReservationSwap]:
    """The open exchanges that any of some bookings has part in, locked in order of id."""
    ids = sorted(reservation_ids)
    asked = (
        sa.select(ReservationSwap)
        .where(
            sa.text("reservation_swap.state = 'open'"),
            sa.or_(col(ReservationSwap.asking_id).in_(ids), col(ReservationSwap.asked_id).in_(ids)),
        )
        .order_by(col(ReservationSwap.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.execute(asked).scalars().all()


def lapsed_swaps(session: Session, now: datetime) -> Sequence[ReservationSwap]:
    """Open exchanges whose time is over; those somebody is answering are left to them."""
    asked = (
        sa.select(ReservationSwap)
        .where(sa.text("reservation_swap.state = 'open'"), col(ReservationSwap.lapses_at) <= now)
        .order_by(col(ReservationSwap.lapses_at), col(ReservationSwap.id))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.execute(asked).scalars().all()


def asks_for_swap(session: Session, reservation_id: int) -> bool:
    """Whether a booking asks for an exchange already."""
    asked = sa.exists().where(
        col(ReservationSwap.asking_id) == reservation_id,
        sa.text("reservation_swap.state = 'open'"),
    )
    return bool(session.execute(sa.select(asked)).scalar())


def booked_by_others(
    session: Session, instrument_id: int, span: TimeSpan, *, but: int
) -> Sequence[tuple[int, TimeSpan]]:
    """Promised bookings of an instrument in a span, apart from all of a booking's holder."""
    holder = sa.select(col(_OTHER.holder_id)).where(col(_OTHER.id) == but).scalar_subquery()
    asked = (
        sa.select(col(Reservation.id), col(Reservation.starts_at), col(Reservation.ends_at))
        .where(
            col(Reservation.instrument_id) == instrument_id,
            col(Reservation.state) == State.CONFIRMED,
            col(Reservation.starts_at) < span.end,
            col(Reservation.ends_at) > span.start,
            col(Reservation.holder_id) != holder,
        )
        .order_by(col(Reservation.starts_at), col(Reservation.id))
    )
    return [(row[0], TimeSpan(row[1], row[2])) for row in session.execute(asked)]


def instruments_of_lab(session: Session, lab_id: int) -> Sequence[tuple[int, str, str]]:
    """What a lab could propose time on: number, name, English name."""
    asked = (
        sa.select(col(Instrument.id), col(Instrument.name), col(Instrument.name_en))
        .where(col(Instrument.lab_id) == lab_id, col(Instrument.state) == InstrumentState.PUBLISHED)
        .order_by(col(Instrument.name), col(Instrument.id))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked)]


def proposal_seen(session: Session, reservation_id: int) -> ProposalSeen | None:
    """The open proposal for a booking with the name of its instrument."""
    asked = (
        sa.select(ReservationProposal, col(Instrument.name), col(Instrument.name_en))
        .join(Instrument, col(Instrument.id) == col(ReservationProposal.instrument_id))
        .where(
            col(ReservationProposal.reservation_id) == reservation_id,
            col(ReservationProposal.state) == AskState.OPEN,
        )
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        return None
    one, name, name_en = row
    return ProposalSeen(
        id=one.key,
        instrument_id=one.instrument_id,
        instrument_name=name,
        instrument_name_en=name_en,
        span=TimeSpan(one.starts_at, one.ends_at),
        reason=one.reason,
        lapses_at=one.lapses_at,
    )


def swaps_seen(session: Session, reservation_id: int) -> Sequence[SwapSeen]:
    """The open exchanges of a booking, as its people see them."""
    asked = (
        sa.select(
            col(ReservationSwap.id),
            col(ReservationSwap.asking_id),
            col(ReservationSwap.lapses_at),
            col(Reservation.starts_at),
            col(Reservation.ends_at),
        )
        .join(
            Reservation,
            sa.or_(
                sa.and_(
                    col(ReservationSwap.asking_id) == reservation_id,
                    col(Reservation.id) == col(ReservationSwap.asked_id),
                ),
                sa.and_(
                    col(ReservationSwap.asked_id) == reservation_id,
                    col(Reservation.id) == col(ReservationSwap.asking_id),
                ),
            ),
        )
        .where(col(ReservationSwap.state) == AskState.OPEN)
        .order_by(col(ReservationSwap.id))
    )
    return [
        SwapSeen(
            id=row.id,
            is_asking=row.asking_id == reservation_id,
            wanted=TimeSpan(row.starts_at, row.ends_at),
            lapses_at=row.lapses_at,
        )
        for row in session.execute(asked)
    ]


def number_of_proposal(session: Session, proposal_id: int) -> str:
    """The number of the booking that a proposal is for."""
    return proposal_named(session, proposal_id)[1]


def number_of_swap(session: Session, swap_id: int) -> str:
    """The number of the booking that asks for an exchange."""
    asked = (
        sa.select(col(Reservation.number))
        .join(ReservationSwap, col(ReservationSwap.asking_id) == col(Reservation.id))
        .where(col(ReservationSwap.id) == swap_id)
    )
    return str(session.execute(asked).scalar_one())
