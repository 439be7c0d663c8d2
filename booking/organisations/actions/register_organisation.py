"""Add an organisation, or change what is known of it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden
from booking.organisations.errors import NameTaken, NotWellFormed, UsccTaken
from booking.organisations.events import OrganisationEdited, OrganisationRegistered
from booking.organisations.models import Organisation
from booking.organisations.queries import (
    organisation_for_update,
    organisation_named,
    organisation_with_uscc,
)
from booking.organisations.rules import compact_uscc, registration_violations
from booking.organisations.states import OrganisationKind, OrganisationState

# What an organisation may correct by itself; who it *is* only the centre changes.
OWN_FIELDS = frozenset(
    {"name_en", "district", "national_code", "bank_account_name", "bank_name", "bank_account_no"}
)
# What it may correct besides while its registration lies returned.
RETURNED_FIELDS = OWN_FIELDS | {"name", "kind", "uscc"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is told about an organisation."""

    name: str
    kind: OrganisationKind
    district: str
    uscc: str | None = None
    name_en: str = ""
    controller_key: str | None = None
    bank_account_name: str = ""
    bank_name: str = ""
    bank_account_no: str = ""
    national_code: str = ""
    licence_id: int | None = None


def register_organisation(
    uow: UnitOfWork, told: Registration, *, actor: Actor, now: datetime
) -> Organisation:
    """Write it down as pending; another with the same name or credit code stands in the way."""
    values = {**asdict(told), "uscc": _checked_uscc(told.kind, told.uscc)}
    row = Organisation(**values, state=OrganisationState.PENDING, created_at=now)
    if not (
        made := insert_unless_exists(uow.session, Organisation, [row.model_dump(exclude={"id"})])
    ):
        raise _whats_taken(uow.session, row.uscc)
    organisation = uow.session.get_one(Organisation, made[0])
    uow.announce(
        OrganisationRegistered(
            at=now,
            actor_id=actor.known_id,
            subject=f"organisation:{organisation.key}",
            changes={"state": (None, organisation.state)},
            organisation_id=organisation.key,
        )
    )
    return organisation


def edit_organisation(
    uow: UnitOfWork,
    organisation_id: int,
    changes: dict[str, str | None],
    *,
    actor: Actor,
    now: datetime,
) -> Organisation:
    """Change some fields of a registration; the organisation itself may change few of them."""
    actor.must(Permission.ORGANISATION_MANAGE, organisation_id=organisation_id)
    organisation = organisation_for_update(uow.session, organisation_id)
    _must_be_own_fields(set(changes), organisation.state, actor)
    if {"uscc", "kind"} & changes.keys():
        kind = OrganisationKind(changes.get("kind") or organisation.kind)
        uscc = _checked_uscc(kind, changes.get("uscc", organisation.uscc))
        changes = {**changes, "kind": kind, "uscc": uscc}
    different = {
        name: (getattr(organisation, name), value)
        for name, value in changes.items()
        if getattr(organisation, name) != value
    }
    if different:
        _apply(uow.session, organisation, {name: after for name, (_, after) in different.items()})
        uow.announce(
            OrganisationEdited(
                at=now,
                actor_id=actor.known_id,
                subject=f"organisation:{organisation_id}",
                on_behalf_of=actor.behalf_of(organisation_id),
                changes=different,
                organisation_id=organisation_id,
            )
        )
    return organisation


def must_be_free(session: Session, name: str, uscc: str | None) -> None:
    """Refuse a name or credit code that another organisation has."""
    if uscc and organisation_with_uscc(session, uscc) is not None:
        raise UsccTaken(uscc=uscc)
    if organisation_named(session, name) is not None:
        raise NameTaken


def _must_be_own_fields(fields: set[str], state: OrganisationState, actor: Actor) -> None:
    own = RETURNED_FIELDS if state is OrganisationState.RETURNED else OWN_FIELDS
    reserved = fields - own
    if reserved and not actor.reach(Permission.ORGANISATION_MANAGE).everywhere:
        raise Forbidden(fields=sorted(reserved))


def _checked_uscc(kind: OrganisationKind, uscc: str | None) -> str | None:
    if broken := tuple(registration_violations(kind, uscc)):
        raise NotWellFormed(broken)
    return compact_uscc(uscc) if uscc else None


def _apply(session: Session, organisation: Organisation, values: dict[str, str | None]) -> None:
    uscc = values.get("uscc", organisation.uscc)
    try:
        with session.begin_nested():
            for name, value in values.items():
                setattr(organisation, name, value)
            session.flush()
    except IntegrityError as refused:
        raise _whats_taken(session, uscc, but_not=organisation.id) from refused


def _whats_taken(
    session: Session, uscc: str | None, *, but_not: int | None = None
) -> UsccTaken | NameTaken:
    holder = organisation_with_uscc(session, uscc) if uscc else None
    return NameTaken() if holder in {None, but_not} else UsccTaken(uscc=uscc)
