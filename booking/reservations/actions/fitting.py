"""What somebody in line would get at a time: judged like a booking, with all that it would take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import HoldReason, take_without_waiting
from booking.instruments.queries.holds import free_units
from booking.instruments.rules.freed import Freed
from booking.instruments.rules.tariff import ItemNotPriced
from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.taking import Ask, Judged, judge
from booking.reservations.errors import ReservationRefused
from booking.reservations.queries.units import helpers_of
from booking.reservations.queries.waitlist import Waiting


@dataclass(frozen=True, slots=True)
class Fitting:
    """A judgement with the accessories, and what it would cost."""

    judged: Judged
    accessories: tuple[int, ...]
    total_fen: int

    @property
    def helpers(self) -> tuple[int, ...]:
        """The operators and accessories that would be taken."""
        crew = self.judged.demand.crew
        return (*(crew.chosen() if crew else ()), *self.accessories)

    @property
    def is_manned(self) -> bool:
        """Whether as many operators as are needed could be taken."""
        crew = self.judged.demand.crew
        return crew is None or len(crew.chosen()) >= crew.needed

    @property
    def held(self) -> TimeSpan:
        return self.judged.policy.held(self.judged.demand.span)


def fitting(
    session: Session, waiting: Waiting, what: tuple[int, TimeSpan], *, now: datetime
) -> Fitting | None:
    """The judgement of a time on an instrument; None where something that is waited for too is
    offered no longer, or has no price."""
    on, span = what
    try:
        helpers = helpers_of(session, on, waiting.helper_ids)
        ask = Ask(
            instrument_id=on,
            span=span,
            mode=waiting.mode.value,
            organisation_id=waiting.organisation_id,
            holder_id=waiting.holder_id,
            operators=helpers.operators,
            samples=waiting.samples,
            consumables=waiting.consumables,
        )
        judged = judge(session, ask, now=now, lock=False)
        _, quote = judged.quote(waiting.samples, waiting.consumables)
    except (NotFound, ItemNotPriced, ReservationRefused):
        return None
    return Fitting(judged, helpers.accessories, quote.total_fen)


def helpers_are_free(session: Session, found: Fitting) -> bool:
    """Whether whoever and whatever was asked for by name could be taken now."""
    named = found.helpers
    return not named or set(named) <= set(free_units(session, named, found.held))


def hold_for_offer(
    uow: UnitOfWork, found: Fitting, offer_id: int, *, freed: Sequence[Freed]
) -> None:
    """Take all of it for somebody to answer; SlotTaken where any of it is not to be had at once."""
    if not found.is_manned:
        raise SlotTaken(())
    take_without_waiting(
        uow,
        found.judged.terms.unit_ids,
        found.held,
        others=(*found.judged.terms.part_unit_ids, *found.helpers),
        reason=HoldReason.offer(offer_id),
        freed=freed,
    )
