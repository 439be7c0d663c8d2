"""Payments as their parties and the centre see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.files.queries import FileRow, file_row
from booking.invoices.models import PAYMENT, PAYMENT_FILE, PAYMENT_MATCH, Payment
from booking.invoices.queries.invoices import (
    COMPANY,
    PERSON,
    PROVIDER,
    PapersWanted,
    as_original,
    conditions,
    files_of,
    shared_out,
    total_of,
)
from booking.invoices.queries.seen import sides_of
from booking.invoices.rules.told import Original
from booking.invoices.states import PaperState
from booking.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A payment in lists and on its page."""

    id: int
    reference: str
    organisation_id: int
    company: str
    company_en: str
    provider_id: int
    provider: str
    provider_en: str
    paid_on: date
    amount_fen: int
    bank: str
    bank_transaction_number: str
    original_id: int | None
    original: str | None
    note: str
    state: PaperState
    state_reason: str
    recorded_by: int | None
    recorder: str | None
    recorded_at: datetime
    checked_at: datetime | None
    voided_at: datetime | None
    matched_fen: int

    @property
    def left_fen(self) -> int:
        """How much of it pays no invoice yet."""
        return self.amount_fen - self.matched_fen


_ORIGINAL: Final = PAYMENT.alias("original_payment")
_ROWS: Final[sa.Select[Any]] = sa.select(
    *(PAYMENT.c.id, PAYMENT.c.reference, PAYMENT.c.organisation_id),
    *(COMPANY.c.name.label("company"), PAYMENT.c.provider_id, PROVIDER.c.name.label("provider")),
    *(PROVIDER.c.name_en.label("provider_en"), COMPANY.c.name_en.label("company_en")),
    *(PAYMENT.c.paid_on, PAYMENT.c.amount_fen, PAYMENT.c.bank),
    *(PAYMENT.c.bank_transaction_number, PAYMENT.c.original_id),
    *(_ORIGINAL.c.reference.label("original"), PAYMENT.c.note, PAYMENT.c.state),
    *(PAYMENT.c.state_reason, PAYMENT.c.recorded_by, PERSON.c.name.label("recorder")),
    *(PAYMENT.c.recorded_at, PAYMENT.c.checked_at, PAYMENT.c.voided_at),
    shared_out(PAYMENT_MATCH, PAYMENT.c.id, "payment_id").label("matched_fen"),
).select_from(
    PAYMENT.join(PROVIDER, PROVIDER.c.id == PAYMENT.c.provider_id)
    .join(COMPANY, COMPANY.c.id == PAYMENT.c.organisation_id)
    .outerjoin(_ORIGINAL, _ORIGINAL.c.id == PAYMENT.c.original_id)
    .outerjoin(PERSON, PERSON.c.id == PAYMENT.c.recorded_by)
)


def payments_seen_by(
    session: Session, actor: Actor, wanted: PapersWanted, *, before_id: int | None, limit: int
) -> Sequence[PaymentRow]:
    """Newest first: those of one's companies and providers; all for the centre."""
    asked = _ROWS.where(_theirs(session, actor), *conditions(PAYMENT, PAYMENT.c.paid_on, wanted))
    if wanted.words:
        asked = asked.where(
            sa.or_(
                PAYMENT.c.bank_transaction_number.startswith(wanted.words, autoescape=True),
                PAYMENT.c.reference == wanted.words,
                COMPANY.c.name.contains(wanted.words, autoescape=True),
                PROVIDER.c.name.contains(wanted.words, autoescape=True),
            )
        )
    if before_id is not None:
        asked = asked.where(PAYMENT.c.id < before_id)
    rows = session.execute(asked.order_by(PAYMENT.c.id.desc()).limit(limit))
    return [PaymentRow(**row._mapping) for row in rows]


def payment_row(session: Session, reference: str) -> PaymentRow:
    """One payment, whoever asks."""
    row = session.execute(_ROWS.where(PAYMENT.c.reference == reference)).one_or_none()
    if row is None:
        raise NotFound(reference=reference)
    return PaymentRow(**row._mapping)


def payment_seen_by(session: Session, reference: str, actor: Actor) -> PaymentRow:
    """One that is theirs to read."""
    asked = _ROWS.where(PAYMENT.c.reference == reference, _theirs(session, actor))
    row = session.execute(asked).one_or_none()
    if row is None:
        raise NotFound(reference=reference)
    return PaymentRow(**row._mapping)


def _theirs(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    return sides_of(session, actor, Permission.INVOICE_READ).own(PAYMENT)


def payment_for_update(session: Session, reference: str) -> Payment:
    """Wait for whoever is changing it, then read what they left."""
    asked = sa.select(Payment).where(col(Payment.reference) == reference).with_for_update()
    fresh = asked.execution_options(populate_existing=True)
    found: Payment | None = session.execute(fresh).scalar_one_or_none()
    if found is None:
        raise NotFound(reference=reference)
    return found


def original_payment(session: Session, name: str, provider_id: int) -> Original | None:
    """The payment that a refund names by its reference, locked, with what is left of it."""
    one = PAYMENT.c
    asked = sa.select(one.id).where(one.reference == name, one.provider_id == provider_id)
    found = session.execute(asked.with_for_update()).scalar_one_or_none()
    if found is None:
        return None
    refund = PAYMENT.alias("refund")
    given = (
        sa.select(total_of(refund.c.amount_fen))
        .where(refund.c.original_id == one.id, refund.c.state != PaperState.VOIDED)
        .scalar_subquery()
    )
    row = session.execute(
        sa.select(
            *(one.id, one.reference, one.organisation_id, one.provider_id),
            (one.amount_fen + given).label("left_fen"),
            (one.state != PaperState.VOIDED).label("stands"),
            one.original_id.is_not(None).label("is_contrary"),
        ).where(one.id == found)
    ).one()
    return as_original(row)


def refunds_standing(session: Session, payment_id: int) -> int:
    """How many refunds of it stand."""
    asked = sa.select(sa.func.count()).where(
        PAYMENT.c.original_id == payment_id, PAYMENT.c.state != PaperState.VOIDED
    )
    return int(session.execute(asked).scalar_one())


def files_of_payment(session: Session, payment_id: int) -> Sequence[FileRow]:
    """Its receipts, oldest first."""
    return files_of(session, PAYMENT_FILE, PAYMENT_FILE.c.payment_id == payment_id)


def payment_file_seen_by(
    session: Session, reference: str, file_id: int, *, actor: Actor
) -> FileRow:
    """A receipt of a payment that is theirs to read."""
    payment = payment_seen_by(session, reference, actor)
    if all(file.id != file_id for file in files_of_payment(session, payment.id)):
        raise NotFound(file_id=file_id)
    return file_row(session, file_id)
