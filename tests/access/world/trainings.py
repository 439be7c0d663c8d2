"""At each lab an instrument that needs training: who waits, who comes to a session, who passed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.access.actor import HOUSE, Actor
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.training.actions.ask import ask
from booking.training.actions.grant import Terms, grant
from booking.training.actions.sessions import Plan, plan, seat
from tests.access.world.records import NOBODY, Record
from tests.access.world.sides import Customer, Workshop
from tests.factories.instruments import make_instrument
from tests.factories.training import REQUIRED


@dataclass(frozen=True)
class School:
    """Two instruments that need training: nobody has asked for the second; and a session."""

    instrument: int
    unasked: int
    session: int


@dataclass(frozen=True)
class Pupils:
    """A request that waits, one on the session, a permission."""

    waiting: int
    scheduled: int
    grant: int


def training_records(
    uow: UnitOfWork,
    sides: Mapping[str, tuple[Customer, Workshop]],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """Ours and a guest's at our lab, theirs at their lab."""
    schools = {shop.lab.key: _school(uow, shop, now=now) for _, shop in sides.values()}
    placed = {side: schools[shop.lab.key] for side, (_, shop) in sides.items()}
    pupils = {
        side: _pupils(uow, customer, placed[side], marks[side]["message"], now=now)
        for side, (customer, _) in sides.items()
    }
    ours, guest, theirs = (pupils[side] for side in ("ours", "guest", "theirs"))
    here, there = placed["ours"], placed["theirs"]
    yield (
        "requests/{training_request_id}",
        Record(ours.scheduled, other=theirs.scheduled, guest=guest.scheduled),
    )
    # Beside a session in a body: another number, also where there is none.
    yield (
        "waiting/{training_request_id}",
        Record(ours.waiting, other=theirs.waiting, guest=guest.waiting, absent=NOBODY - 3),
    )
    yield "sessions/{training_session_id}", Record(here.session, other=there.session)
    yield (
        "grants/{training_grant_id}",
        Record(ours.grant, other=theirs.grant, guest=guest.grant),
    )
    hidden = sides["theirs"][1].cards
    draft = next(key for state, key in hidden.items() if state.value == "draft")
    yield (
        "instruments/{instrument_id}/training",
        Record(here.unasked, other=there.unasked, hidden=draft),
    )


def _school(uow: UnitOfWork, shop: Workshop, *, now: datetime) -> School:
    first, second = (
        make_instrument(uow, lab_id=shop.lab.key, policy=REQUIRED).key for _ in range(2)
    )
    running = TimeSpan(now - timedelta(hours=1), now + timedelta(hours=3))
    wanted = Plan(span=running, seats=9, place="一楼", trainer="培训员")
    return School(first, second, plan(uow, first, wanted, actor=HOUSE, now=now).key)


def _pupils(
    uow: UnitOfWork, customer: Customer, school: School, message: str, *, now: datetime
) -> Pupils:
    colleague = actor_by_id(uow.session, customer.belongings.colleague)

    def asked(who: Actor) -> int:
        return ask(uow, school.instrument, message, actor=who, now=now).key

    waiting, scheduled, granted = asked(colleague), asked(customer.member), asked(customer.admin)
    seat(uow, school.session, [scheduled], actor=HOUSE, now=now)
    return Pupils(waiting, scheduled, grant(uow, granted, Terms(), actor=HOUSE, now=now).key)
