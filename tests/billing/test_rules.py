"""Which time is charged, and what is kept of the reckoning."""

from datetime import timedelta

import pytest

from booking.billing.rules import billed_span, flags_between, presence, snapshot
from booking.instruments.rules.pricing import price
from booking.instruments.rules.tariff import Basis, ClassPrice, Step, TariffTerms
from tests.factories.instruments import span

RESERVED = span("2026-11-24T12:00", "14:00")
LONGER = span("2026-11-24T12:00", "15:00")
SHORTER = span("2026-11-24T12:30", "13:00")
EARLY = span("2026-11-24T11:30", "13:00")
EARLIER = span("2026-11-24T11:30", "14:00")
ELSEWHEN = span("2026-11-24T12:15", "14:15")


@pytest.mark.parametrize(
    ("basis", "actual", "billed"),
    [
        (Basis.RESERVED, LONGER, RESERVED),
        (Basis.RESERVED, SHORTER, RESERVED),
        (Basis.RESERVED, EARLY, EARLIER),
        (Basis.ACTUAL, EARLY, EARLY),
        (Basis.LARGER, EARLY, RESERVED),
        (Basis.LARGER, EARLIER, EARLIER),
        (Basis.ACTUAL, LONGER, LONGER),
        (Basis.ACTUAL, SHORTER, SHORTER),
        (Basis.LARGER, LONGER, LONGER),
        (Basis.LARGER, SHORTER, RESERVED),
        (Basis.LARGER, ELSEWHEN, RESERVED),
    ],
)
def test_the_basis_says_which_time_is_charged(basis, actual, billed):
    assert billed_span(basis, reserved=RESERVED, actual=actual) == billed


def test_leaving_at_once_was_a_use_of_a_minute():
    assert presence(RESERVED.start, RESERVED.start).length == timedelta(minutes=1)


def test_the_lines_that_are_kept_name_quantity_price_and_amount_in_yuan():
    terms = TariffTerms(classes={"enterprise": ClassPrice(hour_fen=80_000, sample_fen=12_000)})
    lines = snapshot(price(RESERVED, terms, "enterprise", samples=3).lines)
    assert lines == [
        {"kind": "time", "quantity": "2", "unit_price": "800.00", "amount": "1600.00"},
        {"kind": "sample", "quantity": "3", "unit_price": "120.00", "amount": "360.00"},
    ]


def test_several_prices_and_a_minimum_are_explained():
    prices = ClassPrice(hour_fen=80_000, steps=(Step(60, 60_000),), minimum_fen=200_000)
    terms = TariffTerms(classes={"enterprise": prices})
    (line,) = snapshot(price(RESERVED, terms, "enterprise").lines)
    assert line["minimum"] == line["amount"] == "2000.00"
    assert line["parts"] == [
        {"rate": "hour", "quantity": "1", "unit_price": "800.00", "factor": "1"},
        {"rate": "hour", "quantity": "1", "unit_price": "600.00", "factor": "1"},
    ]


@pytest.mark.parametrize(
    ("user", "same_controller", "related", "flags"),
    [
        (1, True, False, ["internal_use"]),
        (2, True, False, ["related_party"]),
        (2, False, True, ["related_party"]),
        (2, False, False, []),
    ],
)
def test_dealings_with_oneself_and_with_relatives_are_flagged(
    user, same_controller, related, flags
):
    found = flags_between(user, 1, same_controller=same_controller, related=related)
    assert found == flags
