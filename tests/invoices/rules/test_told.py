"""What speaks against an invoice or a payment, all of it at once."""

from dataclasses import replace
from datetime import date

import pytest

from booking.invoices.rules.kinds import InvoiceKind, digits_of, number_violations
from booking.invoices.rules.told import (
    InvoiceTold,
    Original,
    Parties,
    Party,
    PaymentTold,
    invoice_violations,
    payment_violations,
)

TODAY = date(2026, 11, 23)
PARTIES = Parties(Party(1, "示例大学", "SELLER"), Party(2, "示例公司", "BUYER"))
TOLD = InvoiceTold(
    kind=InvoiceKind.DIGITAL_SPECIAL,
    number="2" * 20,
    provider_id=1,
    organisation_id=2,
    seller_uscc="SELLER",
    buyer_uscc="BUYER",
    issued_on=TODAY,
    net_fen=9_434,
    tax_fen=566,
    total_fen=10_000,
)
NOTE = replace(TOLD, net_fen=-943, tax_fen=-57, total_fen=-1_000, original="V1")
ORIGINAL = Original(7, "V1", 2, 1, left_fen=10_000, stands=True, is_contrary=False)


def codes(told: InvoiceTold, original: Original | None = None) -> list[str]:
    return [v.code for v in invoice_violations(told, PARTIES, original, today=TODAY)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"tax_fen": 0, "net_fen": 10_000}, []),
        ({"kind": InvoiceKind.ORDINARY, "code": "061002200104", "number": "12345678"}, []),
        ({"kind": InvoiceKind.SPECIAL, "code": "6100220130", "number": "12345678"}, []),
        ({"number": "12345678"}, ["invoice.number_digits"]),
        ({"number": "２" * 20}, ["invoice.number_digits"]),
        ({"code": "6100220130"}, ["invoice.code_unneeded"]),
        ({"kind": InvoiceKind.ORDINARY, "number": "12345678"}, ["invoice.code_digits"]),
        ({"net_fen": 9_435}, ["invoice.sum"]),
        ({"net_fen": 10_001, "tax_fen": -1}, ["invoice.signs"]),
        ({"net_fen": 0, "tax_fen": 0, "total_fen": 0}, ["invoice.nothing"]),
        ({"issued_on": date(2026, 11, 24)}, ["invoice.day_ahead"]),
        ({"buyer_uscc": "OTHER"}, ["invoice.buyer_differs"]),
        ({"buyer_uscc": ""}, ["invoice.buyer_differs"]),
        ({"seller_uscc": ""}, []),
        ({"seller_uscc": "OTHER"}, ["invoice.seller_differs"]),
        ({"net_fen": -943, "tax_fen": -57, "total_fen": -1000}, ["invoice.original_missing"]),
        ({"original": "V1"}, ["invoice.not_negative", "invoice.original_unfit"]),
    ],
)
def test_an_invoice_is_judged(changes: dict[str, object], expected: list[str]) -> None:
    assert codes(replace(TOLD, **changes)) == expected  # type: ignore[arg-type]  # of any field


def test_a_wrong_buyer_is_named_beside_the_right_one() -> None:
    wrong = replace(TOLD, buyer_uscc="OTHER")
    (found,) = invoice_violations(wrong, PARTIES, None, today=TODAY)
    assert found.params == {"written": "OTHER", "company": "示例公司", "expected": "BUYER"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"left_fen": 1_000}, []),
        ({"left_fen": 999}, ["invoice.beyond_original"]),
        ({"stands": False}, ["invoice.original_unfit"]),
        ({"is_contrary": True}, ["invoice.original_unfit"]),
        ({"organisation_id": 3}, ["invoice.original_unfit"]),
        ({"provider_id": 3}, ["invoice.original_unfit"]),
    ],
)
def test_a_credit_note_takes_back_a_part_of_an_invoice_that_stands(
    changes: dict[str, object], expected: list[str]
) -> None:
    assert codes(NOTE, replace(ORIGINAL, **changes)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount_fen", "original", "expected"),
    [
        (100, "", []),
        (0, "", ["invoice.nothing"]),
        (-100, "", ["invoice.original_missing"]),
        (-100, "V1", []),
        (-10_001, "V1", ["invoice.beyond_original"]),
        (100, "V1", ["invoice.not_negative"]),
    ],
)
def test_a_payment_is_judged(amount_fen: int, original: str, expected: list[str]) -> None:
    told = PaymentTold(
        organisation_id=2,
        provider_id=1,
        paid_on=TODAY,
        amount_fen=amount_fen,
        bank="示例银行",
        bank_transaction_number="1",
        original=original,
    )
    found = payment_violations(told, ORIGINAL if original else None, today=TODAY)
    assert [violation.code for violation in found] == expected
    oneself = replace(told, provider_id=2)
    assert "payment.to_oneself" in {
        violation.code for violation in payment_violations(oneself, None, today=TODAY)
    }


@pytest.mark.parametrize("text", ["2661 0000-1", "２６６１００００１", " 266100001 "])
def test_a_number_is_the_same_however_it_is_typed(text: str) -> None:
    assert digits_of(text) == "266100001"


@pytest.mark.parametrize("number", ["²" * 20, "٢" * 20, "", "x" * 20])
def test_only_digits_are_digits(number: str) -> None:
    found = number_violations(InvoiceKind.DIGITAL_ORDINARY, "", number)
    assert [violation.code for violation in found] == ["invoice.number_digits"]
