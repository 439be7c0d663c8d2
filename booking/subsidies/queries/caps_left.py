"""What is left of the yearly caps of a company."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.organisations.models import Organisation
from booking.organisations.states import OrganisationKind
from booking.subsidies.queries.estimate import for_uses, foreseen_balances, left_of_caps

_SUBSIDISED = (OrganisationKind.ENTERPRISE, OrganisationKind.STARTUP_TEAM)


@dataclass(frozen=True, slots=True)
class CapLeft:
    """A programme's cap for a company's year, and what confirmed uses have not taken of it."""

    name: Mapping[str, str]
    cap_fen: int
    left_fen: int

    @property
    def taken_fen(self) -> int:
        return self.cap_fen - self.left_fen


def caps_left(session: Session, organisation_ids: Sequence[int], day: date) -> Sequence[CapLeft]:
    """Of the first of these that is a company: what is settled and what is confirmed is counted."""
    company = _company_of(session, organisation_ids)
    programmes = for_uses(session, day) if company else ()
    capped = [one for one in programmes if any(cap.scope == "user" for cap in one.caps)]
    if company is None or not capped:
        return ()
    balances = foreseen_balances(session, programmes, organisation_id=company, day=day)
    return [
        CapLeft(terms.name, amount, left)
        for terms in capped
        for amount, left in left_of_caps(terms, balances, user=str(company), day=day)
    ]


def _company_of(session: Session, organisation_ids: Sequence[int]) -> int | None:
    asked = sa.select(col(Organisation.id)).where(
        col(Organisation.id).in_(organisation_ids), col(Organisation.kind).in_(_SUBSIDISED)
    )
    found = set(session.execute(asked).scalars())
    return next((one for one in organisation_ids if one in found), None)
