"""Pages: keep the price that the panel shows, and the quotes that still hold."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.reservations.actions.keep_quote import keep_quote
from booking.reservations.actions.reserve import may_book_for
from booking.reservations.forms import PanelForm
from booking.reservations.forms.quotes import wish_of_panel
from booking.reservations.queries.quotes import quote_seen_by, valid_quotes
from booking.reservations.routes.booking import PAGE
from booking.reservations.routes.cards import QuotedLine
from booking.reservations.routes.preview import panel_of
from booking.reservations.routes.purse import PurseDep
from booking.web.clock import ClockDep
from booking.web.forms import Filled, FormInvalid, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
_MOST = 200


@router.post("/instruments/{instrument_id}/quotes", name="quote_keep")
def keep(
    instrument_id: int,
    form: Annotated[Filled[PanelForm], filled_in(PanelForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    purse: PurseDep,
    actor: Annotated[Actor, requires(Permission.RESERVATION_CREATE)],
) -> Response:
    """Keep the price of what stands in the panel."""
    now = clock.now()
    shown = panel_of(uow.session, instrument_id, form, visitor=actor, now=now, purse=purse)
    page.if_refused(PAGE, fragment="booking", panel=shown)
    told = form.checked
    if told.span is None:
        raise FormInvalid([])
    wish = wish_of_panel(instrument_id, told, told.span)
    made = keep_quote(uow, wish, actor=actor, now=now)
    return page.redirect("quote", made.number)


@router.get("/quotes", name="quotes")
def index(session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """Those that still hold."""
    rows = valid_quotes(session, actor, now=clock.now(), limit=_MOST)
    return page.render("reservations/quotes.html", rows=rows)


@router.get("/quotes/{number}", name="quote")
def show(number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """A kept price, line by line, and the way to book at it."""
    found = quote_seen_by(session, number, actor)
    lines = [QuotedLine.of(line) for line in found.quote.get("lines", ())]
    holds = found.valid_until > clock.now()
    # Which voucher they chose is for whoever books for them.
    voucher = found.voucher if found.organisation_id in may_book_for(actor) else ""
    return page.render(
        "reservations/quote.html", quote=found, lines=lines, holds=holds, voucher=voucher
    )
