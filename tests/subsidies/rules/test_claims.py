"""Windows, deadlines, evidence and applications: optional keys, read strictly."""

from datetime import date

import pytest

from booking.subsidies.rules.claims import application_code
from booking.subsidies.rules.editing import document_of, fields_of
from booking.subsidies.rules.faults import ProgrammeInvalid
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.rules.summary import summary
from tests.subsidies.requests import Json, evaluated, interest_programme, line, only, programme

ASKING: Json = {
    "application": "required",
    "windows": [{"from": "01-01", "to": "01-31"}, {"from": "2026-07-01", "to": "2026-07-31"}],
    "claim_within_days": 90,
    "evidence": [
        {"code": "contract"},
        {"code": "receipt", "min_count": 2, "applies_if": "tech_sme"},
        {"code": "report", "mandatory": False},
    ],
}


@pytest.mark.parametrize(
    ("day", "is_open"),
    [("2026-01-31", True), ("2027-01-01", True), ("2026-07-01", True), ("2027-07-01", False)],
)
def test_windows_are_of_every_year_or_once(day, is_open):
    claims = read_programme(programme(**ASKING)).claims
    assert claims.open_on(date.fromisoformat(day)) is is_open


def test_a_window_says_when_it_closes_and_when_the_next_one_opens():
    windows = [{"from": "02-01", "to": "02-28"}, {"from": "2026-07-01", "to": "2026-07-31"}]
    claims = read_programme(programme(**{**ASKING, "windows": windows})).claims
    assert claims.closes_on(date(2026, 2, 28)) == date(2026, 2, 28)
    assert claims.closes_on(date(2028, 2, 3)) == date(2028, 2, 28)
    assert claims.closes_on(date(2026, 3, 1)) is None
    assert claims.opens_on(date(2026, 3, 1)) == date(2026, 7, 1)
    assert claims.opens_on(date(2026, 8, 1)) == date(2027, 2, 1)


def test_what_is_missing_depends_on_who_applies():
    claims = read_programme(programme(**ASKING)).claims
    assert claims.missing({}, ["tech_sme"]) == [("contract", 1), ("receipt", 2)]
    assert claims.missing({"contract": 1}, []) == []
    assert claims.covers_from(date(2026, 7, 1)) == date(2026, 4, 2)


@pytest.mark.parametrize(
    ("terms", "path", "fault"),
    [
        ({"application": "perhaps"}, "application", "not_one_of"),
        ({"kind": "provider", "application": "required"}, "application", "usage_only"),
        ({"claim_within_days": 0}, "claim_within_days", "below_one"),
        ({"claim_within_days": 9}, "claim_within_days", "needs_application"),
        ({"windows": [{"from": "07-01"}]}, "windows[0].to", "missing"),
        ({"windows": [{"from": "07-01", "to": "2026-07-31"}]}, "windows[0].to", "mixed_window"),
        ({"windows": [{"from": "07-02", "to": "07-01"}]}, "windows[0].to", "ends_before_start"),
        ({"windows": [{"from": "soon", "to": "07-01"}]}, "windows[0].from", "not_a_date"),
        ({"evidence": [{"mandatory": True}]}, "evidence[0].code", "missing"),
        ({"evidence": [{"code": "a"}, {"code": "a"}]}, "evidence[1].code", "duplicate"),
        ({"evidence": [{"code": "a", "stamp": 1}]}, "evidence[0].stamp", "unknown_key"),
    ],
)
def test_faults_are_named_with_their_path(terms, path, fault):
    with pytest.raises(ProgrammeInvalid) as refused:
        read_programme(programme(**terms))
    found = [(v.params["path"], v.code) for v in refused.value.violations]
    assert (path, f"programme.{fault}") in found


def test_a_loan_programme_knows_none_of_them():
    with pytest.raises(ProgrammeInvalid):
        read_programme(interest_programme(application="none"))


def test_without_an_accepted_application_nothing_is_paid_and_it_says_why():
    left_out = only(evaluated(programme(**ASKING), line()))
    assert (left_out["reasons"], left_out["payable"]) == (["no_application"], "0.00")
    assert "没有覆盖当日的已受理申报" in left_out["explanation"]["zh"]
    held = [{"code": application_code("P"), "from": "2026-10-09", "to": None}]
    assert only(evaluated(programme(**ASKING), line(qualifications=held)))["payable"] == "300.00"
    late = [{"code": application_code("P"), "from": "2026-10-10", "to": None}]
    assert only(evaluated(programme(**ASKING), line(qualifications=late)))["payable"] == "0.00"


def test_they_are_told_and_survive_the_form():
    terms = programme(**ASKING)
    assert read_programme(document_of(fields_of(terms))) == read_programme(terms)
    told = summary(read_programme(terms), "zh")
    assert "申报期：01-01 至 01-31" in told
    assert "申报材料（科技型中小企业）：银行回单，至少 2 份" in told
