"""Say when an operator is on duty: weekly windows, absences and extra duty.

Bookings that are made already stay; see decision 0027.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.set_calendar import (
    Week,
    Whose,
    forget_day,
    rewrite_days,
    rewrite_week,
)
from booking.instruments.errors import AbsenceTooLong, SpanBackwards
from booking.instruments.events import RosterChanged
from booking.instruments.holds import queue_for_units
from booking.instruments.models.tables import INSTRUMENT, ROSTER_DAY, ROSTER_HOURS, UNIT_OFFER
from booking.instruments.queries.rosters import KeptOperator, operator_kept_by
from booking.instruments.rules.layers import DaySaid
from booking.instruments.rules.opening import Hours
from booking.instruments.rules.rosters import LONGEST_ABSENCE
from booking.kernel.events import Changes

_OFFERED: Final = sa.select(UNIT_OFFER.c.instrument_id).where(
    UNIT_OFFER.c.unit_id == sa.bindparam("unit", type_=sa.BigInteger())
)
_MINE: Final = INSTRUMENT.c.id.in_(_OFFERED)
_QUEUE: Final = (
    sa.select(INSTRUMENT.c.id)
    .where(_MINE)
    .order_by(INSTRUMENT.c.id)
    .with_for_update(key_share=True)
)
_RENEW: Final = (
    sa.update(INSTRUMENT)
    .where(_MINE)
    .values(terms_version=INSTRUMENT.c.terms_version + 1)
    .execution_options(synchronize_session=False)
)


def set_roster_week(
    uow: UnitOfWork, unit_id: int, week: Week, *, actor: Actor, now: datetime
) -> None:
    """Replace the weekly duty; without any, on duty whenever the instrument is open."""
    operator = _kept(uow, unit_id, actor)
    changes = rewrite_week(uow, Whose(ROSTER_HOURS, {"unit_id": unit_id}), week)
    _changed(uow, operator, {"roster": changes["opening"]}, actor=actor, now=now)


def set_roster_days(
    uow: UnitOfWork,
    unit_id: int,
    days: tuple[date, date],
    *,
    windows: Sequence[Hours],
    actor: Actor,
    now: datetime,
) -> None:
    """Other duty on every day from the first to the last; no window means absent."""
    first, last = days
    if last < first:
        raise SpanBackwards
    if last >= first + LONGEST_ABSENCE:
        raise AbsenceTooLong(LONGEST_ABSENCE.days)
    operator = _kept(uow, unit_id, actor)
    # No reason is asked for: often it would be somebody's illness.
    changes = rewrite_days(uow, _days_of(unit_id), days, said=DaySaid(tuple(windows)))
    _changed(uow, operator, changes, actor=actor, now=now)


def unset_roster_day(
    uow: UnitOfWork, unit_id: int, day: date, *, actor: Actor, now: datetime
) -> None:
    """On duty as every week again."""
    operator = _kept(uow, unit_id, actor)
    changes = forget_day(uow, _days_of(unit_id), day)
    _changed(uow, operator, changes, actor=actor, now=now)


def _days_of(unit_id: int) -> Whose:
    return Whose(ROSTER_DAY, {"unit_id": unit_id})


def _kept(uow: UnitOfWork, unit_id: int, actor: Actor) -> KeptOperator:
    """The operator, locked: whoever takes their time waits, and then reads the new roster."""
    operator = operator_kept_by(uow.session, unit_id, actor)
    uow.session.execute(_QUEUE, {"unit": unit_id})
    queue_for_units(uow, [unit_id])
    return operator


def _changed(
    uow: UnitOfWork, operator: KeptOperator, changes: Changes, *, actor: Actor, now: datetime
) -> None:
    uow.session.execute(_RENEW, {"unit": operator.id})
    lab = operator.lab
    uow.announce(
        RosterChanged(
            at=now,
            actor_id=actor.known_id,
            subject=f"lab:{lab.id}",
            on_behalf_of=actor.behalf_of(lab.organisation_id),
            changes={"helper": (operator.label, operator.label), **changes},
            lab_id=lab.id,
            unit_id=operator.id,
        )
    )
