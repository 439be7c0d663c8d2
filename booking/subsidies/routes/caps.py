"""What is left of the yearly caps of those who look, also for their start page."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.reservations.actions.reserve import may_book_for
from booking.subsidies.queries.caps_left import caps_left
from booking.subsidies.routes.applications import offers_now
from booking.web.clock import ClockDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()


@router.get("/caps", name="caps")
def caps(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_CREATE)],
) -> Response:
    """Of each active programme, for the company that one books for; on the start page with what it
    may apply to now."""
    now, in_short = clock.now(), page.target("caps")
    found = caps_left(session, may_book_for(actor), local(now).date())
    if not in_short or not actor.may(Permission.APPLICATION_READ):
        return page.render("subsidies/caps.html", fragment=in_short, caps=found)
    return page.render(
        "subsidies/caps.html",
        fragment=in_short,
        caps=found,
        wanted=[one for one in offers_now(session, actor, now) if one.wants],
        several=len(actor.organisations_giving(Permission.APPLICATION_READ)) > 1,
    )
