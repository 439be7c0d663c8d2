"""What a letter about new instruments leads to: pause or remove the search, without signing in.

Programs that look into letters follow links, so following one changes nothing: the page asks, and
its buttons do it.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.accounts.errors import LinkSpent
from booking.accounts.identity import settings_of
from booking.needs.actions.save_search import pause_by_letter, remove_by_letter
from booking.needs.queries.searches import search_by_letter
from booking.web.clock import ClockDep
from booking.web.rendering import PageDep
from booking.web.signed import carried_text, carry, opened_text, put_down
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Visitor = Annotated[Actor | None, PUBLIC]
PURPOSE: Final = "saved_search"
_PAGE: Final = "needs/search_letter.html"


@router.get("/saved-searches/letter/{token}", name="saved_search_link")
def follow(token: str, request: Request, page: PageDep, visitor: Visitor) -> Response:
    """Keep the link and go on to a plain address, which shows what it opens."""
    if opened_text(settings_of(request), PURPOSE, token) is None:
        raise LinkSpent
    response = page.redirect("saved_search_letter")
    carry(response, PURPOSE, token, request=request)
    return response


@router.get("/saved-searches/letter", name="saved_search_letter")
def letter_page(request: Request, session: Reading, page: PageDep, visitor: Visitor) -> Response:
    """Asks what is to be done about the search."""
    saved = search_by_letter(session, carried_text(request, PURPOSE))
    if saved is None:
        raise LinkSpent
    return page.render(_PAGE, name=saved.name, paused=saved.paused, removed=False)


@router.post("/saved-searches/letter/pause", name="saved_search_letter_pause")
def pause(
    request: Request, uow: Transaction, page: PageDep, clock: ClockDep, visitor: Visitor
) -> Response:
    """No more letters about it."""
    pause_by_letter(uow, carried_text(request, PURPOSE), now=clock.now())
    return page.redirect("saved_search_letter")


@router.post("/saved-searches/letter/removal", name="saved_search_letter_remove")
def remove(
    request: Request, uow: Transaction, page: PageDep, clock: ClockDep, visitor: Visitor
) -> Response:
    """It is not kept any longer; the link has served."""
    remove_by_letter(uow, carried_text(request, PURPOSE), now=clock.now())
    response = page.render(_PAGE, name="", paused=False, removed=True)
    put_down(response, request=request)
    return response
