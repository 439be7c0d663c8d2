"""An operator's account of a use that is over; of one that the clock ended, its real end too.

The centre may say another end of any use.
"""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.check_out import presence
from booking.reservations.actions.overrunning import Changed, reckon_overrun
from booking.reservations.actions.recording import must_be_sold, write_record
from booking.reservations.errors import UseRecordWrong
from booking.reservations.queries.hindrance import next_use_began
from booking.reservations.queries.loading import LoadedUse
from booking.reservations.queries.terms import afterwards_terms
from booking.reservations.rules.use_record import UseRecord, end_faults


def complete(
    uow: UnitOfWork, use: LoadedUse, record: UseRecord, *, now: datetime, by_centre: bool = False
) -> Changed:
    """Keep the record if it fits; what changed. What ran over by the real end is reckoned here."""
    usage = use.usage
    must_be_sold(uow.session, use.booked.reservation, record)
    changes: Changed = {}
    if record.ended_at is not None and not _is_same(record.ended_at, usage.ended_at):
        changes |= _ended_really(uow, use, record.ended_at, now=now, by_centre=by_centre)
    return changes | write_record(usage, record, presence(usage))


def _ended_really(
    uow: UnitOfWork, use: LoadedUse, ended_at: datetime, *, now: datetime, by_centre: bool
) -> Changed:
    booked, usage = use.booked, use.usage
    following = next_use_began(uow.session, usage)
    faults = tuple(
        end_faults(
            ended_at,
            started_at=usage.started_at,
            until=now if following is None else min(now, following),
            is_open=usage.to_be_completed or by_centre,
        )
    )
    if faults:
        raise UseRecordWrong(faults)
    before = usage.ended_at
    usage.ended_at = ended_at
    terms = afterwards_terms(uow.session, booked.reservation.policy_id)
    changes = reckon_overrun(uow.session, booked, usage, terms=terms)
    return {"ended_at": (before and before.isoformat(), ended_at.isoformat()), **changes}


def _is_same(told: datetime, known: datetime | None) -> bool:
    """Forms tell whole minutes."""
    if known is None:
        return False
    return told in {known, known.replace(second=0, microsecond=0)}
