"""The papers behind a statement: invoices, payments, results, with their files or without."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge
from booking.billing.queries.standing import ENTERED
from booking.files.models import StoredFile
from booking.files.queries import FileRow
from booking.invoices.models import (
    INVOICE,
    INVOICE_FILE,
    INVOICE_MATCH,
    PAYMENT,
    PAYMENT_FILE,
    PAYMENT_MATCH,
)
from booking.invoices.queries.invoices import total_of
from booking.invoices.states import PaperState
from booking.orders.models import BOOKING, FILE, ORDER
from booking.orders.rules import FileRole
from booking.subsidies.models.statement import StatementLine


@dataclass(frozen=True, slots=True)
class Covered:
    """A use of a statement, and how much of it checked invoices cover."""

    reference: str
    amount_fen: int
    invoiced_fen: int


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice, a payment or a result, and a file of it where there is one."""

    reference: str
    number: str
    file: FileRow | None


_FILE_COLUMNS = tuple(col(getattr(StoredFile, name)) for name in FileRow.__dataclass_fields__)


def uses_of(session: Session, statement_id: int, revision: int) -> Sequence[Covered]:
    """The uses on a statement's lines, each once."""
    invoiced = (
        sa.select(total_of(INVOICE_MATCH.c.amount_fen))
        .join_from(INVOICE_MATCH, INVOICE, INVOICE.c.id == INVOICE_MATCH.c.invoice_id)
        .where(
            INVOICE_MATCH.c.charge_id == col(Charge.id),
            INVOICE_MATCH.c.live,
            INVOICE.c.state == PaperState.CHECKED,
        )
        .scalar_subquery()
    )
    stands_at = col(Charge.amount_fen) + ENTERED
    asked = sa.select(col(Charge.number), stands_at, invoiced).where(
        col(Charge.id).in_(_charges(statement_id, revision))
    )
    rows = session.execute(asked.order_by(col(Charge.number)))
    return [Covered(row[0], row[1], int(row[2])) for row in rows]


def invoices_behind(session: Session, statement_id: int, revision: int) -> Sequence[Paper]:
    """The checked invoices of those uses with their files."""
    asked = (
        sa.select(INVOICE.c.reference, INVOICE.c.number, *_FILE_COLUMNS)
        .outerjoin(INVOICE_FILE, INVOICE_FILE.c.invoice_id == INVOICE.c.id)
        .outerjoin(StoredFile, col(StoredFile.id) == INVOICE_FILE.c.file_id)
        .where(INVOICE.c.id.in_(_invoices(statement_id, revision)))
        .order_by(INVOICE.c.reference, INVOICE_FILE.c.id)
    )
    return [_paper(row) for row in session.execute(asked)]


def payments_behind(session: Session, statement_id: int, revision: int) -> Sequence[Paper]:
    """The checked payments of those invoices with their receipts."""
    paid = sa.select(PAYMENT_MATCH.c.payment_id).where(
        PAYMENT_MATCH.c.live,
        PAYMENT_MATCH.c.invoice_id.in_(_invoices(statement_id, revision)),
    )
    asked = (
        sa.select(PAYMENT.c.reference, PAYMENT.c.bank_transaction_number, *_FILE_COLUMNS)
        .outerjoin(PAYMENT_FILE, PAYMENT_FILE.c.payment_id == PAYMENT.c.id)
        .outerjoin(StoredFile, col(StoredFile.id) == PAYMENT_FILE.c.file_id)
        .where(PAYMENT.c.id.in_(paid), PAYMENT.c.state == PaperState.CHECKED)
        .order_by(PAYMENT.c.reference, PAYMENT_FILE.c.id)
    )
    return [_paper(row) for row in session.execute(asked)]


def results_behind(session: Session, statement_id: int, revision: int) -> Sequence[Paper]:
    """What labs handed in for the orders that those uses were for."""
    asked = (
        sa.select(ORDER.c.number, col(Charge.number), *_FILE_COLUMNS)
        .join_from(BOOKING, ORDER, ORDER.c.id == BOOKING.c.order_id)
        .join(Charge, col(Charge.reservation_id) == BOOKING.c.reservation_id)
        .outerjoin(
            FILE,
            sa.and_(
                FILE.c.order_id == ORDER.c.id,
                FILE.c.role == FileRole.RESULT,
                FILE.c.handed_in_at.is_not(None),
            ),
        )
        .outerjoin(StoredFile, col(StoredFile.id) == FILE.c.file_id)
        .where(col(Charge.id).in_(_charges(statement_id, revision)))
        .order_by(ORDER.c.number, col(Charge.number), FILE.c.id)
    )
    return [_paper(row) for row in session.execute(asked)]


def _charges(statement_id: int, revision: int) -> sa.Select[Any]:
    return sa.select(col(StatementLine.charge_id)).where(
        col(StatementLine.statement_id) == statement_id,
        col(StatementLine.revision) == revision,
        col(StatementLine.live),
        col(StatementLine.charge_id).is_not(None),
    )


def _invoices(statement_id: int, revision: int) -> sa.Select[Any]:
    return (
        sa.select(INVOICE.c.id)
        .join(INVOICE_MATCH, INVOICE_MATCH.c.invoice_id == INVOICE.c.id)
        .where(
            INVOICE_MATCH.c.live,
            INVOICE.c.state == PaperState.CHECKED,
            INVOICE_MATCH.c.charge_id.in_(_charges(statement_id, revision)),
        )
    )


def _paper(row: sa.Row[Any]) -> Paper:
    reference, number, *file = tuple[Any, ...](row)
    return Paper(reference, number, None if file[0] is None else FileRow(*file))
