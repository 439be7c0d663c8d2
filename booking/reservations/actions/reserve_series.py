"""Book a series: every occurrence like a single booking, all of them or only the free ones."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import repeat
from typing import Final

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import queue_for_units
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.terms import booking_terms
from booking.kernel.errors import BookingError, Violation
from booking.kernel.ids import reference
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.foresee import Foreseen, Planned, foresee, not_to_be_had
from booking.reservations.actions.note_refusal import (
    note_later,
    note_refusals,
    refused_with,
)
from booking.reservations.actions.reserve import booker_of
from booking.reservations.actions.reserve_planned import reserve_planned
from booking.reservations.errors import ReservationRefused
from booking.reservations.events import SeriesReserved
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.series import ReservationSeries
from booking.reservations.queries.loading import queue_for_instrument
from booking.reservations.queries.standing import standing_of
from booking.reservations.rules.refusal import Asked, Refused
from booking.reservations.rules.series import OnConflict, occurrences, read_rule
from booking.reservations.rules.wish import PartOf, SeriesWish
from booking.reservations.states import State

_MOMENT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SeriesMade:
    """A series with what was booked of it, in order of time."""

    series: ReservationSeries
    booked: tuple[Reservation, ...]

    @property
    def total_fen(self) -> int:
        return sum(one.quoted_fen for one in self.booked)


def reserve_series(uow: UnitOfWork, wish: SeriesWish, *, actor: Actor, now: datetime) -> SeriesMade:
    """All or nothing, or what is free; a refusal names every occurrence that cannot be had."""
    first = wish.first
    spans = occurrences(first.span, read_rule(wish.rule))
    holder_id, organisation_id = booker_of(uow.session, first, actor)
    terms = booking_terms(uow.session, first.instrument_id, first.span, now=now)
    must_be_known(terms, actor)
    queue_for_series(
        uow, first.instrument_id, (organisation_id, holder_id), now=now, helpers=first.helper_ids
    )
    foreseen = foresee(uow.session, first, spans, actor=actor, now=now)
    missing = not_to_be_had(repeat(first, len(foreseen)), foreseen, organisation_id)
    note_later(uow, missing, now=now)
    free = [one.planned for one in foreseen if one.planned]
    if not free or (wish.on_conflict is OnConflict.FAIL and len(free) < len(foreseen)):
        raise _refusal(foreseen)
    series = ReservationSeries(
        number=reference("Q", now),
        instrument_id=first.instrument_id,
        organisation_id=organisation_id,
        rule=wish.rule.strip().upper().removeprefix("RRULE:"),
        starts_at=first.span.start,
        ends_at=first.span.end,
        created_by=actor.id,
        created_at=now,
    )
    uow.session.add(series)
    uow.session.flush()
    booked, lost = _book(uow, wish, free, series=series, actor=actor, now=now)
    note_refusals(uow, [*missing, *lost.values()], now=now)
    skipped = [one for one in foreseen if not one.free or one.span in lost]
    series.skipped = [_kept(one, lost) for one in skipped]
    uow.session.flush()
    made = SeriesMade(series, booked)
    _announce(uow, made, holder_id=holder_id, lab_id=terms.lab_id)
    return made


def queue_for_series(
    uow: UnitOfWork,
    instrument_id: int,
    whose: tuple[int, *tuple[int, ...]],
    *,
    now: datetime,
    helpers: Iterable[int] = (),
) -> None:
    """Wait once for everything that any occurrence may need."""
    queue_for_instruments(uow, [instrument_id], whose, now=now, helpers=helpers)


def queue_for_instruments(
    uow: UnitOfWork,
    instrument_ids: Iterable[int],
    whose: tuple[int, *tuple[int, ...]],
    *,
    now: datetime,
    helpers: Iterable[int] = (),
) -> None:
    """Wait once for everything that several bookings may need, in the order of a single one.

    First the instruments and who is counted, then the units, lowest id first: whoever holds some of
    it waits for nobody who waits for us. `whose` is the organisation and its persons.
    """
    organisation_id, *holder_ids = whose
    session = uow.session
    wanted = sorted(set(instrument_ids))
    units = set(helpers)
    for instrument_id in wanted:
        queue_for_instrument(session, instrument_id)
    for instrument_id in wanted:
        terms = booking_terms(session, instrument_id, TimeSpan(now, now + _MOMENT), now=now)
        units.update(terms.unit_ids, terms.part_unit_ids, terms.operator_ids)
    here = wanted[0]
    for one in sorted(set(holder_ids)):
        standing_of(session, organisation_id, holder_id=one, instrument_id=here, lock=True, now=now)
    queue_for_units(uow, units)


def said_of(span: TimeSpan, violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """The same, with the occurrence that they are about."""
    return tuple(
        replace(one, params={**one.params, "occurrence": span.start}) for one in violations
    )


def _book(
    uow: UnitOfWork,
    wish: SeriesWish,
    free: Sequence[Planned],
    *,
    series: ReservationSeries,
    actor: Actor,
    now: datetime,
) -> tuple[tuple[Reservation, ...], Mapping[TimeSpan, Refused]]:
    """Take all; what somebody took a moment ago ends the series, or is left out."""
    gone: dict[TimeSpan, Refused] = {}

    def lost(plan: Planned, refused: SlotTaken | ReservationRefused) -> None:
        asked = Asked(series.instrument_id, series.organisation_id, plan.wish.span)
        gone[asked.span] = refused_with(asked, refused)
        note_later(uow, [gone[asked.span]], now=now)
        if wish.on_conflict is OnConflict.FAIL or len(gone) == len(free):
            raise refused

    parts = [PartOf(series_id=series.key)] * len(free)
    with uow.as_one():
        booked = reserve_planned(uow, free, parts, actor=actor, now=now, lost=lost)
    return booked, gone


def _refusal(foreseen: Sequence[Foreseen]) -> BookingError:
    conflicts = tuple(conflict for one in foreseen for conflict in one.conflicts)
    broken = [said for one in foreseen for said in said_of(one.span, one.violations)]
    if not broken:
        return SlotTaken(conflicts)
    refused = ReservationRefused(broken)
    refused.conflicts = conflicts
    return refused


def _kept(one: Foreseen, lost: Collection[TimeSpan]) -> dict[str, object]:
    codes = ("reservation.slot_taken",) if one.span in lost else one.codes
    return {
        "starts_at": one.span.start.isoformat(),
        "ends_at": one.span.end.isoformat(),
        "codes": list(codes),
    }


def _announce(uow: UnitOfWork, made: SeriesMade, *, holder_id: int, lab_id: int) -> None:
    series, booked = made.series, made.booked
    uow.announce(
        SeriesReserved(
            at=series.created_at,
            subject=f"reservation_series:{series.number}",
            actor_id=series.created_by,
            on_behalf_of="" if holder_id == series.created_by else f"user:{holder_id}",
            changes={"occurrences": (None, len(booked))},
            number=series.number,
            instrument_id=series.instrument_id,
            lab_id=lab_id,
            organisation_id=series.organisation_id,
            holder_id=holder_id,
            occurrences=len(booked),
            spans=tuple(TimeSpan(one.starts_at, one.ends_at) for one in booked),
            skipped=len(series.skipped),
            total_fen=made.total_fen,
            waits=any(one.state is State.REQUESTED for one in booked),
        )
    )
