"""Invoices and payments between each company and its lab, with all that is said on them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import receive
from booking.files.providers.disk import vault_of
from booking.files.rules.kinds import Use
from booking.invoices.actions.match_charges import match_charges
from booking.invoices.actions.match_invoices import match_invoices
from booking.invoices.actions.record_invoice import record_invoice
from booking.invoices.actions.record_payment import record_payment
from booking.invoices.queries.invoices import files_of_invoice
from booking.invoices.queries.matches import charges_of_invoice, invoices_of_payment
from booking.invoices.queries.payments import files_of_payment
from booking.invoices.rules.kinds import InvoiceKind
from booking.invoices.rules.matching import Share
from booking.invoices.rules.told import InvoiceTold, PaymentTold
from tests.access.world.records import NOBODY, Record
from tests.access.world.settled import each
from tests.access.world.sides import Customer, Workshop
from tests.factories.files import Chosen, pdf

_SIDES = ("ours", "theirs", "guest")
Sides = Mapping[str, tuple[Customer, Workshop]]
Marks = Mapping[str, Mapping[str, str]]


def invoice_records(
    uow: UnitOfWork, sides: Sides, marks: Marks, *, now: datetime
) -> Iterator[tuple[str, Record]]:
    """Ours, theirs, a guest's; each for a charge, and paid."""
    invoices = [_invoice(uow, *sides[side], marks[side], now=now) for side in _SIDES]
    payments = [
        _payment(uow, *sides[side], marks[side], invoice=one[0], now=now)
        for side, one in zip(_SIDES, invoices, strict=True)
    ]
    yield "invoices/{reference}", each(*(one[0] for one in invoices))
    yield "payments/{reference}", each(*(one[0] for one in payments))
    for name, found in (
        ("matches/{match_id}", [one[1] for one in invoices]),
        ("files/{paper_id}", [one[2] for one in invoices]),
        ("matches/{share_id}", [one[1] for one in payments]),
        ("files/{receipt_id}", [one[2] for one in payments]),
    ):
        own, other, guest = found
        # Absent is another number than the record's: one address names both.
        yield name, Record(own, other=other, guest=guest, absent=NOBODY - 1)


def _invoice(
    uow: UnitOfWork, customer: Customer, shop: Workshop, said: Mapping[str, str], *, now: datetime
) -> tuple[str, int, int]:
    """Its reference, its share of a charge, and its file."""
    told = InvoiceTold(
        kind=InvoiceKind.DIGITAL_ORDINARY,
        number=said["invoice"],
        provider_id=shop.lab.organisation_id,
        organisation_id=customer.company.key,
        buyer_uscc=customer.company.uscc or "",
        issued_on=date(2026, 11, 2),
        net_fen=10_000,
        tax_fen=600,
        total_fen=10_600,
        note=said["invoice_note"],
    )
    content = pdf(before_the_end=f"%{said['invoice_bytes']}\n".encode())
    vault = vault_of(uow.session.get_bind())
    paper = receive(vault, Chosen(content, said["invoice_file"]), Use.INVOICE)
    made = record_invoice(uow, told, actor=HOUSE, now=now, paper=paper)
    shares = [Share(customer.charges[1], 100)]
    match_charges(uow, made.reference, shares, actor=HOUSE, now=now)
    (match,) = charges_of_invoice(uow.session, made.key)
    (file,) = files_of_invoice(uow.session, made.key)
    return made.reference, match.id, file.id


def _payment(
    uow: UnitOfWork,
    customer: Customer,
    shop: Workshop,
    said: Mapping[str, str],
    *,
    invoice: str,
    now: datetime,
) -> tuple[str, int, int]:
    """Its reference, its share of the invoice, and its receipt."""
    told = PaymentTold(
        organisation_id=customer.company.key,
        provider_id=shop.lab.organisation_id,
        paid_on=date(2026, 11, 10),
        amount_fen=10_600,
        bank="示例银行",
        bank_transaction_number=said["transaction"],
        note=said["payment_note"],
    )
    content = pdf(before_the_end=f"%{said['receipt_bytes']}\n".encode())
    vault = vault_of(uow.session.get_bind())
    receipt = receive(vault, Chosen(content, said["receipt_file"]), Use.RECEIPT)
    made = record_payment(uow, told, actor=HOUSE, now=now, receipt=receipt)
    match_invoices(uow, made.reference, [Share(invoice, 100)], actor=HOUSE, now=now)
    (match,) = invoices_of_payment(uow.session, made.key)
    (file,) = files_of_payment(uow.session, made.key)
    return made.reference, match.id, file.id
