"""Move or resize many bookings of a series: all or none, in as many statements as one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Conflict, Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.agreeing import (
    Changed,
    agree_anew,
    kept_quote,
    owe_for_less,
    percent_of_less,
    requote,
)
from booking.reservations.actions.consent import (
    changes_for_others,
    demand_consent_to_each,
    demand_not_dearer,
)
from booking.reservations.actions.judge_together import (
    Room,
    Together,
    Wanted,
    read_together,
    retake_all,
    write_alike,
)
from booking.reservations.actions.life import enter
from booking.reservations.actions.reschedule import (
    By,
    demand_change,
    demand_not_missed,
    moved_fact,
    plain,
)
from booking.reservations.actions.reserve_series import said_of
from booking.reservations.actions.rights import uses
from booking.reservations.actions.taking import Judged, weigh
from booking.reservations.errors import EndPassed, ReservationRefused
from booking.reservations.events import ReservationMoved
from booking.reservations.queries.loading import Loaded
from booking.reservations.queries.terms import KeptTerms
from booking.reservations.rules.booking import RULES, caused_by_shortening
from booking.reservations.states import Action

_WRITTEN: Final = (
    *("state", "state_reason", "version", "updated_at", "override_reason"),
    *("unit_id", "starts_at", "ends_at", "decide_by", "missed_from", "free_cancel_until"),
    *("customer_class", "tariff_id", "quote", "quoted_fen", "policy_id", "stays_late"),
    "given_back_fen",
)


@dataclass(slots=True)
class _Change:
    """One booking on its way: what is to be had of it, and what has changed so far."""

    wanted: Wanted
    before: TimeSpan
    was_fen: int
    shorter: bool
    changes: Changed
    judged: Judged
    room: Room


def reschedule_together(
    uow: UnitOfWork, moves: Iterable[tuple[Loaded, TimeSpan]], *, by: By
) -> Sequence[ReservationMoved]:
    """Another time for each of several locked bookings of a series, by the rules for each alone.

    The others count where they will be; what they all hold is given back before any takes its new
    time. A refusal names everything in the way of any. The facts are still to be announced.
    """
    wanted = [Wanted(booked, span) for booked, span in moves]
    for one in wanted:
        demand_change(one.booked, by)
        demand_not_missed(uow.session, one.booked, by, action=Action.MOVE)
    others = [one for one in wanted if changes_for_others(by.actor, one.booked)]
    demand_consent_to_each(uow.session, [(one.booked, one.span) for one in others])
    together = read_together(uow, wanted, now=by.now)
    entered = {one.number: _entered(one, by) for one in wanted}
    planned = _planned(together, entered, by=by)
    retake_all(uow, [(change.wanted, change.judged, change.room) for change in planned])
    kept = KeptTerms(uow.session)
    for change in planned:
        _agreed(kept, change, by=by)
        if change.wanted in others:
            demand_not_dearer(change.wanted.booked, change.was_fen)
    write_alike([one.reservation for one in wanted], _WRITTEN)
    uow.session.flush()
    return [moved_fact(change.wanted.booked, change.changes, by=by) for change in planned]


def _entered(one: Wanted, by: By) -> Changed:
    action = Action.RESIZE if _keeps_start(one) else Action.MOVE
    changes = enter(one.reservation, action, now=by.now, reason=by.reason)
    if action is Action.RESIZE and one.span.end <= by.now:
        raise EndPassed(earliest=by.now)
    return changes


def _keeps_start(one: Wanted) -> bool:
    before = one.booked.span
    return one.span.start == before.start and one.span.end != before.end


def _is_shorter(one: Wanted) -> bool:
    return _keeps_start(one) and one.span.end < one.reservation.ends_at


def _planned(together: Together, entered: dict[str, Changed], *, by: By) -> list[_Change]:
    """What each would take, those that only give time back first; refuses with all in the way."""
    together.diary.forget(entered.keys())
    violations, conflicts = list[Violation](), list[Conflict]()
    planned, held_fen = [], 0
    for wanted in sorted(together.wanted, key=lambda one: (not _is_shorter(one), one.span)):
        judged = together.judged(wanted, by.reason).paying(held_fen)
        shorter = _is_shorter(wanted)
        rules = (caused_by_shortening(wanted.booked.span),) if shorter else RULES
        broken, set_aside = weigh(judged, actor=by.actor, rules=rules)
        room = _less(together, wanted) if shorter else together.room(wanted, judged)
        violations += said_of(wanted.span, broken or room.violations)
        conflicts += room.conflicts
        if (funds := judged.demand.funds) is not None and not broken:
            held_fen += funds.needed_fen
        together.diary.note(room.units, room.held)
        changes = entered[wanted.number]
        if set_aside:
            wanted.reservation.override_reason = by.reason
            changes["set_aside"] = (None, list(set_aside))
        before, was_fen = wanted.booked.span, wanted.reservation.quoted_fen
        planned.append(_Change(wanted, before, was_fen, shorter, changes, judged, room))
    _demand_none(violations, conflicts)
    return planned


def _demand_none(violations: list[Violation], conflicts: list[Conflict]) -> None:
    each = tuple(dict.fromkeys(conflicts))
    if violations:
        refused = ReservationRefused(violations)
        refused.conflicts = each
        raise refused
    if each:
        raise SlotTaken(each)


def _less(together: Together, one: Wanted) -> Room:
    """What it holds, but for the end of it."""
    holding = together.holdings[one.number]
    held = TimeSpan(holding.held.start, holding.held.end - (one.booked.span.end - one.span.end))
    return Room(place=one.reservation.unit_id, units=holding.units, held=held)


def _agreed(kept: KeptTerms, one: _Change, *, by: By) -> None:
    """Its new time and price, and from when on giving it back costs what."""
    reservation, span = one.wanted.reservation, one.wanted.span
    by_lab = not uses(by.actor, one.wanted.booked)
    if one.shorter:
        percent = 0 if by_lab else percent_of_less(kept, reservation, by.now)
        # What it costs not to come stays.
        one.changes |= requote(reservation, kept_quote(kept, reservation, span, now=by.now))
        owe_for_less(reservation, percent, before_fen=one.was_fen)
        reservation.ends_at = span.end
        reservation.missed_from = min(reservation.missed_from, span.end)
    else:
        reservation.starts_at, reservation.ends_at = span.start, span.end
        one.changes |= agree_anew(
            kept, reservation, one.judged, actor=by.actor, now=by.now, by_lab=by_lab
        )
    one.changes["span"] = (plain(one.before), plain(span))
