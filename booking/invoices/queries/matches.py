"""What invoices are for and what pays them, and what is still open between two parties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge
from booking.billing.queries.standing import ENTERED
from booking.instruments.models.tables import INSTRUMENT
from booking.invoices.models import INVOICE, INVOICE_MATCH, PAYMENT, PAYMENT_MATCH
from booking.invoices.queries.invoices import shared_out
from booking.invoices.rules.matching import Open
from booking.invoices.states import PaperState
from booking.organisations.models import Organisation

# So many are offered for one invoice or payment; the rest follows when these are done.
_MOST: Final = 200
CHARGE: Final[sa.Table] = Charge.__table__  # type: ignore[attr-defined]  # SQLModel adds it
# What a charge comes to after what corrects it.
STANDS_AT: Final = CHARGE.c.amount_fen + ENTERED


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A charge of which something is not invoiced yet."""

    id: int
    number: str
    open_fen: int
    amount_fen: int
    words: str
    service_ended_at: datetime

    @property
    def value(self) -> Open:
        return Open(self.number, self.open_fen)


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice of which something is not paid yet."""

    id: int
    reference: str
    open_fen: int
    total_fen: int
    words: str
    issued_on: date
    state: PaperState

    @property
    def value(self) -> Open:
        return Open(self.reference, self.open_fen)


def open_charges(
    session: Session, organisation_id: int, provider_id: int, *, numbers: Sequence[str] = ()
) -> Sequence[OpenCharge]:
    """What a company owes a provider and is not invoiced, oldest first; or those of it named,
    locked."""
    left = STANDS_AT - shared_out(INVOICE_MATCH, CHARGE.c.id, "charge_id")
    asked = (
        sa.select(
            *(CHARGE.c.id, CHARGE.c.number, left.label("open_fen"), STANDS_AT),
            *(INSTRUMENT.c.name, CHARGE.c.service_ended_at),
        )
        .join(INSTRUMENT, INSTRUMENT.c.id == CHARGE.c.instrument_id)
        .where(CHARGE.c.organisation_id == organisation_id, CHARGE.c.provider_id == provider_id)
    )
    if numbers:
        named = CHARGE.c.number.in_(numbers)
        wait = sa.select(CHARGE.c.id).where(named).order_by(CHARGE.c.id).with_for_update()
        session.execute(wait).all()
        asked = asked.where(named)
    else:
        # What became cheaper after it was invoiced waits for a credit note, not for an invoice.
        asked = asked.where(left > 0)
    rows = session.execute(asked.order_by(CHARGE.c.confirmed_at, CHARGE.c.id).limit(_MOST))
    return [OpenCharge(*row) for row in rows]


def notes_open_charges(session: Session, original_id: int) -> Sequence[OpenCharge]:
    """What a credit note may take back: as much of each charge as its original is for, less what
    other credit notes to it took."""
    note = INVOICE.alias("note")
    of_original = sa.or_(
        INVOICE_MATCH.c.invoice_id == original_id,
        INVOICE_MATCH.c.invoice_id.in_(
            sa.select(note.c.id).where(note.c.original_id == original_id)
        ),
    )
    left = sa.func.sum(INVOICE_MATCH.c.amount_fen)
    one = CHARGE.c
    asked = (
        sa.select(one.id, one.number, (-left).label("open_fen"), STANDS_AT, INSTRUMENT.c.name)
        .add_columns(one.service_ended_at)
        .join_from(INVOICE_MATCH, CHARGE, one.id == INVOICE_MATCH.c.charge_id)
        .join(INSTRUMENT, INSTRUMENT.c.id == one.instrument_id)
        .where(of_original, INVOICE_MATCH.c.live)
        .group_by(one.id, INSTRUMENT.c.name)
        .having(left > 0)
        .order_by(one.id)
    )
    return [OpenCharge(row[0], row[1], int(row[2]), *row[3:]) for row in session.execute(asked)]


def open_invoices(
    session: Session, organisation_id: int, provider_id: int, *, references: Sequence[str] = ()
) -> Sequence[OpenInvoice]:
    """What a provider invoiced a company and is not paid, oldest first; or those of it named,
    locked."""
    left = INVOICE.c.total_fen - shared_out(PAYMENT_MATCH, INVOICE.c.id, "invoice_id")
    return _invoices(session, organisation_id, provider_id, left=left, references=references)


def paid_invoices(
    session: Session, organisation_id: int, provider_id: int, *, references: Sequence[str] = ()
) -> Sequence[OpenInvoice]:
    """What a refund may be for: what was paid of invoices, and credit notes not given back yet."""
    paid = shared_out(PAYMENT_MATCH, INVOICE.c.id, "invoice_id")
    left = sa.case((INVOICE.c.total_fen > 0, -paid), else_=INVOICE.c.total_fen - paid)
    return _invoices(session, organisation_id, provider_id, left=left, references=references)


def _invoices(
    session: Session,
    organisation_id: int,
    provider_id: int,
    *,
    left: sa.ColumnElement[int],
    references: Sequence[str],
) -> Sequence[OpenInvoice]:
    one = INVOICE.c
    asked = sa.select(
        *(one.id, one.reference, left.label("open_fen"), one.total_fen, one.number),
        *(one.issued_on, one.state),
    ).where(
        one.organisation_id == organisation_id,
        one.provider_id == provider_id,
        one.state != PaperState.VOIDED,
    )
    if references:
        named = one.reference.in_(references)
        session.execute(sa.select(one.id).where(named).order_by(one.id).with_for_update()).all()
        asked = asked.where(named)
    else:
        asked = asked.where(left != 0)
    rows = session.execute(asked.order_by(one.issued_on, one.id).limit(_MOST))
    return [OpenInvoice(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A share: of what, in whose words, and how much."""

    id: int
    number: str
    words: str
    amount_fen: int
    whole_fen: int
    state: PaperState | None = None


_OFCHARGES: Final[sa.Select[Any]] = (
    sa.select(
        *(INVOICE_MATCH.c.id, CHARGE.c.number, INSTRUMENT.c.name),
        *(INVOICE_MATCH.c.amount_fen, STANDS_AT.label("whole_fen")),
    )
    .join_from(INVOICE_MATCH, CHARGE, CHARGE.c.id == INVOICE_MATCH.c.charge_id)
    .join(INSTRUMENT, INSTRUMENT.c.id == CHARGE.c.instrument_id)
    .where(INVOICE_MATCH.c.live)
    .order_by(INVOICE_MATCH.c.id)
)
_OF_PAYMENTS: Final[sa.Select[Any]] = (
    sa.select(
        *(PAYMENT_MATCH.c.id, PAYMENT.c.reference, PAYMENT.c.bank_transaction_number),
        *(PAYMENT_MATCH.c.amount_fen, PAYMENT.c.amount_fen.label("whole_fen"), PAYMENT.c.state),
    )
    .join_from(PAYMENT_MATCH, PAYMENT, PAYMENT.c.id == PAYMENT_MATCH.c.payment_id)
    .where(PAYMENT_MATCH.c.live)
    .order_by(PAYMENT_MATCH.c.id)
)
_OF_INVOICES: Final[sa.Select[Any]] = (
    sa.select(
        *(PAYMENT_MATCH.c.id, INVOICE.c.reference, INVOICE.c.number),
        *(PAYMENT_MATCH.c.amount_fen, INVOICE.c.total_fen.label("whole_fen"), INVOICE.c.state),
    )
    .join_from(PAYMENT_MATCH, INVOICE, INVOICE.c.id == PAYMENT_MATCH.c.invoice_id)
    .where(PAYMENT_MATCH.c.live)
    .order_by(PAYMENT_MATCH.c.id)
)


def charges_of_invoice(session: Session, invoice_id: int) -> Sequence[MatchRow]:
    """What an invoice is for."""
    found = session.execute(_OFCHARGES.where(INVOICE_MATCH.c.invoice_id == invoice_id))
    return [MatchRow(*row) for row in found]


def payments_of_invoice(session: Session, invoice_id: int) -> Sequence[MatchRow]:
    """What paid an invoice."""
    found = session.execute(_OF_PAYMENTS.where(PAYMENT_MATCH.c.invoice_id == invoice_id))
    return [MatchRow(*row) for row in found]


def invoices_of_payment(session: Session, payment_id: int) -> Sequence[MatchRow]:
    """What a payment is for."""
    found = session.execute(_OF_INVOICES.where(PAYMENT_MATCH.c.payment_id == payment_id))
    return [MatchRow(*row) for row in found]


def invoices_of_charge(session: Session, charge_number: str) -> Sequence[MatchRow]:
    """What invoiced a charge."""
    asked = (
        sa.select(
            *(INVOICE_MATCH.c.id, INVOICE.c.reference, INVOICE.c.number),
            *(INVOICE_MATCH.c.amount_fen, INVOICE.c.total_fen, INVOICE.c.state),
        )
        .join_from(INVOICE_MATCH, INVOICE, INVOICE.c.id == INVOICE_MATCH.c.invoice_id)
        .join(CHARGE, CHARGE.c.id == INVOICE_MATCH.c.charge_id)
        .where(INVOICE_MATCH.c.live, col(Charge.number) == charge_number)
        .order_by(INVOICE_MATCH.c.id)
    )
    return [MatchRow(*row) for row in session.execute(asked)]


@dataclass(frozen=True, slots=True)
class Pair:
    """A company that owes a provider what is not invoiced, and its credit code."""

    organisation_id: int
    provider_id: int
    uscc: str


def pairs_with_open_charges(session: Session, *, before: datetime, limit: int) -> Sequence[Pair]:
    """Those whose oldest charge without any invoice is the oldest."""
    one = CHARGE.c
    bare = ~sa.exists().where(INVOICE_MATCH.c.charge_id == one.id, INVOICE_MATCH.c.live)
    asked = (
        sa.select(one.organisation_id, one.provider_id, col(Organisation.uscc))
        .join(Organisation, col(Organisation.id) == one.organisation_id)
        .where(
            bare,
            STANDS_AT > 0,
            one.confirmed_at < before,
            one.organisation_id != one.provider_id,
            col(Organisation.uscc).is_not(None),
        )
        .group_by(one.organisation_id, one.provider_id, col(Organisation.uscc))
        .order_by(sa.func.min(one.id))
        .limit(limit)
    )
    return [Pair(*row) for row in session.execute(asked)]
