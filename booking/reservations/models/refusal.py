"""Time that was asked for and not given."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.reservations.rules.refusal import Lack

_FOR_LACK: Final = sa.text("lack <> 'other'")
_OTHERWISE: Final = sa.text("lack = 'other'")


class Refusal(Row, table=True):
    """Written once, for an organisation and no person: who asks again for the same and is refused
    for the same reasons asks once, and who lacks time lacks it once."""

    __tablename__ = "refusal"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="not_empty"),
        sa.Index(
            "uq_refusal_for_lack",
            *("instrument_id", "starts_at", "ends_at", "organisation_id"),
            unique=True,
            sqlite_where=_FOR_LACK,
            postgresql_where=_FOR_LACK,
        ),
        sa.Index(
            "uq_refusal_otherwise",
            *("instrument_id", "starts_at", "ends_at", "organisation_id", "codes"),
            unique=True,
            sqlite_where=_OTHERWISE,
            postgresql_where=_OTHERWISE,
        ),
        sa.Index(None, "starts_at"),
        # The few that last longer than two days: whoever looks back so far need not look further.
        sa.Index(
            "ix_refusal_long",
            "ends_at",
            sqlite_where=sa.text("ends_at - starts_at > 172800000000"),
            postgresql_where=sa.text("ends_at - starts_at > INTERVAL '48 hours'"),
        ),
    )

    instrument_id: int = Field(foreign_key="instrument.id", sa_type=Id)
    organisation_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Id)
    external: bool
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    codes: list[str] = Field(sa_type=Json)
    lack: Lack = Field(sa_type=EnumText(Lack))
    asked_at: datetime = Field(sa_type=UtcDateTime)
