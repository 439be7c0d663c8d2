"""Send what is due to webhooks: claimed before, recorded after, no transaction open while sending.

A process that dies in between leaves a message that is sent again later, with the same reference.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from booking.accounts.identity import seal_of
from booking.db.outside import Outside, Sent
from booking.db.transactions import UnitOfWork
from booking.kernel.networks import networks
from booking.notifications.actions.manage_webhooks import host_of
from booking.notifications.channels.webhook import Parcel, Receipt, send_all
from booking.notifications.composing import message_headers
from booking.notifications.events import WebhookFailing
from booking.notifications.models import Webhook, WebhookDelivery
from booking.notifications.queries import next_deliveries
from booking.notifications.rules import (
    PAUSED_AFTER,
    HookFailure,
    hook_purpose,
    is_given_up,
    wait_after,
)

# Under the lease of a job, with the longest batch on top.
_TIME_SECONDS: Final = 20
_AT_ONCE: Final = 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A message that is being sent; without a parcel its secret could not be opened."""

    delivery_id: int
    webhook_id: int
    attempts: int
    parcel: Parcel | None


def deliver_messages(outside: Outside, now: datetime) -> Sent:
    """Every message that is due, as far as time allows, one at a time for each webhook, and one in
    all for a slow one.

    What an address of somebody else's fails to take is no failure of ours: its page tells of it.
    """
    ends, sent, resting = monotonic() + _TIME_SECONDS, 0, set[int]()
    allowed = networks(outside.settings.webhook_networks)
    while monotonic() < ends and (batch := _claim(outside, resting, now)):
        parcels = [one.parcel for one in batch if one.parcel is not None]
        receipts = iter(send_all(parcels, allowed))
        results = [
            (one, next(receipts) if one.parcel else Receipt(failure=HookFailure.SECRET))
            for one in batch
        ]
        for one, receipt in results:
            _record(outside, one, receipt, now=now)
        resting |= {one.webhook_id for one, receipt in results if receipt.failure or receipt.slow}
        sent += sum(receipt.failure is None for _, receipt in results)
    if resting:
        _log.info("webhooks that took nothing, or slowly: %s", sorted(resting))
    return Sent(sent)


def _claim(outside: Outside, resting: set[int], now: datetime) -> Sequence[_Claimed]:
    """The next ones, counted as tried: a crash while sending does not make them endless."""
    with outside.deed() as uow:
        claimed = next_deliveries(uow.session, now, but_not=resting, limit=_AT_ONCE)
        for delivery, _ in claimed:
            delivery.attempts += 1
            delivery.tried_at = now
            delivery.due_at = now + wait_after(delivery.attempts)
    return [
        _Claimed(d.key, webhook.key, d.attempts, _parcel(outside, d, webhook, now=now))
        for d, webhook in claimed
    ]


def _parcel(
    outside: Outside, delivery: WebhookDelivery, webhook: Webhook, *, now: datetime
) -> Parcel | None:
    seal = seal_of(outside.settings)
    secret = seal.opened(webhook.sealed_secret, purpose=hook_purpose(webhook.key), now=now)
    if secret is None:
        return None
    headers = message_headers(delivery, secret, now)
    return Parcel(webhook.url, headers, delivery.body.encode())


def _record(outside: Outside, one: _Claimed, receipt: Receipt, *, now: datetime) -> None:
    """Each in a deed of its own: where one cannot be written down, the others are not sent again.

    The webhook is locked before its message, as by whoever removes it.
    """
    over = receipt.failure is not None and is_given_up(one.attempts)
    try:
        with outside.deed() as uow:
            found: Webhook | None = uow.session.execute(
                sa.select(Webhook)
                .where(col(Webhook.id) == one.webhook_id)
                .with_for_update(key_share=True)
            ).scalar_one_or_none()
            if found is None:
                # Somebody removed it meanwhile, and what it was told with it.
                return
            uow.session.execute(
                sa.update(WebhookDelivery)
                .where(col(WebhookDelivery.id) == one.delivery_id)
                .values(
                    status=receipt.status,
                    failure=receipt.failure,
                    sent_at=None if receipt.failure else now,
                    given_up_at=now if over else None,
                )
            )
            _judge(uow, found, now, failed=receipt.failure is not None)
    except OperationalError as busy:
        _log.warning("message %s not recorded: %s", one.delivery_id, type(busy).__name__)


def _judge(uow: UnitOfWork, webhook: Webhook, now: datetime, *, failed: bool) -> None:
    """After days without one success, nothing more is sent until somebody has looked."""
    if not failed:
        webhook.failing_since = None
    elif webhook.failing_since is None:
        webhook.failing_since = now
    elif now - webhook.failing_since >= PAUSED_AFTER and webhook.paused_at is None:
        webhook.paused_at = now
        uow.session.flush()
        uow.announce(
            WebhookFailing(
                at=now,
                actor_id=None,
                subject=f"organisation:{webhook.organisation_id}",
                changes={"webhook": (webhook.key, webhook.key)},
                organisation_id=webhook.organisation_id,
                webhook_id=webhook.key,
                host=host_of(webhook),
            )
        )
