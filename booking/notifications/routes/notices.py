"""One's own notices: the bell, the list, what is done to one; how and when one is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import signed_in
from booking.accounts.identity import settings_of
from booking.notifications.actions.choose_notices import Wish, choose_notices
from booking.notifications.actions.read_notices import read_all, read_notice, unread_notice
from booking.notifications.composing import headline, path_of
from booking.notifications.forms import NoticesForm
from booking.notifications.models import OutboxMessage
from booking.notifications.queries.notices import (
    MOST_COUNTED,
    choices_of,
    notices_of,
    oneself,
    times_of,
    unread_count,
)
from booking.notifications.queries.words import known_of
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.notice import Mail, Notice
from booking.notifications.rules.table import CHOOSABLE, FIXED, NOTICES, concerns, usual
from booking.settings import Settings
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Person = Annotated[Actor, signed_in]
_LIST, _WAYS, _BELL, _LATEST = (
    "notifications/notices.html",
    "notifications/ways.html",
    "notifications/_bell.html",
    "notifications/_latest.html",
)
_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as a page shows it."""

    id: int
    fact: str
    text: str
    path: str
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A row of the page on which one chooses."""

    fact: NoticeFact
    notice: Notice
    fixed: bool


@router.get("/notices", name="notices")
def list_page(
    request: Request, session: Reading, page: PageDep, window: WindowDep, actor: Person
) -> Response:
    """Newest first, for the start page the last few; what one may not know any more is left out."""
    if page.target("latest"):
        few = notices_of(session, oneself(actor), after_id=None, limit=_FEW)
        return page.render(
            _LATEST,
            notices=_shown(session, few, settings_of(request)),
            **_counted(session, actor),
        )
    rows = notices_of(session, oneself(actor), after_id=window.after_id, limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.key,))
    return page.render(
        _LIST,
        notices=_shown(session, cut.items, settings_of(request)),
        next_cursor=cut.next_cursor,
        first=window.after is None,
    )


@router.get("/notices/bell", name="notices_bell")
def bell(session: Reading, page: PageDep, actor: Person) -> Response:
    """How many are unread, for the head of every page."""
    return page.render(_BELL, **_counted(session, actor))


def _counted(session: Session, actor: Actor) -> dict[str, Any]:
    return {"unread": unread_count(session, oneself(actor)), "most": MOST_COUNTED}


@router.post("/notices/reading", name="notices_read_all")
def read_every(uow: Transaction, page: PageDep, clock: ClockDep, actor: Person) -> Response:
    read_all(uow, actor=actor, now=clock.now())
    return page.redirect("notices")


@router.post("/notices/{notice_id}/reading", name="notice_read")
def read(
    notice_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Person
) -> Response:
    """It is read, and what it is about is opened."""
    notice = read_notice(uow, notice_id, actor=actor, now=clock.now())
    path = path_of(notice)
    return page.redirect_to(path) if path else page.redirect("notices")


@router.post("/notices/{notice_id}/unread", name="notice_unread")
def unread(notice_id: int, uow: Transaction, page: PageDep, actor: Person) -> Response:
    unread_notice(uow, notice_id, actor=actor)
    return page.redirect("notices")


@router.get("/account/notices", name="notice_ways")
def ways_page(session: Reading, page: PageDep, actor: Person) -> Response:
    return page.render(_WAYS, form=_as_chosen(session, actor), **_choosable(actor))


@router.post("/account/notices", name="notice_ways_save")
def save_ways(
    form: Annotated[Filled[NoticesForm], filled_in(NoticesForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Person,
) -> Response:
    """What the page did not show, because it concerns other roles, stays as it was chosen."""
    page.if_refused(_WAYS, form=form, **_choosable(actor))
    told = form.checked
    asked = {way.fact for way in _ways(actor)} - FIXED
    ways = dict(choices_of(uow.session, oneself(actor)))
    ways |= {fact: (fact in told.in_app, told.mail_of(fact)) for fact in asked}
    choose_notices(uow, Wish(told.times, ways), actor=actor, now=clock.now())
    return page.redirect("notice_ways")


def _shown(session: Session, rows: Sequence[OutboxMessage], settings: Settings) -> Sequence[Shown]:
    known = known_of(session, rows)
    return [
        Shown(
            id=row.key,
            fact=row.fact,
            text=headline(row, settings, known[row.key]),
            path=path_of(row),
            at=row.created_at,
            read=row.read_at is not None,
        )
        for row in rows
    ]


def _ways(actor: Actor) -> Sequence[Way]:
    """What can concern somebody in these roles."""
    roles = {role.value for role in actor.roles}
    return [
        Way(fact, notice, fact in FIXED)
        for fact, notice in NOTICES.items()
        if concerns(notice, roles) and (fact not in FIXED or notice.in_app)
    ]


def _choosable(actor: Actor) -> Mapping[str, Any]:
    return {"ways": _ways(actor), "hours": [(str(hour), f"{hour:02}:00") for hour in range(24)]}


def _as_chosen(session: Session, actor: Actor) -> Filled[Any]:
    person_id = oneself(actor)
    chosen, times = choices_of(session, person_id), times_of(session, person_id)
    ways = {fact: chosen.get(fact, usual(fact)) for fact in CHOOSABLE}
    return blank(
        in_app=[fact.value for fact, (in_app, _) in ways.items() if in_app],
        at_once=[fact.value for fact, (_, mail) in ways.items() if mail is Mail.NOW],
        daily=[fact.value for fact, (_, mail) in ways.items() if mail is Mail.DAILY],
        daily_hour=times.daily_hour,
        quiet_from="" if times.quiet_from is None else times.quiet_from,
        quiet_until="" if times.quiet_until is None else times.quiet_until,
        reminder_hours=times.reminder_hours,
    )
