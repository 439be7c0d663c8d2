"""Note what was asked for and not given: a deed of its own, after the refused one was undone.

The deed that asks says beforehand what to write should it be refused; whoever opened its
transaction does so in another one (`booking.db.transactions`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import BookingError, Violation
from booking.reservations.models.refusal import Refusal
from booking.reservations.queries.refusals import providers_of
from booking.reservations.rules.refusal import Asked, Refused, refused


@contextmanager
def noted_if_refused(uow: UnitOfWork, asked: Asked, *, now: datetime) -> Iterator[None]:
    """Have it noted when what is done inside is refused."""
    try:
        yield
    except BookingError as error:
        note_later(uow, [refused_with(asked, error)], now=now)
        raise


def refused_with(asked: Asked, error: BookingError) -> Refused:
    """What a deed's error says of the one request that it was about."""
    if isinstance(error, SlotTaken):
        return refused(asked, error.violations, error.conflicts)
    return refused(asked, error.violations or [Violation(error.code)])


def note_later(uow: UnitOfWork, refusals: Sequence[Refused], *, now: datetime) -> None:
    """Have refusals noted when this transaction is undone by one of them; more may be added."""
    uow.when_refused.append(partial(note_refusals, refusals=refusals, now=now))


def note_refusals(uow: UnitOfWork, refusals: Sequence[Refused], *, now: datetime) -> None:
    """Write them down; what was noted before is not noted again."""
    if not refusals:
        return
    owners = providers_of(uow.session, {one.asked.instrument_id for one in refusals})
    insert_unless_exists(uow.session, Refusal, [_row(one, owners, now=now) for one in refusals])


def _row(one: Refused, owners: Mapping[int, int], *, now: datetime) -> dict[str, object]:
    asked = one.asked
    return {
        "instrument_id": asked.instrument_id,
        "organisation_id": asked.organisation_id,
        "external": asked.organisation_id != owners.get(asked.instrument_id),
        "starts_at": asked.span.start,
        "ends_at": asked.span.end,
        "codes": list(one.codes),
        "lack": one.lack,
        "asked_at": now,
    }
