"""People in line, and what is held for them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.instruments.models.hold import SlotHold
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.join_waitlist import join_waitlist
from booking.reservations.actions.reserve import reserve
from booking.reservations.models.waitlist import WaitlistEntry, WaitlistOffer
from booking.reservations.rules.waitlist import WaitWish
from booking.reservations.states import EntryState, OfferState
from tests.factories.accounts import make_member
from tests.factories.organisations import make_organisation
from tests.factories.reservations import NOON, Scene


@dataclass(frozen=True)
class Waiter:
    """Somebody of a company of their own who waits."""

    actor: Actor
    entry_id: int


def make_waiter(
    uow: UnitOfWork, scene: Scene, span: TimeSpan = NOON, *, now: datetime, **changes: object
) -> Waiter:
    """One more in line for a span on the scene's instrument."""
    actor = make_member(uow, make_organisation(uow, verified=True).key)
    entry = join_waitlist(uow, wait_wish(scene, span, **changes), actor=actor, now=now)
    return Waiter(actor, entry.key)


def make_offered(uow: UnitOfWork, scene: Scene, span: TimeSpan = NOON, *, now: datetime) -> Waiter:
    """The same, to whom the span is offered: who had it on any place have given it back."""
    booked = list(_every_place(uow, scene, span, now=now))
    waiter = make_waiter(uow, scene, span, now=now)
    for holder, number in booked:
        cancel(uow, number, actor=holder, now=now)
    return waiter


def _every_place(
    uow: UnitOfWork, scene: Scene, span: TimeSpan, *, now: datetime
) -> Iterator[tuple[Actor, str]]:
    """Book until nothing is left, each for a company of its own: a quota is no obstacle."""
    with suppress(SlotTaken):
        while True:
            holder = make_member(uow, make_organisation(uow, verified=True).key)
            with uow.session.begin_nested():
                number = reserve(uow, scene.wish(span), actor=holder, now=now).number
            yield holder, number


def wait_wish(scene: Scene, span: TimeSpan = NOON, **changes: object) -> WaitWish:
    """To wait for a whole span."""
    given: dict[str, object] = {
        "instrument_ids": (scene.instrument.key,),
        "window": span,
        "minutes": span.length // timedelta(minutes=1),
        "purpose": "断口形貌",
    }
    return WaitWish(**{**given, **changes})  # type: ignore[arg-type]  # named by the caller


def offer_to(session: Session, waiter: Waiter) -> WaitlistOffer | None:
    """The last offer that was made to somebody."""
    asked = sa.select(WaitlistOffer).where(col(WaitlistOffer.entry_id) == waiter.entry_id)
    return session.execute(asked.order_by(col(WaitlistOffer.id).desc()).limit(1)).scalar()


def entry_state(session: Session, waiter: Waiter) -> EntryState:
    """Where somebody's place in line stands."""
    return session.get_one(WaitlistEntry, waiter.entry_id, populate_existing=True).state


def offer_state(session: Session, waiter: Waiter) -> OfferState | None:
    """Where the last offer to somebody stands; None without one."""
    offer = offer_to(session, waiter)
    return None if offer is None else offer.state


def held_for_offer(session: Session, offer: WaitlistOffer | None) -> list[TimeSpan]:
    """What is held for an offer."""
    asked = sa.select(col(SlotHold.starts_at), col(SlotHold.ends_at)).where(
        col(SlotHold.offer_id) == (offer and offer.key)
    )
    return [TimeSpan(*row) for row in session.execute(asked.order_by(col(SlotHold.unit_id)))]
