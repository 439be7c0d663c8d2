"""Writing what a use consisted of into its row."""

from sqlmodel import Session

from booking.instruments.queries.settings import tariff_by_id
from booking.kernel.timespan import TimeSpan
from booking.reservations.errors import UseRecordWrong
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.rules.use_record import UseRecord, completed, record_faults

_FIELDS = ("preparation_minutes", "test_minutes", "post_minutes", "idle_minutes", "samples", "note")


def write_record(
    usage: UsageSession, record: UseRecord, present: TimeSpan
) -> dict[str, tuple[object, object]]:
    """Keep the record if it fits the presence; what changed, as it was and as it is.

    What was used up is in the price list that was booked under (`must_be_sold`).
    """
    if faults := tuple(record_faults(record, present)):
        raise UseRecordWrong(faults)
    whole = completed(record, present)
    changes: dict[str, tuple[object, object]] = {}
    for field in _FIELDS:
        before, value = getattr(usage, field), getattr(whole, field)
        if before != value:
            changes[field] = (before, value)
            setattr(usage, field, value)
    if record.consumables is not None and record.consumables != usage.consumables:
        changes["consumables"] = (dict(usage.consumables), dict(record.consumables))
        usage.consumables = dict(record.consumables)
    usage.to_be_completed = False
    return changes


def must_be_sold(session: Session, booked: Reservation, record: UseRecord | None) -> None:
    """Refuse what the price list of the booking does not name; billing could not charge it."""
    if record is None or not record.consumables:
        return
    terms = tariff_by_id(session, booked.tariff_id)
    for name in record.consumables:
        terms.consumable_for(booked.customer_class, name)
