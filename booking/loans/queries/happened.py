"""What happened to credit lines: draws, repayments, overdue days."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.loans.models import BankRecord, OverdueSpell, RecordKind
from booking.loans.queries.excess import excess_by_record
from booking.loans.rules.balances import Draw, Overdue, Repayment


def movements_of(
    session: Session, ids: Collection[int] | None
) -> tuple[dict[int, list[Draw]], dict[int, list[Repayment]]]:
    """By credit line what was drawn and what came back, by day."""
    excess = excess_by_record(session, ids)
    query = (
        sa.select(
            col(BankRecord.id),
            col(BankRecord.credit_line_id),
            col(BankRecord.kind),
            col(BankRecord.day),
            col(BankRecord.amount_fen),
            col(BankRecord.order_reference),
        )
        .where(sa.true() if ids is None else col(BankRecord.credit_line_id).in_(list(ids)))
        .order_by(col(BankRecord.day), col(BankRecord.bank_transaction_number))
    )
    draws: dict[int, list[Draw]] = defaultdict(list)
    repayments: dict[int, list[Repayment]] = defaultdict(list)
    for key, line, kind, day, amount, order in session.execute(query):
        if kind is RecordKind.DRAW:
            draws[line].append(Draw(day, amount, order, excess.get(key, ())))
        else:
            repayments[line].append(Repayment(day, amount))
    return draws, repayments


def overdue_of(session: Session, ids: Collection[int] | None) -> dict[int, list[Overdue]]:
    """By credit line the days on which it was overdue."""
    query: sa.Select[int, date, date | None] = (
        sa.select(
            col(OverdueSpell.credit_line_id), col(OverdueSpell.first), col(OverdueSpell.until)
        )
        .where(sa.true() if ids is None else col(OverdueSpell.credit_line_id).in_(list(ids)))
        .order_by(col(OverdueSpell.first))
    )
    spells: dict[int, list[Overdue]] = defaultdict(list)
    for line, first, until in session.execute(query):
        spells[line].append(Overdue(first, until))
    return spells
