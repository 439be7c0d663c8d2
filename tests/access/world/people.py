"""Who asks: a visitor, somebody in each role on our side, and programs with less than a role."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from booking.access.actor import Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import CENTRE_ROLES, Role
from booking.accounts.queries.actors import actor_by_id
from booking.db.transactions import UnitOfWork
from booking.organisations.models import Lab
from booking.web.sessions import COOKIE
from tests.factories.accounts import bearer, make_user, open_session

VISITOR = "visitor"
# The administrator of the organisation that our lab belongs to.
PROVIDER_ADMIN = "provider_admin"
# A token of the company's administrator that only reads bookings, and one of the centre's that
# only reads organisations: with either, everything else is shut.
COMPANY_TOKEN, CENTRE_TOKEN = "company_token", "centre_token"
WHO = (VISITOR, *(role.value for role in Role), PROVIDER_ADMIN, COMPANY_TOKEN, CENTRE_TOKEN)
SCOPES = {
    COMPANY_TOKEN: (Role.COMPANY_ADMIN, Permission.RESERVATION_READ),
    CENTRE_TOKEN: (Role.CENTRE_ADMIN, Permission.ORGANISATION_READ),
}

Headers = Mapping[str, str]


@dataclass(frozen=True)
class People:
    """The people of our side, and the headers that each of them sends."""

    actors: Mapping[str, Actor]
    headers: Mapping[str, Headers]


def make_people(uow: UnitOfWork, known: Mapping[Role, Actor], *, lab: Lab, now: datetime) -> People:
    """Somebody in each role, all signed in: those who are known, and new ones for the rest."""
    actors = {role.value: known.get(role) or _newcomer(uow, role, lab.key) for role in Role}
    grant = Grant(Role.COMPANY_ADMIN, organisation_id=lab.organisation_id)
    actors[PROVIDER_ADMIN] = _somebody(uow, grant, PROVIDER_ADMIN)
    sessions = {
        who: {"cookie": f"{COOKIE}={open_session(uow, actor, now=now)}"}
        for who, actor in actors.items()
    }
    tokens = {
        who: bearer(uow, actors[role.value], now=now, scopes=[scope])
        for who, (role, scope) in SCOPES.items()
    }
    return People(actors, {VISITOR: {}, **sessions, **tokens})


def _newcomer(uow: UnitOfWork, role: Role, lab: int) -> Actor:
    grant = Grant(role) if role in CENTRE_ROLES else Grant(role, lab_id=lab)
    return _somebody(uow, grant, role.value)


def _somebody(uow: UnitOfWork, grant: Grant, name: str) -> Actor:
    return actor_by_id(uow.session, make_user(uow, grant, email=f"{name}@centre.example").key)
