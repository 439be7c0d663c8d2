"""What would become of every occurrence of a series, judged as if those before it were booked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.holds import conflicts_on, has_room
from booking.instruments.queries.terms import booking_terms
from booking.kernel.errors import Conflict, Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve import ask_of, booker_of, must_book_for
from booking.reservations.actions.taking import (
    NO_PRICE,
    ORDER_NEEDED,
    Judged,
    judge_by,
    needs_order,
    sets_aside,
)
from booking.reservations.queries.units import helpers_of
from booking.reservations.rules.demand import Counted
from booking.reservations.rules.operators import NONE_FREE
from booking.reservations.rules.wish import Wish


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An occurrence: what speaks against it, what it would cost, whether somebody would decide.

    `set_aside` are rules that do not count, because somebody who may gave a reason.
    """

    span: TimeSpan
    violations: tuple[Violation, ...]
    conflicts: tuple[Conflict, ...]
    total_fen: int | None
    waits: bool
    set_aside: tuple[Violation, ...] = ()

    @property
    def free(self) -> bool:
        return not self.violations and not self.conflicts

    @property
    def codes(self) -> tuple[str, ...]:
        """Why it cannot be had, for keeping."""
        taken = ("reservation.slot_taken",) if self.conflicts else ()
        return (*taken, *(violation.code for violation in self.violations))


def foresee(
    session: Session, wish: Wish, spans: Sequence[TimeSpan], *, actor: Actor, now: datetime
) -> tuple[Foreseen, ...]:
    """A wish at several times; nothing is taken."""
    wishes = [replace(wish, span=span) for span in spans]
    return foresee_together(session, wishes, actor=actor, now=now)


def foresee_together(
    session: Session, wishes: Sequence[Wish], *, actor: Actor, now: datetime
) -> tuple[Foreseen, ...]:
    """Every wish by the rules of a single booking; nothing is taken.

    Each is judged under its own terms (prices and policies have days on which they begin), which
    takes some statements for each; those before it on the same instrument count as booked.
    """
    foreseen: list[Foreseen] = []
    booked: dict[int, list[TimeSpan]] = {}
    held: dict[int, list[TimeSpan]] = {}
    for wish in wishes:
        here = wish.instrument_id
        holder_id, organisation_id = booker_of(session, wish, actor)
        terms = booking_terms(session, here, wish.span, now=now)
        must_be_known(terms, actor)
        helpers = helpers_of(session, here, wish.helper_ids)
        ask = ask_of(wish, holder_id, organisation_id, operators=helpers.operators)
        judged = _with(judge_by(session, ask, terms, now=now), booked.get(here, ()))
        must_book_for(actor, judged)
        broken = _violations(judged)
        if needs_order(judged, actor):
            broken = (*broken, ORDER_NEEDED)
        yields = sets_aside(judged, broken, actor=actor)
        one = Foreseen(
            span=wish.span,
            violations=() if yields else broken,
            set_aside=broken if yields else (),
            conflicts=_conflicts(session, judged, helpers.accessories, ours=held.get(here, ())),
            total_fen=_price(judged, wish),
            waits=judged.must_be_approved(actor),
        )
        foreseen.append(one)
        if one.free:
            booked.setdefault(here, []).append(wish.span)
            held.setdefault(here, []).append(judged.policy.held(wish.span))
    return tuple(foreseen)


def _with(judged: Judged, booked: Sequence[TimeSpan]) -> Judged:
    """The same with earlier occurrences counted as if they were booked."""
    demand, policy = judged.demand, judged.policy
    counted, insiders = demand.counted, demand.insiders
    if policy.counts_others:
        counted = (*counted, *(_ours(span, demand.asked_at) for span in booked))
    if policy.weeks_windows and judged.ask.organisation_id == judged.terms.organisation_id:
        insiders = (*insiders, *booked)
    return replace(judged, demand=replace(demand, counted=counted, insiders=insiders))


def _ours(span: TimeSpan, made_at: datetime) -> Counted:
    return Counted(span, same_person=True, same_organisation=True, is_open=True, made_at=made_at)


def _violations(judged: Judged) -> tuple[Violation, ...]:
    broken = list(judged.broken())
    crew = judged.demand.crew
    if judged.terms.tariff is None:
        broken.append(NO_PRICE)
    if crew and len(crew.chosen()) < crew.needed:
        broken.append(NONE_FREE)
    return tuple({violation.code: violation for violation in reversed(broken)}.values())[::-1]


def _conflicts(
    session: Session, judged: Judged, accessories: Sequence[int], *, ours: Sequence[TimeSpan]
) -> tuple[Conflict, ...]:
    """What lies in the way; on an only place also the buffers of the occurrence before."""
    terms, span = judged.terms, judged.policy.held(judged.demand.span)
    others = (*terms.part_unit_ids, *accessories)
    if len(terms.unit_ids) == 1 and ours and ours[-1].overlaps(span):
        return (Conflict(ours[-1], "occupied"),)
    if has_room(session, terms.unit_ids, span, others=others):
        return ()
    return conflicts_on(session, (*terms.unit_ids, *others), span)


def _price(judged: Judged, wish: Wish) -> int | None:
    if judged.terms.tariff is None:
        return None
    return judged.quote(wish.samples, wish.consumables)[1].total_fen
