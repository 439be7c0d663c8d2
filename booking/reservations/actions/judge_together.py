"""Judge several bookings of a series anew, each with the others as they will be.

What that takes is read once for all of them, so that none costs a statement of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session

from booking.db.transactions import UnitOfWork
from booking.instruments.holds import release_bookings, take_many
from booking.instruments.queries.diary import Diary
from booking.instruments.queries.terms_over import terms_over
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.errors import Conflict, Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.holding import hold
from booking.reservations.actions.reserve_series import queue_for_series
from booking.reservations.actions.taking import Ask, Judged, judge_from
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.asking import Answers, ForMany
from booking.reservations.queries.loading import Loaded
from booking.reservations.queries.standing import Asker, standing_of
from booking.reservations.queries.units import Holding, holdings_of
from booking.reservations.rules.alternatives import LOOK_AHEAD
from booking.reservations.rules.crew import pool
from booking.reservations.rules.demand import Counted
from booking.reservations.rules.operators import NONE_FREE
from booking.reservations.states import HOLDING, OPEN


@dataclass(frozen=True, slots=True)
class Wanted:
    """A locked booking, and the time that it is to have: another one, or its own."""

    booked: Loaded
    span: TimeSpan

    @property
    def reservation(self) -> Reservation:
        return self.booked.reservation

    @property
    def number(self) -> str:
        return self.reservation.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The units that a booking would take, its place first, and when; or what is in the way."""

    place: int
    units: tuple[int, ...]
    held: TimeSpan
    accessories: tuple[int, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Several bookings of one organisation on one instrument, with all that decides about them."""

    wanted: tuple[Wanted, ...]
    holdings: Mapping[str, Holding]
    terms: Mapping[TimeSpan, BookingTerms]
    diary: Diary
    answers: Mapping[int, Answers]
    now: datetime

    def judged(self, one: Wanted, reason: str) -> Judged:
        """By the terms of its time, with the others counted at theirs."""
        reservation = one.reservation
        helpers = self.holdings[one.number].helpers
        ask = Ask.again(
            reservation,
            reason,
            span=one.span,
            operators=helpers.operators,
            accessories=helpers.accessories,
        )
        judged = judge_from(
            self.answers[reservation.holder_id], ask, self.terms[one.span], now=self.now
        )
        others = [other for other in self.wanted if other is not one]
        return judged.counting([_counted(other, reservation.holder_id) for other in others])

    def room(self, one: Wanted, judged: Judged) -> Room:
        """Where it would lie: on the place that it has, if that is free."""
        own, helpers = one.reservation.unit_id, self.holdings[one.number].helpers
        terms, held, crew = judged.terms, judged.policy.held(one.span), judged.demand.crew
        chosen = crew.chosen() if crew else ()
        if crew and len(chosen) < crew.needed:
            return Room(place=own, units=(), held=held, violations=(NONE_FREE,))
        others = pool((*terms.part_unit_ids, *chosen), helpers.accessories)
        wanted = (*terms.unit_ids, *others)
        free = frozenset(self.diary.free(wanted, held))
        places = sorted(free.intersection(terms.unit_ids), key=lambda unit: (unit != own, unit))
        if not places or not free.issuperset(others):
            conflicts = self.diary.conflicts(wanted, held)
            return Room(place=own, units=(), held=held, conflicts=conflicts)
        return Room(
            place=places[0],
            units=(places[0], *others),
            held=held,
            accessories=helpers.accessories,
        )


def read_together(uow: UnitOfWork, wanted: Iterable[Wanted], *, now: datetime) -> Together:
    """Wait for everything that they need, then read what their judgement takes."""
    wanted = tuple(wanted)
    some = wanted[0].reservation
    holdings = holdings_of(uow.session, [one.number for one in wanted])
    held = {unit for one in holdings.values() for unit in one.units}
    queue_for_series(
        uow,
        some.instrument_id,
        (some.organisation_id, *_holders(wanted)),
        now=now,
        helpers=held,
    )
    return _read(uow.session, wanted, holdings, now=now)


def look_together(session: Session, wanted: Iterable[Wanted], *, now: datetime) -> Together:
    """The same without waiting for anybody, for whoever takes nothing."""
    wanted = tuple(wanted)
    return _read(session, wanted, holdings_of(session, [one.number for one in wanted]), now=now)


def _holders(wanted: Iterable[Wanted]) -> Sequence[int]:
    return sorted({one.reservation.holder_id for one in wanted})


def _read(
    session: Session, wanted: tuple[Wanted, ...], holdings: Mapping[str, Holding], *, now: datetime
) -> Together:
    some = wanted[0].reservation
    here, organisation_id = some.instrument_id, some.organisation_id
    held = {unit for one in holdings.values() for unit in one.units}
    holders = _holders(wanted)
    spans = [one.span for one in wanted]
    terms = terms_over(session, here, spans, around=LOOK_AHEAD, now=now)
    operators = {unit for each in terms.values() for unit in each.operator_ids}
    operators.update(unit for each in holdings.values() for unit in each.helpers.operators)
    diary = _diary(session, terms, held | operators)
    but = tuple(one.reservation.key for one in wanted)
    answers = {
        holder: ForMany(
            session=session,
            instrument_id=here,
            asker=Asker(organisation_id, holder, but),
            standing=standing_of(
                session, organisation_id, holder_id=holder, instrument_id=here, lock=False, now=now
            ),
            terms=terms.values(),
            diary=diary,
            operators=operators,
            numbers=tuple(one.number for one in wanted),
        )
        for holder in holders
    }
    return Together(
        wanted=wanted, holdings=holdings, terms=terms, diary=diary, answers=answers, now=now
    )


def retake_all(uow: UnitOfWork, rooms: Sequence[tuple[Wanted, Judged, Room]]) -> None:
    """Give back what each holds and take the room that was found.

    Whoever takes one unit and nothing else does not queue: what such a one took meanwhile is tried
    alone, and may lie on another place.
    """
    if not rooms:
        return
    release_bookings(uow, [wanted.number for wanted, _, _ in rooms])
    got = take_many(uow, {one.number: (room.units, room.held) for one, _, room in rooms})
    for wanted, judged, room in rooms:
        place = room.place
        if wanted.number not in got:
            place = hold(uow, judged, wanted.number, first=place, accessories=room.accessories)
        wanted.reservation.unit_id = place


def write_alike(bookings: Sequence[Reservation], columns: Iterable[str]) -> None:
    """Let one statement write these columns of all of them, whichever were changed of each."""
    for column in columns:
        for one in bookings:
            flag_modified(one, column)


def _diary(session: Session, terms: Mapping[TimeSpan, BookingTerms], units: set[int]) -> Diary:
    held = [one.held(span) for span, one in terms.items()]
    whole = TimeSpan(min(held).start, max(span.end for span in held))
    places = (unit for one in terms.values() for unit in (*one.unit_ids, *one.part_unit_ids))
    return Diary(session, units.union(places), whole)


def _counted(one: Wanted, holder_id: int) -> Counted:
    reservation = one.reservation
    return Counted(
        one.span,
        same_person=reservation.holder_id == holder_id,
        same_organisation=True,
        is_open=reservation.state in OPEN,
        made_at=reservation.created_at,
        stands=reservation.state in HOLDING,
    )
