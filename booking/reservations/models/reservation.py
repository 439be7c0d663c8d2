"""A reservation: whose time on what, at which price, in which state."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.instruments.rules.terms import ServiceMode
from booking.reservations.states import State


def _partial(name: str, *columns: str, when: str) -> sa.Index:
    """An index over the few rows that a sweep or a count looks at, however long the history."""
    condition = sa.text(when)
    return sa.Index(
        f"ix_reservation_{name}", *columns, sqlite_where=condition, postgresql_where=condition
    )


class Reservation(Row, table=True):
    """`[starts_at, ends_at)` without buffers; the hold has them. Prices are a snapshot."""

    __tablename__ = "reservation"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="not_empty"),
        sa.CheckConstraint("quoted_fen >= 0 AND fee_fen >= 0", name="amounts"),
        sa.CheckConstraint("given_back_fen >= 0", name="given_back"),
        sa.Index(None, "instrument_id", "starts_at"),
        sa.Index(None, "organisation_id", "starts_at"),
        sa.Index(None, "holder_id", "starts_at"),
        # Whether an organisation that was refused booked there soon after.
        sa.Index(None, "instrument_id", "organisation_id", "created_at"),
        sa.Index(None, "state", "ends_at"),
        _partial("undecided", "decide_by", when="state = 'requested'"),
        _partial("awaited", "missed_from", when="state = 'confirmed'"),
        _partial(
            "open",
            "organisation_id",
            "instrument_id",
            when="state IN ('requested', 'confirmed', 'in_use')",
        ),
        _partial("series_id", "series_id", when="series_id IS NOT NULL"),
        _partial("joint_id", "joint_id", when="joint_id IS NOT NULL"),
        # The few that last longer than two days: whoever looks back so far need not look further.
        sa.Index(
            "ix_reservation_long",
            "instrument_id",
            "ends_at",
            sqlite_where=sa.text("ends_at - starts_at > 172800000000"),
            postgresql_where=sa.text("ends_at - starts_at > INTERVAL '48 hours'"),
        ),
    )

    number: str = Field(max_length=24, unique=True)
    # Booked together with others; each of them lives its own life.
    series_id: int | None = Field(default=None, foreign_key="reservation_series.id", sa_type=Id)
    # A step of a joint booking; the others are on other instruments.
    joint_id: int | None = Field(default=None, foreign_key="joint_booking.id", sa_type=Id)
    # So long after the end of the step before it, at the least.
    joint_pause_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    unit_id: int = Field(foreign_key="unit.id", sa_type=Id)
    # The using organisation and the person in it; the lab is the instrument's.
    organisation_id: int = Field(foreign_key="organisation.id", sa_type=Id)
    holder_id: int = Field(foreign_key="person.id", sa_type=Id)
    mode: ServiceMode = Field(sa_type=EnumText(ServiceMode))
    purpose: str = Field(max_length=200)
    samples: int = 0
    # Pieces by their name in the price list, as far as it was known when booking.
    consumables: dict[str, int] = Field(
        default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": "{}"}
    )
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    state: State = Field(sa_type=EnumText(State))
    version: int = 1
    # Outside the owning legal person when the booking was made: external hours (对外服务机时).
    external: bool = True
    customer_class: str = Field(max_length=16)
    # Empty when the lab had said nothing and the defaults held.
    policy_id: int | None = Field(default=None, foreign_key="booking_policy.id", sa_type=Id)
    tariff_id: int = Field(foreign_key="tariff.id", sa_type=Id)
    # The quote shown when booking: {"lines": [...], "total": "…"}.
    quote: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    quoted_fen: int = Field(default=0, sa_type=sa.BigInteger)
    fee_fen: int = Field(default=0, sa_type=sa.BigInteger)
    # Owed with the use, for time that was given back late.
    given_back_fen: int = Field(
        default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"}
    )
    # Requests lapse, no-shows count and silence confirms at these moments: jobs sweep by range.
    decide_by: datetime | None = Field(default=None, sa_type=UtcDateTime)
    missed_from: datetime = Field(sa_type=UtcDateTime)
    free_cancel_until: datetime = Field(sa_type=UtcDateTime)
    # Changed when giving it back cost something already: it does so still, though the lab may have
    # to decide again.
    stays_late: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    override_reason: str = Field(default="", max_length=500)
    state_reason: str = Field(default="", max_length=500)
    # Cancelled after the deadline: its time still counts against quotas.
    late: bool = False
    created_by: int = Field(foreign_key="person.id", sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
