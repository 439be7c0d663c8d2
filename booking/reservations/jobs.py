"""Sweeps over what is due: each catches up whatever time it was not run, and repeats nothing.

A row that fails is tried again with the next sweep; the others do not wait for it.
"""

from collections import defaultdict
from datetime import datetime

from booking.db.sweeps import swept
from booking.db.transactions import UnitOfWork
from booking.instruments.holds import queue_for_units
from booking.reservations.actions import lapse
from booking.reservations.actions.answer_offer import lapse_offer
from booking.reservations.actions.answer_proposal import lapse_proposal
from booking.reservations.actions.answer_swap import lapse_swap
from booking.reservations.actions.carry_on_without import carry_on_without
from booking.reservations.actions.change_joint import end_step
from booking.reservations.actions.end_with_organisation import (
    end_with_organisation,
    withdraw_offers,
)
from booking.reservations.actions.hand_over import end_or_hand_over
from booking.reservations.actions.join_waitlist import expire_entry
from booking.reservations.actions.offer_time import offer_free
from booking.reservations.queries.asks import lapsed_proposals, lapsed_swaps
from booking.reservations.queries.departed import departed, forget_departed, held_by_gone
from booking.reservations.queries.hindrance import kept_out
from booking.reservations.queries.joint import left_without_a_step
from booking.reservations.queries.loading import (
    Loaded,
    LoadedUse,
    OpenUse,
    awaited_since,
    never_checked_out,
    open_uses_for_update,
    silence_uncounted,
    silent_since,
    undecided_since,
)
from booking.reservations.queries.not_begun import (
    not_begun_of_some,
    open_offers_to,
    suspended_organisations,
)
from booking.reservations.queries.terms import AfterwardsTerms, afterwards_terms_by_policy
from booking.reservations.queries.units import units_held_for
from booking.reservations.queries.waitlist import lapsed_offers, overdue_entries
from booking.reservations.rules.overrun import FORGOTTEN_AFTER


def expire_requests(uow: UnitOfWork, now: datetime) -> int:
    """Requests not decided in time, steps of joint bookings that lost another step, and what was
    booked or offered in the moment in which its organisation was suspended or its holder left."""
    due = undecided_since(uow.session, now)
    expired = swept(uow, due, lambda booked: lapse.expire(uow, booked, now=now), name=_number)
    useless = left_without_a_step(uow.session, now)
    ended = swept(
        uow, useless, lambda step: end_step(uow, step, actor_id=None, now=now), name=_number
    )
    return expired + ended + _end_with_suspended(uow, now) + _hand_over_late(uow, now)


def _end_with_suspended(uow: UnitOfWork, now: datetime) -> int:
    suspended = suspended_organisations(uow.session)
    if not suspended:
        return 0
    ahead: dict[int, list[Loaded]] = defaultdict(list)
    for booked in not_begun_of_some(uow.session, suspended):
        ahead[booked.reservation.organisation_id].append(booked)
    ended = swept(
        uow,
        ahead.values(),
        lambda theirs: end_with_organisation(uow, theirs, actor_id=None, now=now),
        name=lambda theirs: _number(theirs[0]),
    )
    return ended + swept(
        uow,
        open_offers_to(uow.session, suspended),
        lambda row: withdraw_offers(uow, [row], actor_id=None, now=now),
        name=lambda row: f"offer:{row[0].key}",
    )


def _hand_over_late(uow: UnitOfWork, now: datetime) -> int:
    followers = departed(uow.session)
    if not followers:
        return 0
    late = held_by_gone(uow.session, list(followers), now=now)
    done = swept(
        uow,
        late.items(),
        lambda row: end_or_hand_over(uow, row[1], successor_id=followers[row[0]], now=now),
        name=lambda row: _number(row[1][0]),
    )
    forget_departed(uow.session, but=list(late), now=now)
    return done


def mark_no_shows(uow: UnitOfWork, now: datetime) -> int:
    """Confirmed bookings to which nobody came; nobody of a suspended organisation is let in."""
    ended = _end_with_suspended(uow, now)
    awaited = awaited_since(uow.session, now)
    out = kept_out(uow.session, awaited, now)
    due = [booked for booked in awaited if booked.reservation.key not in out]
    return ended + swept(uow, due, lambda booked: lapse.miss(uow, booked, now=now), name=_number)


def note_overruns(uow: UnitOfWork, now: datetime) -> int:
    """Uses whose booked time is over: they end by themselves, or go on and stay held."""
    over = _over(uow, now)
    ending = open_uses_for_update(uow.session, [use for use, terms in over if terms.ends_itself])
    ended = swept(uow, ending, lambda use: lapse.end_by_itself(uow, use, now=now), name=_number_of)
    terms_of = {
        use.reservation_id: terms
        for use, terms in over
        if not terms.ends_itself and use.ends_at > now - FORGOTTEN_AFTER
    }
    running = open_uses_for_update(
        uow.session, [use for use, _ in over if use.reservation_id in terms_of]
    )
    if not running:
        return ended
    held = units_held_for(uow.session, [_number_of(use) for use in running])
    # All of them first and in order: several uses may be about to take time of the same units.
    queue_for_units(uow, {unit for units in held.values() for unit in units})
    return ended + swept(
        uow,
        running,
        lambda use: lapse.note_overrun(
            uow,
            use,
            terms=terms_of[use.booked.reservation.key],
            held=held[_number_of(use)],
            now=now,
        ),
        name=_number_of,
    )


def close_forgotten(uow: UnitOfWork, now: datetime) -> int:
    """Uses that nobody checked out of, where they do not end by themselves."""
    over = _over(uow, now - FORGOTTEN_AFTER)
    due = open_uses_for_update(uow.session, [use for use, terms in over if not terms.ends_itself])
    return swept(uow, due, lambda use: lapse.close_forgotten(uow, use, now=now), name=_number_of)


def confirm_silent(uow: UnitOfWork, now: datetime) -> int:
    """Uses to which nobody objected; those whose days could not be counted yet are counted."""
    uncounted = silence_uncounted(uow.session)
    swept(uow, uncounted, lambda use: lapse.count_silence(uow, use), name=_number_of)
    due = silent_since(uow.session, now)
    return swept(uow, due, lambda use: lapse.settle_silent(uow, use, now=now), name=_number_of)


def expire_offers(uow: UnitOfWork, now: datetime) -> int:
    """Offers that nobody answered go on to the next; whatever is free is offered, whoever freed it
    and whenever; who waited in vain, or for what is offered no longer, is told."""
    lapsed = swept(
        uow,
        lapsed_offers(uow.session, now),
        lambda row: lapse_offer(uow, row[0], row[1], now=now),
        name=lambda row: f"offer:{row[0].key}",
    )
    over = swept(
        uow,
        overdue_entries(uow.session, now),
        lambda entry: expire_entry(uow, entry, now=now),
        name=lambda entry: f"waitlist:{entry.key}",
    )
    return lapsed + over + carry_on_without(uow, now=now) + offer_free(uow, now=now)


def lapse_asks(uow: UnitOfWork, now: datetime) -> int:
    """Proposals and exchanges that nobody answered: everybody keeps what they have."""
    proposals = swept(
        uow,
        lapsed_proposals(uow.session, now),
        lambda row: lapse_proposal(uow, row[0], row[1], now=now),
        name=lambda row: f"proposal:{row[0].key}",
    )
    swaps = swept(
        uow,
        lapsed_swaps(uow.session, now),
        lambda swap: lapse_swap(uow, swap, now=now),
        name=lambda swap: f"swap:{swap.key}",
    )
    return proposals + swaps


def _over(uow: UnitOfWork, ended_before: datetime) -> list[tuple[OpenUse, AfterwardsTerms]]:
    """Uses that go on although their booking ended by then, each with what its policy says.

    Not locked: two jobs choose from them, and neither keeps from the other what is not its own."""
    uses = never_checked_out(uow.session, ended_before)
    known = afterwards_terms_by_policy(uow.session, [use.policy_id for use in uses]) if uses else {}
    return [(use, known[use.policy_id]) for use in uses]


def _number(booked: Loaded) -> str:
    return booked.reservation.number


def _number_of(use: LoadedUse) -> str:
    return _number(use.booked)
