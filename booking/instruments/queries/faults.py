"""Faults: what is open, what keeps an instrument out of service, and its downtimes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.expressions import earlier_of
from booking.db.types import UtcDateTime
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.fault import Fault
from booking.instruments.models.tables import CLOSURE, FAULT, INSTRUMENT
from booking.instruments.queries.cards import LAB, Insider
from booking.instruments.rules.faults import (
    OPEN,
    PUT_OFF_AHEAD,
    FaultState,
    FaultStep,
    Severity,
    Totals,
    open_steps,
    totals,
)
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan

_OUT: Final = sa.text("fault.state = 'closed'")
_LASTED_UNTIL: Final = sa.func.coalesce(
    earlier_of(CLOSURE.c.lifted_at, CLOSURE.c.ends_at), CLOSURE.c.ends_at, type_=UtcDateTime()
)
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class OpenFault:
    """A fault that is neither repaired nor dismissed; `out` while the instrument is closed."""

    id: int
    instrument_id: int
    instrument_name: str
    instrument_name_en: str
    what: str
    state: FaultState
    severity: Severity | None
    reservation_number: str | None
    reported_at: datetime
    since: datetime | None
    expected_end: datetime | None

    @property
    def out(self) -> TimeSpan | None:
        """From when until when it is expected to be out of service."""
        if self.state is not FaultState.CLOSED or self.since is None or self.expected_end is None:
            return None
        return TimeSpan(self.since, self.expected_end)

    def allows(self, step: str) -> bool:
        """Whether its life leads anywhere by this step."""
        return FaultStep(step) in open_steps(self.state)


@dataclass(frozen=True, slots=True)
class Downtime:
    """A time out of service; `until` is empty while it lasts."""

    since: datetime
    until: datetime | None
    what: str
    done: str

    def span(self, now: datetime) -> TimeSpan:
        """The time itself, up to now while it lasts."""
        return TimeSpan(self.since, self.until or now)


@dataclass(frozen=True, slots=True)
class DowntimeHistory:
    """The downtimes of an instrument, the latest first, and what the last year adds up to."""

    downtimes: Sequence[Downtime]
    totals: Totals


_OPEN: Final = (
    sa.select(
        FAULT.c.id,
        FAULT.c.instrument_id,
        INSTRUMENT.c.name,
        INSTRUMENT.c.name_en,
        FAULT.c.what,
        FAULT.c.state,
        FAULT.c.severity,
        FAULT.c.reservation_number,
        FAULT.c.reported_at,
        CLOSURE.c.starts_at,
        CLOSURE.c.ends_at,
    )
    .select_from(
        FAULT.join(INSTRUMENT, INSTRUMENT.c.id == FAULT.c.instrument_id)
        .join(LAB, LAB.c.id == INSTRUMENT.c.lab_id)
        .outerjoin(CLOSURE, CLOSURE.c.id == FAULT.c.closure_id)
    )
    .where(FAULT.c.state.in_(sorted(OPEN)))
    # What keeps an instrument closed comes first.
    .order_by((FAULT.c.state == FaultState.CLOSED).desc(), FAULT.c.reported_at, FAULT.c.id)
)


def open_faults(session: Session, instrument_id: int) -> Sequence[OpenFault]:
    """What is open about an instrument."""
    asked = _OPEN.where(FAULT.c.instrument_id == instrument_id).limit(MOST)
    return [OpenFault(*row) for row in session.execute(asked)]


def open_faults_of(session: Session, actor: Actor) -> Sequence[OpenFault]:
    """What is open in the labs that somebody hosts."""
    reach = actor.reach(Permission.RESERVATION_HOST)
    labs = Insider(reach.everywhere, reach.lab_ids, reach.organisation_ids).labs()
    return [OpenFault(*row) for row in session.execute(_OPEN.where(labs).limit(MOST))]


def out_of_service(session: Session, instrument_id: int, now: datetime) -> TimeSpan | None:
    """Since when a fault keeps an instrument closed, and until when that is expected to last.

    The expected end may have passed: it is closed until somebody has repaired it.
    """
    asked = sa.select(CLOSURE.c.starts_at, CLOSURE.c.ends_at).where(
        CLOSURE.c.instrument_id == instrument_id,
        CLOSURE.c.kind == ClosureKind.FAULT,
        CLOSURE.c.starts_at <= now,
        (_LASTED_UNTIL > now) | sa.exists().where(FAULT.c.closure_id == CLOSURE.c.id, _OUT),
    )
    row = session.execute(asked.order_by(CLOSURE.c.ends_at.desc()).limit(1)).first()
    return TimeSpan(*row) if row else None


def downtimes(session: Session, instrument_id: int, now: datetime) -> DowntimeHistory:
    """Every closure for a fault that has begun, with or without a report of it."""
    is_open = FAULT.c.state == FaultState.CLOSED
    asked = (
        sa.select(
            CLOSURE.c.starts_at,
            sa.case((is_open, None), else_=_LASTED_UNTIL).label("until"),
            sa.func.coalesce(FAULT.c.what, CLOSURE.c.reason),
            sa.func.coalesce(FAULT.c.done, ""),
        )
        .select_from(CLOSURE.outerjoin(FAULT, FAULT.c.closure_id == CLOSURE.c.id))
        .where(
            CLOSURE.c.instrument_id == instrument_id,
            CLOSURE.c.kind == ClosureKind.FAULT,
            CLOSURE.c.starts_at < now,
            _LASTED_UNTIL > CLOSURE.c.starts_at,
        )
        .order_by(CLOSURE.c.starts_at.desc())
        .limit(MOST)
    )
    found = [
        Downtime(since, until if until and until <= now else None, what, done)
        for since, until, what, done in session.execute(asked)
    ]
    ended = [down.span(now) for down in found if down.until]
    running = next((down.span(now) for down in found if not down.until), None)
    return DowntimeHistory(found, totals(ended, running, now))


def fault_for_update(session: Session, fault_id: int) -> Fault:
    """The row as it is now; NotFound when there is none. Its instrument is locked first."""
    found = session.exec(
        select(Fault).where(col(Fault.id) == fault_id).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(fault_id=fault_id)
    return found


def instrument_of_fault(session: Session, fault_id: int) -> int:
    """Whose fault it is; NotFound when there is none."""
    asked = sa.select(FAULT.c.instrument_id).where(FAULT.c.id == fault_id)
    found = session.execute(asked).scalar_one_or_none()
    if found is None:
        raise NotFound(fault_id=fault_id)
    return int(found)


def closing_fault(session: Session, instrument_id: int) -> Fault | None:
    """The fault that keeps an instrument closed, if any."""
    return session.exec(
        select(Fault).where(col(Fault.instrument_id) == instrument_id, _OUT)
    ).one_or_none()


def is_of_open_fault(session: Session, closure_id: int) -> bool:
    """Whether a closure lasts until somebody repairs what it is for."""
    asked = sa.exists().where(FAULT.c.closure_id == closure_id, _OUT)
    return bool(session.execute(sa.select(asked)).scalar_one())


def ending_repairs(session: Session, now: datetime) -> Sequence[int]:
    """Faults whose expected end has come and that nobody has repaired, by number."""
    asked = (
        sa.select(FAULT.c.id)
        .join(CLOSURE, CLOSURE.c.id == FAULT.c.closure_id)
        .where(_OUT, CLOSURE.c.ends_at <= now + PUT_OFF_AHEAD)
        .order_by(FAULT.c.id)
    )
    return session.execute(asked).scalars().all()
