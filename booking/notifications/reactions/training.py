"""Who is told of training: the lab that somebody asks, the person what became of it."""

from collections.abc import Mapping

from booking.accounts.queries.people import keepers_of, reader_of
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_summary
from booking.kernel.timespan import TimeSpan
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import in_lab
from booking.organisations.queries import organisation_summary
from booking.training.events import (
    TrainingAsked,
    TrainingDeclined,
    TrainingEnding,
    TrainingEvent,
    TrainingGranted,
    TrainingPutBack,
    TrainingRevoked,
    TrainingScheduled,
)


def tell_trainers(uow: UnitOfWork, event: TrainingAsked) -> None:
    """Somebody waits for a session, to whoever keeps the instrument."""
    card = card_summary(uow.session, event.instrument_id)
    told = {
        "instrument": card.name,
        "instrument_id": event.instrument_id,
        "who": reader_of(uow.session, event.person_id).name,
        "organisation": organisation_summary(uow.session, event.organisation_id).name,
    }
    for reader in keepers_of(uow.session, card.lab_id):
        words = {**told, "name": reader.name}
        standing = in_lab(card.lab_id)
        letter = addressed(reader, "training_asked", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def tell_of_training(
    uow: UnitOfWork,
    event: TrainingScheduled
    | TrainingPutBack
    | TrainingDeclined
    | TrainingGranted
    | TrainingRevoked,
) -> None:
    """What became of a request or a permission, to its person."""
    told: dict[str, object] = {"step": event.name, "reason": event.cause}
    if isinstance(event, TrainingScheduled):
        told |= _moments(event.span) | {"place": event.place, "trainer": event.trainer}
    if isinstance(event, TrainingPutBack):
        told |= _moments(event.span) | {"step": f"{event.name}.{event.why.value}"}
    if isinstance(event, TrainingGranted):
        told["valid_to"] = event.valid_to.isoformat() if event.valid_to else ""
    _write(uow, event, "training_step", told=told)


def tell_training_ends(uow: UnitOfWork, event: TrainingEnding) -> None:
    """In time, so that one can ask anew, or use it."""
    told = {"last_day": event.last_day.isoformat(), "days": event.days, "by": event.by.value}
    _write(uow, event, "training_ending", told=told)


def _write(
    uow: UnitOfWork,
    event: TrainingEvent,
    fact: str,
    *,
    told: Mapping[str, object],
) -> None:
    reader = reader_of(uow.session, event.person_id)
    words = {
        **told,
        "name": reader.name,
        "instrument": card_summary(uow.session, event.instrument_id).name,
        "instrument_id": event.instrument_id,
    }
    write_letter(uow, addressed(reader, fact, words), now=event.at)


def _moments(span: TimeSpan) -> dict[str, object]:
    return {"start_at": span.start.isoformat(), "end_at": span.end.isoformat()}
