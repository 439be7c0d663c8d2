"""At the instrument: photos of each booking, and the link that our page there holds."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.show_condition import show_condition
from booking.reservations.states import Taken
from booking.web.signed import brief_token
from tests.access.world.records import Record
from tests.access.world.sides import Customer, Workshop
from tests.factories.files import receive_photo
from tests.support.serving import test_settings


def using_records(
    uow: UnitOfWork, sides: Mapping[str, tuple[Customer, Workshop]], *, now: datetime
) -> Iterator[tuple[str, Record]]:
    """Of the confirmed bookings, and of our one that is due soon."""
    shown = {
        side: show_condition(
            uow,
            customer.bookings["confirmed"],
            receive_photo(uow),
            taken=Taken.BEFORE,
            actor=customer.member,
            now=now,
        ).key
        for side, (customer, _) in sides.items()
    }
    yield (
        "condition-photos/{photo_id}",
        Record(shown["ours"], other=shown["theirs"], guest=shown["guest"]),
    )
    ours, shop = sides["ours"]
    text = f"{ours.member.id}/{shop.tool}/check_in/{ours.bookings['soon']}"
    token = brief_token(
        test_settings("sqlite://"), "presence", text, until=now + timedelta(days=900)
    )
    yield "{instrument_id}/{token}", Record(token, absent="useless")
