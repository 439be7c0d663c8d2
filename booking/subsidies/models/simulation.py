"""What-ifs that somebody asked to be kept: what was asked, of which inputs, and the answer."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime
from booking.subsidies.states import SimulationState


class Simulation(Row, table=True):
    """Programmes tried on a past period beside today's; nothing in it pays anybody."""

    __tablename__ = "simulation"
    __table_args__ = (
        sa.CheckConstraint("done >= 0 AND total >= 0", name="counts"),
        sa.CheckConstraint("state <> 'done' OR inputs_sha256 <> ''", name="hashed"),
        sa.Index(None, "state"),
    )

    period: str = Field(max_length=16)
    # {"programmes": documents, "joint_caps": documents}, exactly as they were tried.
    asked: dict[str, object] = Field(sa_type=Json)
    state: SimulationState = Field(
        default=SimulationState.QUEUED, sa_type=EnumText(SimulationState)
    )
    done: int = 0
    total: int = 0
    inputs_sha256: str = Field(default="", max_length=64)
    result: dict[str, object] | None = Field(default=None, sa_type=Json)
    error: str = Field(default="", max_length=120)
    asked_by: int | None = Field(default=None, sa_type=Id)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
