"""Say when a whole lab or the whole zone is open; what an instrument says of itself stays above it.

What was remembered of instruments must not outlive this: a lab's change counts for every instrument
in it, in one statement; the zone's days are read afresh by whoever remembers the rest.
"""

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.set_calendar import (
    Week,
    Whose,
    forget_day,
    rewrite_day,
    rewrite_week,
)
from booking.instruments.events import LabOpeningChanged, ZoneOpeningChanged
from booking.instruments.models.tables import INSTRUMENT, LAB_DAY, LAB_HOURS, ZONE_DAY
from booking.instruments.queries.cards import LAB
from booking.instruments.queries.kept import lab_kept_by
from booking.instruments.rules.layers import DaySaid
from booking.kernel.events import Changes
from booking.organisations.queries import LabSummary

_ZONE: Final = Whose(ZONE_DAY, {})


def set_lab_week(uow: UnitOfWork, lab_id: int, week: Week, *, actor: Actor, now: datetime) -> None:
    """Replace the weekly hours that a lab's instruments have unless they have their own."""
    lab = _kept(uow, lab_id, actor)
    changes = rewrite_week(uow, Whose(LAB_HOURS, {"lab_id": lab_id}), week)
    _lab_changed(uow, lab, changes, actor=actor, now=now)


def set_lab_day(
    uow: UnitOfWork, lab_id: int, day: date, *, said: DaySaid, actor: Actor, now: datetime
) -> None:
    """Give a whole lab its own windows on a day, none closes it."""
    lab = _kept(uow, lab_id, actor)
    changes = rewrite_day(uow, _days_of(lab_id), day, said=said)
    _lab_changed(uow, lab, changes, actor=actor, now=now)


def unset_lab_day(uow: UnitOfWork, lab_id: int, day: date, *, actor: Actor, now: datetime) -> None:
    """Let a day be as usual in a lab again."""
    lab = _kept(uow, lab_id, actor)
    changes = forget_day(uow, _days_of(lab_id), day)
    _lab_changed(uow, lab, changes, actor=actor, now=now)


def set_zone_day(uow: UnitOfWork, day: date, *, said: DaySaid, actor: Actor, now: datetime) -> None:
    """Give the whole zone its own windows on a day; none closes it, a power cut say."""
    actor.must(Permission.CALENDAR_MANAGE)
    _zone_changed(uow, rewrite_day(uow, _ZONE, day, said=said), actor=actor, now=now)


def unset_zone_day(uow: UnitOfWork, day: date, *, actor: Actor, now: datetime) -> None:
    """Let a day be as usual in the zone again."""
    actor.must(Permission.CALENDAR_MANAGE)
    _zone_changed(uow, forget_day(uow, _ZONE, day), actor=actor, now=now)


def _kept(uow: UnitOfWork, lab_id: int, actor: Actor) -> LabSummary:
    """The lab, locked; who changes a lab's hours waits for whoever is changing them."""
    lab = lab_kept_by(uow.session, lab_id, actor)
    uow.session.execute(sa.select(LAB.c.id).where(LAB.c.id == lab_id).with_for_update())
    return lab


def _days_of(lab_id: int) -> Whose:
    return Whose(LAB_DAY, {"lab_id": lab_id})


def _lab_changed(
    uow: UnitOfWork, lab: LabSummary, changes: Changes, *, actor: Actor, now: datetime
) -> None:
    version = INSTRUMENT.c.terms_version
    # Lowest id first, as everybody who locks several instruments does.
    mine = sa.select(INSTRUMENT.c.id).where(INSTRUMENT.c.lab_id == lab.id)
    uow.session.execute(mine.order_by(INSTRUMENT.c.id).with_for_update(key_share=True))
    of_lab = sa.update(INSTRUMENT).where(INSTRUMENT.c.lab_id == lab.id)
    uow.session.execute(of_lab.values(terms_version=version + 1))
    uow.announce(
        LabOpeningChanged(
            at=now,
            actor_id=actor.known_id,
            subject=f"lab:{lab.id}",
            on_behalf_of=actor.behalf_of(lab.organisation_id),
            changes=changes,
            lab_id=lab.id,
        )
    )


def _zone_changed(uow: UnitOfWork, changes: Changes, *, actor: Actor, now: datetime) -> None:
    uow.announce(
        ZoneOpeningChanged(
            at=now, actor_id=actor.known_id, subject="calendar:zone", changes=changes
        )
    )
