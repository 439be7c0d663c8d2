"""A trial over a stream says what the engine says over the whole."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.kernel.money import fen
from booking.kernel.periods import Period
from booking.subsidies.queries.programmes import sharing
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.faults import Faults
from booking.subsidies.rules.forecast import forecast
from booking.subsidies.rules.joint_caps import read_joint_caps
from booking.subsidies.rules.line import dating, line_order, read_lines
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.reading import read_programme, read_programmes
from booking.subsidies.rules.what_if import Chunk, Trial, as_if_in_force, passes
from tests.subsidies.reference import cases
from tests.subsidies.requests import line, programme, tiers

YEAR = Period.parse("2026")


def streamed(trial: Trial, lines: list[Any], size: int) -> Trial:
    while trial.wants_lines:
        for start in range(0, len(lines), size):
            part = lines[start : start + size]
            trial.take(Chunk(part, [("", "")] * len(part)))
        trial.end_pass()
    return trial


@settings(max_examples=300)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_a_stream_comes_to_what_the_engine_pays(chance: Random, size: int) -> None:
    asked = cases.request(chance)
    asked["programmes"] = [one for one in asked["programmes"] if one["kind"] != "interest"]
    known = {one["id"]: one["kind"] for one in asked["programmes"]}
    caps = [cap for cap in asked.get("joint_caps", []) if set(cap["programmes"]) <= set(known)]
    faults = Faults()
    programmes = read_programmes(asked["programmes"], faults)
    node = Node({"joint_caps": caps}, "", faults=faults, allowed=("joint_caps",))
    joint = read_joint_caps(node, known)
    lines = sorted(read_lines(asked["lines"], faults), key=line_order)
    faults.refuse_if_any()
    if not programmes:
        return
    dated = dating(programmes[0].dated_by)
    within = [line for line in lines if (day := dated(line)) and YEAR.holds(day)]
    whole = evaluate(programmes, within, joint_caps=joint)
    trial = streamed(Trial(programmes, joint_caps=joint, period=YEAR), lines, size)
    for code, tally in trial.tallies.items():
        mine = [result for result in whole.results if result.terms.id == code]
        assert tally.lines == len(mine)
        assert tally.payable == sum(result.payable for result in mine)
        assert tally.eligible == sum(result.eligible for result in mine)
        assert sum(hits.amount for hits in tally.cuts.values()) == sum(
            cut.amount for result in mine for cut in result.cuts
        )
        paid: dict[str, int] = {}
        for result in mine:
            if result.eligible:
                paid[result.user] = paid.get(result.user, 0) + result.payable
        assert tally.companies == paid


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("budget", ["1.00", "600.00", "900.00"])
def test_what_an_earlier_pass_granted_is_known_however_the_stream_is_cut(
    size: int, budget: str
) -> None:
    first = programme("A", budget={"amount": budget, "rule": "pro_rata"})
    read = [read_programme(terms) for terms in (first, programme("B", rate=tiers("1")))]
    faults = Faults()
    lines = read_lines([line(name) for name in ("L1", "L2", "L3")], faults)
    faults.refuse_if_any()
    trial = streamed(Trial(read, period=YEAR), lines, size)
    granted = fen(budget)
    assert [trial.tallies[code].payable for code in "AB"] == [granted, fen("3000.00") - granted]
    assert trial.tallies["B"].cuts["stacking"].amount == granted


@pytest.mark.parametrize("rule", ["first_come", "pro_rata"])
@pytest.mark.parametrize("days", [("03-09", "08-09"), ("06-09", "06-20"), ("06-09", "06-10")])
@pytest.mark.parametrize("amounts", [("100.00", "400.00"), ("400.00", "100.00")])
def test_versions_with_one_budget_are_tried_as_the_engine_pays_them(
    rule: str, days: tuple[str, str], amounts: tuple[str, str]
) -> None:
    ranges = (("2026-01-01", "2026-06-15"), ("2026-06-16", "2026-12-31"))
    read = sharing(
        [
            read_programme(
                programme(
                    version=number,
                    document="示例文号",
                    valid={"from": first, "to": last},
                    budget={"amount": amount, "rule": rule},
                )
            )
            for number, (first, last), amount in zip((1, 2), ranges, amounts, strict=True)
        ]
    )
    faults = Faults()
    uses = [line(day, service_end=f"2026-{day}") for day in days]
    lines = sorted(read_lines(uses, faults), key=line_order)
    faults.refuse_if_any()
    whole = evaluate(read, lines)
    trial = streamed(Trial(read, period=YEAR), lines, 1)
    assert trial.tallies["P"].payable == sum(one.payable for one in whole.results)


def test_what_shares_a_cap_sees_the_lines_one_after_the_other() -> None:
    read = [read_programme(programme(name)) for name in ("A", "B")]
    faults = Faults()
    joint = {"programmes": ["A", "B"], "scope": "user", "amount": "1.00", "order": ["B", "A"]}
    node = Node({"joint_caps": [joint]}, "", faults=faults, allowed=("joint_caps",))
    caps = read_joint_caps(node, {"A": "usage", "B": "usage"})
    assert passes(read, []) == [["A", "B"]]
    assert passes(read, caps) == [["B"], ["A"]]
    shared = read_programme(programme("A", budget={"amount": "1.00", "rule": "pro_rata"}))
    assert passes([shared, read[1]], []) == [["A"], ["B"]]


def test_a_version_that_comes_alone_is_tried_whenever_it_is_to_be_valid() -> None:
    later = programme(valid={"from": "2028-01-01", "to": "2028-12-31"}, rate=tiers("0.10"))
    asking = {**later, "application": "required"}
    (tried,) = as_if_in_force([read_programme(asking)], YEAR)
    assert not tried.claims.required
    assert tried.in_force(YEAR.first)
    assert tried.in_force(YEAR.last)
    both = [read_programme(programme()), read_programme({**later, "version": 2})]
    assert as_if_in_force(both, YEAR) == both


def test_a_forecast_goes_on_as_the_months_did_and_ends_with_the_money() -> None:
    october = 2026 * 12 + 9
    found = forecast(
        {october - 1: 300, october: 500}, first=october - 1, last=october, year_end=october + 2
    )
    assert (found.per_month, found.year_end, found.least, found.most) == (400, 1600, 1400, 1800)
    short = forecast({october: 500}, first=october, last=october, year_end=october + 2, limit=1200)
    assert (short.year_end, short.runs_out) == (1200, october + 2)
    spent = forecast({october: 500}, first=october, last=october, year_end=october + 2, limit=500)
    assert (spent.year_end, spent.runs_out) == (500, october)
    idle = forecast({}, first=october, last=october, year_end=october + 2, limit=500)
    assert (idle.year_end, idle.runs_out) == (0, None)
