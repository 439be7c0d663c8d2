"""Pages of an organisation's webhooks."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.accounts.identity import SealDep, settings_of
from booking.notifications.actions.manage_webhooks import (
    WebhookWish,
    add_webhook,
    pause_webhook,
    remove_webhook,
    renew_secret,
    resume_webhook,
    try_webhook,
)
from booking.notifications.forms import WebhookForm
from booking.notifications.queries import deliveries_of, webhook_seen_by, webhooks_of
from booking.notifications.rules import HookFact
from booking.organisations.queries import managed_organisation, organisation_summary
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import Page, PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Manager = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]

_LIST, _ONE = "notifications/webhooks.html", "notifications/webhook.html"
_SHOWN = 20


@router.get("/organisations/{organisation_id}/webhooks", name="webhooks")
def webhooks_page(
    organisation_id: int, session: Reading, page: PageDep, actor: Manager
) -> Response:
    return page.render(_LIST, form=blank(), **_listed(session, organisation_id, actor))


@router.post("/organisations/{organisation_id}/webhooks", name="webhook_add")
def add(
    organisation_id: int,
    form: Annotated[Filled[WebhookForm], filled_in(WebhookForm)],
    request: Request,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    seal: SealDep,
    actor: Manager,
) -> Response:
    """The answer itself shows the secret, once: no redirect could carry it without keeping it."""
    page.if_refused(_LIST, form=form, **_listed(uow.session, organisation_id, actor))
    wish = WebhookWish(
        organisation_id=organisation_id,
        url=form.checked.url,
        facts=form.checked.facts,
        http_allowed=settings_of(request).webhook_http,
    )
    made = add_webhook(uow, wish, seal=seal, actor=actor, now=clock.now())
    return _shown(uow.session, page, made.webhook_id, actor=actor, secret=made.secret)


@router.get("/webhooks/{webhook_id}", name="webhook")
def webhook_page(webhook_id: int, session: Reading, page: PageDep, actor: Manager) -> Response:
    return _shown(session, page, webhook_id, actor=actor)


@router.post("/webhooks/{webhook_id}/pause", name="webhook_pause")
def pause(
    webhook_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    pause_webhook(uow, webhook_id, actor=actor, now=clock.now())
    return page.redirect("webhook", webhook_id)


@router.post("/webhooks/{webhook_id}/resumption", name="webhook_resume")
def resume(
    webhook_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    resume_webhook(uow, webhook_id, actor=actor, now=clock.now())
    return page.redirect("webhook", webhook_id)


@router.post("/webhooks/{webhook_id}/secret", name="webhook_secret")
def renew(
    webhook_id: int,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    seal: SealDep,
    actor: Manager,
) -> Response:
    made = renew_secret(uow, webhook_id, seal=seal, actor=actor, now=clock.now())
    return _shown(uow.session, page, webhook_id, actor=actor, secret=made.secret)


@router.post("/webhooks/{webhook_id}/test", name="webhook_test")
def send_test(
    webhook_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    try_webhook(uow, webhook_id, actor=actor, now=clock.now())
    return page.redirect("webhook", webhook_id)


@router.post("/webhooks/{webhook_id}/removal", name="webhook_remove")
def remove(
    webhook_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    place = webhook_seen_by(uow.session, webhook_id, actor).organisation_id
    remove_webhook(uow, webhook_id, actor=actor, now=clock.now())
    return page.redirect("webhooks", place)


def _listed(session: Session, organisation_id: int, actor: Actor) -> dict[str, Any]:
    organisation = managed_organisation(session, organisation_id, actor)
    found = webhooks_of(session, organisation_id)
    return {"organisation": organisation, "webhooks": found, "facts": list(HookFact)}


def _shown(
    session: Session, page: Page, webhook_id: int, *, actor: Actor, secret: str = ""
) -> Response:
    webhook = webhook_seen_by(session, webhook_id, actor)
    told = deliveries_of(session, webhook_id, limit=_SHOWN)
    return page.render(
        _ONE,
        status=201 if secret else 200,
        webhook=webhook,
        organisation=organisation_summary(session, webhook.organisation_id),
        told=told,
        secret=secret,
    )
