"""The ledger as it is read: accounts with their sums over a stretch of time, and their entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.kernel.errors import NotFound
from booking.kernel.timespan import TimeSpan
from booking.ledger.models import AccountKind, Entry, LedgerAccount, Posting
from booking.organisations.models import Organisation

_ACCOUNT: Final[sa.Table] = LedgerAccount.__table__  # type: ignore[attr-defined]  # by SQLModel
_ENTRY: Final[sa.Table] = Entry.__table__  # type: ignore[attr-defined]
_POSTING: Final[sa.Table] = Posting.__table__  # type: ignore[attr-defined]
_OWNER: Final[sa.Table] = Organisation.__table__  # type: ignore[attr-defined]
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account, what it held before a stretch of time, and what moved during it, in fen."""

    id: int
    kind: AccountKind
    organisation_id: int
    owner: str
    owner_en: str
    opening_fen: int
    debit_fen: int
    credit_fen: int

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + self.debit_fen - self.credit_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedRow:
    """One entry of an account, with its posting."""

    id: int
    at: datetime
    reference: str
    memo: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRow:
    """One entry of a posting, for whoever exports whole postings."""

    posting_id: int
    at: datetime
    reference: str
    memo: str
    account_id: int
    amount_fen: int


def accounts(
    session: Session, span: TimeSpan | None = None, *, kind: AccountKind | None = None
) -> Sequence[AccountRow]:
    """Every account, by kind and owner; without a span, all that ever moved."""
    rows = session.execute(_accounts(span, kind)).mappings()
    return [AccountRow(**row) for row in rows]


def account_of(session: Session, account_id: int, span: TimeSpan | None = None) -> AccountRow:
    """One of them."""
    asked = _accounts(span, None).where(_ACCOUNT.c.id == account_id)
    row = session.execute(asked).mappings().one_or_none()
    if row is None:
        raise NotFound(account_id=account_id)
    return AccountRow(**row)


def entries_of_account(
    session: Session,
    account_id: int,
    span: TimeSpan | None = None,
    *,
    before_id: int | None = None,
    limit: int,
) -> Sequence[PostedRow]:
    """Newest first."""
    asked = (
        sa.select(
            _ENTRY.c.id, _POSTING.c.at, _POSTING.c.reference, _POSTING.c.memo, _ENTRY.c.amount_fen
        )
        .join(_POSTING, _POSTING.c.id == _ENTRY.c.posting_id)
        .where(_ENTRY.c.account_id == account_id, *_within(span))
        .order_by(_ENTRY.c.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        asked = asked.where(_ENTRY.c.id < before_id)
    return [PostedRow(**row) for row in session.execute(asked).mappings()]


def moved_within(session: Session, span: TimeSpan) -> Iterator[MovedRow]:
    """Every entry of a stretch of time, posting by posting, in order."""
    asked = (
        sa.select(
            _ENTRY.c.posting_id,
            _POSTING.c.at,
            _POSTING.c.reference,
            _POSTING.c.memo,
            _ENTRY.c.account_id,
            _ENTRY.c.amount_fen,
        )
        .join(_POSTING, _POSTING.c.id == _ENTRY.c.posting_id)
        .where(*_within(span))
        .order_by(_POSTING.c.at, _POSTING.c.id, _ENTRY.c.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in session.execute(asked).mappings():
        yield MovedRow(**row)


def _accounts(span: TimeSpan | None, kind: AccountKind | None) -> sa.Select[*tuple[Any, ...]]:
    amount = _ENTRY.c.amount_fen
    before = sa.false() if span is None else _POSTING.c.at < span.start
    sums = (
        sa.select(
            _ENTRY.c.account_id,
            _sum(amount, before).label("opening_fen"),
            _sum(amount, ~before & (amount > 0)).label("debit_fen"),
            _sum(-amount, ~before & (amount < 0)).label("credit_fen"),
        )
        .join(_POSTING, _POSTING.c.id == _ENTRY.c.posting_id)
        .where(sa.true() if span is None else _POSTING.c.at < span.end)
        .group_by(_ENTRY.c.account_id)
        .subquery("sums")
    )
    asked = (
        sa.select(
            _ACCOUNT.c.id,
            _ACCOUNT.c.kind,
            _ACCOUNT.c.organisation_id,
            _OWNER.c.name.label("owner"),
            _OWNER.c.name_en.label("owner_en"),
            *(
                sa.cast(sa.func.coalesce(sums.c[name], 0), sa.BigInteger).label(name)
                for name in ("opening_fen", "debit_fen", "credit_fen")
            ),
        )
        .select_from(_ACCOUNT)
        .join(_OWNER, _OWNER.c.id == _ACCOUNT.c.organisation_id)
        .outerjoin(sums, sums.c.account_id == _ACCOUNT.c.id)
        .order_by(_ACCOUNT.c.kind, _OWNER.c.name, _ACCOUNT.c.id)
    )
    return asked if kind is None else asked.where(_ACCOUNT.c.kind == kind)


def _sum(amount: sa.ColumnElement[int], when: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((when, amount), else_=0)), 0)


def _within(span: TimeSpan | None) -> list[sa.ColumnElement[bool]]:
    if span is None:
        return []
    return [_POSTING.c.at >= span.start, _POSTING.c.at < span.end]
