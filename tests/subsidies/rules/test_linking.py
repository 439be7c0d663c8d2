"""Every step has words in both languages, and begins with what the one before came to."""

import re
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from booking.subsidies.rules.answer import evaluate_request
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.explanation import said, told
from booking.subsidies.rules.faults import Faults
from booking.subsidies.rules.joint_caps import read_joint_caps
from booking.subsidies.rules.line import read_lines
from booking.subsidies.rules.linking import chained, links_json
from booking.subsidies.rules.loan_reading import read_loans
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.reading import read_programme, read_programmes
from booking.subsidies.rules.scalars import day
from booking.subsidies.rules.steps import Step, loan_steps, steps
from booking.subsidies.rules.words import SENTENCES
from tests.subsidies.reference import cases
from tests.subsidies.requests import line, programme

# What no random request happens to say: interest whose own cap cut, and the like, is among them.
SEEDS = 1_500
_HAN = re.compile(r"[\u4e00-\u9fff]")


def every_step(request: Any) -> list[list[Step]]:
    """The steps of every result of a request."""
    faults = Faults()
    programmes = read_programmes(request["programmes"], faults)
    known = {terms.id: terms.kind for terms in programmes}
    caps = {"joint_caps": request.get("joint_caps", [])}
    node = Node(caps, "", faults=faults, allowed=("joint_caps",))
    joint = read_joint_caps(node, known)
    lines, loans = (
        read_lines(request["lines"], faults),
        read_loans(request.get("loans", []), faults),
    )
    faults.refuse_if_any()
    span = (day(request["from"]), day(request["to"])) if "from" in request else None
    found = evaluate(programmes, lines, loans=loans, joint_caps=joint, span=span)
    return [*map(steps, found.results), *map(loan_steps, found.loans)]


@pytest.fixture(scope="module")
def walked() -> list[list[Step]]:
    return [taken for seed in range(SEEDS) for taken in every_step(cases.request(Random(seed)))]


def test_every_kind_of_step_is_walked(walked: list[list[Step]]) -> None:
    of_requests = {code for code in SENTENCES if not is_of_settlement(code)}
    assert {step.code for taken in walked for step in taken} == of_requests


def is_of_settlement(code: str) -> bool:
    """Only statements correct one another and know applications; requests know of neither. What
    earlier ones held only a loan's page takes off.
    """
    known_there = {"due_today", "settled_before", "recovered", "reason:no_application", "held"}
    return code.startswith("corrects:") or code in known_there


def test_what_corrects_has_words_and_chains_to_the_difference() -> None:
    why = [Step(code, {}) for code in SENTENCES if code.startswith("corrects:")]
    taken = [
        *why,
        Step("due_today", {}, 120_00),
        Step("settled_before", {}, -300_00),
        Step("payable", {}, -180_00),
    ]
    recovered = Step("recovered", {"statement": "JS-202610-0001", "why": "示例"}, -100_00)
    for step in (*taken, recovered):
        assert "{" not in said(step, "zh") + said(step, "en")
    last = chained(taken)[-1]
    assert last.start == last.result == -180_00


def test_every_step_has_words_in_both_languages(walked: list[list[Step]]) -> None:
    seen: set[str] = set()
    for taken in walked:
        for step in taken:
            if step.code in seen and step.code not in {"tier", "bonus"}:
                continue
            seen.add(step.code)
            zh, en = said(step, "zh"), said(step, "en")
            assert _HAN.search(zh)
            assert not _HAN.search(en)
            assert "{" not in zh + en


def test_the_figures_chain_from_the_amount_to_what_is_paid(walked: list[list[Step]]) -> None:
    for taken in walked:
        links = chained(taken)
        for before, after in pairwise(links):
            assert after.start == before.result
        assert links[0].start is None
        last = links[-1]
        assert last.step.code == "payable"
        # What was left after every cut is what is paid: the last step moves nothing.
        assert last.start == last.result == last.step.amount
        bases = [link for link in links if link.step.code == "base"]
        assert all(link.start == link.result for link in bases)


def test_a_rate_names_the_number_of_the_qualification_and_until_when_it_is_valid() -> None:
    held = {"code": "tech_sme", "from": "2026-01-01", "to": "2026-12-31", "number": "2026610000"}
    terms = programme(
        rate={"tiers": [{"when": {"qualification": "tech_sme"}, "rate": "0.30"}]},
        caps=[{"scope": "user", "amount": "2500.00"}],
    )
    use = line(amount="12000.00", other_funding="2000.00", qualifications=[held])
    answer = evaluate_request({"programmes": [terms], "lines": [use]})
    words: Any = answer["results"]
    assert words[0]["explanation"]["zh"] == (
        "合同、发票、付款三者中最小的金额 12,000.00 元；减其他财政资助 2,000.00 元；"
        "核定基数 10,000.00 元；"
        "补助比例 30%（科技型中小企业，编号 2026610000，有效至 2026-12-31）；应补 3,000.00 元；"
        "年度上限 2,500.00 元，核减 500.00 元；实补 2,500.00 元。"
    )
    assert "technology SME, number 2026610000, valid to 2026-12-31" in words[0]["explanation"]["en"]


def test_the_chain_is_also_json() -> None:
    faults = Faults()
    lines = read_lines([line(other_funding="100.00")], faults)
    (result,) = evaluate([read_programme(programme())], lines).results
    assert [
        (link["code"], link["start"], link["result"]) for link in links_json(steps(result))
    ] == [
        ("amount:min_of_all", None, "1000.00"),
        ("other_funding", "1000.00", "900.00"),
        ("base", "900.00", "900.00"),
        ("tier", "900.00", "900.00"),
        ("owed", "900.00", "270.00"),
        ("payable", "270.00", "270.00"),
    ]
    assert told(steps(result), "zh").endswith("实补 270.00 元。")
