"""What a voucher pays, by whom it is honoured, and how many may be issued."""

from datetime import date
from decimal import Decimal

import pytest

from booking.vouchers.rules.terms import (
    Issued,
    Order,
    Terms,
    against,
    in_time,
    issuable,
    pays,
    valid_days,
)

HALF = Terms(share=Decimal("0.50"), per_order_fen=50_000)
NEAR = Terms(
    share=Decimal(1),
    districts=("fengdong", "fengxi"),
    resource_kinds=("instrument",),
    exclude=("internal_use", "related_party"),
)


@pytest.mark.parametrize(
    ("terms", "price", "left", "paid"),
    [
        (HALF, 80_000, 100_000, 40_000),
        (HALF, 100_000, 100_000, 50_000),
        (HALF, 100_001, 100_000, 50_000),
        (HALF, 80_000, 30_000, 30_000),
        (HALF, 3, 100, 2),
        (HALF, 80_000, 0, 0),
        (Terms(share=Decimal("0.333")), 100, 100, 33),
        (Terms(share=Decimal(1)), 70, 100, 70),
        (Terms(share=Decimal(0)), 70, 100, 0),
    ],
)
def test_a_voucher_pays_its_share_up_to_its_limits(
    terms: Terms, price: int, left: int, paid: int
) -> None:
    assert pays(terms, price, left_fen=left) == paid


@pytest.mark.parametrize(
    ("district", "kind", "flags", "codes"),
    [
        ("fengdong", "instrument", (), []),
        ("gaoxin", "instrument", (), ["voucher.district"]),
        ("fengxi", "testing_service", (), ["voucher.resource_kind"]),
        ("fengxi", "instrument", ("related_party",), ["voucher.excluded_related_party"]),
        (
            "gaoxin",
            "pilot",
            ("internal_use",),
            ["voucher.district", "voucher.resource_kind", "voucher.excluded_internal_use"],
        ),
    ],
)
def test_every_reason_against_an_order_is_told(
    district: str, kind: str, flags: tuple[str, ...], codes: list[str]
) -> None:
    order = Order(price_fen=1, district=district, resource_kind=kind, flags=frozenset(flags))

    assert [one.code for one in against(NEAR, order)] == codes


def test_where_no_district_is_named_providers_everywhere_honour_it() -> None:
    order = Order(price_fen=1, district="beilin", resource_kind="pilot")

    assert not list(against(HALF, order))


@pytest.mark.parametrize(
    ("days", "last"),
    [(None, date(2026, 12, 31)), (1, date(2026, 11, 23)), (180, date(2026, 12, 31))],
)
def test_a_voucher_ends_with_its_days_or_its_programme(days: int | None, last: date) -> None:
    today = date(2026, 11, 23)

    assert valid_days(today, days=days, until=date(2026, 12, 31)) == (today, last)


@pytest.mark.parametrize(("day", "holds"), [(22, False), (23, True), (30, True), (31, False)])
def test_both_ends_are_days_of_use(day: int, *, holds: bool) -> None:
    assert in_time(date(2026, 10, 23), date(2026, 10, 30), date(2026, 10, day)) is holds


@pytest.mark.parametrize(
    ("own", "everybody", "codes"),
    [
        (0, 0, []),
        (20_000, 90_000, []),
        (20_001, 90_000, ["voucher.cap"]),
        (20_000, 90_001, ["voucher.budget"]),
        (30_000, 100_000, ["voucher.cap", "voucher.budget"]),
    ],
)
def test_neither_a_year_nor_a_budget_is_exceeded(
    own: int, everybody: int, codes: list[str]
) -> None:
    broken = issuable(10_000, Issued(own, everybody), cap_fen=30_000, budget_fen=100_000)

    assert [one.code for one in broken] == codes


def test_terms_are_kept_as_they_were() -> None:
    assert Terms.of_kept(NEAR.kept()) == NEAR
    assert Terms.of_kept(HALF.kept()) == HALF
