"""Needs of each company, published ones with an offer of their lab, and open ones."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.needs.actions.make_offer import make_offer
from booking.needs.actions.tell_need import take_step, tell_need
from booking.needs.rules.telling import Offering, Told
from booking.needs.states import NeedStep
from booking.organisations.rules import District
from tests.access.world.records import NOBODY, Record
from tests.access.world.sides import Customer, Workshop


def need_records(
    uow: UnitOfWork,
    customers: Mapping[str, Customer],
    labs: Sequence[Workshop],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """Ours, theirs, a guest's."""
    day = local(now).date() + timedelta(days=20)

    def told(customer: Customer, what: str = "镀层") -> int:
        wish = Told(what=what, by_day=day, district=District.FENGXI)
        return tell_need(uow, wish, actor=customer.member, now=now).key

    def published(customer: Customer) -> int:
        need_id = told(customer)
        take_step(uow, need_id, NeedStep.PUBLISH, actor=HOUSE, now=now)
        return need_id

    def offered(need_id: int, lab: Workshop) -> int:
        offer = Offering(words="可做", until=day)
        return make_offer(uow, need_id, offer, actor=lab.keeper, now=now).key

    ours, guest, theirs = customers.values()
    our, their = labs
    needs = [published(one) for one in (ours, theirs, guest)]
    offers = [offered(need, lab) for need, lab in zip(needs, (our, their, our), strict=True)]
    opened = [told(customers[side], marks[side]["need"]) for side in ("ours", "theirs", "guest")]
    asked = published(ours)
    yield "needs/{need_id}", Record(needs[0], other=needs[1], guest=needs[2])
    yield "needs/{need_id}/publication", Record(opened[0], other=opened[1], guest=opened[2])
    yield "board/{need_id}", Record(asked)
    yield (
        "offers/{offer_id}/acceptance",
        # Absent is another number than the need's: one address names both.
        Record(offers[0], other=offers[1], guest=offers[2], absent=NOBODY - 1),
    )
    yield "offers/{offer_id}/withdrawal", Record(offers[0], other=offers[1])
