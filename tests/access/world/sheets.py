"""Sheets of instruments on their way in."""

from collections.abc import Mapping
from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from tests.access.world.records import Record
from tests.access.world.sides import Workshop
from tests.factories.sheets import GOOD, send, sheet


def sent_sheets(
    uow: UnitOfWork, people: Mapping[str, Actor], their_lab: Workshop, *, now: datetime
) -> Record:
    """A sheet of everybody who asks, and one of the other lab's."""
    sent = {who: send(uow, sheet(GOOD), actor=one, now=now).key for who, one in people.items()}
    other = send(uow, sheet(GOOD), actor=their_lab.keeper, now=now).key
    return Record(0, other=other, mine=sent)
