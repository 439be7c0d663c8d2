"""Two instruments booked together, at each of the sides."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.reserve_joint import reserve_joint
from booking.reservations.rules.wish import Wish
from tests.access.world.records import Record
from tests.access.world.sides import Customer, Workshop
from tests.factories.reservation_values import between

_SPANS = {
    "ours": between("12-11 09:00", "10:00"),
    "guest": between("12-11 11:00", "12:00"),
    "theirs": between("12-11 13:00", "14:00"),
}


def joint_records(
    uow: UnitOfWork,
    sides: Mapping[str, tuple[Customer, Workshop]],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """One joint booking of each."""
    made = {}
    for side, (customer, shop) in sides.items():
        wishes = [
            Wish(instrument_id=tool, span=_SPANS[side], purpose=marks[side]["joint_purpose"])
            for tool in (shop.tool, shop.second)
        ]
        made[side] = reserve_joint(uow, wishes, actor=customer.member, now=now).joint.number
    yield (
        "joint-bookings/{number}",
        Record(made["ours"], other=made["theirs"], guest=made["guest"]),
    )
