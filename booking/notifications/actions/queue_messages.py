"""Put messages to webhooks into their outbox, in the transaction of the deed that they tell of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from booking.db.transactions import UnitOfWork
from booking.notifications.composing import message_body
from booking.notifications.models import WebhookDelivery


def queue_messages(
    uow: UnitOfWork,
    webhook_ids: Sequence[int],
    *,
    fact: str,
    data: Mapping[str, object],
    organisation_id: int,
    now: datetime,
) -> None:
    """One for each; they leave with the next run of the job."""
    for webhook_id in webhook_ids:
        reference = uuid4().hex
        uow.session.add(
            WebhookDelivery(
                webhook_id=webhook_id,
                reference=reference,
                fact=fact,
                body=message_body(reference, fact, data, organisation_id=organisation_id, at=now),
                created_at=now,
                due_at=now,
            )
        )
    uow.session.flush()
