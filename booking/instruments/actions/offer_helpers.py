"""Offer an operator or an accessory with several instruments of its lab."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from booking.access.actor import Actor
from booking.accounts.queries.people import user_for_update
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import PersonIsOperator
from booking.instruments.events import HelperChanged
from booking.instruments.models.tables import INSTRUMENT, OPERATOR_PERSON, UNIT, UNIT_OFFER
from booking.instruments.models.unit import Unit, UnitKind
from booking.instruments.queries.cards import LAB
from booking.instruments.queries.helpers import HELPERS
from booking.instruments.queries.kept import lab_kept_by
from booking.instruments.queries.rosters import operators_among_people
from booking.kernel.errors import NotFound

_TIE: Final = {
    "postgresql": postgresql.insert(OPERATOR_PERSON).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(OPERATOR_PERSON).on_conflict_do_nothing(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """What it is, what it is called, with which instruments it is offered, and whether still."""

    kind: UnitKind
    label: str
    instrument_ids: Sequence[int]
    active: bool = True
    # Which of the lab's operators it is; for operators only, and empty where that does not matter.
    person_id: int | None = None


def keep_helper(
    uow: UnitOfWork,
    lab_id: int,
    wanted: Helper,
    *,
    unit_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Unit:
    """Add one, or change what is said of it; bookings that hold it already keep it."""
    session = uow.session
    lab = lab_kept_by(session, lab_id, actor)
    if wanted.person_id is not None:
        # Whoever takes their role at this moment is waited for, and then seen.
        user_for_update(session, wanted.person_id)
    session.execute(sa.select(LAB.c.id).where(LAB.c.id == lab_id).with_for_update(key_share=True))
    offered = _must_be_of_lab(session, lab_id, wanted.instrument_ids)
    unit = (
        _new(session, wanted, home=offered[0]) if unit_id is None else _kept(uow, lab_id, unit_id)
    )
    before = (unit.label, unit.active) if unit_id else (None, None)
    unit.label, unit.active = wanted.label, wanted.active
    session.flush()
    _renew(session, unit.key, offered)
    session.execute(sa.delete(UNIT_OFFER).where(UNIT_OFFER.c.unit_id == unit.key))
    rows = [{"unit_id": unit.key, "instrument_id": one} for one in offered]
    session.execute(sa.insert(UNIT_OFFER), rows)
    people = _tie(session, lab_id, unit, wanted=wanted)
    uow.announce(
        HelperChanged(
            at=now,
            actor_id=actor.known_id,
            subject=f"lab:{lab_id}",
            on_behalf_of=actor.behalf_of(lab.organisation_id),
            changes={
                "helper": (before[0], unit.label),
                "helper_active": (before[1], unit.active),
                "helper_instruments": (None, offered),
                "helper_person": people,
            },
            lab_id=lab_id,
        )
    )
    return unit


def untie_person(
    uow: UnitOfWork, lab_id: int, person_id: int, *, actor_id: int | None, now: datetime
) -> None:
    """Who is no operator of the lab any more is none of its operators; these stay, as functions."""
    mine = (
        sa.select(UNIT.c.id)
        .join(INSTRUMENT, INSTRUMENT.c.id == UNIT.c.instrument_id)
        .where(INSTRUMENT.c.lab_id == lab_id)
    )
    old = sa.delete(OPERATOR_PERSON).where(
        OPERATOR_PERSON.c.user_id == person_id, OPERATOR_PERSON.c.unit_id.in_(mine)
    )
    unit_id = uow.session.execute(old.returning(OPERATOR_PERSON.c.unit_id)).scalar_one_or_none()
    if unit_id is None:
        return
    label = uow.session.execute(sa.select(UNIT.c.label).where(UNIT.c.id == unit_id)).scalar_one()
    uow.announce(
        HelperChanged(
            at=now,
            actor_id=actor_id,
            subject=f"lab:{lab_id}",
            changes={"helper": (label, label), "helper_person": (person_id, None)},
            lab_id=lab_id,
        )
    )


def _tie(
    session: Session, lab_id: int, unit: Unit, *, wanted: Helper
) -> tuple[int | None, int | None]:
    """Say which person it is, before and now; who is no longer offered is nobody."""
    old = sa.delete(OPERATOR_PERSON).where(OPERATOR_PERSON.c.unit_id == unit.key)
    before = session.execute(old.returning(OPERATOR_PERSON.c.user_id)).scalar_one_or_none()
    if wanted.person_id is None or unit.kind is not UnitKind.OPERATOR or not unit.active:
        return before, None
    person = wanted.person_id
    if person not in dict(operators_among_people(session, lab_id)):
        raise NotFound(user_id=person)
    tie = _TIE[session.get_bind().dialect.name].values(unit_id=unit.key, user_id=person)
    if session.execute(tie.returning(OPERATOR_PERSON.c.id)).scalar_one_or_none() is None:
        raise PersonIsOperator(user_id=person)
    return before, person


def _renew(session: Session, unit_id: int, offered: Sequence[int]) -> None:
    """Let whoever remembered the operators of these instruments know better.

    Those that it served until now, too; locked lowest id first, as everybody does.
    """
    served = sa.select(UNIT_OFFER.c.instrument_id).where(UNIT_OFFER.c.unit_id == unit_id)
    touched = INSTRUMENT.c.id.in_(offered) | INSTRUMENT.c.id.in_(served)
    mine = sa.select(INSTRUMENT.c.id).where(touched).order_by(INSTRUMENT.c.id)
    session.execute(mine.with_for_update(key_share=True))
    version = INSTRUMENT.c.terms_version + 1
    session.execute(
        sa.update(INSTRUMENT)
        .where(touched)
        .values(terms_version=version)
        .execution_options(synchronize_session=False)
    )


def _must_be_of_lab(session: Session, lab_id: int, wanted: Sequence[int]) -> list[int]:
    asked = sa.select(INSTRUMENT.c.id).where(
        INSTRUMENT.c.id.in_(list(wanted)), INSTRUMENT.c.lab_id == lab_id
    )
    found = sorted(session.execute(asked).scalars())
    if not found or set(found) != set(wanted):
        raise NotFound(instrument_ids=sorted(set(wanted) - set(found)))
    return found


def _kept(uow: UnitOfWork, lab_id: int, unit_id: int) -> Unit:
    mine = (
        select(Unit)
        .where(col(Unit.id) == unit_id, col(Unit.kind).in_(HELPERS))
        .join(INSTRUMENT, INSTRUMENT.c.id == col(Unit.instrument_id))
        .where(INSTRUMENT.c.lab_id == lab_id)
    )
    found = uow.session.exec(mine).one_or_none()
    if found is None:
        raise NotFound(unit_id=unit_id)
    return found


def _new(session: Session, wanted: Helper, *, home: int) -> Unit:
    """It is numbered at the first instrument that it is offered with."""
    last = sa.select(sa.func.coalesce(sa.func.max(UNIT.c.position), 0)).where(
        UNIT.c.instrument_id == home, UNIT.c.kind == wanted.kind
    )
    position = session.execute(last).scalar_one() + 1
    unit = Unit(instrument_id=home, kind=wanted.kind, position=position)
    session.add(unit)
    return unit
