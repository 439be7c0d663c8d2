"""Refused requests as plain rows."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.timespan import TimeSpan
from booking.reservations.models.refusal import Refusal
from booking.reservations.models.waitlist import WaitlistChoice, WaitlistEntry
from booking.reservations.rules.refusal import SLOT_TAKEN, Lack
from booking.reservations.states import EntryState
from tests.factories.accounts import make_user
from tests.factories.instruments import BEGINNING
from tests.factories.organisations import make_organisation

CODES = {
    Lack.OCCUPIED: [SLOT_TAKEN],
    Lack.CLOSED: ["opening.closed"],
    Lack.BROKEN: ["opening.closed"],
    Lack.OTHER: ["quota.hours"],
}


def make_refusal(
    uow: UnitOfWork,
    instrument_id: int,
    asked: TimeSpan,
    *,
    lack: Lack = Lack.OCCUPIED,
    organisation_id: int | None = None,
    asked_at: datetime = BEGINNING,
) -> Refusal:
    """A request of a company that was refused."""
    row = Refusal(
        instrument_id=instrument_id,
        organisation_id=organisation_id or make_organisation(uow).key,
        external=True,
        starts_at=asked.start,
        ends_at=asked.end,
        codes=CODES[lack],
        lack=lack,
        asked_at=asked_at,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def make_place_in_vain(
    uow: UnitOfWork,
    instrument_ids: tuple[int, ...],
    window: TimeSpan,
    *,
    minutes: int,
    organisation_id: int | None = None,
    state: EntryState = EntryState.EXPIRED,
    joined_at: datetime = BEGINNING,
) -> WaitlistEntry:
    """A place in a line that ended without an offer."""
    row = WaitlistEntry(
        holder_id=make_user(uow).key,
        organisation_id=organisation_id or make_organisation(uow).key,
        starts_at=window.start,
        ends_at=window.end,
        minutes=minutes,
        last_start_at=window.start,
        mode=ServiceMode.SELF_OPERATED,
        purpose="示例",
        state=state,
        joined_at=joined_at,
    )
    uow.session.add(row)
    uow.session.flush()
    for instrument_id in instrument_ids:
        uow.session.add(WaitlistChoice(entry_id=row.key, instrument_id=instrument_id))
    uow.session.flush()
    return row
