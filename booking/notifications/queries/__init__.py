"""Questions about letters and webhooks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.notifications.models import OutboxMessage, Webhook, WebhookDelivery


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook without its secret."""

    id: int
    organisation_id: int
    url: str
    facts: list[str]
    created_at: datetime
    paused_at: datetime | None
    failing_since: datetime | None


_WEBHOOK = sa.select(
    col(Webhook.id),
    col(Webhook.organisation_id),
    col(Webhook.url),
    col(Webhook.facts),
    col(Webhook.created_at),
    col(Webhook.paused_at),
    col(Webhook.failing_since),
)
DELIVERY_WAITING = sa.and_(
    col(WebhookDelivery.sent_at).is_(None), col(WebhookDelivery.given_up_at).is_(None)
)
WAITING = sa.and_(col(OutboxMessage.sent_at).is_(None), col(OutboxMessage.given_up_at).is_(None))


def next_letter(session: Session, now: datetime) -> OutboxMessage | None:
    """The next letter to send, locked until the deed ends; nobody else takes it meanwhile."""
    asked = (
        sa.select(OutboxMessage)
        .where(WAITING, col(OutboxMessage.due_at) <= now)
        .order_by(col(OutboxMessage.due_at), col(OutboxMessage.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: OutboxMessage | None = session.execute(asked).scalar_one_or_none()
    return found


def webhooks_of(session: Session, organisation_id: int) -> Sequence[WebhookRow]:
    """Every webhook of an organisation, oldest first."""
    rows = session.execute(
        _WEBHOOK.where(col(Webhook.organisation_id) == organisation_id).order_by(col(Webhook.id))
    )
    return [WebhookRow(*row) for row in rows]


def webhook_seen_by(session: Session, webhook_id: int, actor: Actor) -> WebhookRow:
    """A webhook, for whoever manages its organisation; NotFound for everybody else."""
    row = session.execute(_WEBHOOK.where(col(Webhook.id) == webhook_id)).one_or_none()
    found = WebhookRow(*row) if row else None
    if found is None or not actor.may_for(
        Permission.ORGANISATION_MANAGE, organisation_id=found.organisation_id
    ):
        raise NotFound(webhook_id=webhook_id)
    return found


def webhook_for_update(session: Session, webhook_id: int, actor: Actor) -> Webhook:
    """The row itself, locked until the deed ends."""
    webhook_seen_by(session, webhook_id, actor)
    found: Webhook = session.execute(
        sa.select(Webhook).where(col(Webhook.id) == webhook_id).with_for_update()
    ).scalar_one()
    return found


# Every booking asks it, so it is put together once.
_LISTENING: Final = (
    sa.select(col(Webhook.id), col(Webhook.facts))
    .where(
        col(Webhook.organisation_id) == sa.bindparam("organisation", type_=sa.BigInteger()),
        col(Webhook.paused_at).is_(None),
    )
    .order_by(col(Webhook.id))
    .with_for_update(read=True, key_share=True)
)


def listening(session: Session, organisation_id: int, fact: str) -> Sequence[int]:
    """The webhooks of an organisation that want to be told of a fact.

    They stay until the deed ends: a message to one that is gone would stop it.
    """
    rows = session.execute(_LISTENING, {"organisation": organisation_id})
    return [webhook_id for webhook_id, facts in rows if fact in facts]


def deliveries_of(session: Session, webhook_id: int, *, limit: int) -> Sequence[WebhookDelivery]:
    """The latest messages to a webhook, newest first."""
    asked = (
        sa.select(WebhookDelivery)
        .where(col(WebhookDelivery.webhook_id) == webhook_id)
        .order_by(col(WebhookDelivery.id).desc())
        .limit(limit)
    )
    return session.execute(asked).scalars().all()


def next_deliveries(
    session: Session, now: datetime, *, but_not: Collection[int], limit: int
) -> Sequence[tuple[WebhookDelivery, Webhook]]:
    """The oldest due message of each of some webhooks, locked until the deed ends.

    Those that took nothing lately come last: they may be slow, and much may wait for them.
    """
    first = sa.func.min(col(WebhookDelivery.id))
    due = (
        sa.select(first)
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .where(
            DELIVERY_WAITING,
            col(WebhookDelivery.due_at) <= now,
            col(Webhook.paused_at).is_(None),
            col(Webhook.id).not_in(but_not),
        )
        .group_by(col(Webhook.id))
        .order_by(
            col(Webhook.failing_since).is_not(None), sa.func.min(col(WebhookDelivery.due_at)), first
        )
        .limit(limit)
    )
    rows = session.execute(
        sa.select(WebhookDelivery, Webhook)
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .where(col(WebhookDelivery.id).in_(session.execute(due).scalars().all()), DELIVERY_WAITING)
        .order_by(col(WebhookDelivery.id))
        .with_for_update(skip_locked=True, of=WebhookDelivery)
    )
    return [(delivery, webhook) for delivery, webhook in rows]
