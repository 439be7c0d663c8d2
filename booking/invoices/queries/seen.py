"""For whom somebody acts: companies, providers, and the providers of labs; or everybody.

An invoice is the provider's as a legal person: whoever keeps a lab of it sees all of them.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.billing.models import Charge
from booking.invoices.rules.told import Parties, Party
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation


@dataclass(frozen=True, slots=True)
class Sides:
    """The organisations that a permission reaches."""

    everywhere: bool
    organisation_ids: frozenset[int]

    def reach(self, *organisation_ids: int) -> bool:
        return self.everywhere or not self.organisation_ids.isdisjoint(organisation_ids)

    def own(self, table: sa.Table) -> sa.ColumnElement[bool]:
        """A condition on records of two parties: one of them is among these."""
        if self.everywhere:
            return sa.true()
        ids = sorted(self.organisation_ids)
        return table.c.organisation_id.in_(ids) | table.c.provider_id.in_(ids)


def sides_of(session: Session, actor: Actor, permission: Permission) -> Sides:
    """Where somebody has this permission, labs counting for their provider."""
    reach = actor.reach(permission)
    if reach.everywhere or not reach.lab_ids:
        return Sides(reach.everywhere, reach.organisation_ids)
    asked = sa.select(col(Lab.organisation_id)).where(col(Lab.id).in_(sorted(reach.lab_ids)))
    providers = session.execute(asked).scalars()
    return Sides(everywhere=False, organisation_ids=reach.organisation_ids.union(providers))


def parties_of(session: Session, provider_id: int, organisation_id: int) -> Parties:
    """Who sells and who buys; NotFound when one of them is nobody."""
    asked = sa.select(col(Organisation.id), col(Organisation.name), col(Organisation.uscc))
    wanted = sorted({provider_id, organisation_id})
    found = {
        row.id: Party(row.id, row.name, row.uscc or "")
        for row in session.execute(asked.where(col(Organisation.id).in_(wanted)))
    }
    try:
        return Parties(found[provider_id], found[organisation_id])
    except KeyError as missing:
        raise NotFound(organisation_id=missing.args[0]) from None


def sellers_and_buyers(session: Session, sides: Sides) -> tuple[list[Party], list[Party]]:
    """Who may stand on an invoice that they record: providers, and companies; by name."""
    provides = sa.exists().where(col(Lab.organisation_id) == col(Organisation.id))
    asked = sa.select(
        col(Organisation.id),
        col(Organisation.name),
        col(Organisation.uscc),
        provides.label("sells"),
        col(Organisation.name_en),
    ).order_by(col(Organisation.name))
    rows = session.execute(
        asked.where(_dealing_with(sides)) if not sides.everywhere else asked
    ).all()
    buyers = [Party(row.id, row.name, row.uscc or "", row.name_en) for row in rows]
    return [one for one, row in zip(buyers, rows, strict=True) if row.sells], buyers


def _dealing_with(sides: Sides) -> sa.ColumnElement[bool]:
    """One of them, or whoever owes them or is owed by them."""
    ids = sorted(sides.organisation_ids)
    sells = sa.select(col(Charge.provider_id)).where(col(Charge.organisation_id).in_(ids))
    buys = sa.select(col(Charge.organisation_id)).where(col(Charge.provider_id).in_(ids))
    one = col(Organisation.id)
    return one.in_(ids) | one.in_(sells) | one.in_(buys)
