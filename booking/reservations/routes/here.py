"""At the instrument: a code on paper that opens nothing, a page for whoever has signed in, a link
that soon ends.

The paper holds the plain address of a page. The page shows the reader's own bookings that may begin
or end now; each of its buttons leads to an address that is signed for this person and this booking
and ends within minutes. Where the lab wants it, the code on its screen is asked for besides.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.instruments.queries.cards import card_summary
from booking.kernel.errors import NotFound
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.errors import CodeMissing, LinkOver
from booking.reservations.forms.presence import PresenceForm
from booking.reservations.queries.day import labs_hosted_by
from booking.reservations.queries.lists import due_at
from booking.reservations.queries.loading import host_of
from booking.reservations.routes.cards import Card, card_of
from booking.reservations.rules.presence import SHOWN_SECONDS, code_at, is_code
from booking.reservations.states import Action, State
from booking.settings import Settings
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.qr import picture_of
from booking.web.rendering import PageDep
from booking.web.signed import brief_token, opened_brief
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]
Host = Annotated[Actor, requires(Permission.RESERVATION_HOST)]
PAGE: Final = "reservations/here.html"
_PURPOSE: Final = "presence"
_LASTS: Final = timedelta(minutes=5)


@router.get("/here/{instrument_id}", name="here")
def at_instrument(
    instrument_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """What the reader may begin or end here now."""
    shown = _shown(session, instrument_id, actor, settings=_settings(request), now=clock.now())
    return page.render(PAGE, form=blank(), **shown)


@router.post("/here/{instrument_id}/{token}", name="here_step")
def begin_or_end(
    instrument_id: int,
    token: str,
    request: Request,
    form: Annotated[Filled[PresenceForm], filled_in(PresenceForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Check in, or out, on the booking that the link was signed for."""
    settings, now = _settings(request), clock.now()
    shown = _shown(uow.session, instrument_id, actor, settings=settings, now=now)
    page.if_refused(PAGE, form=form, **shown)
    code = form.checked.shown_code
    deed, number = _signed_for(settings, token, instrument_id, actor=actor, now=now)
    if deed == Action.CHECK_OUT:
        check_out(uow, number, None, actor=actor, now=now)
    else:
        lab_id = shown["lab_id"]
        is_there = is_code(settings.signing_key, lab_id, code, now=now)
        if code and not is_there:
            raise CodeMissing(instrument_id=instrument_id)
        check_in(uow, number, actor=actor, now=now, at_place=is_there)
    return page.redirect("reservation", number)


@router.get("/manage/instruments/{instrument_id}/code", name="instrument_code")
def paper(
    instrument_id: int, request: Request, session: Reading, page: PageDep, actor: Host
) -> Response:
    """The sheet to print and fix to the instrument."""
    lab_id, provider_id = host_of(session, instrument_id, actor)
    if not actor.may_for(Permission.RESERVATION_HOST, organisation_id=provider_id, lab_id=lab_id):
        raise NotFound(instrument_id=instrument_id)
    address = f"{_settings(request).public_url.rstrip('/')}/here/{instrument_id}"
    card = card_summary(session, instrument_id)
    return page.render(
        "reservations/code.html",
        instrument=card,
        instrument_id=instrument_id,
        lab_id=lab_id,
        address=address,
        picture=picture_of(address),
    )


@router.get("/labs/{lab_id}/screen", name="lab_screen")
def screen(
    lab_id: int,
    request: Request,
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    actor: Host,
) -> Response:
    """The code of the minute, for a screen that stands in the lab."""
    lab = next((one for one in labs_hosted_by(session, actor) if one.id == lab_id), None)
    if lab is None:
        raise NotFound(lab_id=lab_id)
    return page.render(
        "reservations/screen.html",
        fragment="code",
        lab=lab,
        code=code_at(_settings(request).signing_key, lab_id, clock.now()),
        seconds=SHOWN_SECONDS,
    )


def _shown(
    session: Session, instrument_id: int, actor: Actor, *, settings: Settings, now: datetime
) -> dict[str, Any]:
    """The instrument, and each booking that is due with the link that acts on it."""
    lab_id, _ = host_of(session, instrument_id, actor)
    due = due_at(session, instrument_id, actor, now=now)
    cards = [card_of(seen, actor, now=now) for seen in due]
    return {
        "instrument": card_summary(session, instrument_id),
        "instrument_id": instrument_id,
        "lab_id": lab_id,
        "due": [(card, _token(settings, card, actor, now=now)) for card in cards],
    }


def _token(settings: Settings, card: Card, actor: Actor, *, now: datetime) -> str:
    # The deed as well: a button pressed twice does not undo what it did.
    deed = Action.CHECK_OUT if card.seen.state is State.IN_USE else Action.CHECK_IN
    text = f"{actor.id}/{card.seen.instrument_id}/{deed.value}/{card.seen.number}"
    return brief_token(settings, _PURPOSE, text, until=now + _LASTS)


def _signed_for(
    settings: Settings, token: str, instrument_id: int, *, actor: Actor, now: datetime
) -> tuple[str, str]:
    """Which deed on which booking, if for this person here."""
    text = opened_brief(settings, _PURPOSE, token, now=now) or ""
    whose, where, deed, number = (*text.split("/", 3), "", "", "", "")[:4]
    if (whose, where) != (str(actor.id), str(instrument_id)):
        raise LinkOver
    return deed, number


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
