"""Which credit lines there are, and what happened to them, as the rules read it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.loans.models import BankRecord, CreditLine, OverdueSpell, RecordKind
from booking.loans.models import ReferenceRateEntry as RateEntry
from booking.loans.queries.happened import movements_of, overdue_of
from booking.loans.queries.promises import promise_years
from booking.loans.rules.balances import (
    Loan,
    Movement,
    ReferenceRate,
    outstanding,
)
from booking.organisations.models import Organisation

_SPELL = OverdueSpell
_CHUNK = 900  # SQLite allows 999 parameters where it is old
_TOLD = (
    col(BankRecord.credit_line_id),
    col(BankRecord.day),
    col(BankRecord.kind),
    col(BankRecord.amount_fen),
)
# The term of LPR that loans of at most a year are measured against.
TERM = "1Y"


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A credit line as lists show it."""

    id: int
    number: str
    organisation_id: int
    organisation: str
    bank: str
    contract_number: str
    kind: str
    credit_limit_fen: int
    annual_rate: str
    valid_from: date
    valid_to: date
    purpose: str
    draw_share: str
    draw_days: int | None
    organisation_en: str = ""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One bank record as lists show it."""

    bank_transaction_number: str
    day: date
    kind: RecordKind
    amount_fen: int
    note: str


@dataclass(frozen=True, slots=True)
class Credit:
    """How much a bank lends on a line, and when."""

    id: int
    limit_fen: int
    valid_from: date
    valid_to: date
    bank: str = ""

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to


class Told(NamedTuple):
    """What a bank record says under its number."""

    credit_line_id: int
    day: date
    kind: RecordKind
    amount_fen: int

    def movement(self, line: int = 0) -> Movement:
        drawn = self.kind is RecordKind.DRAW
        return Movement(self.day, self.amount_fen if drawn else -self.amount_fen, line)


_ROW = sa.select(
    col(CreditLine.id),
    col(CreditLine.number),
    col(CreditLine.organisation_id),
    col(Organisation.name),
    col(CreditLine.bank),
    col(CreditLine.contract_number),
    col(CreditLine.kind),
    col(CreditLine.credit_limit_fen),
    col(CreditLine.annual_rate),
    col(CreditLine.valid_from),
    col(CreditLine.valid_to),
    col(CreditLine.purpose),
    col(CreditLine.draw_share),
    col(CreditLine.draw_days),
    col(Organisation.name_en),
).join_from(CreditLine, Organisation, col(Organisation.id) == col(CreditLine.organisation_id))


def loan_for(session: Session, number: str, actor: Actor) -> LoanRow:
    """A credit line that this person may see; NotFound otherwise."""
    query = _ROW.where(col(CreditLine.number) == number, _visible(actor))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(loan=number)
    return LoanRow(*row)


def loans_visible_to(
    session: Session, actor: Actor, *, after: str | None = None, limit: int | None = None
) -> list[LoanRow]:
    """In order of their numbers, all of them or a piece."""
    query = _ROW.where(_visible(actor)).order_by(col(CreditLine.number)).limit(limit)
    if after is not None:
        query = query.where(col(CreditLine.number) > after)
    return [LoanRow(*row) for row in session.execute(query)]


def records_of(session: Session, credit_line_id: int) -> list[RecordRow]:
    """What the bank reported on a line, oldest first."""
    query = (
        sa.select(
            col(BankRecord.bank_transaction_number),
            col(BankRecord.day),
            col(BankRecord.kind),
            col(BankRecord.amount_fen),
            col(BankRecord.note),
        )
        .where(col(BankRecord.credit_line_id) == credit_line_id)
        .order_by(col(BankRecord.day), col(BankRecord.id))
    )
    return [RecordRow(*row) for row in session.execute(query)]


def loan_values(session: Session, ids: Collection[int] | None = None) -> dict[int, Loan]:
    """Credit lines with all that happened to them, as values; all of them, or these."""
    chosen = sa.true() if ids is None else col(CreditLine.id).in_(list(ids))
    query = (
        sa.select(
            col(CreditLine.id),
            col(CreditLine.number),
            col(CreditLine.organisation_id),
            col(Organisation.controller_key),
            col(CreditLine.annual_rate),
            col(CreditLine.kind),
        )
        .join_from(
            CreditLine, Organisation, col(Organisation.id) == col(CreditLine.organisation_id)
        )
        .where(chosen)
        .order_by(col(CreditLine.number))
    )
    draws, repayments = movements_of(session, ids)
    overdue, promises = overdue_of(session, ids), promise_years(session, ids)
    rates = reference_rates(session)
    return {
        key: Loan(
            loan_id=number,
            user=str(owner),
            group=group or "",
            annual_rate=Fraction(rate),
            lpr=rates,
            draws=tuple(draws[key]),
            repayments=tuple(repayments[key]),
            overdue=tuple(overdue[key]),
            promises=promises.get(key, ()),
            kind=kind.value,
        )
        for key, number, owner, group, rate, kind in session.execute(query)
    }


def reference_rates(session: Session) -> tuple[ReferenceRate, ...]:
    """The LPR, oldest first."""
    query = (
        sa.select(col(RateEntry.valid_from), col(RateEntry.rate))
        .where(col(RateEntry.term) == TERM)
        .order_by(col(RateEntry.valid_from))
    )
    return tuple(ReferenceRate(day, Fraction(rate)) for day, rate in session.execute(query))


def owed_on(session: Session, credit_line_id: int, day: date) -> int:
    """What a line owes on a day, in fen."""
    return outstanding(loan_values(session, [credit_line_id])[credit_line_id], day)


def credit_lines_for_update(session: Session, numbers: Collection[str]) -> dict[str, Credit]:
    """Credit lines by number, locked: what they owe may not change while a file is checked."""
    query = (
        sa.select(
            col(CreditLine.number),
            col(CreditLine.id),
            col(CreditLine.credit_limit_fen),
            col(CreditLine.valid_from),
            col(CreditLine.valid_to),
            col(CreditLine.bank),
        )
        .where(col(CreditLine.number).in_(list(numbers)))
        .order_by(col(CreditLine.id))
        .with_for_update()
    )
    return {number: Credit(*rest) for number, *rest in session.execute(query)}


def told_by_number(
    session: Session, numbers: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Told]:
    """What is known already under these banks' transaction numbers."""
    wanted = sorted({number for _, number in numbers})
    found: dict[tuple[str, str], Told] = {}
    for i in range(0, len(wanted), _CHUNK):
        query = sa.select(
            col(BankRecord.bank), col(BankRecord.bank_transaction_number), *_TOLD
        ).where(col(BankRecord.bank_transaction_number).in_(wanted[i : i + _CHUNK]))
        found |= {(bank, number): Told(*rest) for bank, number, *rest in session.execute(query)}
    return found


def told_of_lines(session: Session, ids: Collection[int]) -> dict[int, list[Told]]:
    """Everything that is known of these credit lines."""
    query = sa.select(*_TOLD).where(col(BankRecord.credit_line_id).in_(list(ids)))
    found: dict[int, list[Told]] = {key: [] for key in ids}
    for row in session.execute(query):
        found[row[0]].append(Told(*row))
    return found


def first_draw(session: Session) -> date | None:
    """The day on which a company first took money."""
    query = sa.select(sa.func.min(col(BankRecord.day))).where(
        col(BankRecord.kind) == RecordKind.DRAW
    )
    found: date | None = session.execute(query).scalar_one()
    return found


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    reach = actor.reach(Permission.LOAN_READ)
    if reach.everywhere:
        return sa.true()
    return col(CreditLine.organisation_id).in_(sorted(reach.organisation_ids))
