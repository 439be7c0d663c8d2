"""Payment batches, and the approved statements that wait for one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from booking.kernel.errors import NotFound
from booking.organisations.models import Organisation
from booking.subsidies.models.payment import PaymentBatch, PaymentItem, PaymentRow
from booking.subsidies.models.statement import Settlement, Statement
from booking.subsidies.states import BatchState, PaymentState, StatementState


@dataclass(frozen=True, slots=True)
class Owed:
    """An approved statement that is in no open row."""

    statement_id: int
    number: str
    period: str
    amount_fen: int


@dataclass(slots=True)
class Payee:
    """An organisation with what it is owed, and where the money goes."""

    organisation_id: int
    name: str
    account_name: str
    bank_name: str
    account_no: str
    name_en: str
    owed: list[Owed] = field(default_factory=list)

    @property
    def amount_fen(self) -> int:
        return sum(one.amount_fen for one in self.owed)

    @property
    def has_account(self) -> bool:
        return bool(self.account_name and self.bank_name and self.account_no)

    @property
    def can_be_paid(self) -> bool:
        """In the red nothing is paid: what is missing is carried on to the next batch."""
        return self.has_account and self.amount_fen > 0


def payees(session: Session, *, hold: bool = False) -> list[Payee]:
    """Who is owed something or owes it, by organisation; `hold` keeps others from paying it."""
    if hold:
        _hold(session)
    open_item = sa.exists().where(
        col(PaymentItem.statement_id) == col(Statement.id), col(PaymentItem.open)
    )
    query = (
        sa.select(
            col(Organisation.id),
            col(Organisation.name),
            col(Organisation.bank_account_name),
            col(Organisation.bank_name),
            col(Organisation.bank_account_no),
            col(Organisation.name_en),
            col(Statement.id),
            col(Statement.number),
            col(Settlement.period),
            col(Statement.payable_fen),
        )
        .join_from(Statement, Organisation, col(Organisation.id) == col(Statement.organisation_id))
        .join(Settlement, col(Settlement.id) == col(Statement.settlement_id))
        .where(
            col(Statement.state) == StatementState.APPROVED,
            col(Statement.payable_fen) != 0,
            ~open_item,
        )
        .order_by(col(Organisation.id), col(Statement.number))
    )
    found: dict[int, Payee] = {}
    for owner, *account, key, number, period, amount in session.execute(query):
        payee = found.setdefault(owner, Payee(owner, *account))
        payee.owed.append(Owed(key, number, period, amount))
    return list(found.values())


def _hold(session: Session) -> None:
    session.exec(
        select(Statement.id)
        .where(Statement.state == StatementState.APPROVED)
        .order_by(col(Statement.id))
        .with_for_update()
    ).all()


def in_open_batch(session: Session, statement_id: int) -> str | None:
    """The number of the batch that pays a statement, if one does."""
    query = (
        sa.select(col(PaymentBatch.number))
        .join_from(PaymentItem, PaymentRow, col(PaymentRow.id) == col(PaymentItem.row_id))
        .join(PaymentBatch, col(PaymentBatch.id) == col(PaymentRow.batch_id))
        .where(col(PaymentItem.statement_id) == statement_id, col(PaymentItem.open))
    )
    found = session.execute(query).scalar_one_or_none()
    return None if found is None else str(found)


def batches_named_like(session: Session, beginning: str) -> int:
    """How many numbers begin so."""
    query = sa.select(sa.func.count()).where(
        col(PaymentBatch.number).startswith(beginning, autoescape=True)
    )
    return int(session.execute(query).scalar_one())


def batch_for_update(session: Session, number: str) -> PaymentBatch:
    """A batch to change, locked until the deed ends."""
    query = select(PaymentBatch).where(PaymentBatch.number == number).with_for_update()
    found = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(batch=number)
    return found


def rows_for_update(session: Session, batch_id: int) -> Sequence[PaymentRow]:
    """A batch's rows to change, in order."""
    query = (
        select(PaymentRow)
        .where(PaymentRow.batch_id == batch_id)
        .order_by(col(PaymentRow.position))
        .with_for_update()
    )
    return session.exec(query.execution_options(populate_existing=True)).all()


def items_of(session: Session, row_ids: Sequence[int]) -> Sequence[PaymentItem]:
    """The open statements of some rows."""
    query = (
        select(PaymentItem)
        .where(col(PaymentItem.row_id).in_(row_ids), col(PaymentItem.open))
        .order_by(col(PaymentItem.id))
    )
    return session.exec(query).all()


def statements_for_update(session: Session, ids: Sequence[int]) -> Sequence[Statement]:
    """Statements to change, locked in the order of their numbers."""
    query = (
        select(Statement)
        .where(col(Statement.id).in_(ids))
        .order_by(col(Statement.id))
        .with_for_update()
    )
    return session.exec(query.execution_options(populate_existing=True)).all()


def holder_of(session: Session, reference: str) -> int | None:
    """The row that carries a bank reference."""
    query = select(PaymentRow.id).where(PaymentRow.bank_reference == reference)
    return session.exec(query).one_or_none()


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as lists show it."""

    id: int
    number: str
    state: BatchState
    row_count: int
    amount_fen: int
    drawn_at: datetime
    sent_at: datetime | None


_BATCH = sa.select(
    col(PaymentBatch.id),
    col(PaymentBatch.number),
    col(PaymentBatch.state),
    col(PaymentBatch.row_count),
    col(PaymentBatch.amount_fen),
    col(PaymentBatch.drawn_at),
    col(PaymentBatch.sent_at),
)


def batches(session: Session, *, before: int | None = None, take: int = 101) -> list[BatchRow]:
    """Every batch, the newest first."""
    query = _BATCH.order_by(col(PaymentBatch.id).desc()).limit(take)
    if before is not None:
        query = query.where(col(PaymentBatch.id) < before)
    return [BatchRow(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class PaidRow:
    """A row of a batch, with the statements that it pays."""

    position: int
    organisation: str
    amount_fen: int
    account_name: str
    bank_name: str
    account_no: str
    state: PaymentState
    bank_reference: str
    reason: str
    recorded_at: datetime | None
    organisation_en: str
    statements: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with its rows."""

    head: BatchRow
    rows: list[PaidRow]


def batch_view(session: Session, number: str) -> BatchView:
    """One batch; NotFound when there is none."""
    head = session.execute(_BATCH.where(col(PaymentBatch.number) == number)).one_or_none()
    if head is None:
        raise NotFound(batch=number)
    query = (
        sa.select(
            col(PaymentRow.position),
            col(Organisation.name),
            col(PaymentRow.amount_fen),
            col(PaymentRow.account_name),
            col(PaymentRow.bank_name),
            col(PaymentRow.account_no),
            col(PaymentRow.state),
            col(PaymentRow.bank_reference),
            col(PaymentRow.reason),
            col(PaymentRow.recorded_at),
            col(Organisation.name_en),
            col(Statement.number),
        )
        .select_from(PaymentRow)
        .join(Organisation, col(Organisation.id) == col(PaymentRow.organisation_id))
        .join(PaymentItem, col(PaymentItem.row_id) == col(PaymentRow.id))
        .join(Statement, col(Statement.id) == col(PaymentItem.statement_id))
        .where(col(PaymentRow.batch_id) == head[0])
        .order_by(col(PaymentRow.position), col(Statement.number))
    )
    rows: dict[int, PaidRow] = {}
    for *facts, statement in session.execute(query):
        rows.setdefault(facts[0], PaidRow(*facts)).statements.append(statement)
    return BatchView(BatchRow(*head), list(rows.values()))
