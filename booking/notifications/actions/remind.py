"""Remind whoever has booked, some hours before: each booking once for each time it is moved to."""

from datetime import datetime

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.models import BookingReminder
from booking.notifications.queries.reminders import Upcoming, not_reminded_of, reminded_by
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.timing import knows_already, reminder_due


def remind_of_bookings(uow: UnitOfWork, now: datetime) -> int:
    """Whatever is due by now, however long nobody looked; nothing of what has begun.

    Whoever was told of a time later than the reminder would have come is not told again.
    """
    due = [one for one in not_reminded_of(uow.session, now) if _due(one, now)]
    rows = [{"reservation_id": one.reservation_id, "starts_at": one.starts_at} for one in due]
    # Two sweeps at once: only one of them writes the row, and with it the letter.
    written = insert_unless_exists(uow.session, BookingReminder, rows)
    mine = reminded_by(uow.session, written)
    told = [
        one
        for one in due
        if one.reservation_id in mine
        and not knows_already(one.times, starts_at=one.starts_at, told_at=one.told_at)
    ]
    for one in told:
        write_letter(uow, addressed(one.holder, NoticeFact.BOOKING_REMINDER, _told(one)), now=now)
    return len(told)


def _due(one: Upcoming, now: datetime) -> bool:
    return reminder_due(one.times, starts_at=one.starts_at, now=now)


def _told(one: Upcoming) -> dict[str, object]:
    return {
        "name": one.holder.name,
        "number": one.number,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
    }
