"""What every deed of training begins with: the instrument's lock, and whether it is theirs.

The lock lets the deeds of one instrument follow each other, so that seats are counted safely.
"""

from datetime import datetime
from typing import TypedDict, TypeVar

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.keeping import kept_instrument
from booking.kernel.errors import Forbidden, NotFound
from booking.training.models import TrainingGrant, TrainingRequest, TrainingSession

Kept = TypeVar("Kept", TrainingGrant, TrainingRequest, TrainingSession)


class About(TypedDict):
    """What every fact about somebody's training says."""

    at: datetime
    actor_id: int | None
    subject: str
    on_behalf_of: str
    instrument_id: int
    person_id: int


def about(row: TrainingGrant | TrainingRequest, *, actor: Actor | None, now: datetime) -> About:
    """Who did it, when, for whom; without an actor the clock did."""
    by = actor.known_id if actor else None
    return About(
        at=now,
        actor_id=by,
        subject=f"instrument:{row.instrument_id}",
        on_behalf_of="" if by == row.person_id else f"user:{row.person_id}",
        instrument_id=row.instrument_id,
        person_id=row.person_id,
    )


def kept_row(uow: UnitOfWork, kind: type[Kept], key: int, *, actor: Actor) -> Kept:
    """The row for somebody who trains on its instrument; for anybody else there is none."""
    asked = {f"{kind.__tablename__}_id": key}
    found = uow.session.get(kind, key)
    if found is None:
        raise NotFound(**asked)
    try:
        must_train_on(uow, found.instrument_id, actor=actor)
    except (NotFound, Forbidden):
        raise NotFound(**asked) from None
    return as_it_is(uow, kind, key)


def as_it_is(uow: UnitOfWork, kind: type[Kept], key: int) -> Kept:
    """The row as whoever held the lock before left it."""
    return uow.session.get_one(kind, key, populate_existing=True)


def must_train_on(uow: UnitOfWork, instrument_id: int, *, actor: Actor) -> None:
    """Lock the instrument for somebody who says who may operate it."""
    kept_instrument(uow, instrument_id, actor=actor, permission=Permission.TRAINING_GRANT)
