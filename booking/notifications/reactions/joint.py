"""Who is told of joint bookings: their holder, once; each lab of a step that waits for it."""

from collections.abc import Mapping, Sequence

from booking.accounts.queries.people import reader_of
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import CardSummary, card_summaries
from booking.kernel.events import Event
from booking.notifications.actions.write_letter import addressed, tell_keepers, write_letter
from booking.reservations.events import (
    JointCancelled,
    JointEvent,
    JointMoved,
    JointReserved,
    JointStep,
)
from booking.web.telling import kept_span


def tell_of_joint(uow: UnitOfWork, event: JointEvent) -> None:
    """One letter for all its steps, whichever labs they belong to."""
    reader = reader_of(uow.session, event.holder_id)
    cards = card_summaries(uow.session, {one.instrument_id for one in event.steps})
    words = {
        "step": event.name,
        "name": reader.name,
        "number": event.number,
        "steps": [
            [cards[one.instrument_id].name, kept_span(one.span), one.waits] for one in event.steps
        ],
        "total_fen": event.total_fen if isinstance(event, JointReserved) else None,
        "fee_fen": event.fee_fen if isinstance(event, JointCancelled) else 0,
        "reason": event.cause,
    }
    write_letter(uow, addressed(reader, "joint_step", words), now=event.at)
    what = "reservation.moved" if isinstance(event, JointMoved) else "reservation.requested"
    tell_labs(uow, event.steps, cards, what=what, event=event)


def tell_labs(
    uow: UnitOfWork,
    steps: Sequence[JointStep],
    cards: Mapping[int, CardSummary],
    *,
    what: str,
    event: Event,
) -> None:
    """Each lab of those that wait for it."""
    waiting = [
        (
            cards[one.instrument_id].lab_id,
            {
                "number": one.number,
                "what": what,
                "version": one.version,
                "reason": event.cause,
                "starts_at": one.span.start.isoformat(),
                "ends_at": one.span.end.isoformat(),
            },
        )
        for one in steps
        if one.waits
    ]
    tell_keepers(uow, waiting, now=event.at)
