"""Webhooks of an organisation: add one, pause it, go on, renew its secret, try it, remove it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.accounts.providers.sealing import Seal
from booking.accounts.rules import new_secret
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Violation
from booking.kernel.events import Changes
from booking.notifications.actions.queue_messages import queue_messages
from booking.notifications.errors import WebhookRefused
from booking.notifications.events import (
    WebhookAdded,
    WebhookEvent,
    WebhookPaused,
    WebhookRemoved,
    WebhookResumed,
    WebhookSecretRenewed,
)
from booking.notifications.models import Webhook, WebhookDelivery
from booking.notifications.queries import webhook_for_update, webhooks_of
from booking.notifications.rules import (
    HOOK_SECRET_PREFIX,
    MOST_WEBHOOKS,
    TEST_FACT,
    HookFact,
    address_violations,
    hook_purpose,
    needed_for,
)
from booking.organisations.queries import managed_organisation, organisation_for_update


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookWish:
    """Where to, and what it is to be told of."""

    organisation_id: int
    url: str
    facts: Sequence[HookFact]
    http_allowed: bool = False


@dataclass(frozen=True, slots=True)
class NewSecret:
    """The secret that signs; nobody can read it here afterwards."""

    webhook_id: int
    secret: str


def add_webhook(
    uow: UnitOfWork, wish: WebhookWish, *, seal: Seal, actor: Actor, now: datetime
) -> NewSecret:
    """Tell an address from now on; whoever asks may read what it will be told."""
    place = wish.organisation_id
    managed_organisation(uow.session, place, actor)
    for fact in wish.facts:
        actor.must(needed_for(fact), organisation_id=place)
    # Locked, so that two at once do not both count the others.
    organisation_for_update(uow.session, place)
    broken = list(address_violations(wish.url, http_allowed=wish.http_allowed))
    if len(webhooks_of(uow.session, place)) >= MOST_WEBHOOKS:
        broken.append(Violation("webhook.too_many", {"most": MOST_WEBHOOKS}))
    if broken:
        raise WebhookRefused(broken)
    facts = sorted({fact.value for fact in wish.facts})
    webhook = Webhook(organisation_id=place, url=wish.url, facts=facts, created_at=now)
    uow.session.add(webhook)
    uow.session.flush()
    made = _sealed_anew(uow, webhook, seal, now=now)
    changes = {"host": (None, host_of(webhook)), "facts": (None, facts)}
    _announce(uow, WebhookAdded, webhook, actor=actor, now=now, changes=changes)
    return made


def pause_webhook(uow: UnitOfWork, webhook_id: int, *, actor: Actor, now: datetime) -> None:
    """Tell it nothing more; what waits goes on waiting."""
    webhook = webhook_for_update(uow.session, webhook_id, actor)
    if webhook.paused_at is None:
        webhook.paused_at = now
        _announce(uow, WebhookPaused, webhook, actor=actor, now=now)


def resume_webhook(uow: UnitOfWork, webhook_id: int, *, actor: Actor, now: datetime) -> None:
    """Go on, with what waits first."""
    webhook = webhook_for_update(uow.session, webhook_id, actor)
    if webhook.paused_at is not None:
        webhook.paused_at = webhook.failing_since = None
        _announce(uow, WebhookResumed, webhook, actor=actor, now=now)


def renew_secret(
    uow: UnitOfWork, webhook_id: int, *, seal: Seal, actor: Actor, now: datetime
) -> NewSecret:
    """Sign with another secret from the next message on."""
    webhook = webhook_for_update(uow.session, webhook_id, actor)
    made = _sealed_anew(uow, webhook, seal, now=now)
    _announce(uow, WebhookSecretRenewed, webhook, actor=actor, now=now)
    return made


def try_webhook(uow: UnitOfWork, webhook_id: int, *, actor: Actor, now: datetime) -> None:
    """Send something that means nothing, to see whether it arrives."""
    webhook = webhook_for_update(uow.session, webhook_id, actor)
    queue_messages(
        uow,
        [webhook.key],
        fact=TEST_FACT,
        data={},
        organisation_id=webhook.organisation_id,
        now=now,
    )


def remove_webhook(uow: UnitOfWork, webhook_id: int, *, actor: Actor, now: datetime) -> None:
    """Forget it, with what waits for it and what it was told."""
    webhook = webhook_for_update(uow.session, webhook_id, actor)
    uow.session.execute(
        sa.delete(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook.key)
    )
    uow.session.delete(webhook)
    uow.session.flush()
    changes = {"host": (host_of(webhook), None)}
    _announce(uow, WebhookRemoved, webhook, actor=actor, now=now, changes=changes)


def host_of(webhook: Webhook) -> str:
    """Where it is; its path may hold a secret of the receiver's."""
    return urlsplit(webhook.url).hostname or ""


def _sealed_anew(uow: UnitOfWork, webhook: Webhook, seal: Seal, *, now: datetime) -> NewSecret:
    secret = new_secret(HOOK_SECRET_PREFIX)
    webhook.sealed_secret = seal.sealed(secret, purpose=hook_purpose(webhook.key), now=now)
    uow.session.flush()
    return NewSecret(webhook.key, secret)


def _announce(
    uow: UnitOfWork,
    kind: type[WebhookEvent],
    webhook: Webhook,
    *,
    actor: Actor,
    now: datetime,
    changes: Changes = MappingProxyType({}),
) -> None:
    place = webhook.organisation_id
    uow.session.flush()
    uow.announce(
        kind(
            at=now,
            actor_id=actor.known_id,
            on_behalf_of=actor.behalf_of(place),
            subject=f"organisation:{place}",
            changes={"webhook": (webhook.key, webhook.key), **changes},
            organisation_id=place,
            webhook_id=webhook.key,
        )
    )
