"""Whoever holds bookings leaves: a colleague holds them from now on."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.agreeing import Changed, ask_again
from booking.reservations.actions.end_with_organisation import end_with_organisation
from booking.reservations.actions.judge_together import Wanted, look_together
from booking.reservations.actions.life import fact, touch
from booking.reservations.actions.tell_of_all import all_fact, tell_of_all
from booking.reservations.errors import SuccessorMissing
from booking.reservations.events import BookingsHandedOver, ReservationHandedOver
from booking.reservations.models.departed import Departed
from booking.reservations.queries.departures import held_ahead_for_update
from booking.reservations.queries.loading import Loaded
from booking.reservations.rules.training import trained
from booking.reservations.states import State

HOLDER_LEFT: Final = "whoever booked had left"


def hand_over(
    uow: UnitOfWork,
    holder_id: int,
    organisation_id: int,
    *,
    successor_id: int | None,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Times, prices and terms stay as they were booked; only the holder is another.

    Nothing is refused: whoever leaves must not be kept by a colleague's quota. But who is not
    trained on an instrument does not operate it alone before the lab has agreed.
    """
    booked = held_ahead_for_update(uow.session, holder_id, organisation_id, now=now)
    if not booked:
        return
    if successor_id is None:
        raise SuccessorMissing(bookings=len(booked))
    for one in booked:
        one.reservation.holder_id = successor_id
        touch(one.reservation, now)
    uow.session.flush()
    asked = _asked_again(uow, booked, now=now)
    uow.session.flush()
    each = [
        ReservationHandedOver(
            **fact(
                one,
                now=now,
                actor_id=actor_id,
                changes={
                    "holder": (f"user:{holder_id}", f"user:{successor_id}"),
                    **asked.get(one.reservation.number, {}),
                },
                on_behalf_of="" if actor_id == holder_id else f"user:{holder_id}",
            ),
            former_id=holder_id,
            waits=one.reservation.number in asked,
        )
        for one in booked
    ]
    whole = all_fact(booked, now=now, actor_id=actor_id)
    handed = BookingsHandedOver(**whole, former_id=holder_id, asked_again=tuple(asked))
    tell_of_all(uow, each, [handed])


def note_departure(
    uow: UnitOfWork,
    holder_id: int,
    organisation_id: int,
    *,
    successor_id: int | None,
    now: datetime,
) -> None:
    """Remember for a while who left: what they book in this moment is found by the clock."""
    left = {
        "person_id": holder_id,
        "organisation_id": organisation_id,
        "successor_id": successor_id,
        "left_at": now,
    }
    uow.session.execute(sa.insert(Departed), left)


def end_or_hand_over(
    uow: UnitOfWork, held: Sequence[Loaded], *, successor_id: int | None, now: datetime
) -> None:
    """What somebody holds who has left, locked: to the successor, or to nobody at no cost."""
    some = held[0].reservation
    if successor_id is None:
        end_with_organisation(uow, held, actor_id=None, now=now, cause=HOLDER_LEFT)
        return
    hand_over(
        uow,
        some.holder_id,
        some.organisation_id,
        successor_id=successor_id,
        actor_id=None,
        now=now,
    )


def _asked_again(
    uow: UnitOfWork, booked: Sequence[Loaded], *, now: datetime
) -> Mapping[str, Changed]:
    """What changes of those about which the lab has to decide again; a request waits anyhow."""
    promised: dict[int, list[Wanted]] = defaultdict(list)
    for one in booked:
        if one.reservation.state is State.CONFIRMED and one.span.start > now:
            promised[one.reservation.instrument_id].append(Wanted(one, one.span))
    changed = {}
    for wanted in promised.values():
        together = look_together(uow.session, wanted, now=now)
        for each in wanted:
            judged = together.judged(each, "")
            if judged.broken([trained]):
                changed[each.number] = ask_again(each.booked, judged, now=now)
    return changed
