"""What happens to credit, as facts. Subject is whose it is, or the rules of the centre."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from booking.credit.rules import Cause
from booking.credit.states import AppealState
from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class CreditEvent(Event):
    """Something about one entry; it is an organisation's or a lab's."""

    entry_id: int
    organisation_id: int | None
    lab_id: int | None
    person_id: int | None
    why: Cause
    points: int
    number: str
    lapses_at: datetime


@dataclass(frozen=True, kw_only=True)
class CreditEntered(CreditEvent):
    """A fact counts."""

    name: ClassVar[str] = "credit.entered"


@dataclass(frozen=True, kw_only=True)
class CreditAnnulled(CreditEvent):
    """What was entered counts no more: the centre found so when it looked at the booking."""

    name: ClassVar[str] = "credit.annulled"


@dataclass(frozen=True, kw_only=True)
class CreditAppealed(CreditEvent):
    name: ClassVar[str] = "credit.appealed"

    appeal_id: int


@dataclass(frozen=True, kw_only=True)
class CreditAppealDecided(CreditEvent):
    name: ClassVar[str] = "credit.appeal_decided"

    appeal_id: int
    asked_by: int
    state: AppealState


@dataclass(frozen=True, kw_only=True)
class CreditRulesSet(Event):
    """Another version, from a moment on."""

    name: ClassVar[str] = "credit.rules_set"
