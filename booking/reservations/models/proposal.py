"""What is asked of those who have booked: another time by the lab, an exchange by somebody else."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, UtcDateTime
from booking.reservations.states import AskState

_OPEN = sa.text("state = 'open'")


def _open_only(name: str, column: str, *, unique: bool = False) -> sa.Index:
    return sa.Index(name, column, unique=unique, sqlite_where=_OPEN, postgresql_where=_OPEN)


class ReservationProposal(Row, table=True):
    """`[starts_at, ends_at)` on an instrument of the same lab instead of what is booked.

    It is held while the proposal is open; what the booking itself holds of it is not held twice.
    A booking has at most one that is open.
    """

    __tablename__ = "reservation_proposal"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="not_empty"),
        _open_only("uq_reservation_proposal_open", "reservation_id", unique=True),
        _open_only("ix_reservation_proposal_lapsing", "lapses_at"),
    )

    reservation_id: int = Field(foreign_key="reservation.id", sa_type=Id)
    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    unit_id: int = Field(foreign_key="unit.id", sa_type=Id)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(max_length=500)
    proposed_by: int = Field(foreign_key="person.id", sa_type=Id)
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    lapses_at: datetime = Field(sa_type=UtcDateTime)
    state: AskState = Field(default=AskState.OPEN, sa_type=EnumText(AskState))
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReservationSwap(Row, table=True):
    """Two bookings of one instrument whose holders may exchange their times.

    Each side learns the other's time, and nothing else. Nothing is held: both have what they have.
    A booking asks for at most one exchange at once, and may be asked for several.
    """

    __tablename__ = "reservation_swap"
    __table_args__ = (
        sa.CheckConstraint("asking_id <> asked_id", name="two"),
        _open_only("uq_reservation_swap_open", "asking_id", unique=True),
        _open_only("ix_reservation_swap_asked", "asked_id"),
        _open_only("ix_reservation_swap_lapsing", "lapses_at"),
    )

    asking_id: int = Field(foreign_key="reservation.id", sa_type=Id)
    asked_id: int = Field(foreign_key="reservation.id", sa_type=Id)
    asked_by: int = Field(foreign_key="person.id", sa_type=Id)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    lapses_at: datetime = Field(sa_type=UtcDateTime)
    state: AskState = Field(default=AskState.OPEN, sa_type=EnumText(AskState))
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
