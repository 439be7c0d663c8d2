"""What would become of every occurrence of a series, judged as if those before it were booked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from booking.access.actor import Actor
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.diary import Diary
from booking.instruments.queries.terms_over import terms_over
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.errors import Conflict, Violation, codes_of
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.reserve import ask_of, booker_of, must_book_for
from booking.reservations.actions.taking import (
    NO_PRICE,
    ORDER_NEEDED,
    Judged,
    judge_from,
    needs_order,
    sets_aside,
)
from booking.reservations.queries.asking import Answers, ForMany
from booking.reservations.queries.standing import Asker, standing_of
from booking.reservations.queries.units import Helpers, helpers_of
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.rules.crew import pool
from booking.reservations.rules.demand import Counted
from booking.reservations.rules.operators import NONE_FREE
from booking.reservations.rules.wish import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A wish that can be had, with the place and the other units that it would take."""

    wish: Wish
    judged: Judged
    place: int
    others: tuple[int, ...]
    accessories: tuple[int, ...]
    set_aside: tuple[str, ...]

    @property
    def units(self) -> tuple[int, ...]:
        return (self.place, *self.others)

    @property
    def held(self) -> TimeSpan:
        return self.judged.policy.held(self.wish.span)


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
    # Of the accessories that were asked for, those that are taken then.
    lacking: tuple[int, ...] = ()
    # Where it is free.
    planned: Planned | None = None

    @property
    def free(self) -> bool:
        return self.planned is not None

    @property
    def codes(self) -> tuple[str, ...]:
        """Why it cannot be had, for keeping."""
        taken = ("reservation.slot_taken",) if self.conflicts else ()
        return (*taken, *codes_of(self.violations))


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

    Each is judged under its own terms (prices and policies have days on which they begin); those
    before it count as booked. What that takes is read before, once for each instrument and version
    of its terms.
    """
    if not wishes:
        return ()
    alike: dict[_Sort, list[Wish]] = {}
    for wish in wishes:
        alike.setdefault(_sort_of(wish), []).append(wish)
    read = {sort: _read(session, some, actor=actor, now=now) for sort, some in alike.items()}
    diary = _diary(session, read.values())
    answers = {sort: _answers(session, known, diary, now=now) for sort, known in read.items()}
    foreseen: list[Foreseen] = []
    booked: dict[int, list[TimeSpan]] = {}
    held: dict[int, int] = {}
    for wish in wishes:
        sort, earlier = _sort_of(wish), booked.setdefault(wish.instrument_id, [])
        judged = _with(_judged(answers[sort], read[sort], wish, now=now), earlier)
        judged = judged.paying(held.get(judged.terms.organisation_id, 0))
        must_book_for(actor, judged)
        one = _foreseen(diary, judged, wish, helpers=read[sort].helpers, actor=actor)
        foreseen.append(one)
        if one.planned:
            earlier.append(wish.span)
            diary.note(one.planned.units, one.planned.held)
            if (funds := judged.demand.funds) is not None:
                owner = judged.terms.organisation_id
                held[owner] = held.get(owner, 0) + funds.needed_fen
    return tuple(foreseen)


# Wishes that are alike in this are judged by the same knowledge.
_Sort = tuple[int, int | None, int | str | None, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Whose some wishes on one instrument are, what helps with them, and their terms by span."""

    instrument_id: int
    holder_id: int
    organisation_id: int
    helpers: Helpers
    terms: Mapping[TimeSpan, BookingTerms]

    @property
    def operators(self) -> frozenset[int]:
        serving = (unit for terms in self.terms.values() for unit in terms.operator_ids)
        return frozenset((*self.helpers.operators, *serving))

    @property
    def units(self) -> frozenset[int]:
        """Everything that any of the wishes may take."""
        each = self.terms.values()
        taken = (unit for terms in each for unit in (*terms.unit_ids, *terms.part_unit_ids))
        return self.operators.union(self.helpers.accessories, taken)


def _sort_of(wish: Wish) -> _Sort:
    return wish.instrument_id, wish.organisation_id, wish.on_behalf_of, wish.helper_ids


def _read(session: Session, alike: Sequence[Wish], *, actor: Actor, now: datetime) -> _Known:
    wish = alike[0]
    here = wish.instrument_id
    holder_id, organisation_id = booker_of(session, wish, actor)
    spans = [one.span for one in alike]
    terms = terms_over(session, here, spans, around=LOOK_AHEAD, now=now)
    must_be_known(terms[wish.span], actor)
    return _Known(
        instrument_id=here,
        holder_id=holder_id,
        organisation_id=organisation_id,
        helpers=helpers_of(session, here, wish.helper_ids),
        terms=terms,
    )


def _diary(session: Session, known: Iterable[_Known]) -> Diary:
    """What is held on whatever may be taken, over all the time that may be taken."""
    known = list(known)
    held = [terms.held(span) for one in known for span, terms in one.terms.items()]
    whole = TimeSpan(min(held).start, max(span.end for span in held))
    return Diary(session, frozenset[int]().union(*(one.units for one in known)), whole)


def _answers(session: Session, known: _Known, diary: Diary, *, now: datetime) -> Answers:
    here, asker = known.instrument_id, Asker(known.organisation_id, known.holder_id)
    standing = standing_of(
        session,
        asker.organisation_id,
        holder_id=asker.holder_id,
        instrument_id=here,
        lock=False,
        now=now,
    )
    return ForMany(
        session=session,
        instrument_id=here,
        asker=asker,
        standing=standing,
        terms=known.terms.values(),
        diary=diary,
        operators=known.operators,
    )


def _judged(answers: Answers, known: _Known, wish: Wish, *, now: datetime) -> Judged:
    operators = known.helpers.operators
    ask = ask_of(wish, known.holder_id, known.organisation_id, operators=operators)
    return judge_from(answers, ask, known.terms[wish.span], now=now)


def _with(judged: Judged, booked: Sequence[TimeSpan]) -> Judged:
    """The same with earlier occurrences counted as if they were booked."""
    return judged.counting([_ours(span, judged.demand.asked_at) for span in booked])


def _ours(span: TimeSpan, made_at: datetime) -> Counted:
    return Counted(span, same_person=True, same_organisation=True, is_open=True, made_at=made_at)


def _foreseen(
    diary: Diary, judged: Judged, wish: Wish, *, helpers: Helpers, actor: Actor
) -> Foreseen:
    broken = _violations(judged)
    if needs_order(judged, actor):
        broken = (*broken, ORDER_NEEDED)
    yields = sets_aside(judged, broken, actor=actor)
    terms, held, crew = judged.terms, judged.policy.held(wish.span), judged.demand.crew
    others = pool((*terms.part_unit_ids, *(crew.chosen() if crew else ())), helpers.accessories)
    wanted = (*terms.unit_ids, *others)
    free = frozenset(diary.free(wanted, held))
    places = sorted(free.intersection(terms.unit_ids)) if free.issuperset(others) else ()
    one = Foreseen(
        span=wish.span,
        violations=() if yields else broken,
        set_aside=broken if yields else (),
        conflicts=() if places else diary.conflicts(wanted, held),
        total_fen=_price(judged, wish),
        waits=judged.must_be_approved(actor),
        lacking=tuple(unit for unit in helpers.accessories if unit not in free),
    )
    if one.violations or not places:
        return one
    planned = Planned(
        wish=wish,
        judged=judged,
        place=places[0],
        others=others,
        accessories=helpers.accessories,
        set_aside=codes_of(judged.broken()),
    )
    return replace(one, planned=planned)


def _violations(judged: Judged) -> tuple[Violation, ...]:
    broken = list(judged.broken())
    crew = judged.demand.crew
    if judged.terms.tariff is None:
        broken.append(NO_PRICE)
    short = crew is not None and len(crew.chosen()) < crew.needed
    if short and all(one.code != NONE_FREE.code for one in broken):
        broken.append(NONE_FREE)
    return tuple(broken)


def _price(judged: Judged, wish: Wish) -> int | None:
    if judged.terms.tariff is None:
        return None
    return judged.quote(wish.samples, wish.consumables)[1].total_fen
