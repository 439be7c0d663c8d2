"""Interest of a loan this quarter so far: by segments, and what programmes pay, as settled."""

from datetime import date

import pytest

from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.loans.actions.draw_for_charge import ask_draw
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.queries.interest_so_far import interest_so_far
from booking.subsidies.queries.settlements import settlement_view
from tests.factories.accounts import be, bearer, make_member, make_staff, open_session
from tests.factories.corrections import now_costs
from tests.factories.settled_uses import (
    bank_says,
    make_company,
    make_loan,
    make_programme,
    settled_use,
)
from tests.subsidies.requests import interest_programme
from tests.support.clock import moment

YEAR = {"from": "2026-01-01", "to": "2026-12-31"}
POINTS = {"method": "points", "value": "0.018"}
DRAWN = ("T1", "YQD-1", "2026-10-11", "draw", "100000.00")
BACK = ("T2", "YQD-1", "2026-10-21", "repayment", "50000.00")


def terms(identity="POINTS", **more):
    facts = {"valid": YEAR, "settlement": "quarterly", "discount": POINTS, **more}
    return interest_programme(identity, **facts)


@pytest.fixture
def line(uow):
    """100,000.00 at 3.60 %, half of it repaid after ten days."""
    key = make_loan(uow, make_company(uow), rate="0.036").key
    bank_says(uow, DRAWN, BACK)
    return key


def test_it_is_counted_by_segments_up_to_today(uow, line):
    found = interest_so_far(uow.session, line, date(2026, 10, 30))
    assert [(one.of.days, one.of.balance, one.interest_fen) for one in found.spells] == [
        (10, 10_000_000, 10_000),
        (10, 5_000_000, 5_000),
    ]
    assert (found.interest_fen, found.subsidy_fen, found.quarter.code) == (15_000, 0, "2026-Q4")


def test_what_a_programme_would_pay_is_what_it_pays_then(uow, line):
    make_programme(uow, terms())
    last = interest_so_far(uow.session, line, date(2026, 12, 31))
    settle_period(uow, Period.parse("2026-Q4"), actor_id=None, now=moment("2027-01-01T02:00"))
    (paid,) = settlement_view(uow.session, "2026-Q4").statements
    assert last.subsidy_fen == paid.payable_fen == 5_000 + 250 * 72
    again = interest_so_far(uow.session, line, date(2026, 12, 31))
    assert again.subsidy_fen == last.subsidy_fen


def test_a_cap_is_told(uow, line):
    make_programme(uow, terms(caps=[{"scope": "user", "amount": "30.00"}]))
    (offer,) = interest_so_far(uow.session, line, date(2026, 10, 30)).offers
    assert offer.whole_fen == 3_000
    assert "年度上限 30.00 元，核减 45.00 元" in offer.explanation("zh")


def test_two_programmes_never_pay_more_than_the_interest(uow, line):
    for name in ("A", "B"):
        make_programme(uow, terms(name, discount={"method": "share", "value": "0.60"}))
    found = interest_so_far(uow.session, line, date(2026, 10, 30))
    assert [one.whole_fen for one in found.offers] == [9_000, 6_000]


def test_days_before_it_came_into_force_are_not_paid(uow, line):
    make_programme(uow, terms(valid={"from": "2026-10-21", "to": "2026-12-31"}))
    assert interest_so_far(uow.session, line, date(2026, 10, 30)).subsidy_fen == 2_500


def test_a_quarter_without_debt_says_so(uow, line):
    make_programme(uow, terms())
    found = interest_so_far(uow.session, line, date(2026, 9, 30))
    assert (found.spells, found.offers, found.interest_fen) == ([], [], 0)


def test_a_programme_without_its_reference_rate_is_named(uow):
    make_programme(uow, terms(discount={"method": "share_of_min", "value": "0.40"}))
    key = make_loan(uow, make_company(uow)).key
    uow.session.connection().exec_driver_sql("DELETE FROM reference_rate")
    bank_says(uow, DRAWN)
    found = interest_so_far(uow.session, key, date(2026, 10, 30))
    assert ([one.id for one in found.unknown], found.offers) == (["POINTS"], [])


def test_what_a_corrected_charge_leaves_is_not_paid_for(uow):
    company = make_company(uow)
    boss = make_member(uow, company.key, Role.COMPANY_ADMIN)
    key = make_loan(uow, company, rate="0.036").key
    charge = settled_use(uow, company, "100000.00")
    asked = moment("2026-10-10T09:00")
    draw = ask_draw(uow, "YQD-1", charge.number, amount_fen=10_000_000, actor=boss, now=asked)
    bank_says(uow, (*DRAWN, draw.number))
    make_programme(uow, terms())
    now_costs(uow, charge, 4_000_000, now=moment("2026-10-21T09:00"))
    found = interest_so_far(uow.session, key, date(2026, 10, 30))
    assert (found.interest_fen, found.subsidy_fen) == (20_000, 5_000 + 2_000)
    assert "60,000.00 元超出更正后的费用" in found.offers[0].explanation("zh")


def test_the_page_and_json_are_for_those_who_see_the_loan(client, write, clock):
    with write() as uow:
        company = make_company(uow)
        make_loan(uow, company, rate="0.036")
        bank_says(uow, DRAWN, BACK)
        make_programme(uow, terms())
        boss = make_member(uow, company.key, Role.COMPANY_ADMIN)
        stranger = make_member(uow, make_company(uow).key, Role.COMPANY_ADMIN)
        auditor = make_staff(uow, Role.AUDITOR)
        mine, others, reads = (
            bearer(uow, one, now=clock.now()) for one in (boss, stranger, auditor)
        )
        secret = open_session(uow, boss, now=clock.now())
    clock.at("2026-10-30T09:00")
    url = "/api/v1/loans/YQD-1/interest"
    told = client.get(url, headers=mine).json()
    assert (told["interest"], told["subsidy"], told["to"]) == ("150.00", "75.00", "2026-10-31")
    assert [one["interest"] for one in told["segments"]] == ["100.00", "50.00"]
    assert told["programmes"][0]["to_follow"] == "75.00"
    assert client.get(url, headers=reads).status_code == 200
    assert client.get(url, headers=others).status_code == 404
    be(client, secret)
    assert 'hx-get="/loans/YQD-1/interest"' in client.get("/loans/YQD-1").text
    page = client.get("/loans/YQD-1/interest").text
    assert "150.00" in page
    assert "75.00" in page
