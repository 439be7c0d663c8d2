"""Keep a price for a while, so that whoever books in time gets it whatever the list says then."""

from datetime import datetime, timedelta
from typing import Final

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import must_be_known
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.ids import reference
from booking.reservations.actions.reserve import ask_of, booker_of
from booking.reservations.actions.taking import judge
from booking.reservations.errors import QuoteExpired
from booking.reservations.events.quotes import QuoteKept
from booking.reservations.models.quote import PriceQuote
from booking.reservations.queries.units import helpers_of
from booking.reservations.rules.quoting import snapshot_of
from booking.reservations.rules.wish import Wish

# How long a price is kept: ours, no policy says; never beyond the beginning of the time itself.
KEPT_FOR: Final = timedelta(days=7)


def keep_quote(uow: UnitOfWork, wish: Wish, *, actor: Actor, now: datetime) -> PriceQuote:
    """Nothing is held by it; it may well be that the time is somebody else's by then."""
    holder_id, organisation_id = booker_of(uow.session, wish, actor)
    ask = ask_of(wish, holder_id, organisation_id, operators=())
    judged = judge(uow.session, ask, now=now, lock=False)
    must_be_known(judged.terms, actor)
    helpers = helpers_of(uow.session, wish.instrument_id, wish.helper_ids)
    tariff_id, quote = judged.quote(wish.samples, wish.consumables)
    valid_until = min(now + KEPT_FOR, wish.span.start)
    if valid_until <= now or tariff_id is None:
        raise QuoteExpired(until=valid_until)
    kept = PriceQuote(
        number=reference("K", now),
        organisation_id=organisation_id,
        instrument_id=wish.instrument_id,
        mode=ServiceMode(judged.demand.mode),
        starts_at=wish.span.start,
        ends_at=wish.span.end,
        samples=wish.samples,
        consumables=dict(wish.consumables),
        accessory_ids=list(helpers.accessories),
        voucher=wish.voucher,
        tariff_id=tariff_id,
        customer_class=quote.customer_class,
        quote=snapshot_of(quote),
        total_fen=quote.total_fen,
        asked_by=actor.id,
        asked_at=now,
        valid_until=valid_until,
    )
    uow.session.add(kept)
    uow.session.flush()
    uow.announce(
        QuoteKept(
            at=now,
            subject=f"quote:{kept.number}",
            actor_id=actor.known_id,
            changes={"total_fen": (None, kept.total_fen)},
            number=kept.number,
            organisation_id=organisation_id,
            instrument_id=kept.instrument_id,
        )
    )
    return kept
