"""Whose credit somebody may read: companies' and labs', by name."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation


@dataclass(frozen=True, slots=True)
class Place:
    """A company or a lab; `provider_id` is the lab's organisation."""

    id: int
    name: str
    name_en: str
    provider_id: int | None = None

    @property
    def is_lab(self) -> bool:
        return self.provider_id is not None


_ORGANISATION = sa.select(col(Organisation.id), col(Organisation.name), col(Organisation.name_en))
_LAB = sa.select(col(Lab.id), col(Lab.name), col(Lab.name_en), col(Lab.organisation_id))


def own_places(session: Session, actor: Actor) -> Sequence[Place]:
    """One's own companies, then labs, each in order of joining the centre."""
    reach = actor.reach(Permission.RESERVATION_READ)
    companies = session.execute(
        _ORGANISATION.where(col(Organisation.id).in_(sorted(reach.organisation_ids))).order_by(
            col(Organisation.id)
        )
    )
    labs = session.execute(_LAB.where(col(Lab.id).in_(sorted(reach.lab_ids))).order_by(col(Lab.id)))
    return [*(Place(*row) for row in companies), *(Place(*row) for row in labs)]


def organisation_place(session: Session, organisation_id: int, actor: Actor) -> Place:
    """A company whose bookings one may read; NotFound for any other."""
    reach = actor.reach(Permission.RESERVATION_READ)
    row = session.execute(_ORGANISATION.where(col(Organisation.id) == organisation_id)).first()
    if row is None or not (reach.everywhere or organisation_id in reach.organisation_ids):
        raise NotFound(organisation_id=organisation_id)
    return Place(*row)


def lab_place(session: Session, lab_id: int, actor: Actor) -> Place:
    """A lab whose bookings one may read as its host; NotFound for any other."""
    reach = actor.reach(Permission.RESERVATION_READ)
    row = session.execute(_LAB.where(col(Lab.id) == lab_id)).first()
    place = None if row is None else Place(*row)
    if place is None or not (
        reach.everywhere or lab_id in reach.lab_ids or place.provider_id in reach.organisation_ids
    ):
        raise NotFound(lab_id=lab_id)
    return place
