"""People with accounts and roles, and the quick way to be one of them over HTTP."""

from datetime import datetime, timedelta
from itertools import count

import pyotp
from starlette.testclient import TestClient

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.accounts.actions.create_user import Newcomer, create_user
from booking.accounts.actions.grant_role import grant_role
from booking.accounts.actions.make_token import TokenWish, make_token
from booking.accounts.actions.second_factor import begin, confirm
from booking.accounts.actions.sign_in import Arrival, Browser, NewSession, let_in
from booking.accounts.identity import Claim, CodeClaim, Proof
from booking.accounts.models import User
from booking.accounts.providers.local import passwords
from booking.accounts.providers.sealing import Seal
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.queries.sign_ins import password_chosen_at
from booking.db.transactions import UnitOfWork
from booking.web.sessions import COOKIE
from tests.factories.organisations import LONG_AGO

PASSWORD = "demo-demo-demo"
CHEAP = passwords("cheapest")
SEAL = Seal("only-for-tests")
_numbers = count(1)


def make_user(
    uow: UnitOfWork,
    *grants: Grant,
    email: str | None = None,
    name: str = "实验员甲",
    password: str | None = PASSWORD,
    locale: str = "zh_CN",
) -> User:
    """A person with these roles and the password of the demo."""
    newcomer = Newcomer(
        email=email or f"person{next(_numbers)}@example.com",
        name=name,
        password=password,
        locale=locale,
    )
    user = create_user(uow, newcomer, passwords=CHEAP, actor=HOUSE, now=LONG_AGO)
    for grant in grants:
        grant_role(uow, user.key, grant, actor=HOUSE, now=LONG_AGO)
    return user


def make_actor(uow: UnitOfWork, *grants: Grant, name: str = "实验员甲") -> Actor:
    """A person with these roles, as deeds see them."""
    return actor_by_id(uow.session, make_user(uow, *grants, name=name).key)


def make_member(uow: UnitOfWork, organisation_id: int, role: Role = Role.COMPANY_MEMBER) -> Actor:
    """A person of a company."""
    return make_actor(uow, Grant(role, organisation_id=organisation_id))


def make_lab_person(uow: UnitOfWork, lab_id: int, role: Role = Role.LAB_MANAGER) -> Actor:
    """A person of a lab."""
    return make_actor(uow, Grant(role, lab_id=lab_id))


def make_staff(uow: UnitOfWork, role: Role = Role.CENTRE_ADMIN) -> Actor:
    """A person of the centre."""
    return make_actor(uow, Grant(role))


def shut(uow: UnitOfWork, user_id: int) -> None:
    """Close an account as it stands, even with roles: doors must hold without the deed's help."""
    user = uow.session.get_one(User, user_id)
    user.active, user.closed_at = False, LONG_AGO
    uow.session.flush()


def set_second_factor(uow: UnitOfWork, user_id: int) -> tuple[str, list[str]]:
    """The key of a second factor that somebody set up long ago, and the recovery codes."""
    actor = actor_by_id(uow.session, user_id)
    chosen_at = password_chosen_at(uow.session, user_id)
    claim_of_it = Claim(actor.email, PASSWORD, "127.0.0.1")
    proof = Proof(claim_of_it, user_id, right=True, chosen_at=chosen_at)
    key = begin(uow, proof, seal=SEAL, actor=actor, now=LONG_AGO)
    assert isinstance(key, str)
    claim = CodeClaim(user_id, code_at(key, LONG_AGO), "127.0.0.1")
    codes = confirm(uow, claim, session_secret=None, seal=SEAL, actor=actor, now=LONG_AGO)
    assert isinstance(codes, list)
    return key, codes


def code_at(key: str, moment: datetime) -> str:
    """What the telephone shows at a moment."""
    return pyotp.TOTP(key).at(moment)


def open_session(
    uow: UnitOfWork,
    actor: Actor | User,
    *,
    now: datetime,
    address: str = "127.0.0.1",
    agent: str = "",
) -> str:
    """The secret of a session for somebody who has just signed in."""
    user_id = actor.id or 0
    made = let_in(uow, Arrival(user_id, address, Browser(agent), timedelta(hours=12)), now=now)
    assert isinstance(made, NewSession)
    return made.secret


def be(client: TestClient, secret: str) -> TestClient:
    """Let a client carry a session; a new one replaces the old."""
    client.cookies.set(COOKIE, secret)
    return client


def bearer(
    uow: UnitOfWork,
    actor: Actor | User,
    *,
    now: datetime,
    scopes: list[Permission] | None = None,
) -> dict[str, str]:
    """The header of a program that acts for somebody."""
    wish = TokenWish(name="test", scopes=scopes)
    made = make_token(uow, actor.id or 0, wish, actor_id=None, now=now)
    return {"authorization": f"Bearer {made.token}"}
