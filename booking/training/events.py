"""What happens about training, as facts. Subject is the instrument, `on_behalf_of` the person."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from booking.kernel.events import Event
from booking.kernel.timespan import TimeSpan
from booking.training.rules import EndsBy, PutBack


@dataclass(frozen=True, kw_only=True)
class TrainingEvent(Event):
    """Something about one person's training on one instrument."""

    instrument_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class TrainingAsked(TrainingEvent):
    name: ClassVar[str] = "training.asked"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class TrainingWithdrawn(TrainingEvent):
    name: ClassVar[str] = "training.withdrawn"


@dataclass(frozen=True, kw_only=True)
class TrainingScheduled(TrainingEvent):
    """Put on a session."""

    name: ClassVar[str] = "training.scheduled"
    span: TimeSpan
    place: str
    trainer: str


@dataclass(frozen=True, kw_only=True)
class TrainingPutBack(TrainingEvent):
    """It waits for another session."""

    name: ClassVar[str] = "training.put_back"
    why: PutBack
    span: TimeSpan


@dataclass(frozen=True, kw_only=True)
class TrainingDeclined(TrainingEvent):
    name: ClassVar[str] = "training.declined"


@dataclass(frozen=True, kw_only=True)
class TrainingGranted(TrainingEvent):
    """For the first time, or anew in place of one that is in force."""

    name: ClassVar[str] = "training.granted"
    valid_to: date | None


@dataclass(frozen=True, kw_only=True)
class TrainingRevoked(TrainingEvent):
    name: ClassVar[str] = "training.revoked"


@dataclass(frozen=True, kw_only=True)
class TrainingEnding(TrainingEvent):
    """It ends within so many days, or (0) has ended."""

    name: ClassVar[str] = "training.ending"
    last_day: date
    days: int
    by: EndsBy


@dataclass(frozen=True, kw_only=True)
class SessionEvent(Event):
    """Something about a training session."""

    instrument_id: int
    session_id: int
    span: TimeSpan


@dataclass(frozen=True, kw_only=True)
class SessionPlanned(SessionEvent):
    name: ClassVar[str] = "training.session_planned"


@dataclass(frozen=True, kw_only=True)
class SessionHeld(SessionEvent):
    name: ClassVar[str] = "training.session_held"


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(SessionEvent):
    name: ClassVar[str] = "training.session_cancelled"
