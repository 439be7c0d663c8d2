"""JSON: waiting for time, one's places in line, and answering an offer."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.models.unit import UnitKind
from booking.kernel.money import yuan
from booking.reservations.actions.answer_offer import accept_offer
from booking.reservations.actions.join_waitlist import join_waitlist, leave_waitlist
from booking.reservations.api.answers import Answer, answer_of, version_of
from booking.reservations.forms.waitlist import WaitBody
from booking.reservations.queries.places import Place, places_of
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import rfc3339
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["waitlist"])

Booker = Annotated[Actor, requires(Permission.RESERVATION_CREATE)]


@router.post("/instruments/{instrument_id}/waitlist", status_code=201)
def join(
    instrument_id: int,
    body: WaitBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Booker,
) -> Response:
    """Wait for a span, or for `minutes` within it, here or on one of some other instruments.

    What is free already is offered at once, so the answer may carry an offer."""

    def deed() -> tuple[int, Answer]:
        entry = join_waitlist(uow, body.wish(instrument_id), actor=actor, now=clock.now())
        return 201, place_answer(places_of(uow.session, entry.holder_id, entry.key)[0])

    return once.answer(deed)


@router.get("/waitlist")
def index(session: Reading, actor: Booker) -> Response:
    """The caller's places in line, in the order of joining, with what is offered; all of them."""
    items = [place_answer(place) for place in places_of(session, actor.id)]
    return JSONResponse({"items": items, "next_cursor": None})


@router.delete("/waitlist/{waitlist_id}", status_code=204)
def leave(waitlist_id: int, uow: Transaction, clock: ClockDep, actor: Booker) -> None:
    """Give a place up; what is offered to it goes on to the next."""
    leave_waitlist(uow, waitlist_id, holder_id=actor.id, actor_id=actor.id, now=clock.now())


@router.post("/waitlist-offers/{offer_id}/acceptance", status_code=201)
def accept(offer_id: int, uow: Transaction, once: Once, clock: ClockDep, actor: Booker) -> Response:
    """Book what is offered, by the rules as they are now; 409 `waitlist.offer_over` after it
    lapsed."""
    return once.answer(
        lambda: (
            201,
            answer_of(uow.session, accept_offer(uow, offer_id, actor=actor, now=clock.now())),
        ),
        tag=version_of,
    )


def place_answer(place: Place) -> Answer:
    """A place in line as programs read it."""
    offered = None
    if place.offered and place.lapses_at:
        offered = {
            "id": place.offer_id,
            "instrument_id": place.offered_on,
            "starts_at": rfc3339(place.offered.start),
            "ends_at": rfc3339(place.offered.end),
            "lapses_at": rfc3339(place.lapses_at),
            "total": None if place.total_fen is None else yuan(place.total_fen),
        }
    return {
        "id": place.entry_id,
        "state": place.state.value,
        "position": place.position,
        "instrument_ids": [one for one, *_ in place.instruments],
        "starts_at": rfc3339(place.window.start),
        "ends_at": rfc3339(place.window.end),
        "minutes": place.minutes,
        "mode": place.mode.value,
        "purpose": place.purpose,
        "samples": place.samples,
        "consumables": dict(place.consumables),
        "operator_ids": [one.id for one in place.helpers_of(UnitKind.OPERATOR)],
        "accessory_ids": [one.id for one in place.helpers_of(UnitKind.ACCESSORY)],
        "joined_at": rfc3339(place.joined_at),
        "offer": offered,
    }
