"""Approve many requests of a series: all or none, in as many statements as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Violation
from booking.reservations.actions.agreeing import Changed
from booking.reservations.actions.judge_together import (
    Room,
    Together,
    Wanted,
    read_together,
    retake_all,
    write_alike,
)
from booking.reservations.actions.life import enter, fact
from booking.reservations.actions.reserve_series import said_of
from booking.reservations.actions.taking import Judged, weigh
from booking.reservations.errors import ReservationRefused
from booking.reservations.events import ReservationConfirmed
from booking.reservations.queries.loading import Loaded
from booking.reservations.rules.booking import APPROVAL_RULES
from booking.reservations.states import Action

_WRITTEN: Final = (
    *("state", "state_reason", "version", "updated_at", "override_reason", "unit_id"),
)


@dataclass(frozen=True, slots=True)
class _Promise:
    """A request to be promised; with a room where others operate than it holds."""

    wanted: Wanted
    changes: Changed
    judged: Judged
    room: Room | None


def approve_together(
    uow: UnitOfWork, requests: Sequence[Loaded], *, actor: Actor, now: datetime, reason: str
) -> None:
    """Promise the time of each; what may have changed since it was asked for is judged again."""
    together = read_together(uow, [Wanted(one, one.span) for one in requests], now=now)
    promised, broken = [], list[Violation]()
    for wanted in together.wanted:
        changes = enter(wanted.reservation, Action.APPROVE, now=now, reason=reason)
        one, said = _promised(together, wanted, changes, actor=actor, reason=reason)
        promised.append(one)
        broken += said
    if broken:
        raise ReservationRefused(broken)
    retake_all(uow, [(one.wanted, one.judged, one.room) for one in promised if one.room])
    write_alike([one.wanted.reservation for one in promised], _WRITTEN)
    uow.session.flush()
    told = [
        fact(one.wanted.booked, now=now, actor_id=actor.id, cause=reason, changes=one.changes)
        for one in promised
    ]
    uow.announce_all([ReservationConfirmed(**one) for one in told])


def _promised(
    together: Together, wanted: Wanted, changes: Changed, *, actor: Actor, reason: str
) -> tuple[_Promise, Sequence[Violation]]:
    """A promise, and what speaks against it."""
    together.diary.forget([wanted.number])
    judged, holding = together.judged(wanted, reason), together.holdings[wanted.number]
    broken, set_aside = weigh(judged, actor=actor, rules=APPROVAL_RULES)
    if set_aside:
        wanted.reservation.override_reason = reason
        changes["set_aside"] = (None, list(set_aside))
    crew, room = judged.demand.crew, None
    if not broken and crew and set(crew.chosen()) != set(holding.helpers.operators):
        room = together.room(wanted, judged)
        if room.conflicts:
            raise SlotTaken(room.conflicts)
        broken = room.violations
    held = (room.units, room.held) if room else (holding.units, holding.held)
    together.diary.note(*held)
    return _Promise(wanted, changes, judged, room), said_of(wanted.span, broken)
