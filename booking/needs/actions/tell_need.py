"""Say what is needed, let labs read it, close it."""

from datetime import date, datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.needs.actions.decide_offer import decline_standing
from booking.needs.errors import NeedIllegalStep, NoCompany, NotSensible
from booking.needs.events import NeedClosed, NeedEvent, NeedLapsed, NeedPublished, NeedToldOf
from booking.needs.models import Need
from booking.needs.queries.needs import need_for_update, need_seen_by, over_by
from booking.needs.rules.ranking import need_violations
from booking.needs.rules.telling import Told
from booking.needs.states import NeedStep, after

_LAPSED_AT_ONCE = 500
_FACTS: dict[NeedStep, type[NeedEvent]] = {
    NeedStep.PUBLISH: NeedPublished,
    NeedStep.CLOSE: NeedClosed,
    NeedStep.LAPSE: NeedLapsed,
}


def tell_need(uow: UnitOfWork, told: Told, *, actor: Actor, now: datetime) -> Need:
    """Keep it for the company; nobody else reads it until it is published."""
    company = _company_of(actor, told.organisation_id)
    if broken := tuple(need_violations(told.by_day, today=local(now).date())):
        raise NotSensible(broken)
    need = Need(
        organisation_id=company,
        created_by=actor.id,
        what=told.what,
        material=told.material,
        accuracy=told.accuracy,
        by_day=told.by_day,
        samples=told.samples,
        district=told.district,
        created_at=now,
    )
    uow.session.add(need)
    uow.session.flush()
    uow.announce(
        NeedToldOf(
            at=now,
            actor_id=actor.known_id,
            subject=f"need:{need.key}",
            changes={"state": (None, need.state)},
            need_id=need.key,
        )
    )
    return need


def _company_of(actor: Actor, wanted: int | None) -> int:
    theirs = actor.reach(Permission.RESERVATION_CREATE).organisation_ids
    if wanted is not None:
        if wanted not in theirs:
            raise NoCompany
        return wanted
    if len(theirs) != 1:
        raise NoCompany
    return next(iter(theirs))


def take_step(
    uow: UnitOfWork, need_id: int, step: NeedStep, *, actor: Actor, now: datetime
) -> Need:
    """Publish or close it, by its company or the centre."""
    need_seen_by(uow.session, need_id, actor)
    need = need_for_update(uow.session, need_id)
    actor.must(Permission.RESERVATION_CREATE, organisation_id=need.organisation_id)
    _move(uow, need, step, actor_id=actor.known_id, now=now)
    if step is NeedStep.PUBLISH:
        need.published_at = now
        uow.session.flush()
    return need


def lapse_needs(uow: UnitOfWork, *, today: date, now: datetime) -> int:
    """Let those lapse whose day is over; how many."""
    over = over_by(uow.session, today, limit=_LAPSED_AT_ONCE)
    for need_id in over:
        _move(
            uow,
            need_for_update(uow.session, need_id),
            NeedStep.LAPSE,
            actor_id=None,
            now=now,
        )
    return len(over)


def _move(
    uow: UnitOfWork, need: Need, step: NeedStep, *, actor_id: int | None, now: datetime
) -> None:
    before = need.state
    reached = after(before, step)
    if reached is None:
        raise NeedIllegalStep(state=before, step=step)
    need.state = reached
    uow.session.flush()
    uow.announce(
        _FACTS[step](
            at=now,
            actor_id=actor_id,
            subject=f"need:{need.key}",
            changes={"state": (before.value, reached.value)},
            need_id=need.key,
        )
    )
    if step is not NeedStep.PUBLISH:
        decline_standing(uow, need, actor_id=actor_id, now=now)
