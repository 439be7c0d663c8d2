"""A person's own permissions and requests over all instruments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.types import UtcDateTime
from booking.instruments.models.tables import INSTRUMENT, POLICY
from booking.training.queries.tables import GRANT, REQUEST, SESSION
from booking.training.rules import End, end_of
from booking.training.states import OPEN, GrantState, RequestState

_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class OwnPermission:
    """On which instrument somebody may work alone, since when, and when that ends by itself."""

    instrument_id: int
    instrument: str
    instrument_en: str
    granted_at: datetime
    end: End | None

    def has_ended(self, now: datetime) -> bool:
        return self.end is not None and self.end.at <= now


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """What somebody asked for and what became of it."""

    id: int
    instrument_id: int
    instrument: str
    instrument_en: str
    state: RequestState
    reason: str
    asked_at: datetime
    starts_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


_VERSIONS: Final = POLICY.alias()
_UNUSED: Final = (
    sa.select(POLICY.c.training_unused_days)
    .where(
        POLICY.c.instrument_id == GRANT.c.instrument_id,
        POLICY.c.training_required,
        POLICY.c.valid_from
        == sa.select(sa.func.max(_VERSIONS.c.valid_from))
        .where(
            _VERSIONS.c.instrument_id == GRANT.c.instrument_id,
            _VERSIONS.c.valid_from <= sa.bindparam("now", type_=UtcDateTime()),
        )
        .correlate(GRANT)
        .scalar_subquery(),
    )
    .correlate(GRANT)
    .scalar_subquery()
)


def permissions_of(session: Session, person_id: int, now: datetime) -> Sequence[OwnPermission]:
    """Permissions in force, the newest first."""
    mine = (
        sa.select(
            *(GRANT.c.instrument_id, INSTRUMENT.c.name, INSTRUMENT.c.name_en),
            GRANT.c.granted_at,
            *(GRANT.c.valid_to, GRANT.c.practised_at, _UNUSED.label("unused")),
        )
        .select_from(GRANT.join(INSTRUMENT, INSTRUMENT.c.id == GRANT.c.instrument_id))
        .where(GRANT.c.person_id == person_id, GRANT.c.state == GrantState.IN_FORCE)
        .order_by(GRANT.c.id.desc())
        .limit(_MOST)
    )
    return [
        OwnPermission(
            row.instrument_id,
            row.name,
            row.name_en,
            row.granted_at,
            end_of(row.valid_to, row.practised_at, row.unused),
        )
        for row in session.execute(mine, {"now": now})
    ]


def requests_of(
    session: Session, person_id: int, *, before_id: int | None = None, limit: int = 50
) -> Sequence[OwnRequest]:
    """Requests in whatever state, the newest first."""
    mine = (
        sa.select(
            *(REQUEST.c.id, REQUEST.c.instrument_id, INSTRUMENT.c.name, INSTRUMENT.c.name_en),
            *(REQUEST.c.state, REQUEST.c.reason, REQUEST.c.asked_at, SESSION.c.starts_at),
        )
        .select_from(
            REQUEST.join(INSTRUMENT, INSTRUMENT.c.id == REQUEST.c.instrument_id).outerjoin(
                SESSION, SESSION.c.id == REQUEST.c.session_id
            )
        )
        .where(REQUEST.c.person_id == person_id)
    )
    if before_id is not None:
        mine = mine.where(REQUEST.c.id < before_id)
    return [
        OwnRequest(*row) for row in session.execute(mine.order_by(REQUEST.c.id.desc()).limit(limit))
    ]
