"""What waits for the centre, with what it needs to decide."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.organisations.models import Organisation
from booking.organisations.queries import OrganisationSummary, organisations_waiting
from booking.organisations.rules import name_core


@dataclass(frozen=True, slots=True)
class Waiting:
    """A registration, whether its licence is there, and whom it may be registered as already."""

    organisation: OrganisationSummary
    has_licence: bool
    alike: Sequence[tuple[int, str]]


def waiting_registrations(
    session: Session, *, after_id: int = 0, limit: int = 50
) -> Sequence[Waiting]:
    """Oldest first."""
    found = organisations_waiting(session, after_id=after_id, limit=limit)
    cores = {one.id: name_core(one.name) for one, _ in found}
    others = _with_one_of(session, set(cores.values()))
    return [
        Waiting(
            one,
            has_licence,
            [
                (key, name)
                for key, name in others
                if key != one.id and cores[one.id] in name_core(name)
            ],
        )
        for one, has_licence in found
    ]


def _with_one_of(session: Session, cores: set[str]) -> list[tuple[int, str]]:
    """Every organisation in whose name one of these stands, however its brackets are written."""
    if not cores:
        return []
    plain: sa.ColumnElement[str] = sa.func.trim(col(Organisation.name))
    for sign in "（）() ":
        plain = sa.func.replace(plain, sign, "")
    alike = sa.or_(*(plain.contains(core, autoescape=True) for core in sorted(cores)))
    asked = sa.select(col(Organisation.id), col(Organisation.name)).where(alike)
    return [(row.id, row.name) for row in session.execute(asked.order_by(col(Organisation.id)))]
