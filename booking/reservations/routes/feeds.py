"""Calendars for other programs, and the pages on which their addresses are given out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires, signed_in
from booking.access.permissions import Permission
from booking.accounts.errors import NotByToken
from booking.accounts.identity import settings_of
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.rules import digest_of
from booking.db.transactions import read_session
from booking.instruments.queries.cards import card_seen_by
from booking.kernel.errors import NotFound
from booking.reservations.actions.keep_feed import give_feed, revoke_feed
from booking.reservations.exports import feed_content
from booking.reservations.queries.feeds import feed_made_at, feed_opened_by, lab_run_by
from booking.reservations.rules.feeds import OWN, Subject
from booking.web.clock import ClockDep
from booking.web.i18n import DEFAULT, LANGUAGES, speak
from booking.web.ics import ICS, feed_headers, is_known, tag_of
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Visitor = Annotated[Actor | None, PUBLIC]
Oneself = Annotated[Actor, signed_in]
Host = Annotated[Actor, requires(Permission.RESERVATION_HOST)]
_PAGE: Final = "reservations/feed.html"
_INSTRUMENT: Final = "/instruments/{instrument_id}/calendar-feed"
_LAB: Final = "/manage/labs/{lab_id}/calendar-feed"


@router.get("/calendar/{secret}.ics", name="calendar_feed")
def read(
    secret: str,
    request: Request,
    clock: ClockDep,
    visitor: Visitor,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """As its owner may see it now; whoever is signed in in this browser does not matter."""
    # Not the copy that other pages read: what was revoked must open nothing.
    with read_session(request.app.state.engine) as session:
        opened = feed_opened_by(session, digest_of(secret))
        if opened is None:
            raise NotFound
        actor, settings = actor_by_id(session, opened.person_id), settings_of(request)
        speak(next((known for known in LANGUAGES if known == actor.locale), DEFAULT))
        content = feed_content(session, opened, actor, settings=settings, now=clock.now())
    tag = tag_of(content)
    if is_known(if_none_match, tag):
        return Response(status_code=304, headers=feed_headers(tag))
    return Response(content, headers=feed_headers(tag), media_type=ICS)


@router.get("/account/calendar-feed", name="own_feed")
def own(session: Reading, page: PageDep, actor: Oneself) -> Response:
    return page.render(_PAGE, **_own(session, actor))


@router.post("/account/calendar-feed", name="own_feed_give")
def give_own(uow: Transaction, page: PageDep, clock: ClockDep, actor: Oneself) -> Response:
    """The answer itself shows the address, once."""
    secret = give_feed(uow, OWN, actor=actor, now=clock.now())
    return _given(page, _own(uow.session, actor), secret)


@router.post("/account/calendar-feed/revocation", name="own_feed_revoke")
def revoke_own(uow: Transaction, page: PageDep, clock: ClockDep, actor: Oneself) -> Response:
    revoke_feed(uow, OWN, actor=actor, now=clock.now())
    return page.redirect("own_feed")


@router.get(_INSTRUMENT, name="instrument_feed")
def of_instrument(instrument_id: int, session: Reading, page: PageDep, actor: Oneself) -> Response:
    return page.render(_PAGE, **_of_instrument(session, instrument_id, actor))


@router.post(_INSTRUMENT, name="instrument_feed_give")
def give_of_instrument(
    instrument_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Oneself
) -> Response:
    secret = give_feed(uow, Subject(instrument_id), actor=actor, now=clock.now())
    return _given(page, _of_instrument(uow.session, instrument_id, actor), secret)


@router.post(f"{_INSTRUMENT}/revocation", name="instrument_feed_revoke")
def revoke_of_instrument(
    instrument_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Oneself
) -> Response:
    revoke_feed(uow, Subject(instrument_id), actor=actor, now=clock.now())
    return page.redirect("instrument_feed", instrument_id)


@router.get(_LAB, name="lab_feed")
def of_lab(lab_id: int, session: Reading, page: PageDep, actor: Host) -> Response:
    return page.render(_PAGE, **_of_lab(session, lab_id, actor))


@router.post(_LAB, name="lab_feed_give")
def give_of_lab(
    lab_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Host
) -> Response:
    secret = give_feed(uow, Subject(lab_id=lab_id), actor=actor, now=clock.now())
    return _given(page, _of_lab(uow.session, lab_id, actor), secret)


@router.post(f"{_LAB}/revocation", name="lab_feed_revoke")
def revoke_of_lab(
    lab_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Host
) -> Response:
    revoke_feed(uow, Subject(lab_id=lab_id), actor=actor, now=clock.now())
    return page.redirect("lab_feed", lab_id)


def _given(page: Page, shown: Mapping[str, Any], secret: str) -> Response:
    base = settings_of(page.request).public_url.rstrip("/")
    response = page.render(
        _PAGE, status=201, **{**shown, "address": f"{base}/calendar/{secret}.ics"}
    )
    response.headers["cache-control"] = "private, no-store"
    return response


def _own(session: Session, actor: Actor) -> dict[str, Any]:
    made_at = _made_at(session, OWN, actor)
    return _shown("own", (), back="account", name="", made_at=made_at)


def _of_instrument(session: Session, instrument_id: int, actor: Actor) -> dict[str, Any]:
    card = card_seen_by(session, instrument_id, actor).instrument
    made_at = _made_at(session, Subject(instrument_id), actor)
    key = (instrument_id,)
    return _shown("instrument", key, back="instrument", name=card.name, made_at=made_at)


def _of_lab(session: Session, lab_id: int, actor: Actor) -> dict[str, Any]:
    lab = lab_run_by(session, lab_id, actor)
    made_at = _made_at(session, Subject(lab_id=lab_id), actor)
    return _shown("lab", (lab_id,), back="", name=lab.name, made_at=made_at)


def _made_at(session: Session, subject: Subject, actor: Actor) -> datetime | None:
    if not actor.in_person:
        raise NotByToken
    return feed_made_at(session, actor.id, subject)


def _shown(
    kind: str, key: tuple[int, ...], *, back: str, name: str, made_at: datetime | None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": key,
        "back": back,
        "name": name,
        "made_at": made_at,
        "address": "",
    }
