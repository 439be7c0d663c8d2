"""Enter what a company paid in advance, and what it was paid back, with the bank's reference."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, NotFound
from booking.ledger.actions.hold_funds import Movement, change_prepaid
from booking.ledger.errors import BankReferenceUsed, CompanyUnknown, InsufficientFunds
from booking.ledger.events import PrepaymentEvent, PrepaymentReceived, PrepaymentRefunded
from booking.ledger.models import PrepaidAccount, PrepaidKind
from booking.ledger.queries.prepaid import (
    account_between,
    company_called,
    is_booked,
    prepaid_account_seen_by,
    providers_kept_by,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An amount, and under which reference the bank knows it."""

    amount_fen: int
    bank_reference: str
    note: str = ""


def top_up(
    uow: UnitOfWork, company: str, provider_id: int, *, paid: Payment, actor: Actor, now: datetime
) -> int:
    """A company (by credit code or name) has paid a provider in advance; the account's id."""
    if not _keeps(uow, provider_id, actor):
        raise NotFound(provider_id=provider_id)
    organisation_id = company_called(uow.session, company)
    if organisation_id is None or organisation_id == provider_id:
        raise CompanyUnknown(company=company)
    pair = {"organisation_id": organisation_id, "provider_id": provider_id}
    row = {**pair, "balance_fen": 0, "held_fen": 0}
    insert_unless_exists(uow.session, PrepaidAccount, [row])
    account_id = account_between(uow.session, organisation_id, provider_id)
    if account_id is None:
        raise NotFound(**pair)
    _enter(uow, account_id, paid, kind=PrepaidKind.TOP_UP, actor=actor, now=now)
    return account_id


def refund(uow: UnitOfWork, account_id: int, *, paid: Payment, actor: Actor, now: datetime) -> None:
    """The provider has paid back what is not held for bookings."""
    seen = prepaid_account_seen_by(uow.session, account_id, actor)
    if not _keeps(uow, seen.provider_id, actor):
        raise Forbidden(permission=Permission.PREPAYMENT_MANAGE.value)
    _enter(uow, account_id, paid, kind=PrepaidKind.REFUND, actor=actor, now=now)


def _enter(
    uow: UnitOfWork,
    account_id: int,
    paid: Payment,
    *,
    kind: PrepaidKind,
    actor: Actor,
    now: datetime,
) -> None:
    locked = (
        sa.select(PrepaidAccount)
        .where(col(PrepaidAccount.id) == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    account = uow.session.execute(locked).scalar_one()
    reference = f"{account.provider_id}:{paid.bank_reference}"
    if is_booked(uow.session, reference):
        raise BankReferenceUsed(reference=paid.bank_reference)
    signed = paid.amount_fen if kind is PrepaidKind.TOP_UP else -paid.amount_fen
    before, left = account.balance_fen, account.balance_fen - account.held_fen
    if signed + left < 0:
        raise InsufficientFunds(needed_fen=paid.amount_fen, available_fen=left)
    movement = Movement(
        kind,
        signed,
        reference,
        made_at=now,
        bank_reference=paid.bank_reference,
        note=paid.note,
        made_by=actor.known_id,
    )
    change_prepaid(uow, account_id, movement)
    fact: type[PrepaymentEvent] = (
        PrepaymentReceived if kind is PrepaidKind.TOP_UP else PrepaymentRefunded
    )
    uow.announce(
        fact(
            at=now,
            subject=f"prepayment:{account_id}",
            actor_id=actor.known_id,
            cause=paid.bank_reference,
            changes={"balance_fen": (before, before + signed)},
            account_id=account_id,
            organisation_id=account.organisation_id,
            provider_id=account.provider_id,
            amount_fen=signed,
            balance_fen=before + signed,
        )
    )


def _keeps(uow: UnitOfWork, provider_id: int, actor: Actor) -> bool:
    """For one's own provider, or as the centre's finance."""
    return provider_id in {key for key, *_ in providers_kept_by(uow.session, actor)}
