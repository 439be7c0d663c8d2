"""Operators and accessories: what a lab has, and with which instruments each is offered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.accounts.models import User
from booking.instruments.models.tables import (
    INSTRUMENT,
    OPERATOR_PERSON,
    ROSTER_HOURS,
    UNIT,
    UNIT_OFFER,
)
from booking.instruments.models.unit import UnitKind

HELPERS: Final = (UnitKind.OPERATOR, UnitKind.ACCESSORY)
_PERSON: Final[sa.Table] = User.__table__  # type: ignore[attr-defined]  # SQLModel adds it


@dataclass(frozen=True, slots=True)
class LabHelper:
    """An operator or accessory as its lab keeps it."""

    id: int
    kind: UnitKind
    label: str
    active: bool
    instruments: tuple[tuple[int, str], ...]
    person_id: int | None = None
    # Who it is and whether duty is entered: for the lab only.
    person: str = ""
    has_roster: bool = False


def helpers_of_lab(session: Session, lab_id: int) -> Sequence[LabHelper]:
    """All that a lab has or had, those still offered first."""
    offered = INSTRUMENT.alias("offered")
    rows = session.execute(
        sa.select(
            UNIT.c.id,
            UNIT.c.kind,
            UNIT.c.label,
            UNIT.c.active,
            OPERATOR_PERSON.c.user_id,
            sa.func.coalesce(_PERSON.c.name, ""),
            sa.exists().where(ROSTER_HOURS.c.unit_id == UNIT.c.id),
            offered.c.id,
            offered.c.name,
        )
        .select_from(
            UNIT.join(INSTRUMENT, INSTRUMENT.c.id == UNIT.c.instrument_id)
            .outerjoin(UNIT_OFFER, UNIT_OFFER.c.unit_id == UNIT.c.id)
            .outerjoin(OPERATOR_PERSON, OPERATOR_PERSON.c.unit_id == UNIT.c.id)
            .outerjoin(_PERSON, _PERSON.c.id == OPERATOR_PERSON.c.user_id)
            .outerjoin(offered, offered.c.id == UNIT_OFFER.c.instrument_id)
        )
        .where(INSTRUMENT.c.lab_id == lab_id, UNIT.c.kind.in_(HELPERS))
        .order_by(UNIT.c.active.desc(), UNIT.c.label, UNIT.c.id, offered.c.name)
    ).all()
    found: dict[int, LabHelper] = {}
    for key, kind, label, active, *who, instrument_id, name in rows:
        before = found[key].instruments if key in found else ()
        more = () if instrument_id is None else ((instrument_id, name),)
        found[key] = LabHelper(key, kind, label, active, (*before, *more), *who)
    return list(found.values())


def accessories_with(session: Session, instrument_id: int) -> list[tuple[int, str]]:
    """Ids and labels of the accessories that are offered with an instrument."""
    return accessories_with_each(session, [instrument_id]).get(instrument_id, [])


def accessories_with_each(
    session: Session, instrument_ids: Collection[int]
) -> dict[int, list[tuple[int, str]]]:
    """The same of several, by instrument; those without any are left out."""
    offered = (
        sa.select(UNIT_OFFER.c.instrument_id, UNIT.c.id, UNIT.c.label)
        .join(UNIT_OFFER, UNIT_OFFER.c.unit_id == UNIT.c.id)
        .where(
            UNIT_OFFER.c.instrument_id.in_(sorted(instrument_ids)),
            UNIT.c.kind == UnitKind.ACCESSORY,
            UNIT.c.active,
        )
        .order_by(UNIT.c.label, UNIT.c.id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for instrument_id, unit_id, label in session.execute(offered):
        found.setdefault(instrument_id, []).append((unit_id, label))
    return found


def offers_between(unit_ids: Sequence[int], instrument_id: int) -> sa.Select[tuple[int, UnitKind]]:
    """Which of some units are operators or accessories offered with an instrument."""
    return sa.select(UNIT.c.id, UNIT.c.kind).where(
        UNIT.c.id.in_(list(unit_ids)),
        UNIT.c.id.in_(
            sa.select(UNIT_OFFER.c.unit_id).where(UNIT_OFFER.c.instrument_id == instrument_id)
        ),
        UNIT.c.kind.in_(HELPERS),
        UNIT.c.active,
    )
