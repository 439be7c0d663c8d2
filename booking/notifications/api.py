"""JSON: an organisation's webhooks, and what they were told."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.accounts.identity import SealDep, settings_of
from booking.notifications.actions.manage_webhooks import (
    WebhookWish,
    add_webhook,
    pause_webhook,
    remove_webhook,
    resume_webhook,
    try_webhook,
)
from booking.notifications.forms import WebhookForm
from booking.notifications.queries import deliveries_of, webhook_seen_by, webhooks_of
from booking.notifications.rules import HookFact, HookFailure
from booking.organisations.queries import managed_organisation
from booking.web.clock import ClockDep
from booking.web.json import AwareMoment
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["webhooks"])

Manager = Annotated[Actor, requires(Permission.ORGANISATION_MANAGE)]
_SHOWN = 100


class WebhookOut(BaseModel):
    """A webhook; its secret is told when it is made, and never again."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    organisation_id: int
    url: str
    facts: list[HookFact]
    created_at: AwareMoment
    paused_at: AwareMoment | None
    failing_since: AwareMoment | None


class NewWebhook(WebhookOut):
    """The same, with what signs."""

    secret: str


class WebhookList(BaseModel):
    """All of an organisation's; there are few."""

    items: list[WebhookOut]


class DeliveryOut(BaseModel):
    """A message, and what became of it; `status` is what the receiver answered last."""

    model_config = ConfigDict(from_attributes=True)

    reference: str
    fact: str
    created_at: AwareMoment
    attempts: int
    tried_at: AwareMoment | None
    sent_at: AwareMoment | None
    given_up_at: AwareMoment | None
    status: int | None
    failure: HookFailure | None


class DeliveryList(BaseModel):
    """The latest hundred, newest first."""

    items: list[DeliveryOut]


@router.get("/organisations/{organisation_id}/webhooks")
def list_webhooks(organisation_id: int, session: Reading, actor: Manager) -> WebhookList:
    """The webhooks of an organisation that one manages."""
    managed_organisation(session, organisation_id, actor)
    found = webhooks_of(session, organisation_id)
    return WebhookList(items=[WebhookOut.model_validate(row) for row in found])


@router.post("/organisations/{organisation_id}/webhooks", status_code=201)
def create_webhook(
    organisation_id: int,
    body: WebhookForm,
    request: Request,
    response: Response,
    uow: Transaction,
    clock: ClockDep,
    seal: SealDep,
    actor: Manager,
) -> NewWebhook:
    """Tell an address what happens from now on; `secret` is shown this once.

    No Idempotency-Key is kept here: the stored answer would hold the secret.
    """
    wish = WebhookWish(
        organisation_id=organisation_id,
        url=body.url,
        facts=body.facts,
        http_allowed=settings_of(request).webhook_http,
    )
    made = add_webhook(uow, wish, seal=seal, actor=actor, now=clock.now())
    shown = WebhookOut.model_validate(webhook_seen_by(uow.session, made.webhook_id, actor))
    response.headers["cache-control"] = "no-store"
    return NewWebhook(**shown.model_dump(), secret=made.secret)


@router.get("/webhooks/{webhook_id}/deliveries")
def list_deliveries(webhook_id: int, session: Reading, actor: Manager) -> DeliveryList:
    """What it was told lately."""
    webhook_seen_by(session, webhook_id, actor)
    found = deliveries_of(session, webhook_id, limit=_SHOWN)
    return DeliveryList(items=[DeliveryOut.model_validate(row) for row in found])


@router.post("/webhooks/{webhook_id}/pause")
def pause(webhook_id: int, uow: Transaction, clock: ClockDep, actor: Manager) -> WebhookOut:
    """Tell it nothing more; what waits goes on waiting."""
    pause_webhook(uow, webhook_id, actor=actor, now=clock.now())
    return WebhookOut.model_validate(webhook_seen_by(uow.session, webhook_id, actor))


@router.post("/webhooks/{webhook_id}/resumption")
def resume(webhook_id: int, uow: Transaction, clock: ClockDep, actor: Manager) -> WebhookOut:
    """Go on, with what waits first."""
    resume_webhook(uow, webhook_id, actor=actor, now=clock.now())
    return WebhookOut.model_validate(webhook_seen_by(uow.session, webhook_id, actor))


@router.post("/webhooks/{webhook_id}/test", status_code=202)
def send_test(webhook_id: int, uow: Transaction, clock: ClockDep, actor: Manager) -> DeliveryList:
    """Send something that means nothing with the next run; the answer shows it waiting."""
    try_webhook(uow, webhook_id, actor=actor, now=clock.now())
    found = deliveries_of(uow.session, webhook_id, limit=1)
    return DeliveryList(items=[DeliveryOut.model_validate(row) for row in found])


@router.delete("/webhooks/{webhook_id}", status_code=204)
def delete_webhook(webhook_id: int, uow: Transaction, clock: ClockDep, actor: Manager) -> None:
    """Forget it, with what waits for it."""
    remove_webhook(uow, webhook_id, actor=actor, now=clock.now())
