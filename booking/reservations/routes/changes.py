"""Changing a booking: another end, with what that costs; a colleague who holds it instead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.accounts.queries.departures import successors
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.agreeing import kept_quote, percent_of_less
from booking.reservations.actions.hand_to_colleague import hand_to_colleague
from booking.reservations.actions.reschedule import resize
from booking.reservations.forms.changes import EndForm, HolderForm
from booking.reservations.queries.lists import reservation_seen_by
from booking.reservations.queries.seen import Seen
from booking.reservations.queries.terms import KeptTerms
from booking.reservations.routes.cards import Card, card_of
from booking.reservations.rules.cancellation import Cancellation
from booking.reservations.rules.fees import owed_for_less
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in, parse
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]
_END = "reservations/end.html"
_HOLDER = "reservations/holder.html"


@dataclass(frozen=True, slots=True)
class Preview:
    """What another end would cost, and what giving the booking up would cost then."""

    span: TimeSpan
    total_fen: int
    giving_up: Cancellation
    # Owed with the use, for what is given back late.
    given_back_fen: int

    @property
    def start(self) -> datetime:
        return self.span.start


@router.get("/reservations/{number}/end", name="reservation_end")
def to_end(
    number: str,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Reader,
) -> Response:
    """Until when: first what it costs, then the change."""
    seen, now = reservation_seen_by(session, number, actor), clock.now()
    typed = parse(EndForm, FormData(list(_typed(request))))
    form = typed if request.query_params else blank(ends_at=seen.ends_at)
    preview = _preview(session, seen, typed.model.ends_at, now=now) if typed.model else None
    return page.render(_END, card=card_of(seen, actor, now=now), form=form, preview=preview)


@router.post("/reservations/{number}/end", name="reservation_end_changed")
def change_end(
    number: str,
    form: Annotated[Filled[EndForm], filled_in(EndForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """More time or less; a refusal shows the form again."""
    seen, now = reservation_seen_by(uow.session, number, actor), clock.now()
    card = card_of(seen, actor, now=now)
    page.if_refused(_END, card=card, form=form, preview=None)
    wanted = form.checked
    reason = wanted.override_reason
    resize(uow, number, wanted.ends_at, actor=actor, now=now, override_reason=reason)
    return page.redirect("reservation", number)


@router.get("/reservations/{number}/holder", name="reservation_holder")
def to_hand_over(
    number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader
) -> Response:
    """To whom."""
    card = card_of(reservation_seen_by(session, number, actor), actor, now=clock.now())
    return page.render(_HOLDER, form=blank(), **_shown(session, card, actor))


@router.post("/reservations/{number}/holder", name="reservation_handed_on")
def hand_over(
    number: str,
    form: Annotated[Filled[HolderForm], filled_in(HolderForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """A colleague holds it from now on."""
    now = clock.now()
    card = card_of(reservation_seen_by(uow.session, number, actor), actor, now=now)
    page.if_refused(_HOLDER, form=form, **_shown(uow.session, card, actor))
    hand_to_colleague(uow, number, form.checked.colleague, actor=actor, now=now)
    return page.redirect("reservation", number)


def _typed(request: Request) -> Iterator[tuple[str, str | UploadFile]]:
    """The address as a filled form."""
    yield from request.query_params.multi_items()


def _preview(session: Session, seen: Seen, ends_at: datetime, *, now: datetime) -> Preview | None:
    if ends_at <= max(seen.starts_at, now) or ends_at == seen.ends_at:
        return None
    span = TimeSpan(seen.starts_at, ends_at)
    kept = KeptTerms(session)
    quote = kept_quote(kept, seen, span, now=now)
    owed_fen = owed_for_less(
        seen.given_back_fen,
        percent_of_less(kept, seen, now),
        before_fen=seen.quoted_fen,
        after_fen=quote.total_fen,
    )
    return Preview(span, quote.total_fen, seen.cancelled_at(now), owed_fen)


def _shown(session: Session, card: Card, actor: Actor) -> dict[str, Any]:
    """The colleagues by name for whoever manages the organisation; others know theirs."""
    seen = card.seen
    manages = actor.may_for(Permission.ORGANISATION_MANAGE, organisation_id=seen.organisation_id)
    known = successors(session, seen.organisation_id, but_not=seen.holder_id) if manages else ()
    return {
        "card": card,
        "colleagues": tuple((one.email, f"{one.name} · {one.email}") for one in known),
    }
