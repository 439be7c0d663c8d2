"""What the addresses of accounts name: tokens, browsers, identities, invitations, people, links."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import HOUSE, Actor
from booking.access.roles import Role
from booking.accounts.actions.close_account import close_account
from booking.accounts.actions.make_token import TokenWish, make_token
from booking.accounts.rules import LinkPurpose
from booking.db.transactions import UnitOfWork
from booking.needs.actions.save_search import save_search
from booking.needs.rules.saving import letter_key
from booking.notifications.actions.write_letter import Letter, write_letter
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.keep_feed import give_feed
from booking.reservations.rules.feeds import OWN
from booking.web.signed import signed_link, signed_token
from tests.access.world.belongings import browser_of, identity_of
from tests.access.world.people import PROVIDER_ADMIN
from tests.access.world.records import NOBODY, Record, constant
from tests.access.world.sides import Customer, Workshop, token_of
from tests.factories.accounts import make_user
from tests.support.serving import test_settings


def account_records(
    uow: UnitOfWork,
    people: Mapping[str, Actor],
    customers: Mapping[str, Customer],
    workshops: Sequence[Workshop],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Iterator[tuple[str, Record]]:
    """One's own for everybody who asks, and those of the companies and labs."""
    ours, guest, theirs = customers.values()
    tokens, browsers, identities = {}, {}, {}
    for who, actor in people.items():
        make_token(uow, actor.id, TokenWish(name="own"), actor_id=None, now=now)
        tokens[who] = token_of(uow, actor)
        browsers[who] = browser_of(uow, actor, now=now)
        identities[who] = identity_of(uow, actor, "https://identity.example")
    # Absent is another number than the organisation's: one address names both.
    yield "tokens/{token_id}", Record(0, other=theirs.token, mine=tokens, absent=NOBODY - 2)
    yield "calendar/{secret}", _feeds(uow, people, now=now)
    yield "letter/{token}", Record(_letter(uow, theirs.member, now=now), absent="useless")
    yield from {
        "saved-searches/{search_id}": _searches(uow, people, customers, marks, now=now),
        "notices/{notice_id}": _notices(uow, people, theirs.member, now=now),
    }.items()
    mine, others, guests = (one.belongings for one in (ours, theirs, guest))
    yield (
        "sessions/{session_id}",
        Record(0, other=others.browser, guest=guests.browser, mine=browsers),
    )
    yield (
        "identities/{link_id}",
        Record(0, other=others.identity, guest=guests.identity, mine=identities),
    )
    at_lab = (Role.LAB_MANAGER, Role.OPERATOR, PROVIDER_ADMIN)
    yield (
        "invitations/{invitation_id}",
        Record(
            mine.invitation,
            other=others.invitation,
            guest=guests.invitation,
            hidden=workshops[1].invitation,
            mine=dict.fromkeys(at_lab, workshops[0].invitation),
        ),
    )
    yield (
        "people/{user_id}",
        Record(mine.colleague, other=others.colleague, guest=guests.colleague),
    )
    yield (
        "people/{person_id}",
        Record(ours.member.id, other=theirs.member.id, guest=guest.member.id),
    )
    # Neither belongs anywhere any more.
    gone = [make_user(uow).key for _ in range(2)]
    yield "people/{user_id}/closure", Record(gone[0])
    close_account(uow, gone[1], "示例", actor=HOUSE, now=now)
    yield "people/{user_id}/reopening", Record(gone[1])
    yield "subjects/{noun}", constant("organisation")
    yield (
        "{noun}/{reference}",
        Record(ours.company.key, other=theirs.company.key, guest=guest.company.key),
    )
    yield from _links(mine.invitation)


def _links(invitation_id: int) -> Iterator[tuple[str, Record]]:
    purpose = LinkPurpose.INVITATION.value
    link = signed_link(test_settings("sqlite://"), purpose, invitation_id)
    yield "links/{purpose}", constant(purpose)
    yield "{purpose}/{token}", Record(link.rsplit("/", 1)[1], absent="useless")


def _feeds(uow: UnitOfWork, people: Mapping[str, Actor], *, now: datetime) -> Record:
    """Everybody's own; whoever knows one reads it, a visitor too."""
    secrets = {
        actor.id: give_feed(uow, OWN, actor=actor, now=now)
        for actor in {actor.id: actor for actor in people.values() if actor.in_person}.values()
    }
    mine = {who: secrets[actor.id] for who, actor in people.items() if actor.id in secrets}
    return Record(next(iter(secrets.values())), mine=mine, absent="useless")


def _letter(uow: UnitOfWork, person: Actor, *, now: datetime) -> str:
    saved = save_search(uow, "letter", {}, actor=person, now=now)
    key = letter_key(saved.key, now)
    return signed_token(test_settings("sqlite://"), "saved_search", key)


def _notices(
    uow: UnitOfWork, people: Mapping[str, Actor], stranger: Actor, *, now: datetime
) -> Record:
    """Everybody's own, and one of somebody else's."""
    readers = {**people, "": stranger}
    for reader in readers.values():
        told = {"name": reader.name, "token": "own", "ends_at": now.isoformat()}
        letter = Letter(
            fact="token_expiring",
            email=reader.email,
            locale="zh_CN",
            user_id=reader.id,
            params=told,
        )
        write_letter(uow, letter, now=now)
    last = sa.select(col(OutboxMessage.user_id), sa.func.max(col(OutboxMessage.id)))
    rows = uow.session.execute(last.group_by(col(OutboxMessage.user_id)))
    keys = {row.user_id: row[1] for row in rows}
    return Record(
        0, other=keys[stranger.id], mine={who: keys[actor.id] for who, actor in people.items()}
    )


def _searches(
    uow: UnitOfWork,
    people: Mapping[str, Actor],
    customers: Mapping[str, Customer],
    marks: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Record:
    """Everybody's own; a second one of each company's member says the word of its side."""
    saved = {
        who: save_search(uow, "own", {}, actor=actor, now=now).key for who, actor in people.items()
    }
    said = {
        side: save_search(uow, marks[side]["search"], {}, actor=customer.member, now=now).key
        for side, customer in customers.items()
    }
    return Record(0, other=said["theirs"], mine=saved)
