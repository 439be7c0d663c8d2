"""What accounts hold, and whether the books are right."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.ledger.models import AccountKind, Entry, LedgerAccount, Posting

AccountKey = tuple[AccountKind, int]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry with its account and what caused it."""

    kind: AccountKind
    organisation_id: int
    amount_fen: int
    reference: str
    at: datetime
    memo: str


_ENTRY = (
    sa.select(
        col(LedgerAccount.kind),
        col(LedgerAccount.organisation_id),
        col(Entry.amount_fen),
        col(Posting.reference),
        col(Posting.at),
        col(Posting.memo),
    )
    .join(LedgerAccount, col(LedgerAccount.id) == col(Entry.account_id))
    .join(Posting, col(Posting.id) == col(Entry.posting_id))
    .order_by(col(Entry.id))
)

_ACCOUNT: Final[sa.Table] = LedgerAccount.__table__  # type: ignore[attr-defined]  # by SQLModel
_ACCOUNT_IDS: Final = sa.select(_ACCOUNT.c.kind, _ACCOUNT.c.organisation_id, _ACCOUNT.c.id).where(
    sa.tuple_(_ACCOUNT.c.kind, _ACCOUNT.c.organisation_id).in_(
        sa.bindparam("accounts", expanding=True)
    )
)


def account_ids(session: Session, accounts: Collection[AccountKey]) -> dict[AccountKey, int]:
    """The ids of accounts that are open, by kind and owner."""
    rows = session.execute(_ACCOUNT_IDS, {"accounts": list(accounts)})
    return {(kind, owner): key for kind, owner, key in rows}


def balance(session: Session, kind: AccountKind, organisation_id: int) -> int:
    """The sum of an account's entries in fen; an account nobody posted to holds nothing."""
    held = (
        sa.select(sa.func.coalesce(sa.func.sum(col(Entry.amount_fen)), 0))
        .join(LedgerAccount, col(LedgerAccount.id) == col(Entry.account_id))
        .where(
            col(LedgerAccount.kind) == kind, col(LedgerAccount.organisation_id) == organisation_id
        )
    )
    return int(session.execute(held).scalar_one())


def entries_of(session: Session, reference: str) -> Sequence[EntryRow]:
    """What one posting wrote."""
    rows = session.execute(_ENTRY.where(col(Posting.reference) == reference))
    return [EntryRow(*row) for row in rows]


def entries_between(
    session: Session,
    kind: AccountKind,
    organisation_id: int,
    *,
    start: datetime,
    end: datetime,
) -> Sequence[EntryRow]:
    """An account's entries in `[start, end)`, oldest first."""
    rows = session.execute(
        _ENTRY.where(
            col(LedgerAccount.kind) == kind,
            col(LedgerAccount.organisation_id) == organisation_id,
            col(Posting.at) >= start,
            col(Posting.at) < end,
        )
    )
    return [EntryRow(*row) for row in rows]


def unbalanced_postings(session: Session) -> Sequence[tuple[str, int]]:
    """References of postings whose entries do not sum to nought, with the difference."""
    difference = sa.func.coalesce(sa.func.sum(col(Entry.amount_fen)), 0)
    rows = session.execute(
        sa.select(col(Posting.reference), difference)
        .outerjoin(Entry, col(Entry.posting_id) == col(Posting.id))
        .group_by(col(Posting.id), col(Posting.reference))
        .having((difference != 0) | (sa.func.count(col(Entry.id)) < 2))
        .order_by(col(Posting.id))
    )
    return [(reference, int(amount)) for reference, amount in rows]
