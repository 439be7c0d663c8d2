"""贴息 of loans with promised hours, and of draws whose charge was corrected: what is refused."""

import pytest

from booking.subsidies.rules.reading import read_programme
from booking.subsidies.rules.summary import summary
from tests.subsidies.requests import evaluated, interest_programme, loan

POINTS = {"method": "points", "value": "0.036"}
SPAN = {"from": "2026-03-10", "to": "2026-03-30"}
DRAWN = [{"date": "2026-03-10", "amount": "1000.00"}]


def year(delivered, first="2025-03-20", until="2026-03-20", promised="800.00"):
    return {"from": first, "to": until, "promised": promised, "delivered": delivered}


def paid(rule=None, draws=None, **facts):
    terms = {} if rule is None else {"promised_hours": rule}
    asked = loan("C1", draws=draws or DRAWN, annual_rate="0.036", **facts)
    answer = evaluated([interest_programme(discount=POINTS, **terms)], loans=[asked], **SPAN)
    (found,) = answer["loans"]
    return found


# Of twenty days at 0.10 a day ten lie in the year that is over.
@pytest.mark.parametrize(
    ("rule", "delivered", "payable"),
    [
        (None, "0.00", "2.00"),
        ("ignored", "0.00", "2.00"),
        ("kept", "800.00", "2.00"),
        ("kept", "799.99", "1.00"),
        ("in_proportion", "600.00", "1.75"),
        ("in_proportion", "0.00", "1.00"),
        ("in_proportion", "2000.00", "2.00"),
    ],
)
def test_a_year_that_ended_short_is_paid_as_the_rule_says(rule, delivered, payable):
    found = paid(rule, promises=[year(delivered)])
    assert (found["payable"], found["interest"]) == (payable, "2.00")


def test_what_is_refused_is_said_in_words():
    found = paid("kept", promises=[year("612.50")])
    assert (
        "承诺年度对外机时 800.00 小时，实际 612.50 小时，未达承诺，不予贴息"
        in (found["explanation"]["zh"])
    )
    assert "not eligible: 612.50 of 800.00 promised outside hours" in found["explanation"]["en"]
    kept = paid("kept", promises=[year("800.00")])
    assert "承诺" not in kept["explanation"]["zh"]


def test_what_a_corrected_charge_leaves_is_no_longer_paid_for():
    excess = [{"from": "2026-03-20", "amount": "400.00"}]
    found = paid(draws=[{**DRAWN[0], "excess": excess}])
    assert (found["interest"], found["eligible_interest"]) == ("2.00", "1.60")
    assert found["payable"] == "1.60"
    assert "其中 400.00 元超出更正后的费用，不予贴息" in found["explanation"]["zh"]
    repaid = [{"date": "2026-03-20", "amount": "400.00"}]
    assert paid(draws=[{**DRAWN[0], "excess": excess}], repayments=repaid)["payable"] == "1.60"


def test_a_charge_that_is_corrected_back_is_paid_for_again():
    excess = [
        {"from": "2026-03-15", "amount": "1000.00"},
        {"from": "2026-03-20", "amount": "0.00"},
    ]
    assert paid(draws=[{**DRAWN[0], "excess": excess}])["payable"] == "1.50"


def test_the_rule_is_read_and_told_plainly():
    terms = interest_programme(discount=POINTS, promised_hours="kept")
    assert "承诺年度对外机时未达承诺的，该年度不贴息" in summary(read_programme(terms), "zh")
    told = summary(read_programme({**terms, "promised_hours": "ignored"}), "zh")
    assert not any("承诺" in sentence for sentence in told)


@pytest.mark.parametrize(
    ("kinds", "kind", "payable"),
    [
        ([], "purchase", "2.00"),
        (["usage"], "usage", "2.00"),
        (["usage"], "purchase", "0.00"),
        (["usage", "purchase"], "purchase", "2.00"),
    ],
)
def test_a_programme_says_which_loans_it_is_for(kinds, kind, payable):
    asked = loan("C1", draws=DRAWN, annual_rate="0.036", kind=kind)
    terms = interest_programme(discount=POINTS, loan_kinds=kinds)
    (found,) = evaluated([terms], loans=[asked], **SPAN)["loans"]
    assert (found["payable"], found["interest"]) == (payable, "2.00")
    refused = "政策不适用于此类贷款（购置型）" in found["explanation"]["zh"]
    assert refused is (payable == "0.00")
    told = summary(read_programme(terms), "en")
    assert ("For loans: for use" in told) is (kinds == ["usage"])
