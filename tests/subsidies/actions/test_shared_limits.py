"""Limits that reach over programmes, groups, regions and corrections, seen through settlements."""

import pytest

from booking.kernel.periods import Period
from booking.organisations.models import Organisation
from booking.subsidies.actions.publish_programme import draft_version, enter_joint_cap
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.queries.estimate import estimate_for
from booking.subsidies.rules.faults import ProgrammeInvalid
from tests.factories.instruments import make_instrument
from tests.factories.settled_uses import (
    ENTERED,
    bank_says,
    let_pay,
    make_company,
    make_loan,
    make_programme,
    settled_use,
)
from tests.subsidies.requests import interest_programme, programme, tiers
from tests.support.clock import moment

NOW = moment("2026-12-01T02:00")
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


def settled(uow, *months: str) -> list[int]:
    return [
        settle_period(uow, Period.parse(month), actor_id=None, now=NOW).totals["payable_fen"]
        for month in months
    ]


def joint(*programmes: str, amount: str, scope: str = "group") -> dict[str, object]:
    return {"programmes": list(programmes), "scope": scope, "amount": amount}


def test_a_joint_cap_is_remembered_over_months(uow):
    make_programme(uow, programme("A"))
    make_programme(uow, programme("B"))
    enter_joint_cap(uow, joint("B", "A", amount="800.00"), now=ENTERED)
    company = make_company(uow, controller_key="示例实控人")
    for ended in ("2026-09-05T16:00", "2026-10-05T16:00"):
        settled_use(uow, company, ended=ended)
    assert settled(uow, "2026-09", "2026-10", "2026-09") == [60000, 20000, 60000]


def test_a_joint_cap_needs_its_programmes(uow):
    make_programme(uow, programme("A"))
    with pytest.raises(ProgrammeInvalid):
        enter_joint_cap(uow, joint("A", "X", amount="1.00"), now=ENTERED)


def test_a_joint_cap_holds_uses_and_interest_together(uow):
    make_programme(uow, programme("A"))
    make_programme(uow, interest_programme("J", valid=YEAR))
    enter_joint_cap(uow, joint("J", "A", amount="350.00", scope="user"), now=ENTERED)
    company = make_company(uow)
    make_loan(uow, company)
    bank_says(uow, ("T1", "YQD-1", "2026-09-20", "draw", "120000.00"))
    settled_use(uow, company)
    # 124.00 of interest come first; of the 300.00 for the use 226.00 are left.
    assert settled(uow, "2026-10") == [35000]


@pytest.mark.parametrize(
    ("region", "district", "pays"),
    [
        ("xixian", "fengdong", 30000),
        ("xixian", "outside", 0),
        ("fengdong", "fengdong", 30000),
        ("fengdong", "qinhan", 0),
    ],
)
def test_a_programme_may_ask_for_the_zone_or_for_a_district(uow, region, district, pays):
    make_programme(uow, programme(eligibility={"regions": [region]}))
    settled_use(uow, make_company(uow, district=district))
    assert settled(uow, "2026-10") == [pays]


def test_a_loans_cap_counts_its_whole_life(uow):
    caps = [{"scope": "loan", "amount": "200.00"}]
    make_programme(uow, interest_programme(valid=YEAR, caps=caps))
    make_loan(uow, make_company(uow))
    bank_says(uow, ("T1", "YQD-1", "2026-09-20", "draw", "120000.00"))
    assert settled(uow, "2026-10", "2026-11") == [12400, 7600]


def test_a_record_that_came_late_is_paid_with_the_next_statement(uow):
    make_programme(uow, interest_programme(valid=YEAR))
    make_loan(uow, make_company(uow))
    bank_says(uow, ("T1", "YQD-1", "2026-10-20", "draw", "120000.00"))
    assert settled(uow, "2026-10") == [4800]
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    bank_says(uow, ("T0", "YQD-1", "2026-10-01", "draw", "120000.00"))
    # November: 30 days on 240,000; October: 31 days on 120,000 more.
    assert settled(uow, "2026-10", "2026-11") == [4800, 24000 + 12400]


def test_a_first_draw_that_came_late_is_paid_with_the_next_statement(uow):
    make_programme(uow, interest_programme(valid=YEAR))
    make_loan(uow, make_company(uow))
    assert settled(uow, "2026-10") == [0]
    bank_says(uow, ("T1", "YQD-1", "2026-10-20", "draw", "120000.00"))
    # November: 30 days; October: 12 days that no line knew of.
    assert settled(uow, "2026-11", "2026-11") == [12000 + 4800] * 2


def test_a_correction_counts_only_days_on_which_the_programme_was_in_force(uow):
    make_programme(uow, interest_programme(valid={"from": "2026-10-16", "to": "2026-12-31"}))
    make_loan(uow, make_company(uow))
    bank_says(uow, ("T1", "YQD-1", "2026-09-20", "draw", "120000.00"))
    assert settled(uow, "2026-10", "2026-11") == [6400, 12000]
    bank_says(uow, ("T2", "YQD-1", "2026-09-20", "draw", "120000.00"))
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    assert settled(uow, "2026-11") == [24000 + 6400]


def test_two_versions_of_one_month_each_pay_their_own_days(uow):
    make_programme(uow, interest_programme(valid={"from": "2026-01-01", "to": "2026-10-15"}))
    later = interest_programme(version=2, valid={"from": "2026-10-16", "to": "2026-12-31"})
    draft_version(uow, "J", later, actor_id=None, now=ENTERED)
    let_pay(uow, "J")
    make_loan(uow, make_company(uow))
    bank_says(uow, ("T1", "YQD-1", "2026-09-20", "draw", "120000.00"))
    assert settled(uow, "2026-10", "2026-11") == [6000 + 6400, 12000]


def test_a_quarter_and_its_last_month_pay_a_cycle_once(uow):
    make_programme(uow, interest_programme(valid=YEAR, settlement="quarterly"))
    make_loan(uow, make_company(uow))
    bank_says(uow, ("T1", "YQD-1", "2026-09-01", "draw", "120000.00"))
    assert settled(uow, "2026-Q3", "2026-09") == [12000, 0]


def late_draw(uow, **limits: object) -> list[int]:
    """November's 30 days of 120,000, and October's 31 that came late, under some limits."""
    make_programme(uow, interest_programme("J", valid=YEAR, **limits))
    settled(uow, "2026-10")
    bank_says(uow, ("T1", "YQD-1", "2026-10-01", "draw", "120000.00"))
    return settled(uow, "2026-11")


@pytest.mark.parametrize("scope", ["loan", "user", "group"])
def test_a_correction_respects_the_caps(uow, scope):
    make_loan(uow, make_company(uow))
    assert late_draw(uow, caps=[{"scope": scope, "amount": "150.00"}]) == [15000]


@pytest.mark.parametrize("rule", ["first_come", "pro_rata"])
def test_a_correction_respects_the_budget(uow, rule):
    make_loan(uow, make_company(uow))
    assert late_draw(uow, budget={"amount": "150.00", "rule": rule}) == [15000]


def test_a_correction_respects_a_joint_cap(uow):
    make_loan(uow, make_company(uow))
    make_programme(uow, programme("A"))
    make_programme(uow, interest_programme("J", valid=YEAR))
    enter_joint_cap(uow, joint("J", "A", amount="150.00", scope="user"), now=ENTERED)
    settled(uow, "2026-10")
    bank_says(uow, ("T1", "YQD-1", "2026-10-01", "draw", "120000.00"))
    assert settled(uow, "2026-11") == [15000]


def test_corrections_of_two_programmes_never_pay_more_than_the_interest(uow):
    for name in ("J", "K"):
        share = {"method": "share", "value": "0.70"}
        make_programme(uow, interest_programme(name, valid=YEAR, discount=share))
    make_loan(uow, make_company(uow), rate="0.03")
    settled(uow, "2026-10")
    bank_says(uow, ("T1", "YQD-1", "2026-10-01", "draw", "120000.00"))
    bank_says(uow, ("T2", "YQD-1", "2026-11-01", "repayment", "120000.00"))
    assert settled(uow, "2026-11") == [31000]


def test_a_correction_counts_in_the_year_of_its_own_days(uow):
    caps = [{"scope": "user", "amount": "130.00"}]
    make_programme(uow, interest_programme(valid=YEAR, caps=caps, period={"starts": "11-01"}))
    make_loan(uow, make_company(uow))
    bank_says(uow, ("T1", "YQD-1", "2026-10-01", "draw", "120000.00"))
    assert settled(uow, "2026-10") == [12400]
    lock_settlement(uow, "2026-10", actor_id=None, now=NOW)
    bank_says(uow, ("T2", "YQD-1", "2026-10-01", "draw", "120000.00"))
    # Of the old year 6.00 are left; November's 240.00 are cut to the new year's 130.00.
    assert settled(uow, "2026-11") == [13000 + 600]


@pytest.mark.parametrize(("alone", "pays"), [(True, 30000), (False, 10000)])
def test_a_group_named_like_a_company_is_told_from_the_company_over_months(uow, alone, pays):
    make_programme(uow, programme(caps=[{"scope": "group", "amount": "400.00"}]))
    company = make_company(uow)
    company.controller_key = None if alone else str(company.id)
    member = make_company(uow, controller_key=str(company.id))
    settled_use(uow, company, ended="2026-09-30T16:00")
    settled_use(uow, member, ended="2026-10-31T16:00")
    assert settled(uow, "2026-09", "2026-10") == [30000, pays]


def estimated(uow, company: Organisation, tool, amount_fen: int) -> tuple[int, int | None]:
    found = estimate_for(
        uow.session,
        company.key,
        instrument_id=tool.key,
        amount_fen=amount_fen,
        day=moment("2026-10-20T12:00").date(),
    )
    return found.subsidy_fen, found.cap_left_fen


def test_the_estimate_is_what_the_statement_will_show(uow):
    make_programme(uow, programme("A", caps=[{"scope": "user", "amount": "500.00"}]))
    make_programme(uow, programme("B", rate=tiers("0.90")))
    company, tool = make_company(uow), make_instrument(uow)
    settled_use(uow, company, ended="2026-09-05T16:00")
    assert settled(uow, "2026-09") == [100000]
    told, left = estimated(uow, company, tool, 100000)
    assert (told, left) == (100000, 20000)
    settled_use(uow, company, instrument=tool, ended="2026-10-20T12:00")
    assert settled(uow, "2026-10") == [told]


def test_nothing_is_estimated_without_an_active_programme(uow):
    make_programme(uow, programme(), active=False)
    assert estimated(uow, make_company(uow), make_instrument(uow), 100000) == (0, None)
