"""Take what was foreseen: many bookings in as many statements as one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.holds import take_many
from booking.kernel.ids import reference
from booking.reservations.actions.foresee import Planned
from booking.reservations.actions.funding import hold_price
from booking.reservations.actions.holding import hold
from booking.reservations.actions.reserve import INSERT, UNTOUCHED, agreed_columns, made_of, told_of
from booking.reservations.errors import ReservationRefused
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.wish import PartOf

# What is said of a plan whose time somebody else took; raises where that ends the whole.
Lost = Callable[[Planned, SlotTaken | ReservationRefused], None]


def reserve_planned(
    uow: UnitOfWork,
    plans: Sequence[Planned],
    parts: Sequence[PartOf],
    *,
    actor: Actor,
    now: datetime,
    lost: Lost,
) -> tuple[Reservation, ...]:
    """Book every plan but those that are lost, in their order; each is part of something.

    For whoever queued for everything that they need before it was foreseen: only the time itself
    can be gone by now, to somebody who takes one unit and nothing else.
    """
    numbers = [reference("R", now) for _ in plans]
    part_of = dict(zip(numbers, parts, strict=True))
    placed = _placed(uow, dict(zip(numbers, plans, strict=True)), lost=lost)
    rows = [
        {
            "number": number,
            "unit_id": unit_id,
            **asdict(part_of[number]),
            **agreed_columns(plan.wish, plan.judged, actor=actor, now=now),
        }
        for number, (plan, unit_id) in placed.items()
    ]
    made = _written(uow.session, rows)
    plans = [plan for plan, _ in placed.values()]
    for one, plan in zip(made, plans, strict=True):
        hold_price(uow, plan.judged, one, now=now)
    told = zip(made, plans, strict=True)
    # Each sets its share of a voucher aside, in order; where one finds nothing, none is made.
    uow.announce_all(
        [told_of(one, plan.judged, plan.set_aside, voucher=plan.wish.voucher) for one, plan in told]
    )
    return made


def _placed(
    uow: UnitOfWork, numbered: Mapping[str, Planned], *, lost: Lost
) -> dict[str, tuple[Planned, int]]:
    """Who got which place; what was not had at once is tried alone, and may get another."""
    got = take_many(uow, {number: (plan.units, plan.held) for number, plan in numbered.items()})
    placed: dict[str, tuple[Planned, int]] = {}
    for number, plan in numbered.items():
        place = plan.place
        if number not in got:
            try:
                place = hold(uow, plan.judged, number, accessories=plan.accessories)
            except (SlotTaken, ReservationRefused) as refused:
                lost(plan, refused)
                continue
        placed[number] = plan, place
    return placed


def _written(session: Session, rows: Sequence[Mapping[str, Any]]) -> tuple[Reservation, ...]:
    if not rows:
        return ()
    written = session.execute(INSERT, [{**UNTOUCHED, **row} for row in rows])
    ids = {number: reservation_id for reservation_id, number in written}
    return tuple(made_of(row, ids[row["number"]]) for row in rows)
