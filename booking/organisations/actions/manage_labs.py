"""Open a lab of a provider, or change its card."""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.organisations.errors import LabNameTaken
from booking.organisations.events import LabEdited, LabOpened
from booking.organisations.models import Lab
from booking.organisations.queries import organisation_summary


@dataclass(frozen=True, slots=True, kw_only=True)
class LabCard:
    """What is told about a lab."""

    name: str
    district: str
    name_en: str = ""
    address: str = ""


def open_lab(
    uow: UnitOfWork, organisation_id: int, card: LabCard, *, actor: Actor, now: datetime
) -> Lab:
    """Add a lab; its organisation has one of each name."""
    actor.must(Permission.ORGANISATION_MANAGE, organisation_id=organisation_id)
    organisation_summary(uow.session, organisation_id)
    row = {**asdict(card), "organisation_id": organisation_id}
    if not (made := insert_unless_exists(uow.session, Lab, [row])):
        raise LabNameTaken(name=card.name)
    lab = uow.session.get_one(Lab, made[0])
    uow.announce(
        LabOpened(
            at=now,
            actor_id=actor.known_id,
            subject=f"lab:{lab.key}",
            on_behalf_of=actor.behalf_of(organisation_id),
            organisation_id=organisation_id,
            lab_id=lab.key,
        )
    )
    return lab


def edit_lab(uow: UnitOfWork, lab_id: int, card: LabCard, *, actor: Actor, now: datetime) -> Lab:
    """Rename or move a lab."""
    lab: Lab | None = uow.session.execute(
        sa.select(Lab).where(col(Lab.id) == lab_id).with_for_update()
    ).scalar_one_or_none()
    if lab is None:
        raise NotFound(lab_id=lab_id)
    actor.must(Permission.ORGANISATION_MANAGE, organisation_id=lab.organisation_id)
    told = asdict(card)
    changes = {
        name: (getattr(lab, name), value)
        for name, value in told.items()
        if getattr(lab, name) != value
    }
    if not changes:
        return lab
    try:
        with uow.session.begin_nested():
            lab.sqlmodel_update(told)
            uow.session.flush()
    except IntegrityError as refused:
        raise LabNameTaken(name=card.name) from refused
    uow.announce(
        LabEdited(
            at=now,
            actor_id=actor.known_id,
            subject=f"lab:{lab_id}",
            on_behalf_of=actor.behalf_of(lab.organisation_id),
            changes=changes,
            organisation_id=lab.organisation_id,
            lab_id=lab_id,
        )
    )
    return lab
