"""My waiting list: places in line, what is held for me until when, waiting for something more."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.queries.cards import must_be_known
from booking.instruments.queries.helpers import accessories_with
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.customer import ENTERPRISE
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.answer_offer import accept_offer, decline_offer
from booking.reservations.actions.join_waitlist import (
    LONGEST_WINDOW,
    join_waitlist,
    leave_waitlist,
)
from booking.reservations.forms.waitlist import WaitForm
from booking.reservations.queries.places import places_of
from booking.reservations.routes.preview import modes_to_book
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.moments import instant_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Booker = Annotated[Actor, requires(Permission.RESERVATION_CREATE)]
_MINE = "reservations/waitlist.html"
_JOIN = "reservations/waitlist_join.html"
# What the booking panel hands on besides the time.
_CHOSEN = ("mode", "samples", "consumables", "accessory_ids", "purpose")


@router.get("/waitlist", name="waitlist")
def index(session: Reading, page: PageDep, actor: Booker) -> Response:
    """Where I stand, and what is held for me."""
    return page.render(_MINE, places=places_of(session, actor.id))


@router.get("/instruments/{instrument_id}/waitlist", name="waitlist_new")
def to_join(
    instrument_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Booker,
) -> Response:
    """Which hours of which window, and on what else; begun with what was chosen to be booked."""
    told = request.query_params
    form = blank(
        starts_at=instant_in(told.get("start", "")) or "",
        ends_at=instant_in(told.get("end", "")) or "",
        **{name: told.getlist(name) for name in _CHOSEN},
    )
    shown = _shown(session, instrument_id, actor, clock)
    return page.render(_JOIN, **shown, form=form)


@router.post("/instruments/{instrument_id}/waitlist", name="waitlist_join")
def join(
    instrument_id: int,
    form: Annotated[Filled[WaitForm], filled_in(WaitForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Booker,
) -> Response:
    """Get in line; what was typed stays when that is refused."""
    shown = _shown(uow.session, instrument_id, actor, clock)
    page.if_refused(_JOIN, **shown, form=form)
    join_waitlist(uow, form.checked.wish(instrument_id), actor=actor, now=clock.now())
    return page.redirect("waitlist")


@router.post("/waitlist/{waitlist_id}/removal", name="waitlist_leave")
def leave(
    waitlist_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Booker
) -> Response:
    """Give a place up."""
    leave_waitlist(uow, waitlist_id, holder_id=actor.id, actor_id=actor.id, now=clock.now())
    return page.redirect("waitlist")


@router.post("/waitlist-offers/{offer_id}/acceptance", name="waitlist_accept")
def accept(
    offer_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Booker
) -> Response:
    """Book what is held."""
    page.if_refused(_MINE, places=places_of(uow.session, actor.id))
    made = accept_offer(uow, offer_id, actor=actor, now=clock.now())
    return page.redirect("reservation", made.number)


@router.post("/waitlist-offers/{offer_id}/refusal", name="waitlist_decline")
def decline(
    offer_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Booker
) -> Response:
    """Let the next in line have it."""
    page.if_refused(_MINE, places=places_of(uow.session, actor.id))
    decline_offer(uow, offer_id, actor=actor, now=clock.now())
    return page.redirect("waitlist")


def _shown(session: Reading, instrument_id: int, actor: Actor, clock: ClockDep) -> dict[str, Any]:
    now = clock.now()
    terms = booking_terms(session, instrument_id, TimeSpan(now, now + LONGEST_WINDOW), now=now)
    must_be_known(terms, actor)
    return {
        "instrument_id": instrument_id,
        "name": terms.name,
        "name_en": terms.name_en,
        "grid_minutes": terms.policy.grid_minutes,
        "longest_days": LONGEST_WINDOW.days,
        "modes": modes_to_book(terms, is_staff=False),
        "consumables": terms.tariff.consumables_for(ENTERPRISE) if terms.tariff else (),
        "accessories": accessories_with(session, instrument_id),
    }
