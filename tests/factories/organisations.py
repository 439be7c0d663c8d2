"""Organisations and labs made by the deeds users call; verified unless said otherwise."""

from datetime import UTC, date, datetime
from itertools import count

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.organisations.actions.manage_labs import LabCard, open_lab
from booking.organisations.actions.register_organisation import Registration, register_organisation
from booking.organisations.actions.verify import take_step
from booking.organisations.models import Lab, Organisation
from booking.organisations.rules import uscc_check_digit
from booking.organisations.states import OrganisationKind, OrganisationStep

LONG_AGO = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
_numbers = count(1)


def some_uscc() -> str:
    """A well-formed credit code that no other test uses."""
    body = f"91610000M{next(_numbers):08d}"
    return body + uscc_check_digit(body)


def make_organisation(
    uow: UnitOfWork,
    *,
    name: str | None = None,
    kind: OrganisationKind = OrganisationKind.ENTERPRISE,
    district: str = "fengdong",
    controller_key: str | None = None,
    verified: bool = True,
) -> Organisation:
    """A company, verified."""
    told = Registration(
        name=name or f"示例公司{next(_numbers)}",
        kind=kind,
        district=district,
        controller_key=controller_key,
        uscc=None if kind is OrganisationKind.STARTUP_TEAM else some_uscc(),
    )
    made = register_organisation(uow, told, actor=HOUSE, now=LONG_AGO)
    if verified:
        take_step(uow, made.key, OrganisationStep.VERIFY, actor=HOUSE, now=LONG_AGO)
    return made


def make_lab(
    uow: UnitOfWork, *, organisation_id: int | None = None, name: str | None = None
) -> Lab:
    """A lab of a university, of its own unless one is given."""
    if organisation_id is None:
        organisation_id = make_organisation(uow, kind=OrganisationKind.UNIVERSITY).key
    card = LabCard(name=name or f"示例实验室{next(_numbers)}", district="fengxi")
    return open_lab(uow, organisation_id, card, actor=HOUSE, now=LONG_AGO)


def make_qualification(
    uow: UnitOfWork,
    organisation_id: int,
    code: str = "tech_sme",
    *,
    valid_from: date = date(2026, 1, 1),
    valid_to: date | None = date(2026, 12, 31),
) -> int:
    """A verified qualification for the whole of 2026."""
    claim = Claim(code=code, valid_from=valid_from, valid_to=valid_to, number="202661010000000001")
    return add_qualification(uow, organisation_id, claim, actor=HOUSE, now=LONG_AGO).key
