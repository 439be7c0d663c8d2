"""What the rules ask about who wants time: for one time, or for many that follow each other."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Protocol

from sqlmodel import Session

from booking.instruments.queries.diary import Diary
from booking.instruments.queries.rosters import on_duty
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.timespan import TimeSpan, merged
from booking.ledger.queries.prepaid import available_between, held_for, held_together
from booking.reservations.queries.crew import crew_of
from booking.reservations.queries.standing import (
    Asker,
    Standing,
    counted_bookings,
    insiders_between,
)
from booking.reservations.rules.crew import Crew, pool
from booking.reservations.rules.demand import Counted, Training
from booking.reservations.rules.offer import weeks_of
from booking.training.queries.standing import permission_of
from booking.training.rules import valid_until


class Answers(Protocol):
    """What is known about one person, one organisation and one instrument."""

    @property
    def standing(self) -> Standing: ...

    def counted(self, near: TimeSpan) -> tuple[Counted, ...]:
        """Their bookings that may speak against one in a span."""
        ...

    def insiders(self, span: TimeSpan) -> tuple[TimeSpan, ...]:
        """What the provider's own people hold of the weeks that a span touches."""
        ...

    def crew(self, crew: Crew | None, span: TimeSpan, held: TimeSpan) -> Crew | None:
        """The same crew with who is on duty in the span and free for all that is held."""
        ...

    def training(self) -> Training | None:
        """What the person who will operate is permitted there."""
        ...

    def available(self, provider_id: int) -> int:
        """What their organisation has paid the provider in advance and may still spend, in fen."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ForOne:
    """Every question is a statement; `number` is the booking that its crew serves already."""

    session: Session
    instrument_id: int
    asker: Asker
    standing: Standing
    number: str = ""

    def counted(self, near: TimeSpan) -> tuple[Counted, ...]:
        return counted_bookings(self.session, self.asker, self.instrument_id, span=near)

    def insiders(self, span: TimeSpan) -> tuple[TimeSpan, ...]:
        but = self.asker.but
        return insiders_between(self.session, self.instrument_id, weeks_of(span), but=but)

    def crew(self, crew: Crew | None, span: TimeSpan, held: TimeSpan) -> Crew | None:
        return crew_of(self.session, crew, span=span, held=held, but=self.number)

    def training(self) -> Training | None:
        return _training(self.session, self.instrument_id, self.asker.holder_id)

    def available(self, provider_id: int) -> int:
        held = held_for(self.session, self.number) if self.number else None
        free = available_between(self.session, self.asker.organisation_id, provider_id)
        # What the booking itself holds is there for it.
        return free + (held[2] if held else 0)


@dataclass(kw_only=True)
class ForMany:
    """Every question is a statement when it is first asked; for several bookings on one instrument.

    Answers reach over all the spans: whoever asks about one looks at what lies near it. What the
    bookings count among themselves is for whoever asks.
    """

    session: Session
    instrument_id: int
    asker: Asker
    standing: Standing
    terms: Collection[BookingTerms]
    diary: Diary
    operators: Collection[int]
    # The bookings themselves, where there are any: what they hold together is there for them.
    numbers: tuple[str, ...] = ()
    _free_fen: dict[int, int] = field(default_factory=dict, init=False)

    def counted(self, near: TimeSpan) -> tuple[Counted, ...]:  # noqa: ARG002 - all at once
        return self._counted

    def insiders(self, span: TimeSpan) -> tuple[TimeSpan, ...]:  # noqa: ARG002 - all at once
        return self._insiders

    def crew(self, crew: Crew | None, span: TimeSpan, held: TimeSpan) -> Crew | None:
        if crew is None:
            return None
        asked = pool(crew.wanted, crew.others)
        on_duty = (unit for unit in asked if any(time.contains(span) for time in self._duty[unit]))
        free = self.diary.free(asked, held)
        return replace(crew, on_duty=frozenset(on_duty), free=frozenset(free))

    def training(self) -> Training | None:
        return self._trained

    def available(self, provider_id: int) -> int:
        if provider_id not in self._free_fen:
            free = available_between(self.session, self.asker.organisation_id, provider_id)
            self._free_fen[provider_id] = free
        return self._free_fen[provider_id] + self._held

    @cached_property
    def _held(self) -> int:
        return held_together(self.session, self.numbers) if self.numbers else 0

    @cached_property
    def _whole(self) -> TimeSpan:
        spans = [one.span for one in self.terms]
        return TimeSpan(min(spans).start, max(span.end for span in spans))

    @cached_property
    def _counted(self) -> tuple[Counted, ...]:
        policies = [one.policy for one in self.terms]
        gap = timedelta(
            minutes=max(max(p.person_gap_minutes, p.organisation_gap_minutes) for p in policies)
        )
        near = self._whole.widened(gap, gap)
        return counted_bookings(self.session, self.asker, self.instrument_id, span=near)

    @cached_property
    def _insiders(self) -> tuple[TimeSpan, ...]:
        weeks = weeks_of(self._whole)
        return insiders_between(self.session, self.instrument_id, weeks, but=self.asker.but)

    @cached_property
    def _duty(self) -> dict[int, tuple[TimeSpan, ...]]:
        told = on_duty(self.session, sorted(self.operators), self._whole)
        return {unit: merged(windows) for unit, windows in told.items()}

    @cached_property
    def _trained(self) -> Training | None:
        return _training(self.session, self.instrument_id, self.asker.holder_id)


def _training(session: Session, instrument_id: int, holder_id: int) -> Training | None:
    permission = permission_of(session, instrument_id, holder_id)
    if permission is None:
        return None
    return Training(valid_until(permission.valid_to), permission.practised_at)
