"""Writing what a use consisted of into its row."""

from booking.kernel.timespan import TimeSpan
from booking.reservations.errors import UseRecordWrong
from booking.reservations.models.usage import UsageSession
from booking.reservations.rules.use_record import UseRecord, completed, record_faults

_FIELDS = ("preparation_minutes", "test_minutes", "post_minutes", "idle_minutes", "samples", "note")


def write_record(
    usage: UsageSession, record: UseRecord, present: TimeSpan
) -> dict[str, tuple[object, object]]:
    """Keep the record if it fits the presence; what changed, as it was and as it is."""
    if faults := tuple(record_faults(record, present)):
        raise UseRecordWrong(faults)
    whole = completed(record, present)
    changes: dict[str, tuple[object, object]] = {}
    for field in _FIELDS:
        before, value = getattr(usage, field), getattr(whole, field)
        if before != value:
            changes[field] = (before, value)
            setattr(usage, field, value)
    usage.to_be_completed = False
    return changes
