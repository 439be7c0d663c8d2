"""Set since when the centre keeps invoices here, so that settlement reads them."""

from datetime import date, datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.invoices.events import InvoiceKeepingSet
from booking.invoices.models import InvoiceKeeping
from booking.invoices.queries.records import kept_since
from booking.kernel.errors import Forbidden


def keep_invoices(
    uow: UnitOfWork, first_day: date | None, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Uses confirmed from that day on are settled by their records; without a day, none are."""
    if not actor.reach(Permission.INVOICE_CHECK).everywhere:
        raise Forbidden(permission=Permission.INVOICE_CHECK.value)
    before = kept_since(uow.session)
    uow.session.add(
        InvoiceKeeping(first_day=first_day, reason=reason, set_by=actor.known_id, set_at=now)
    )
    uow.session.flush()
    uow.announce(
        InvoiceKeepingSet(
            at=now,
            subject="invoices:keeping",
            actor_id=actor.known_id,
            cause=reason,
            changes={"first_day": (_text(before), _text(first_day))},
        )
    )


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
