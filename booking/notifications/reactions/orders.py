"""Who is told of entrusted orders: each side of what the other did, both of what the clock did."""

from collections.abc import Iterator
from typing import Final

from booking.accounts.queries.people import Reader, keepers_of, reader_of
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import ONESELF, Standing, in_lab
from booking.orders.events import (
    OrderAsked,
    OrderEvent,
    OrderMessageSent,
    OrderWithdrawn,
    QuoteAccepted,
    QuoteRefused,
    ReportAccepted,
    ReportObjected,
    SamplesMoved,
)
from booking.orders.queries.orders import order_row

# What the company does; the rest the lab does, and some the clock.
_BY_COMPANY: Final = (
    OrderAsked,
    OrderWithdrawn,
    QuoteAccepted,
    QuoteRefused,
    ReportAccepted,
    ReportObjected,
)


def tell_of_order(uow: UnitOfWork, event: OrderEvent) -> None:
    """What happened, to whoever asked for it or to those who keep the lab."""
    order = order_row(uow.session, event.number)
    told: dict[str, object] = {
        "step": event.name,
        "number": event.number,
        "instrument": order.instrument,
        "company": order.company,
        # What the clock says is no reason that somebody gave.
        "reason": event.cause if event.actor_id is not None else "",
        "by_clock": event.actor_id is None,
        "day": order.accept_by.isoformat() if order.accept_by else "",
    }
    if isinstance(event, SamplesMoved):
        told |= {"station": event.station.value, "labels": list(event.labels)}
    for reader, standing in _readers(uow, event):
        words = {**told, "name": reader.name}
        letter = addressed(reader, "order_step", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def _readers(uow: UnitOfWork, event: OrderEvent) -> Iterator[tuple[Reader, Standing]]:
    by_company = isinstance(event, _BY_COMPANY)
    if isinstance(event, OrderMessageSent):
        by_company = not event.from_lab
    if by_company or event.actor_id is None:
        for keeper in keepers_of(uow.session, event.lab_id):
            yield keeper, in_lab(event.lab_id)
    if not by_company or event.actor_id is None:
        yield reader_of(uow.session, event.asked_by), ONESELF
