"""The part of the page that moves a booking: what its voucher would pay at the new time."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.expect_price import expected_price
from booking.reservations.queries.lists import reservation_seen_by
from booking.vouchers.queries.citing import share_of_booking
from booking.web.clock import ClockDep
from booking.web.moments import local_instant, within_reach
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Typed = Annotated[str, Query(max_length=40)]


@router.get("/reservations/{number}/voucher-share", name="voucher_share")
def share(
    number: str,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.VOUCHER_READ)],
    starts_at: Typed = "",
    ends_at: Typed = "",
) -> Response:
    """What is set aside now, and what would be at another time; nothing where none is cited."""
    seen, now = reservation_seen_by(session, number, actor), clock.now()
    start, end = _typed(starts_at), _typed(ends_at)
    price_fen = None
    if start and end and start < end:
        on = seen.instrument_id
        price_fen = expected_price(session, seen, TimeSpan(start, end), on=on, now=now)
    found = share_of_booking(session, seen.id, price_fen=price_fen, day=local(now).date())
    return page.render("vouchers/share.html", fragment="share", found=found, number=number)


def _typed(text: str) -> datetime | None:
    """What stands in a field of the form; the form itself says what is wrong with it."""
    try:
        return within_reach(local_instant(datetime.fromisoformat(text)))
    except ValueError:
        return None
