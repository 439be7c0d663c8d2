"""Entries of ours, theirs and a guest, with appeals that wait and that are decided."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from booking.access.actor import HOUSE
from booking.credit.actions.appeal import appeal, decide_appeal
from booking.credit.actions.enter import Occasion, enter
from booking.credit.actions.set_rules import Version, set_rules
from booking.credit.rules import EXAMPLE, Cause
from booking.db.transactions import UnitOfWork
from tests.access.world.records import Record
from tests.access.world.sides import Customer, Workshop
from tests.factories.files import pdf, receive_file

ENTRIES = "entries/{entry_id}"
APPEALS = "appeals/{appeal_id}"


def credit_records(
    uow: UnitOfWork,
    sides: Mapping[str, tuple[Customer, Workshop]],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """What the world did before the rules came into force does not count."""
    rules = Version(terms=EXAMPLE, valid_from=now, note=marks["centre"]["credit_note"])
    set_rules(uow, rules, actor=HOUSE, now=now)
    entries, appeals = {}, {}
    for side, (customer, shop) in sides.items():
        occasion = Occasion(
            number=customer.bookings["confirmed"],
            organisation_id=customer.company.key,
            lab_id=shop.lab.key,
            person_id=customer.member.id,
        )
        entries[side] = enter(uow, Cause.LATE_CONFIRMATION, occasion, now=now) or 0
        against = enter(uow, Cause.OVERRUN, occasion, now=now) or 0
        said = marks[side]
        body = pdf(before_the_end=f"%{said['appeal_bytes']}\n".encode())
        paper = receive_file(uow, body, name=said["appeal_file"])
        made = appeal(uow, against, said["appeal"], file=paper, actor=customer.admin, now=now)
        appeals[side] = made.key
        missed = enter(uow, Cause.NO_SHOW, occasion, now=now) or 0
        decided = appeal(uow, missed, said["appeal"], file=None, actor=customer.admin, now=now)
        why = said["appeal_decision"]
        decide_appeal(uow, decided.key, why, grant=True, actor=HOUSE, now=now)
    for path, found in ((ENTRIES, entries), (APPEALS, appeals)):
        yield path, Record(found["ours"], other=found["theirs"], guest=found["guest"])
