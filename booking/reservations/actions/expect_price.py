"""What a booking would cost at another time, before anybody agrees to it."""

from datetime import datetime

from sqlmodel import Session

from booking.instruments.rules.tariff import ItemNotPriced
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.taking import Ask, judge
from booking.reservations.errors import ReservationRefused
from booking.reservations.queries.seen import Seen


def expected_price(
    session: Session, seen: Seen, span: TimeSpan, *, on: int, now: datetime
) -> int | None:
    """In fen, by the price list of that time; None where there is none. Nothing is held."""
    ask = Ask(
        instrument_id=on,
        span=span,
        mode=seen.mode.value,
        organisation_id=seen.organisation_id,
        holder_id=seen.holder_id,
        but=seen.id,
        number=seen.number,
    )
    judged = judge(session, ask, now=now, lock=False)
    try:
        return judged.quote(seen.samples, seen.consumables)[1].total_fen
    except (ReservationRefused, ItemNotPriced):
        return None
