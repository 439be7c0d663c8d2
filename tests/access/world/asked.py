"""Times that labs propose for bookings at ours, the guest's and theirs, and exchanges asked of
them by somebody else."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from booking.access.actor import Actor, Grant
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.ask_swap import ask_swap
from booking.reservations.actions.propose_time import Proposed, propose_time
from booking.reservations.actions.reserve import reserve
from booking.reservations.rules.wish import Wish
from tests.access.world.records import Record
from tests.access.world.sides import Customer, Workshop
from tests.factories.accounts import make_actor
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between

_HOURS = {"ours": ("09:00", "10:00"), "guest": ("10:00", "11:00"), "theirs": ("11:00", "12:00")}


def asked_records(
    uow: UnitOfWork,
    sides: Mapping[str, tuple[Customer, Workshop]],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """Each on days of their own, so that nothing else stands in the way."""
    proposals, swaps = {}, {}
    for side, (customer, shop) in sides.items():
        begins, ends = _HOURS[side]
        for day in (14, 15):
            span = between(f"12-{day} {begins}", ends)
            wish = Wish(instrument_id=shop.tool, span=span, purpose="断口")
            made = reserve(uow, wish, actor=customer.member, now=now)
            if day == 14:
                instead = between(f"12-16 {begins}", ends)
                wanted = Proposed(span=instead, reason=marks[side]["proposal"])
                proposals[side] = propose_time(
                    uow, made.number, wanted, actor=shop.keeper, now=now
                ).key
                continue
            stranger = _stranger(uow, marks["stranger"], side)
            elsewhere = Wish(
                instrument_id=shop.tool,
                span=between(f"12-17 {begins}", ends),
                purpose=marks["stranger"]["purpose"],
            )
            asking = reserve(uow, elsewhere, actor=stranger, now=now)
            swaps[side] = ask_swap(uow, asking.number, span, actor=stranger, now=now).key
    yield (
        "proposals/{proposal_id}",
        Record(proposals["ours"], other=proposals["theirs"], guest=proposals["guest"]),
    )
    yield (
        "swaps/{swap_id}",
        Record(swaps["ours"], other=swaps["theirs"], guest=swaps["guest"]),
    )


def _stranger(uow: UnitOfWork, marks: Mapping[str, str], side: str) -> Actor:
    company = make_organisation(uow, name=f"{marks['name']}-{side}", verified=True)
    return make_actor(uow, Grant(Role.COMPANY_MEMBER, company.key), name=marks["person"])
