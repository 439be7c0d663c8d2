"""Bookings that somebody had ahead become others, or none: each is recorded, people are told of all
of them at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from booking.db.transactions import UnitOfWork
from booking.kernel.events import Changes, Event
from booking.reservations.actions.life import LONGEST_REASON, steps_told
from booking.reservations.events import JointStep
from booking.reservations.queries.loading import Loaded


class AllFact(TypedDict):
    """What every fact about all that somebody had ahead tells."""

    at: datetime
    subject: str
    actor_id: int | None
    cause: str
    changes: Changes
    organisation_id: int
    holder_id: int
    bookings: tuple[JointStep, ...]


def tell_of_all(uow: UnitOfWork, each: Sequence[Event], whole: Iterable[Event]) -> None:
    """Announce what became of each, and then of all; one alone is told as ever."""
    if len(each) == 1:
        uow.announce_all(each)
        return
    with uow.as_one():
        uow.announce_all(each)
    uow.announce_all(list(whole))


def all_fact(
    bookings: Sequence[Loaded], *, now: datetime, actor_id: int | None, cause: str = ""
) -> AllFact:
    """What is told of bookings of one holder, whatever happened to them."""
    some = bookings[0].reservation
    return AllFact(
        at=now,
        subject=f"organisation:{some.organisation_id}",
        actor_id=actor_id,
        cause=cause[:LONGEST_REASON],
        changes={"bookings": (None, len(bookings))},
        organisation_id=some.organisation_id,
        holder_id=some.holder_id,
        bookings=steps_told(one.reservation for one in bookings),
    )
