"""What those who keep instruments list: their instruments, and the labs they may add to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.queries.cards import LAB, ORGANISATION, Insider
from booking.instruments.queries.due_filings import waiting
from booking.instruments.states import InstrumentState
from booking.kernel.errors import NotFound
from booking.organisations.queries import LabSummary, lab_summary


@dataclass(frozen=True, slots=True)
class ManagedRow:
    """A card in the list of those who keep it."""

    id: int
    name: str
    name_en: str
    inner_id: str
    state: InstrumentState
    state_reason: str
    lab_id: int
    lab_name: str
    lab_name_en: str
    updated_at: datetime
    filing_due: date | None


_MANAGED: Final = sa.select(
    INSTRUMENT.c.id,
    INSTRUMENT.c.name,
    INSTRUMENT.c.name_en,
    INSTRUMENT.c.inner_id,
    INSTRUMENT.c.state,
    INSTRUMENT.c.state_reason,
    INSTRUMENT.c.lab_id,
    LAB.c.name.label("lab_name"),
    LAB.c.name_en.label("lab_name_en"),
    INSTRUMENT.c.updated_at,
    sa.case((waiting(), INSTRUMENT.c.filing_due)).label("filing_due"),
).select_from(INSTRUMENT.join(LAB, LAB.c.id == INSTRUMENT.c.lab_id))


def managed_by(
    session: Session,
    actor: Actor,
    *,
    state: InstrumentState | None = None,
    to_file: bool = False,
    after_id: int = 0,
    limit: int = 50,
) -> Sequence[ManagedRow]:
    """The instruments that somebody keeps, oldest first; perhaps only those to be filed."""
    reach = actor.reach(Permission.INSTRUMENT_MANAGE)
    insider = Insider(reach.everywhere, reach.lab_ids, reach.organisation_ids)
    wanted = _MANAGED.where(insider.labs(), INSTRUMENT.c.id > after_id)
    if state is not None:
        wanted = wanted.where(INSTRUMENT.c.state == state)
    if to_file:
        wanted = wanted.where(waiting())
    ordered = wanted.order_by(INSTRUMENT.c.id).limit(limit)
    return [ManagedRow(*row) for row in session.execute(ordered)]


@dataclass(frozen=True, slots=True)
class ManagedLab:
    """A lab in which somebody may register instruments."""

    id: int
    name: str
    organisation_name: str
    district: str
    name_en: str
    organisation_name_en: str


def lab_kept_by(session: Session, lab_id: int, actor: Actor) -> LabSummary:
    """A lab whose instruments somebody keeps; NotFound for any other."""
    lab = lab_summary(session, lab_id)
    if not actor.may_for(
        Permission.INSTRUMENT_MANAGE, organisation_id=lab.organisation_id, lab_id=lab.id
    ):
        raise NotFound(lab_id=lab_id)
    return lab


def labs_managed_by(session: Session, actor: Actor) -> Sequence[ManagedLab]:
    """The labs whose instruments somebody keeps."""
    reach = actor.reach(Permission.INSTRUMENT_MANAGE)
    insider = Insider(reach.everywhere, reach.lab_ids, reach.organisation_ids)
    mine = (
        sa.select(
            *(LAB.c.id, LAB.c.name, ORGANISATION.c.name.label("owner"), LAB.c.district),
            *(LAB.c.name_en, ORGANISATION.c.name_en.label("owner_en")),
        )
        .select_from(LAB.join(ORGANISATION, ORGANISATION.c.id == LAB.c.organisation_id))
        .where(insider.labs())
        .order_by(ORGANISATION.c.name, LAB.c.name)
    )
    return [ManagedLab(*row) for row in session.execute(mine)]


def wholes_for(
    session: Session, lab_id: int, instrument_id: int | None = None
) -> Sequence[tuple[int, str]]:
    """Ids and names of a lab's instruments, perhaps but one: what it could be part of."""
    others = (
        sa.select(INSTRUMENT.c.id, INSTRUMENT.c.name)
        .where(INSTRUMENT.c.lab_id == lab_id, INSTRUMENT.c.id.is_distinct_from(instrument_id))
        .order_by(INSTRUMENT.c.name, INSTRUMENT.c.id)
    )
    return [(row.id, row.name) for row in session.execute(others)]
