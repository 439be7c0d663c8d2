"""Invoices and payments as their parties record them; valid unless a test says otherwise."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from typing import Any

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.billing.models import Charge
from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.invoices.actions.judge_invoice import check_invoice
from booking.invoices.actions.judge_payment import check_payment
from booking.invoices.actions.match_charges import match_charges
from booking.invoices.actions.match_invoices import match_invoices
from booking.invoices.actions.record_invoice import record_invoice
from booking.invoices.actions.record_payment import record_payment
from booking.invoices.models import Invoice, Payment
from booking.invoices.rules.kinds import InvoiceKind
from booking.invoices.rules.matching import Share
from booking.invoices.rules.told import InvoiceTold, PaymentTold
from booking.kernel.money import fen
from booking.organisations.models import Lab, Organisation
from tests.factories.accounts import make_lab_person, make_member, make_staff
from tests.factories.instruments import make_instrument
from tests.factories.settled_uses import make_company, settled_use
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
_numbers = count(1)


@dataclass(frozen=True)
class Dealing:
    """A company that uses a lab's instrument, people of both, and the centre's finance."""

    instrument: Instrument
    company: Organisation
    provider: Organisation
    buyer: Actor
    seller: Actor
    finance: Actor

    def use(self, uow: UnitOfWork, amount: str = "1000.00", **facts: Any) -> Charge:
        """A charged use between the two."""
        return settled_use(uow, self.company, amount, instrument=self.instrument, **facts)


def make_dealing(uow: UnitOfWork) -> Dealing:
    """Two parties that deal with each other."""
    company, tool = make_company(uow), make_instrument(uow)
    provider = uow.session.get_one(
        Organisation, uow.session.get_one(Lab, tool.lab_id).organisation_id
    )
    return Dealing(
        instrument=tool,
        company=company,
        provider=provider,
        buyer=make_member(uow, company.key, Role.COMPANY_ADMIN),
        seller=make_lab_person(uow, tool.lab_id),
        finance=make_staff(uow, Role.FINANCE),
    )


def some_number() -> str:
    """Twenty digits that no other test uses."""
    return f"2661{next(_numbers):016d}"


def invoice_told(dealing: Dealing, total: str = "1000.00", **changes: Any) -> InvoiceTold:
    """A 数电票 with six per cent of VAT."""
    total_fen = fen(total)
    net_fen = round(total_fen / 1.06)
    told = InvoiceTold(
        kind=InvoiceKind.DIGITAL_ORDINARY,
        number=some_number(),
        provider_id=dealing.provider.key,
        organisation_id=dealing.company.key,
        buyer_uscc=dealing.company.uscc or "",
        issued_on=date(2026, 11, 2),
        net_fen=net_fen,
        tax_fen=total_fen - net_fen,
        total_fen=total_fen,
    )
    return replace(told, **changes)


def make_invoice(
    uow: UnitOfWork,
    dealing: Dealing,
    total: str = "1000.00",
    *,
    charge: Charge | None = None,
    checked: bool = False,
    now: datetime = NOW,
    **changes: Any,
) -> Invoice:
    """Recorded by the seller; for a charge, where one is given."""
    told = invoice_told(dealing, total, **changes)
    made = record_invoice(uow, told, actor=dealing.seller, now=now)
    if charge is not None:
        share = Share(charge.number, made.total_fen)
        match_charges(uow, made.reference, [share], actor=dealing.seller, now=now)
    if checked:
        check_invoice(uow, made.reference, actor=dealing.finance, now=now)
    return made


def credit_note(
    uow: UnitOfWork, dealing: Dealing, original: Invoice, total: str, **facts: Any
) -> Invoice:
    """A 红字发票 that takes back so much of an invoice; `total` is negative."""
    return make_invoice(uow, dealing, total, original=original.reference, **facts)


def payment_told(dealing: Dealing, amount: str = "1000.00", **changes: Any) -> PaymentTold:
    """A transfer through a bank that is none."""
    told = PaymentTold(
        organisation_id=dealing.company.key,
        provider_id=dealing.provider.key,
        paid_on=date(2026, 11, 10),
        amount_fen=fen(amount),
        bank="示例银行",
        bank_transaction_number=f"TX{next(_numbers):08d}",
    )
    return replace(told, **changes)


def make_payment(
    uow: UnitOfWork,
    dealing: Dealing,
    amount: str = "1000.00",
    *,
    invoice: Invoice | None = None,
    checked: bool = False,
    now: datetime = NOW,
    **changes: Any,
) -> Payment:
    """Recorded by the buyer; for an invoice, where one is given."""
    told = payment_told(dealing, amount, **changes)
    made = record_payment(uow, told, actor=dealing.buyer, now=now)
    if invoice is not None:
        share = Share(invoice.reference, made.amount_fen)
        match_invoices(uow, made.reference, [share], actor=dealing.buyer, now=now)
    if checked:
        check_payment(uow, made.reference, actor=dealing.finance, now=now)
    return made
