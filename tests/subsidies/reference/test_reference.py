"""The engine and the calculation written a second time agree to the fen, cut by cut."""

import json
from copy import deepcopy
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.subsidies.reference import cases
from tests.subsidies.reference.answer import answer
from tests.subsidies.reference.differences import by_name, differ, engine, smallest

# Four runs of this many, so that four processes can share them.
MANY = 5_000


def told(seed: object, request: cases.Json) -> str:
    """The smallest request the two differ in, with what each says."""
    small = smallest(request)
    return "\n".join(
        (
            f"seed {seed}: {json.dumps(small, ensure_ascii=False)}",
            f"engine {engine(small)}",
            f"reference {answer(small)}",
        )
    )


@settings(max_examples=300)
@given(st.randoms(use_true_random=False))
def test_the_engine_pays_what_the_document_says(chance: Random) -> None:
    request = cases.request(chance)
    assert not differ(request), told("of the example", request)


@pytest.mark.slow
@pytest.mark.parametrize("run", range(4))
def test_twenty_thousand_random_requests_are_paid_as_the_document_says(run: int) -> None:
    for seed in range(run * MANY, (run + 1) * MANY):
        request = cases.request(Random(seed))
        assert not differ(request), told(seed, request)


@settings(max_examples=100)
@given(st.randoms(use_true_random=False))
def test_the_order_of_lines_and_loans_in_a_request_changes_nothing(chance: Random) -> None:
    request = cases.request(chance)
    shuffled = deepcopy(request)
    chance.shuffle(shuffled["lines"])
    chance.shuffle(shuffled.get("loans", []))
    assert by_name(engine(shuffled)) == by_name(engine(request))


@settings(max_examples=100)
@given(st.randoms(use_true_random=False))
def test_totals_are_the_sum_of_what_is_paid(chance: Random) -> None:
    found = engine(cases.request(chance))
    sums: dict[str, int] = {}
    for one in (*found["results"], *found["loans"]):
        fen = int(one["payable"].replace(".", ""))
        most = int(str(one.get("base", one.get("eligible_interest"))).replace(".", ""))
        assert 0 <= fen <= most
        sums[one["programme"]] = sums.get(one["programme"], 0) + fen
    told_totals = {name: int(amount.replace(".", "")) for name, amount in found["totals"].items()}
    assert told_totals == {name: fen for name, fen in sums.items() if fen}


def test_the_random_requests_reach_every_rule_of_the_document() -> None:
    """A comparison that never meets a rule says nothing about it."""
    met: set[str] = set()
    for seed in range(600):
        request = cases.request(Random(seed))
        met |= {programme["kind"] for programme in request["programmes"]}
        found = answer(request)
        for one in (*found["results"], *found["loans"]):
            met |= {*one.get("reasons", []), *(reason for reason, _ in one["cuts"])}
    assert met >= {
        *("usage", "provider", "interest", "no_rate", "not_in_force", "qualification", "region"),
        *("provider_region", "resource_kind", "original_value", "below_minimum"),
        *("excluded:related_party", "cap:line", "cap:instrument", "cap:user", "cap:group"),
        *("cap:provider", "cap:loan", "stacking", "joint:line", "joint:user", "joint:group"),
        *("joint:instrument", "joint:provider", "budget"),
    }
