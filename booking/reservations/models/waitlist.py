"""Who waits for which time, and what was offered to whom."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.instruments.rules.terms import ServiceMode
from booking.reservations.states import EntryState, OfferState

_WAITING = sa.text("state = 'waiting'")
_OPEN = sa.text("state = 'open'")


class WaitlistEntry(Row, table=True):
    """A place in line: `minutes` within `[starts_at, ends_at)` on one of the chosen instruments.

    Whoever waits for one span has the whole of it as length. Served in the order of joining.
    """

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        sa.CheckConstraint(
            "starts_at <= last_start_at AND last_start_at < ends_at", name="in_order"
        ),
        sa.Index(
            "ix_waitlist_entry_waiting",
            "last_start_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    holder_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int
    # From then on the length no longer fits: waiting is over.
    last_start_at: datetime = Field(sa_type=UtcDateTime)
    mode: ServiceMode = Field(sa_type=EnumText(ServiceMode))
    purpose: str = Field(max_length=200)
    samples: int = 0
    # As a booking has them: pieces by name, and the operators and accessories that were asked for.
    consumables: dict[str, int] = Field(
        default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": "{}"}
    )
    helper_ids: list[int] = Field(
        default_factory=list, sa_type=Json, sa_column_kwargs={"server_default": "[]"}
    )
    state: EntryState = Field(default=EntryState.WAITING, sa_type=EnumText(EntryState))
    joined_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WaitlistChoice(Row, table=True):
    """One of the instruments that would do."""

    __tablename__ = "waitlist_choice"
    __table_args__ = (sa.UniqueConstraint("entry_id", "instrument_id"),)

    entry_id: int = Field(foreign_key="waitlist_entry.id", sa_type=Id)
    instrument_id: int = Field(foreign_key="instrument.id", index=True, sa_type=Id)


class WaitlistOffer(Row, table=True):
    """Time that is held for one in line until `lapses_at`; an entry has at most one open."""

    __tablename__ = "waitlist_offer"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="not_empty"),
        sa.Index(
            "uq_waitlist_offer_open",
            "entry_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index(
            "ix_waitlist_offer_lapsing",
            "lapses_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    entry_id: int = Field(foreign_key="waitlist_entry.id", sa_type=Id)
    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    offered_at: datetime = Field(sa_type=UtcDateTime)
    lapses_at: datetime = Field(sa_type=UtcDateTime)
    # What it would cost by the price list of when it was offered.
    total_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    state: OfferState = Field(default=OfferState.OPEN, sa_type=EnumText(OfferState))
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reservation_id: int | None = Field(default=None, foreign_key="reservation.id", sa_type=Id)
