"""Choose how and when one is told of what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.accounts.queries.people import user_for_update
from booking.db.transactions import UnitOfWork
from booking.notifications.events import NoticesChosen
from booking.notifications.models import NoticeChoice, NoticeTimes
from booking.notifications.queries.notices import choices_of, oneself, times_of
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.notice import Mail
from booking.notifications.rules.table import CHOOSABLE, NOTICES, usual
from booking.notifications.rules.timing import Times


@dataclass(frozen=True, slots=True)
class Wish:
    """Hours, and per fact whether it is shown in the application and when a letter leaves."""

    times: Times
    ways: Mapping[NoticeFact, tuple[bool, Mail]]


def choose_notices(uow: UnitOfWork, wish: Wish, *, actor: Actor, now: datetime) -> None:
    """All of it at once. What cannot be switched off stays as it is; what is as usual is not kept,
    so that it goes on being usual."""
    person_id = oneself(actor)
    # Whoever saves twice at once waits here.
    user_for_update(uow.session, person_id)
    before = _as_told(choices_of(uow.session, person_id), times_of(uow.session, person_id))
    ways = {fact: _possible(fact, wish.ways.get(fact, usual(fact))) for fact in CHOOSABLE}
    kept = {fact: way for fact, way in ways.items() if way != usual(fact)}
    forget_choices_of(uow, person_id)
    uow.session.add_all(
        NoticeChoice(person_id=person_id, fact=fact, in_app=in_app, mail=mail)
        for fact, (in_app, mail) in kept.items()
    )
    times = wish.times
    if times != Times():
        uow.session.add(
            NoticeTimes(
                person_id=person_id,
                daily_hour=times.daily_hour,
                quiet_from=times.quiet_from,
                quiet_until=times.quiet_until,
                reminder_hours=times.reminder_hours,
            )
        )
    uow.session.flush()
    after = _as_told(kept, times)
    changes = {
        name: (before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
    if changes:
        uow.announce(
            NoticesChosen(
                at=now, actor_id=actor.known_id, subject=f"user:{person_id}", changes=changes
            )
        )


def forget_choices_of(uow: UnitOfWork, person_id: int) -> None:
    """As if nothing had been chosen."""
    uow.session.execute(sa.delete(NoticeChoice).where(col(NoticeChoice.person_id) == person_id))
    uow.session.execute(sa.delete(NoticeTimes).where(col(NoticeTimes.person_id) == person_id))


def _possible(fact: NoticeFact, way: tuple[bool, Mail]) -> tuple[bool, Mail]:
    """What is urgent waits for no daily letter."""
    in_app, mail = way
    return in_app, Mail.NOW if NOTICES[fact].urgent and mail is Mail.DAILY else mail


def _as_told(ways: Mapping[NoticeFact, tuple[bool, Mail]], times: Times) -> dict[str, object]:
    """How it stands in the audit trail."""
    told: dict[str, object] = {
        "daily_hour": times.daily_hour,
        "quiet_from": times.quiet_from,
        "quiet_until": times.quiet_until,
        "reminder_hours": times.reminder_hours,
    }
    chosen = [
        f"{fact.value}: {mail.value}" + ("" if in_app else ", hidden")
        for fact, (in_app, mail) in ways.items()
    ]
    return {**told, "notices": sorted(chosen)}
