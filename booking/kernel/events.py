"""Facts: frozen, announced inside the transaction that made them true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

Changes = Mapping[str, tuple[object, object]]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to a subject, when, by whose hand and why.

    `subject` reads `<noun>:<reference>`, e.g. `reservation:R-2026-000017`. `actor_id` is None when
    the clock did it; `on_behalf_of` reads like a subject (`user:5`, `organisation:3`) and is empty
    when it was done for oneself. `changes` maps a field to its value before and after.
    """

    name: ClassVar[str] = "event"

    at: datetime
    subject: str
    actor_id: int | None
    on_behalf_of: str = ""
    cause: str = ""
    changes: Changes = field(default_factory=dict)
