"""Let a fact count: once, however often it is told, and only while rules are in force."""

from dataclasses import dataclass
from datetime import datetime

from booking.credit.events import CreditEntered
from booking.credit.models import CreditEntry
from booking.credit.queries.standing import terms_in_force
from booking.credit.rules import OF_LABS, Cause, Terms
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A booking about which something is to count: whose it is, and which lab hosts it."""

    number: str
    organisation_id: int
    lab_id: int
    person_id: int


def enter(
    uow: UnitOfWork,
    cause: Cause,
    occasion: Occasion,
    *,
    terms: tuple[int, Terms] | None = None,
    now: datetime,
) -> int | None:
    """The id of the new entry; None when it was there, or when it is worth no points.

    `terms` are the rules in force, from whoever has looked already.
    """
    in_force = terms or terms_in_force(uow.session, now)
    points = in_force[1].points_for(cause) if in_force else 0
    if in_force is None or not points:
        return None
    rules_id, held = in_force
    of_lab, lapses_at = cause in OF_LABS, held.lapses_at(cause, now)
    organisation_id = None if of_lab else occasion.organisation_id
    lab_id = occasion.lab_id if of_lab else None
    person_id = None if of_lab else occasion.person_id
    row = {
        "organisation_id": organisation_id,
        "lab_id": lab_id,
        "person_id": person_id,
        "cause": cause,
        "points": points,
        "reservation_number": occasion.number,
        "at": now,
        "lapses_at": lapses_at,
        "rules_id": rules_id,
    }
    made = insert_unless_exists(uow.session, CreditEntry, [row])
    if not made:
        return None
    uow.announce(
        CreditEntered(
            at=now,
            actor_id=None,
            subject=f"lab:{lab_id}" if of_lab else f"organisation:{organisation_id}",
            changes={"credit_points": (None, points), "reservation": (None, occasion.number)},
            entry_id=made[0],
            organisation_id=organisation_id,
            lab_id=lab_id,
            person_id=person_id,
            why=cause,
            points=points,
            number=occasion.number,
            lapses_at=lapses_at,
        )
    )
    return made[0]
