"""Every announced fact becomes an entry, in the transaction that made it true."""

from collections.abc import Sequence
from typing import Final

from booking.audit.models import AuditEntry
from booking.db.signals import WritingAndTelling, write_and_tell
from booking.db.transactions import UnitOfWork
from booking.kernel.events import Event
from booking.kernel.money import yuan
from booking.web.json import json_safe
from booking.web.tracing import current_request, real_person

# Every deed ends here, so the statement is built once and nothing is read back.
_WRITE: Final = WritingAndTelling.into(AuditEntry.__table__)  # type: ignore[attr-defined]  # made by SQLModel


def record(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Write down who did what to whom, when and why, in the order of the facts.

    What open calendars are to hear of them goes along.
    """
    if events:
        write_and_tell(uow.session, _WRITE, [_entry(event) for event in events])


def _entry(event: Event) -> dict[str, object]:
    actor_id, on_behalf_of = _whose_deed(event)
    return {
        "at": event.at,
        "actor_id": actor_id,
        "on_behalf_of": on_behalf_of,
        "name": event.name,
        "subject": event.subject,
        "cause": event.cause,
        "changes": dict(_told(field, *pair) for field, pair in event.changes.items()),
        "request_id": current_request(),
    }


def _whose_deed(event: Event) -> tuple[int | None, str]:
    """Who really did it, and for whom; nobody hides behind the account they act through."""
    real = real_person()
    if real is None or event.actor_id in {None, real}:
        return event.actor_id, event.on_behalf_of
    return real, f"user:{event.actor_id} {event.on_behalf_of}".strip()


def _told(field: str, before: object, after: object) -> tuple[str, list[object]]:
    """Amounts are told in yuan, like everywhere outside."""
    if field.endswith("_fen"):
        return field.removesuffix("_fen"), [_in_yuan(before), _in_yuan(after)]
    return field, [json_safe(before), json_safe(after)]


def _in_yuan(amount: object) -> object:
    return yuan(amount) if isinstance(amount, int) else json_safe(amount)
