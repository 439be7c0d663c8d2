"""How a person stands with an instrument: what it needs, what was granted, what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.db.types import UtcDateTime
from booking.instruments.models.tables import INSTRUMENT, POLICY
from booking.instruments.models.tariff import stands
from booking.training.models import TrainingGrant
from booking.training.queries.tables import GRANT, REQUEST, SESSION
from booking.training.rules import End, end_of
from booking.training.states import OPEN, GrantState, RequestState


@dataclass(frozen=True, slots=True)
class Needs:
    """Whether the policy asks for training now or from a later version on; days of disuse now."""

    is_required: bool = False
    is_expected: bool = False
    unused_days: int | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission in force: its last day, and when it was last practised."""

    valid_to: date | None
    practised_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """The last request of a person; the session's span when it is on one."""

    id: int
    state: RequestState
    message: str
    reason: str
    asked_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    place: str | None
    trainer: str | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with an instrument at a moment."""

    needs: Needs
    permission: Permission | None
    end: End | None
    asked: Asked | None
    holds: bool


_PERSON: Final = sa.bindparam("person", type_=sa.BigInteger())
_INSTRUMENT: Final = sa.bindparam("instrument", type_=sa.BigInteger())
# Every booking of an instrument that needs training asks this, so it is built once.
_PERMISSION: Final = sa.select(GRANT.c.valid_to, GRANT.c.practised_at).where(
    GRANT.c.instrument_id == _INSTRUMENT,
    GRANT.c.person_id == _PERSON,
    sa.text("training_grant.state = 'in_force'"),
)


def permission_of(session: Session, instrument_id: int, person_id: int) -> Permission | None:
    """What somebody may still do there, whether or not it has ended by itself."""
    asked = {"instrument": instrument_id, "person": person_id}
    row = session.execute(_PERMISSION, asked).one_or_none()
    return None if row is None else Permission(*row)


def needs_of(session: Session, instrument_id: int, now: datetime) -> Needs:
    """What the policies of an instrument ask for."""
    versions = session.execute(
        sa.select(POLICY.c.valid_from, POLICY.c.training_required, POLICY.c.training_unused_days)
        .where(POLICY.c.instrument_id == instrument_id, stands(POLICY))
        .order_by(POLICY.c.valid_from.desc())
    ).all()
    current = next((row for row in versions if row.valid_from <= now), None)
    later = any(row.training_required for row in versions if row.valid_from > now)
    if current is None:
        return Needs(is_expected=later)
    return Needs(
        current.training_required,
        current.training_required or later,
        current.training_unused_days if current.training_required else None,
    )


def standing_of(session: Session, instrument_id: int, person_id: int, *, now: datetime) -> Standing:
    """Everything about one person and one instrument."""
    needs = needs_of(session, instrument_id, now)
    permission = permission_of(session, instrument_id, person_id)
    end = (
        end_of(permission.valid_to, permission.practised_at, needs.unused_days)
        if permission
        else None
    )
    holds = permission is not None and (end is None or end.at > now)
    return Standing(needs, permission, end, _last_asked(session, instrument_id, person_id), holds)


def open_request(session: Session, instrument_id: int, person_id: int) -> int | None:
    """The id of the request that is not decided."""
    asked = sa.select(REQUEST.c.id).where(
        REQUEST.c.instrument_id == instrument_id,
        REQUEST.c.person_id == person_id,
        REQUEST.c.state.in_(sorted(OPEN)),
    )
    return session.execute(asked).scalar_one_or_none()


def grant_in_force(session: Session, instrument_id: int, person_id: int) -> TrainingGrant | None:
    """The row itself, for somebody who holds the instrument's lock."""
    wanted = select(TrainingGrant).where(
        col(TrainingGrant.instrument_id) == instrument_id,
        col(TrainingGrant.person_id) == person_id,
        col(TrainingGrant.state) == GrantState.IN_FORCE,
    )
    return session.exec(wanted.execution_options(populate_existing=True)).one_or_none()


_CURRENT: Final = POLICY.alias()
_IN_FORCE_NOW: Final = (
    sa.select(sa.func.max(_CURRENT.c.valid_from))
    .where(
        _CURRENT.c.instrument_id == GRANT.c.instrument_id,
        _CURRENT.c.valid_from <= sa.bindparam("now", type_=UtcDateTime()),
        stands(_CURRENT),
    )
    .scalar_subquery()
)
_LASTING: Final = (
    sa.select(
        *(GRANT.c.id, GRANT.c.valid_to, GRANT.c.practised_at, GRANT.c.told_end),
        *(GRANT.c.told_days, POLICY.c.training_unused_days),
    )
    .select_from(
        GRANT.join(INSTRUMENT, INSTRUMENT.c.id == GRANT.c.instrument_id).join(
            POLICY,
            (POLICY.c.instrument_id == GRANT.c.instrument_id)
            & (POLICY.c.valid_from == _IN_FORCE_NOW)
            & stands(POLICY),
        )
    )
    .where(
        GRANT.c.state == GrantState.IN_FORCE,
        POLICY.c.training_required,
        GRANT.c.valid_to.is_not(None) | POLICY.c.training_unused_days.is_not(None),
    )
    .order_by(GRANT.c.id)
)


@dataclass(frozen=True, slots=True)
class Lasting:
    """A permission in force that will end by itself, and what was told of its end."""

    grant_id: int
    end: End
    told_days: int | None


def lasting(session: Session, now: datetime) -> Sequence[Lasting]:
    """All that end by themselves where training is required now."""
    found = []
    for row in session.execute(_LASTING, {"now": now}):
        end = end_of(row.valid_to, row.practised_at, row.training_unused_days)
        if end is not None:
            told = row.told_days if row.told_end == end.at else None
            found.append(Lasting(row.id, end, told))
    return found


def grants_for_update(session: Session, ids: Sequence[int]) -> Sequence[TrainingGrant]:
    """The rows themselves, locked, as they are now."""
    wanted = select(TrainingGrant).where(col(TrainingGrant.id).in_(ids))
    ordered = wanted.order_by(col(TrainingGrant.id)).with_for_update()
    return session.exec(ordered.execution_options(populate_existing=True)).all()


def _last_asked(session: Session, instrument_id: int, person_id: int) -> Asked | None:
    row = session.execute(
        sa.select(
            *(REQUEST.c.id, REQUEST.c.state, REQUEST.c.message, REQUEST.c.reason),
            *(REQUEST.c.asked_at, SESSION.c.starts_at, SESSION.c.ends_at),
            *(SESSION.c.place, SESSION.c.trainer),
        )
        .select_from(REQUEST.outerjoin(SESSION, SESSION.c.id == REQUEST.c.session_id))
        .where(REQUEST.c.instrument_id == instrument_id, REQUEST.c.person_id == person_id)
        .order_by(REQUEST.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Asked(*row)
