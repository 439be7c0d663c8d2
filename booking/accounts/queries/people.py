"""People and their roles, by address, by place, for lists."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.accounts.models import (
    Membership,
    User,
)
from booking.accounts.queries.second_factors import HAS_FACTOR
from booking.kernel.errors import NotFound
from booking.organisations.models import Lab, Organisation


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One role of one person, with the names of the places."""

    membership_id: int
    user_id: int
    name: str
    email: str
    active: bool
    role: Role
    organisation_id: int | None
    organisation: str | None
    lab_id: int | None
    lab: str | None
    organisation_en: str | None
    lab_en: str | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list."""

    id: int
    name: str
    email: str
    active: bool
    created_at: datetime
    anonymised: bool
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is written to."""

    id: int
    name: str
    email: str
    locale: str


_MEMBER = (
    sa.select(
        col(Membership.id),
        col(User.id),
        col(User.name),
        col(User.email),
        col(User.active),
        col(Membership.role),
        col(Membership.organisation_id),
        col(Organisation.name),
        col(Membership.lab_id),
        col(Lab.name),
        col(Organisation.name_en),
        col(Lab.name_en),
    )
    .join(User, col(User.id) == col(Membership.user_id))
    .outerjoin(Organisation, col(Organisation.id) == col(Membership.organisation_id))
    .outerjoin(Lab, col(Lab.id) == col(Membership.lab_id))
    .order_by(col(User.name), col(User.id), col(Membership.id))
)


def user_by_email(session: Session, email: str) -> User | None:
    """The account of an address that is already folded."""
    found: User | None = session.execute(
        sa.select(User).where(col(User.email) == email)
    ).scalar_one_or_none()
    return found


def user_for_update(session: Session, user_id: int) -> User:
    """The row itself as it is now, locked until the deed ends; NotFound when there is none."""
    found: User | None = session.execute(
        sa.select(User)
        .where(col(User.id) == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(user_id=user_id)
    return found


def reader_of(session: Session, user_id: int) -> Reader:
    """Name, address and language of a person."""
    asked = sa.select(col(User.id), col(User.name), col(User.email), col(User.locale))
    return Reader(*session.execute(asked.where(col(User.id) == user_id)).one())


def readers_with(
    session: Session, role: Role, organisation_id: int | None = None
) -> Sequence[Reader]:
    """Everybody who holds a role in an organisation, or (None) in the centre."""
    asked = (
        sa.select(col(User.id), col(User.name), col(User.email), col(User.locale))
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            col(User.active),
            col(Membership.role) == role,
            col(Membership.organisation_id).is_not_distinct_from(organisation_id),
        )
        .order_by(col(User.id))
    )
    return [Reader(*row) for row in session.execute(asked)]


def readers_with_each(
    session: Session, role: Role, organisation_ids: Collection[int]
) -> Mapping[int, Sequence[Reader]]:
    """Everybody who holds a role in one of these organisations, by organisation."""
    asked = (
        sa.select(
            col(Membership.organisation_id),
            *(col(User.id), col(User.name), col(User.email), col(User.locale)),
        )
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            col(User.active),
            col(Membership.role) == role,
            col(Membership.organisation_id).in_(sorted(organisation_ids)),
        )
        .order_by(col(User.id))
    )
    found: dict[int, list[Reader]] = {key: [] for key in organisation_ids}
    for place, *reader in session.execute(asked):
        found[place].append(Reader(*reader))
    return found


def keepers_of(session: Session, lab_id: int) -> Sequence[Reader]:
    """The managers of a lab."""
    asked = (
        sa.select(col(User.id), col(User.name), col(User.email), col(User.locale))
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            col(User.active),
            col(Membership.role) == Role.LAB_MANAGER,
            col(Membership.lab_id) == lab_id,
        )
        .order_by(col(User.id))
    )
    return [Reader(*row) for row in session.execute(asked)]


def profile_of(session: Session, user_id: int) -> tuple[str, str, str]:
    """Name, telephone and language of a person."""
    row = session.execute(
        sa.select(col(User.name), col(User.phone), col(User.locale)).where(col(User.id) == user_id)
    ).one()
    return row[0], row[1], row[2]


def people(
    session: Session, *, words: str = "", after_id: int = 0, limit: int = 50
) -> Sequence[PersonRow]:
    """Everybody with an account, oldest first."""
    wanted = sa.select(
        col(User.id),
        col(User.name),
        col(User.email),
        col(User.active),
        col(User.created_at),
        col(User.anonymised_at).is_not(None),
        HAS_FACTOR,
    ).where(col(User.id) > after_id)
    for word in words.split():
        wanted = wanted.where(
            col(User.name).icontains(word, autoescape=True)
            | col(User.email).icontains(word, autoescape=True)
        )
    return [PersonRow(*row) for row in session.execute(wanted.order_by(col(User.id)).limit(limit))]


def members_of(session: Session, organisation_id: int) -> Sequence[MemberRow]:
    """Everybody with a role in an organisation or one of its labs."""
    rows = session.execute(_MEMBER.where(col(Membership.organisation_id) == organisation_id))
    return [MemberRow(*row) for row in rows]


def roles_of(session: Session, user_ids: Collection[int]) -> Sequence[MemberRow]:
    """Every role of these people."""
    return [
        MemberRow(*row)
        for row in session.execute(_MEMBER.where(col(Membership.user_id).in_(user_ids)))
    ]


def belongs_to(session: Session, user_id: int, organisation_id: int | None) -> bool:
    """Whether somebody holds any role in an organisation."""
    held = sa.select(col(Membership.id)).where(
        col(Membership.user_id) == user_id, col(Membership.organisation_id) == organisation_id
    )
    return session.execute(held.limit(1)).first() is not None


def membership_place(session: Session, membership_id: int) -> int | None:
    """The organisation that a role belongs to; None for the centre and for no such role."""
    return session.execute(
        sa.select(col(Membership.organisation_id)).where(col(Membership.id) == membership_id)
    ).scalar_one_or_none()


def membership(session: Session, membership_id: int) -> Membership:
    """One role of one person; NotFound when there is none."""
    found: Membership | None = session.get(Membership, membership_id, populate_existing=True)
    if found is None:
        raise NotFound(membership_id=membership_id)
    return found


def holders_for_update(session: Session, grant: Grant) -> Mapping[int, bool]:
    """Every membership of the same role in the same place, and whether its person is active.

    All are locked, in order: of two that are taken away at once, the second sees the first gone.
    """
    statement = (
        sa.select(col(Membership.id), col(User.active))
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            col(Membership.role) == grant.role,
            col(Membership.organisation_id).is_not_distinct_from(grant.organisation_id),
            col(Membership.lab_id).is_not_distinct_from(grant.lab_id),
        )
        .order_by(col(Membership.id))
        .with_for_update(of=Membership)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
