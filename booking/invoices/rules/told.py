"""What is told of an invoice or a payment, and everything that speaks against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from booking.invoices.rules.kinds import InvoiceKind, number_violations
from booking.kernel.errors import Violation


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as invoices name it; a team without legal person has no credit code."""

    id: int
    name: str
    uscc: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who sells and who buys; who is paid and who pays."""

    provider: Party
    company: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTold:
    """An invoice as somebody reads it off the paper or the file; `original` names, for a credit
    note, the invoice it takes back."""

    kind: InvoiceKind
    number: str
    code: str = ""
    provider_id: int
    organisation_id: int
    seller_uscc: str = ""
    buyer_uscc: str
    issued_on: date
    net_fen: int
    tax_fen: int
    total_fen: int
    original: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTold:
    """A payment as the bank's receipt says; `original` names, for a refund, what it gives back."""

    organisation_id: int
    provider_id: int
    paid_on: date
    amount_fen: int
    bank: str
    bank_transaction_number: str
    original: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Original:
    """What a credit note takes back or a refund gives back, and how much of it is left."""

    id: int
    reference: str
    organisation_id: int
    provider_id: int
    left_fen: int
    stands: bool
    is_contrary: bool


def invoice_violations(
    told: InvoiceTold, parties: Parties, original: Original | None, *, today: date
) -> Iterator[Violation]:
    """Everything that is wrong with an invoice."""
    yield from number_violations(told.kind, told.code, told.number)
    yield from _sum_violations(told)
    yield from _day_violations(told.issued_on, today)
    yield from _party_violations(told, parties)
    yield from contrary_violations(told, told.total_fen, original)


def payment_violations(
    told: PaymentTold, original: Original | None, *, today: date
) -> Iterator[Violation]:
    """Everything that is wrong with a payment."""
    yield from _day_violations(told.paid_on, today)
    if told.organisation_id == told.provider_id:
        yield Violation("payment.to_oneself")
    yield from contrary_violations(told, told.amount_fen, original)


def _sum_violations(told: InvoiceTold) -> Iterator[Violation]:
    if told.net_fen + told.tax_fen != told.total_fen:
        yield Violation(
            "invoice.sum",
            {"net_fen": told.net_fen, "tax_fen": told.tax_fen, "total_fen": told.total_fen},
        )
    signs = {amount > 0 for amount in (told.net_fen, told.tax_fen, told.total_fen) if amount}
    if len(signs) > 1:
        yield Violation("invoice.signs")


def _day_violations(day: date, today: date) -> Iterator[Violation]:
    if day > today:
        yield Violation("invoice.day_ahead", {"day": day})


def _party_violations(told: InvoiceTold, parties: Parties) -> Iterator[Violation]:
    company, provider = parties.company, parties.provider
    if company.id == provider.id:
        yield Violation("invoice.to_oneself", {"company": company.name})
    if told.buyer_uscc != company.uscc:
        yield Violation("invoice.buyer_differs", _differing(told.buyer_uscc, company))
    if told.seller_uscc and told.seller_uscc != provider.uscc:
        yield Violation("invoice.seller_differs", _differing(told.seller_uscc, provider))


def _differing(written: str, party: Party) -> dict[str, object]:
    return {"written": written or "–", "company": party.name, "expected": party.uscc or "–"}


def contrary_violations(
    told: InvoiceTold | PaymentTold, amount_fen: int, original: Original | None
) -> Iterator[Violation]:
    """A negative amount takes back a part of one positive of the same two, and of no other."""
    if not amount_fen:
        yield Violation("invoice.nothing")
    if not told.original:
        if amount_fen < 0:
            yield Violation("invoice.original_missing")
        return
    if amount_fen > 0:
        yield Violation("invoice.not_negative")
    if original is None or not _fits(told, original):
        yield Violation("invoice.original_unfit", {"original": told.original})
    elif original.left_fen + amount_fen < 0:
        told_of = {"original": told.original, "left_fen": original.left_fen}
        yield Violation("invoice.beyond_original", told_of)


def _fits(told: InvoiceTold | PaymentTold, original: Original) -> bool:
    return (
        original.stands
        and not original.is_contrary
        and original.organisation_id == told.organisation_id
        and original.provider_id == told.provider_id
    )
