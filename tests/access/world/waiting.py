"""Places in line at ours and theirs, with time that is held; joint bookings; what is asked."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.join_waitlist import join_waitlist
from booking.reservations.actions.note_refusal import note_refusals
from booking.reservations.actions.reserve import reserve
from booking.reservations.queries.places import places_of
from booking.reservations.rules.refusal import Asked, refused
from booking.reservations.rules.waitlist import WaitWish
from booking.reservations.rules.wish import Wish
from tests.access.world.asked import asked_records
from tests.access.world.joint import joint_records
from tests.access.world.records import Record
from tests.access.world.sides import PLACES, Customer, Workshop
from tests.factories.reservation_values import between

_SPANS = {
    "ours": between("12-10 09:00", "10:00"),
    "guest": between("12-10 11:00", "12:00"),
    "theirs": between("12-10 13:00", "14:00"),
}


def waiting_records(
    uow: UnitOfWork,
    sides: Mapping[str, tuple[Customer, Workshop]],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """What one gives back is offered to whoever waits, so each has an offer too."""
    found = {}
    for side, (customer, shop) in sides.items():
        wish = WaitWish(
            instrument_ids=(shop.tool,),
            window=_SPANS[side],
            minutes=60,
            purpose=marks[side]["waiting_purpose"],
        )
        before = Wish(instrument_id=shop.tool, span=_SPANS[side], purpose="断口")
        both = [reserve(uow, before, actor=customer.member, now=now) for _ in range(PLACES)]
        join_waitlist(uow, wish, actor=customer.member, now=now)
        # Refused, and longer than anything that is booked besides.
        span = _SPANS[side].widened(timedelta(hours=9), -timedelta(hours=1))
        asked = Asked(shop.tool, customer.company.key, span)
        note_refusals(uow, [refused(asked, (), ())], now=now)
        for booked in both:
            cancel(uow, booked.number, actor=customer.member, now=now)
        found[side] = places_of(uow.session, customer.member.id)[0]
    yield from joint_records(uow, sides, marks, now=now)
    ours, guest, theirs = found["ours"], found["guest"], found["theirs"]
    yield (
        "waitlist/{waitlist_id}",
        Record(ours.entry_id, other=theirs.entry_id, guest=guest.entry_id),
    )
    yield (
        "waitlist-offers/{offer_id}",
        Record(ours.offer_id or 0, other=theirs.offer_id, guest=guest.offer_id),
    )
    yield from asked_records(uow, sides, marks, now=now)
