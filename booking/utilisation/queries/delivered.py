"""External hours of instruments between any two moments, by the law of the roll-up itself."""

from collections.abc import Collection, Mapping

from sqlmodel import Session

from booking.kernel.timespan import TimeSpan
from booking.utilisation.queries.recorded import bookings_touching
from booking.utilisation.rules.months import external_within

Wanted = tuple[int, TimeSpan]


def external_seconds(session: Session, wanted: Collection[Wanted]) -> Mapping[Wanted, int]:
    """Effective seconds of confirmed use by others than the owner, instrument by instrument."""
    if not wanted:
        return {}
    whole = TimeSpan(min(span.start for _, span in wanted), max(span.end for _, span in wanted))
    found = bookings_touching(session, whole, {instrument_id for instrument_id, _ in wanted})
    return {one: external_within(one[1], found.get(one[0], ())) for one in wanted}
