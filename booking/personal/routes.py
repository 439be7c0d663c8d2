"""What is kept of people, said to everybody; one's own, to take along; the end of an account."""

import json
from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires, signed_in
from booking.access.permissions import Permission
from booking.accounts.actions.close_account import close_account, close_own_account, reopen_account
from booking.accounts.errors import NotByToken
from booking.accounts.forms import ReasonForm
from booking.accounts.rules import (
    ANONYMISED_AFTER,
    CLOSED_UNUSED_AFTER,
    KNOWN_ADDRESS_FOR,
    SIGN_UP_LIFE,
)
from booking.notifications.rules import KEPT_FOR
from booking.personal.kept import KEPT
from booking.personal.queries import told_of
from booking.personal.rules import Until
from booking.web.clock import ClockDep
from booking.web.downloads import JSON, download, files_of
from booking.web.forms import Filled, filled_in
from booking.web.json import json_safe
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Oneself = Annotated[Actor, signed_in]
Manager = Annotated[Actor, requires(Permission.PEOPLE_MANAGE)]

_DAYS = {
    Until.ANONYMISED: ANONYMISED_AFTER.days,
    Until.SESSIONS: KNOWN_ADDRESS_FOR.days,
    Until.LETTERS: KEPT_FOR.days,
    Until.SIGN_UP: SIGN_UP_LIFE.days,
}


@router.get("/privacy", name="privacy")
def privacy(page: PageDep, _: Annotated[Actor | None, PUBLIC]) -> Response:
    """The same table that the file for oneself is made from."""
    return page.render(
        "personal/privacy.html",
        kept=KEPT,
        days=_DAYS,
        anonymised_after=ANONYMISED_AFTER.days,
        unused_after=CLOSED_UNUSED_AFTER.days,
    )


@router.get("/account/data.json", name="own_data", responses=files_of(JSON))
def own_data(session: Reading, clock: ClockDep, actor: Oneself) -> Response:
    """Everything that is kept of whoever asks, in person."""
    if not actor.in_person:
        raise NotByToken
    told = {
        "person": actor.id,
        "made_at": clock.now(),
        "kept": told_of(session, actor.id, actor.email),
    }
    content = json.dumps(json_safe(told), ensure_ascii=False, indent=1)
    return download(content, filename=f"personal-data-{actor.id}.json", media_type=JSON)


@router.post("/account/closure", name="account_close")
def close(uow: Transaction, page: PageDep, clock: ClockDep, actor: Oneself) -> Response:
    """One's own; it ends every session, this one too."""
    close_own_account(uow, actor=actor, now=clock.now())
    return page.redirect("sign_in")


@router.post("/people/{user_id}/closure", name="person_close")
def close_of(
    user_id: int,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """For somebody else, by the centre."""
    close_account(uow, user_id, form.checked.reason, actor=actor, now=clock.now())
    return page.redirect("people")


@router.post("/people/{user_id}/reopening", name="person_reopen")
def reopen(
    user_id: int,
    form: Annotated[Filled[ReasonForm], filled_in(ReasonForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """While it is known whose it was."""
    reopen_account(uow, user_id, form.checked.reason, actor=actor, now=clock.now())
    return page.redirect("people")
