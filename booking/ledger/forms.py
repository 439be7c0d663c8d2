"""What addresses say about the ledger."""

from booking.kernel.periods import Period
from booking.ledger.errors import LedgerPeriodUnreadable


def period_named(code: str) -> Period | None:
    """The period of an address; none for all time."""
    if not code:
        return None
    try:
        return Period.parse(code)
    except ValueError as broken:
        raise LedgerPeriodUnreadable(period=code) from broken
