"""Book at a price that was kept: in time, by whom it was made for, and for just that."""

from datetime import datetime

from sqlmodel import Session

from booking.instruments.queries.settings import tariff_by_id
from booking.kernel.errors import Violation
from booking.reservations.actions.taking import Cited
from booking.reservations.errors import QuoteDiffers, QuoteExpired, QuoteUnknown
from booking.reservations.queries.quotes import quote_of
from booking.reservations.rules.wish import Wish


def cited_by(session: Session, wish: Wish, organisation_id: int, *, now: datetime) -> Cited | None:
    """The price that a wish cites; refused when it has ended, or is for something else."""
    if not wish.quote_number:
        return None
    kept = quote_of(session, wish.quote_number, organisation_id)
    if kept is None:
        raise QuoteUnknown(number=wish.quote_number)
    if kept.valid_until <= now:
        raise QuoteExpired(number=kept.number, until=kept.valid_until)
    asked = {
        "instrument_id": (kept.instrument_id, wish.instrument_id),
        "starts_at": (kept.starts_at, wish.span.start),
        "ends_at": (kept.ends_at, wish.span.end),
        "mode": (kept.mode, wish.mode or kept.mode),
        "samples": (kept.samples, wish.samples),
        "consumables": (kept.consumables, dict(wish.consumables)),
    }
    if other := [name for name, (quoted, wanted) in asked.items() if quoted != wanted]:
        raise QuoteDiffers(number=kept.number, fields=other)
    return Cited(kept.number, tariff_by_id(session, kept.tariff_id), kept.customer_class)


def cited_or_not(
    session: Session, wish: Wish, organisation_id: int, *, now: datetime
) -> tuple[Cited | None, tuple[Violation, ...]]:
    """The same for whoever is still choosing: the price, or why it does not hold for this."""
    try:
        return cited_by(session, wish, organisation_id, now=now), ()
    except (QuoteUnknown, QuoteExpired, QuoteDiffers) as unfit:
        return None, (Violation(unfit.code, unfit.params),)
