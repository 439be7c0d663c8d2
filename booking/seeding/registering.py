"""Who there is: organisations with their labs and qualifications, and the demo's people."""

from dataclasses import dataclass, field
from datetime import date, datetime

from booking.access.actor import HOUSE, Grant
from booking.access.roles import CENTRE_ROLES, LAB_ROLES, Role
from booking.accounts.actions.create_user import Newcomer, create_user
from booking.accounts.actions.grant_role import grant_role
from booking.accounts.providers.local import Passwords
from booking.db.transactions import UnitOfWork
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.organisations.actions.manage_labs import LabCard, open_lab
from booking.organisations.actions.register_organisation import (
    Registration,
    register_organisation,
)
from booking.organisations.actions.relate import relate
from booking.organisations.actions.verify import take_step
from booking.organisations.states import OrganisationKind, OrganisationStep
from booking.seeding import found
from booking.seeding.files import Row, SeedFiles

DEMO_PASSWORD = "demo-demo-demo"  # noqa: S105 - printed at start, for invented people only


@dataclass(slots=True)
class Register:
    """Ids by the codes that the seed files use."""

    organisations: dict[str, int] = field(default_factory=dict)
    labs: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    instruments: dict[str, int] = field(default_factory=dict)
    written: int = 0


def register_organisations(
    uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime
) -> None:
    """Providers and users, verified where the file says so, related where the file says so."""
    known = found.organisation_ids(uow.session)
    for row in files.organisations:
        if row["name"] in known:
            register.organisations[row["code"]] = known[row["name"]]
            continue
        made = register_organisation(uow, _registration(row), actor=HOUSE, now=now)
        register.organisations[row["code"]] = made.key
        register.written += 1
        if row["status"] == "verified":
            take_step(uow, made.key, OrganisationStep.VERIFY, actor=HOUSE, now=now)
    for row in files.organisations:
        for other in filter(None, row["related_to"].split(";")):
            pair = register.organisations[row["code"]], register.organisations[other]
            relate(uow, *pair, actor=HOUSE, now=now)


def _registration(row: Row) -> Registration:
    return Registration(
        name=row["name"],
        name_en=row["name_en"],
        kind=OrganisationKind(row["kind"]),
        district=row["district"],
        uscc=row["uscc"] or None,
        controller_key=row["actual_controller"] or None,
        bank_name=row["bank_name"],
        bank_account_name=row["bank_account_name"],
        bank_account_no=row["bank_account_number"],
    )


def open_labs(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """The labs of the providers."""
    known = found.lab_ids(uow.session)
    for row in files.labs:
        owner = register.organisations[row["organisation"]]
        if (owner, row["name"]) not in known:
            card = LabCard(
                name=row["name"],
                name_en=row["name_en"],
                district=row["district"],
                address=row["address"],
            )
            known[owner, row["name"]] = open_lab(uow, owner, card, actor=HOUSE, now=now).key
            register.written += 1
        register.labs[row["code"]] = known[owner, row["name"]]


def add_qualifications(
    uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime
) -> None:
    """What the organisations count as, already seen by the centre."""
    known = found.qualifications(uow.session)
    for row in files.qualifications:
        owner = register.organisations[row["organisation"]]
        if (owner, row["code"], row["valid_from"]) in known:
            continue
        claim = Claim(
            code=row["code"],
            number=row["number"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        add_qualification(uow, owner, claim, actor=HOUSE, now=now)
        register.written += 1


def register_people(
    uow: UnitOfWork, files: SeedFiles, register: Register, *, passwords: Passwords, now: datetime
) -> None:
    """The people of the demo; only those that the interface names can sign in."""
    register.people = found.user_ids(uow.session)
    held = found.places(uow.session)
    for row in files.people:
        email = row["email"]
        if email not in register.people:
            password = DEMO_PASSWORD if row["demo"] == "yes" else None
            newcomer = Newcomer(email=email, name=row["name"], password=password)
            made = create_user(uow, newcomer, passwords=passwords, actor=HOUSE, now=now)
            register.people[email] = made.key
            register.written += 1
        grant = _grant(row, register)
        place = grant.role, grant.organisation_id, grant.lab_id
        if (register.people[email], place) not in held:
            grant_role(uow, register.people[email], grant, actor=HOUSE, now=now)


def _grant(row: Row, register: Register) -> Grant:
    role = Role(row["role"])
    if role in CENTRE_ROLES:
        return Grant(role)
    organisation_id = register.organisations[row["organisation"]]
    return Grant(role, organisation_id, register.labs[row["lab"]] if role in LAB_ROLES else None)
