"""What is left of the yearly caps of those who look, also for their start page."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.reservations.actions.reserve import may_book_for
from booking.subsidies.queries.caps_left import caps_left
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
    """Of each active programme, for the company that one books for."""
    found = caps_left(session, may_book_for(actor), local(clock.now()).date())
    return page.render("subsidies/caps.html", fragment=page.target("caps"), caps=found)
