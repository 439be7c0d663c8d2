"""Tables of people: who they are, how they prove it, where they belong."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from booking.access.roles import Role
from booking.accounts.rules import LinkPurpose
from booking.db.base import Row
from booking.db.types import EnumText, Id, Json, UtcDateTime


class User(Row, table=True):
    """A person."""

    __tablename__ = "person"  # `user` is a reserved word in PostgreSQL
    __table_args__ = (
        sa.CheckConstraint("active = (closed_at IS NULL)", name="closed_or_active"),
        sa.CheckConstraint("anonymised_at IS NULL OR NOT active", name="anonymised_closed"),
        sa.Index(
            "ix_person_closed",
            "closed_at",
            sqlite_where=sa.text("closed_at IS NOT NULL AND anonymised_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL AND anonymised_at IS NULL"),
        ),
    )

    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=100)
    phone: str = Field(default="", max_length=32)
    locale: str = Field(default="zh_CN", max_length=8)
    active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)
    # When a letter to the address was answered; an account that somebody else made has none.
    email_confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When name and address were taken away; the number stays, for records point at it.
    anonymised_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Credential(Row, table=True):
    """A password, as an argon2 hash."""

    __tablename__ = "credential"

    user_id: int = Field(foreign_key="person.id", unique=True, sa_type=Id)
    password_hash: str = Field(max_length=200)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class SecondFactor(Row, table=True):
    """What makes a person's codes (RFC 6238), sealed; it counts once it was confirmed by a code."""

    __tablename__ = "second_factor"

    user_id: int = Field(foreign_key="person.id", unique=True, sa_type=Id)
    sealed_secret: str = Field(max_length=300)
    begun_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The half minute of the last code that was taken: no code counts twice.
    used_step: int = Field(default=0, sa_type=Id)


class RecoveryCode(Row, table=True):
    """A code for the day on which the telephone is gone: shown once, kept as SHA-256, used once."""

    __tablename__ = "recovery_code"
    __table_args__ = (sa.UniqueConstraint("user_id", "digest"),)

    user_id: int = Field(foreign_key="person.id", sa_type=Id)
    digest: str = Field(max_length=64)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IdentityLink(Row, table=True):
    """Who a person is to a provider elsewhere. An account has one identity there, and keeps it."""

    __tablename__ = "identity_link"
    __table_args__ = (
        sa.UniqueConstraint("issuer", "subject"),
        sa.UniqueConstraint("user_id", "issuer"),
    )

    issuer: str = Field(max_length=255)
    subject: str = Field(max_length=255)
    user_id: int = Field(foreign_key="person.id", sa_type=Id)
    linked_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)


class Membership(Row, table=True):
    """A role of a person in an organisation, in one of its labs, or (neither) in the centre."""

    __tablename__ = "membership"
    __table_args__ = (
        # Two absent organisations are the same place, which a plain constraint would not see.
        sa.Index(
            "uq_membership_person_role_place",
            "user_id",
            "role",
            sa.text("coalesce(organisation_id, 0)"),
            sa.text("coalesce(lab_id, 0)"),
            unique=True,
        ),
    )

    user_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    role: Role = Field(sa_type=EnumText(Role))
    organisation_id: int | None = Field(
        default=None, foreign_key="organisation.id", index=True, sa_type=Id
    )
    lab_id: int | None = Field(default=None, foreign_key="lab.id", index=True, sa_type=Id)
    granted_at: datetime = Field(sa_type=UtcDateTime)


class Delegation(Row, table=True):
    """A role that a colleague exercises from a moment to a moment, while its holder has it."""

    __tablename__ = "delegation"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="not_empty"),
        sa.CheckConstraint("delegator_id <> delegate_id", name="two_people"),
    )

    delegator_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    delegate_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    role: Role = Field(sa_type=EnumText(Role))
    organisation_id: int | None = Field(
        default=None, foreign_key="organisation.id", index=True, sa_type=Id
    )
    lab_id: int | None = Field(default=None, foreign_key="lab.id", index=True, sa_type=Id)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LoginSession(Row, table=True):
    """A signed-in browser; the cookie holds the secret, this row only its SHA-256."""

    __tablename__ = "login_session"

    digest: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    address: str = Field(default="", max_length=64)
    agent: str = Field(default="", max_length=200)
    # Proved by two factors, ours or those of a provider that says so.
    strong: bool = False
    # Why it was ended before its time, for whoever still carries its secret.
    ended_by: str = Field(default="", max_length=32)
    # Whose account its owner views the site through until then, and why.
    guise_id: int | None = Field(default=None, foreign_key="person.id", index=True, sa_type=Id)
    guise_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    guise_reason: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})


class HalfSignIn(Row, table=True):
    """A first factor that was proved, waiting some minutes for the second; no session yet."""

    __tablename__ = "half_sign_in"

    digest: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class ApiToken(Row, table=True):
    """A program's key: shown once, kept as SHA-256, scoped, expiring, revocable."""

    __tablename__ = "api_token"

    digest: str = Field(max_length=64, unique=True)
    user_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    name: str = Field(max_length=100)
    scopes: list[str] | None = Field(default=None, sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When its owner was told that it ends soon.
    warned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInThrottle(Row, table=True):
    """How often signing in failed for a key (see `rules.ThrottleScope`), on every process alike."""

    __tablename__ = "sign_in_throttle"

    # SHA-256 of what was tried: a password typed into the wrong field is not kept.
    digest: str = Field(max_length=64, unique=True)
    failures: int
    failed_at: datetime = Field(sa_type=UtcDateTime, index=True)


class MailedLink(Row, table=True):
    """A link in a letter, used once; the letter holds its signature, this row no secret."""

    __tablename__ = "mailed_link"

    purpose: LinkPurpose = Field(sa_type=EnumText(LinkPurpose))
    user_id: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Invitation(Row, table=True):
    """A role that waits for somebody; it is given in the name of whoever offered it."""

    __tablename__ = "invitation"

    email: str = Field(max_length=254, index=True)
    role: Role = Field(sa_type=EnumText(Role))
    organisation_id: int | None = Field(
        default=None, foreign_key="organisation.id", index=True, sa_type=Id
    )
    lab_id: int | None = Field(default=None, foreign_key="lab.id", index=True, sa_type=Id)
    invited_by: int = Field(foreign_key="person.id", index=True, sa_type=Id)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignUp(Row, table=True):
    """An organisation and its first person, until the person's address is confirmed.

    Neither takes anybody's name or credit code meanwhile. The row goes with the confirmation.
    """

    __tablename__ = "sign_up"

    email: str = Field(max_length=254, index=True)
    name: str = Field(max_length=100)
    phone: str = Field(default="", max_length=32)
    locale: str = Field(max_length=8)
    password_hash: str = Field(max_length=200)
    # As `Registration` is told.
    organisation: dict[str, object] = Field(sa_type=Json)
    licence_id: int | None = Field(
        default=None, foreign_key="stored_file.id", index=True, sa_type=Id
    )
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
