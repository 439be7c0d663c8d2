"""Give a person an account, with or without a password; the first administrator of a centre."""

from dataclasses import dataclass, replace
from datetime import datetime

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.roles import Role
from booking.accounts.actions.grant_role import grant_role
from booking.accounts.errors import EmailTaken, NotWellFormed
from booking.accounts.events import UserCreated
from booking.accounts.models import Credential, User
from booking.accounts.providers.local import Passwords, well_known_passwords
from booking.accounts.rules import email_violations, folded_email, password_violations
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What is told about a new person. Without a password nobody can sign in yet."""

    email: str
    name: str
    password: str | None = None
    # In the place of a password: one that was judged and hashed before.
    password_hash: str | None = None
    phone: str = ""
    locale: str = "zh_CN"
    # Whether a letter to the address was answered.
    confirmed: bool = False


def create_user(
    uow: UnitOfWork, newcomer: Newcomer, *, passwords: Passwords, actor: Actor, now: datetime
) -> User:
    """Add an account; one per address."""
    broken = list(email_violations(newcomer.email))
    if newcomer.password is not None:
        broken += password_violations(
            newcomer.password, email=newcomer.email, well_known=well_known_passwords()
        )
    if broken:
        raise NotWellFormed(broken)
    # Before the first statement: no row should be locked while the hash is made.
    hashed = newcomer.password_hash
    if newcomer.password is not None:
        hashed = passwords.hashed(newcomer.password)
    row = User(
        email=folded_email(newcomer.email),
        name=newcomer.name,
        phone=newcomer.phone,
        locale=newcomer.locale,
        created_at=now,
        email_confirmed_at=now if newcomer.confirmed else None,
    )
    if not (made := insert_unless_exists(uow.session, User, [row.model_dump(exclude={"id"})])):
        raise EmailTaken
    user = uow.session.get_one(User, made[0])
    if hashed is not None:
        uow.session.add(Credential(user_id=user.key, password_hash=hashed, changed_at=now))
        uow.session.flush()
    uow.announce(
        UserCreated(at=now, actor_id=actor.known_id, subject=f"user:{user.key}", user_id=user.key)
    )
    return user


def create_admin(
    uow: UnitOfWork, newcomer: Newcomer, *, passwords: Passwords, now: datetime
) -> User:
    """The command that opens a new centre: an account with the role of its administrator."""
    trusted = replace(newcomer, confirmed=True)
    user = create_user(uow, trusted, passwords=passwords, actor=HOUSE, now=now)
    grant_role(uow, user.key, Grant(Role.CENTRE_ADMIN), actor=HOUSE, now=now)
    return user
