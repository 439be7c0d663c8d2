"""A use that goes on past its end: its time stays held, it is charged, the next is warned."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sqlmodel import Session

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import (
    HoldReason,
    queue_for_units,
    release_holds,
    take_what_is_free,
)
from booking.instruments.queries.holds import held_on
from booking.instruments.queries.settings import tariff_by_id
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.life import fact
from booking.reservations.events import ReservationHindered, ReservationOverran
from booking.reservations.models.usage import UsageSession
from booking.reservations.queries.hindrance import next_on_unit
from booking.reservations.queries.loading import Loaded, LoadedUse
from booking.reservations.queries.terms import AfterwardsTerms
from booking.reservations.rules.overrun import (
    WARNED_AHEAD,
    furthest,
    held_until,
    minutes_over,
    overrun_fee,
)

Changed = dict[str, tuple[object, object]]
Held = Mapping[int, TimeSpan]


def reckon_overrun(
    session: Session, booked: Loaded, usage: UsageSession, *, terms: AfterwardsTerms
) -> Changed:
    """Write down how long a use that has ended ran over, and what that costs by its tariff."""
    reservation, ended_at = booked.reservation, usage.ended_at
    if ended_at is None:
        return {}
    minutes = minutes_over(reservation.ends_at, ended_at, grace=terms.overrun_grace)
    fee_fen = 0
    if minutes and terms.overrun_percent:
        fee_fen = overrun_fee(
            booked.span,
            minutes,
            tariff_by_id(session, reservation.tariff_id),
            customer_class=reservation.customer_class,
            percent=terms.overrun_percent,
        )
    before = {"overrun_minutes": usage.overrun_minutes, "overrun_fen": usage.overrun_fen}
    usage.overrun_minutes, usage.overrun_fen = minutes, fee_fen
    after = {"overrun_minutes": minutes, "overrun_fen": fee_fen}
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}


def tell_overrun(
    uow: UnitOfWork, booked: Loaded, usage: UsageSession, *, actor_id: int | None, now: datetime
) -> None:
    """Announce what ran over; whoever charges for it, or counts it, is told."""
    if not usage.overrun_minutes:
        return
    told = fact(booked, now=now, actor_id=actor_id, changes={})
    minutes, fee_fen = usage.overrun_minutes, usage.overrun_fen
    uow.announce(ReservationOverran(**told, minutes=minutes, fee_fen=fee_fen))


def keep_held(
    uow: UnitOfWork, use: LoadedUse, held: Held, *, terms: AfterwardsTerms, now: datetime
) -> None:
    """Hold what is really occupied, as far as it is free, on each unit for itself.

    What somebody takes in the same moment is tried again with the next sweep.
    """
    booked_end, after = use.booked.reservation.ends_at, terms.kept_free_after
    wanted = {
        unit: until
        for unit, span in held.items()
        if (until := held_until(span, booked_end, after=after, now=now))
    }
    if not wanted:
        return
    queue_for_units(uow, held)
    around = TimeSpan(min(s.start for s in held.values()), max(wanted.values()))
    others: dict[int, list[TimeSpan]] = {}
    for _, other in held_on(uow.session, sorted(held), around):
        others.setdefault(other.unit_id, []).append(other.span)
    longer = {
        unit: TimeSpan(span.start, furthest(span, wanted.get(unit, span.end), others.get(unit, [])))
        for unit, span in held.items()
    }
    if longer == dict(held):
        return
    with suppress(SlotTaken), uow.session.begin_nested():
        _take_again(uow, longer, HoldReason.reservation(use.booked.reservation.number))


def _take_again(uow: UnitOfWork, longer: Held, reason: HoldReason) -> None:
    release_holds(uow, reason)
    pieces = {unit: [span] for unit, span in longer.items()}
    if take_what_is_free(uow, pieces, reason=reason) < len(longer):
        raise SlotTaken(())


def warn_next(uow: UnitOfWork, use: LoadedUse, *, now: datetime) -> None:
    """Tell whoever comes next on the place, once, when it is about time."""
    usage = use.usage
    coming = next_on_unit(uow.session, usage.unit_id, now=now, until=now + WARNED_AHEAD)
    if coming is None or coming.reservation.key == usage.hindered_id:
        return
    usage.hindered_id = coming.reservation.key
    uow.session.flush()
    told = fact(coming, now=now, actor_id=None, changes={})
    uow.announce(ReservationHindered(**told))
