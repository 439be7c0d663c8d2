"""Price lists: dated versions; a price used by a booking never changes under it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.instruments.rules.tariff import Basis


class Tariff(Row, table=True):
    """One version of an instrument's prices; `peak` and `classes` have the shapes of `api.md`."""

    __tablename__ = "tariff"
    __table_args__ = (
        sa.Index(
            "uq_tariff_instrument_id_valid_from",
            "instrument_id",
            "valid_from",
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
        sa.CheckConstraint("round_up_minutes BETWEEN 1 AND 1440", name="round_up"),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    valid_from: datetime = Field(sa_type=UtcDateTime)
    basis: Basis = Field(
        default=Basis.RESERVED,
        sa_type=EnumText(Basis),
    )
    round_up_minutes: int = 15
    vat_rate: str = Field(default="0.06", max_length=8)
    vat_included: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    peak: list[dict[str, object]] = Field(default_factory=list, sa_type=Json)
    # Class → {hour, steps, day, sample, staff_hour, minimum, free_minutes, late_cancel, no_show,
    # consumables}; amounts are yuan strings, as entered.
    classes: dict[str, dict[str, object]] = Field(default_factory=dict, sa_type=Json)
    created_by: int | None = Field(default=None, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Taken back before it began; bookings made under it meanwhile keep it.
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def stands(versions: sa.FromClause) -> sa.ColumnElement[bool]:
    """Those of a table of price lists or booking rules that nobody withdrew."""
    return versions.c.withdrawn_at.is_(None)
