"""Register an organisation and its first person by oneself; both exist once it is confirmed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from booking.access.actor import HOUSE, Grant
from booking.access.roles import Role
from booking.accounts.actions.create_user import Newcomer, create_user
from booking.accounts.actions.grant_role import grant_role
from booking.accounts.errors import NotWellFormed
from booking.accounts.events import SignUpAsked, SignUpConfirmed, SignUpKnown
from booking.accounts.models import SignUp, User
from booking.accounts.providers.local import Passwords, well_known_passwords
from booking.accounts.queries.people import user_by_email
from booking.accounts.queries.sign_ups import sign_up_to_confirm, sign_ups_since
from booking.accounts.rules import (
    LINKS_COUNTED_FOR,
    MOST_LINKS,
    SIGN_UP_LIFE,
    email_violations,
    folded_email,
    password_violations,
)
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import Received, keep
from booking.kernel.errors import Violation
from booking.organisations.actions.register_organisation import (
    Registration,
    must_be_free,
    register_organisation,
)
from booking.organisations.rules import compact_uscc, registration_violations
from booking.organisations.states import OrganisationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What somebody says about an organisation and themselves."""

    organisation: str
    kind: OrganisationKind
    district: str
    uscc: str | None
    name: str
    email: str
    phone: str
    password: str
    locale: str


def judge(session: Session, told: Application) -> None:
    """Refuse what cannot be registered, with every reason; asked before anything is written."""
    if broken := tuple(_violations(told)):
        raise NotWellFormed(broken)
    must_be_free(session, told.organisation, compact_uscc(told.uscc) if told.uscc else None)


def apply(
    uow: UnitOfWork,
    told: Application,
    password_hash: str,
    *,
    licence: Received | None,
    now: datetime,
) -> None:
    """Keep it for two days and write to the address; nobody learns whether it has an account."""
    judge(uow.session, told)
    email = folded_email(told.email)
    if sign_ups_since(uow.session, email, now - LINKS_COUNTED_FOR) >= MOST_LINKS:
        return
    kept = licence and keep(uow, licence, uploaded_by=None, now=now)
    registration = Registration(
        name=told.organisation, kind=told.kind, district=told.district, uscc=told.uscc
    )
    row = SignUp(
        email=email,
        name=told.name,
        phone=told.phone,
        locale=told.locale,
        password_hash=password_hash,
        organisation=asdict(registration),
        licence_id=kept.key if kept else None,
        created_at=now,
        expires_at=now + SIGN_UP_LIFE,
    )
    uow.session.add(row)
    uow.session.flush()
    if known := user_by_email(uow.session, email):
        _tell_known(uow, known, told, now=now)
        return
    uow.announce(
        SignUpAsked(
            at=now,
            actor_id=None,
            subject=f"sign_up:{row.key}",
            sign_up_id=row.key,
            person=told.name,
            email=email,
            locale=told.locale,
            organisation=told.organisation,
            expires_at=row.expires_at,
        )
    )


def confirm(uow: UnitOfWork, sign_up_id: int, *, passwords: Passwords, now: datetime) -> int:
    """The id of the organisation, which waits for the centre now; its person administers it."""
    row = sign_up_to_confirm(uow.session, sign_up_id, now=now)
    told = _registration(row)
    organisation = register_organisation(uow, told, actor=HOUSE, now=now)
    newcomer = Newcomer(
        email=row.email,
        name=row.name,
        password_hash=row.password_hash,
        phone=row.phone,
        locale=row.locale,
        confirmed=True,
    )
    user = create_user(uow, newcomer, passwords=passwords, actor=HOUSE, now=now)
    grant = Grant(Role.COMPANY_ADMIN, organisation.key)
    grant_role(uow, user.key, grant, actor=HOUSE, now=now)
    uow.session.delete(row)
    uow.session.flush()
    uow.announce(
        SignUpConfirmed(
            at=now,
            actor_id=user.key,
            subject=f"organisation:{organisation.key}",
            changes={"state": (None, organisation.state.value)},
            user_id=user.key,
            organisation_id=organisation.key,
        )
    )
    return organisation.key


def _violations(told: Application) -> Iterator[Violation]:
    yield from registration_violations(told.kind, told.uscc)
    yield from email_violations(told.email)
    yield from password_violations(
        told.password, email=folded_email(told.email), well_known=well_known_passwords()
    )


def _registration(row: SignUp) -> Registration:
    kind = OrganisationKind(str(row.organisation["kind"]))
    kept: dict[str, Any] = {**row.organisation, "kind": kind, "licence_id": row.licence_id}
    return Registration(**kept)


def _tell_known(uow: UnitOfWork, known: User, told: Application, *, now: datetime) -> None:
    uow.announce(
        SignUpKnown(
            at=now,
            actor_id=None,
            subject=f"user:{known.key}",
            user_id=known.key,
            organisation=told.organisation,
        )
    )
