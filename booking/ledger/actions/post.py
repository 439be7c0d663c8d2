"""Post a balanced set of entries, once per reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.ledger.errors import UnbalancedPosting
from booking.ledger.models import AccountKind, Entry, LedgerAccount, Posting
from booking.ledger.queries.balances import AccountKey, account_ids
from booking.ledger.rules import surplus

_WRITE: Final = sa.insert(Entry.__table__)  # type: ignore[attr-defined]  # made by SQLModel


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a posting: positive is debit, negative credit."""

    kind: AccountKind
    organisation_id: int
    amount_fen: int


def post(
    uow: UnitOfWork, reference: str, legs: Sequence[Leg], *, at: datetime, memo: str = ""
) -> int | None:
    """Write the posting; its id, or None when there was nothing (more) to write.

    A reference posts once: a deed that is tried again finds its posting and leaves it alone.
    """
    if difference := surplus(leg.amount_fen for leg in legs):
        raise UnbalancedPosting(reference=reference, difference_fen=difference)
    moving = [leg for leg in legs if leg.amount_fen]
    if not moving:
        return None
    head = {"reference": reference, "at": at, "memo": memo}
    if not (written := insert_unless_exists(uow.session, Posting, [head])):
        return None
    _write_entries(uow, written[0], moving)
    return written[0]


def _write_entries(uow: UnitOfWork, posting_id: int, legs: Sequence[Leg]) -> None:
    ids = _opened(uow.session, {(leg.kind, leg.organisation_id) for leg in legs})
    entries = [
        {
            "posting_id": posting_id,
            "account_id": ids[leg.kind, leg.organisation_id],
            "amount_fen": leg.amount_fen,
        }
        for leg in legs
    ]
    uow.session.execute(_WRITE, entries)


def _opened(session: Session, accounts: set[AccountKey]) -> dict[AccountKey, int]:
    """The accounts' ids; an account is opened by whoever first posts to it."""
    ids = account_ids(session, accounts)
    if missing := sorted(accounts - ids.keys()):
        rows = [{"kind": kind, "organisation_id": owner} for kind, owner in missing]
        insert_unless_exists(session, LedgerAccount, rows)
        ids = account_ids(session, accounts)
    return ids
