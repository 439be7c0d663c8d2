"""What holds for every programme and every set of lines."""

from datetime import UTC, date, datetime
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from booking.subsidies.rules.caps import Balances
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.line import Held, Line
from booking.subsidies.rules.programme import Budget, Cap, JointCap, Programme, Scope
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.rules.results import Evaluation, Result
from booking.subsidies.rules.scalars import RATE_ONE
from tests.subsidies.requests import programme

amounts = st.integers(0, 2_000_000)
names = st.sampled_from(["a", "b", "c"])
rates = st.integers(0, 100).map(lambda percent: f"{percent / 100:.2f}")
scopes: st.SearchStrategy[Scope] = st.sampled_from(
    ["line", "instrument", "user", "group", "provider"]
)
days = st.dates(date(2025, 12, 1), date(2027, 1, 31))


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    count = draw(st.integers(1, 12))
    return [
        Line(
            line_id=f"L{i:02d}",
            user=draw(names),
            group=draw(st.sampled_from(["", "g", "h"])),
            provider=draw(names),
            instrument=draw(names),
            qualifications=(Held("hnte", date(2026, 1, 1), date(2026, 6, 30)),),
            flags=draw(st.sampled_from([frozenset[str](), frozenset({"batch_test"})])),
            service_end=draw(days),
            contract_amount=draw(amounts),
            invoice_amount=draw(amounts),
            paid_amount=draw(amounts),
            other_funding=draw(st.sampled_from([0, 0, 50_000])),
            submitted_at=datetime(2026, 1, draw(st.integers(1, 3)), tzinfo=UTC),
        )
        for i in range(count)
    ]


@st.composite
def programmes(draw: st.DrawFn, *, pro_rata: bool = True, identity: str = "P") -> Programme:
    tiers = [
        {"when": draw(st.sampled_from([{}, {"qualification": "hnte"}])), "rate": draw(rates)}
        for _ in range(draw(st.integers(1, 3)))
    ]
    rules = ["first_come", "pro_rata"] if pro_rata else ["first_come"]
    budget = {"amount": f"{draw(amounts) // 100}.00", "rule": draw(st.sampled_from(rules))}
    return read_programme(
        programme(
            identity,
            kind=draw(st.sampled_from(["usage", "provider"])),
            period=draw(st.sampled_from(["calendar_year", "academic_year", {"starts": "10-01"}])),
            base=draw(st.sampled_from(["min_of_all", "paid"])),
            settlement=draw(st.sampled_from(["monthly", "quarterly", "yearly"])),
            eligibility={"exclude": ["batch_test"]},
            rate={
                "combine": draw(st.sampled_from(["highest", "first", "sum"])),
                "tiers": tiers,
                "bonus": [{"when": {}, "rate": draw(rates)}],
                "full_offset_up_to": draw(st.sampled_from(["0.00", "3000.00"])),
            },
            brackets=draw(st.sampled_from([[], [{"up_to": "900.00", "rate": "1"}]])),
            caps=[
                {"scope": draw(scopes), "amount": f"{draw(amounts) / 100:.2f}"}
                for _ in range(draw(st.integers(0, 3)))
            ],
            budget=draw(st.sampled_from([None, budget])),
        )
    )


def spent(found: Evaluation, cap: Cap) -> dict[object, int]:
    """What was granted under each key of a scope, counted anew from the results."""
    sums: dict[object, int] = {}
    for result in found.results:
        line, terms = result.line, result.terms
        if result.day is None:
            continue
        keys: dict[Scope, object] = {
            "line": line.line_id,
            "instrument": (result.user, line.instrument, terms.period_of(result.day)),
            "user": (result.user, terms.period_of(result.day)),
            "group": (line.group or result.user, terms.period_of(result.day)),
            "provider": (line.provider, terms.period_of(result.day)),
        }
        key = keys[cap.scope]
        sums[key] = sums.get(key, 0) + result.granted
    return sums


def spent_of(found: Evaluation, budget: Budget) -> list[int]:
    cycles: dict[object, int] = {}
    for result in found.results:
        if result.day is not None:
            cycle = result.terms.cycle_of(result.day) if budget.rule == "pro_rata" else 0
            cycles[cycle] = cycles.get(cycle, 0) + result.payable
    return list(cycles.values())


@given(programmes(), lines())
def test_payable_stays_within_base_caps_and_budget(terms: Programme, uses: list[Line]) -> None:
    found = evaluate([terms], uses)
    for result in found.results:
        assert 0 <= result.payable <= result.granted <= result.base
        assert result.before - sum(cut.amount for cut in result.cuts) == result.payable
        assert not result.payable or not result.reasons
        assert abs(result.raw - result.before * RATE_ONE) * 2 <= RATE_ONE
    for cap in terms.caps:
        assert all(amount <= cap.amount for amount in spent(found, cap).values())
    if terms.budget:
        assert all(amount <= terms.budget.amount for amount in spent_of(found, terms.budget))


@given(programmes(), lines(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    terms: Programme, uses: list[Line], chance: Random
) -> None:
    shuffled = list(uses)
    chance.shuffle(shuffled)
    assert evaluate([terms], shuffled).results == evaluate([terms], uses).results


@given(programmes(pro_rata=False), lines())
def test_line_by_line_equals_the_batch(terms: Programme, uses: list[Line]) -> None:
    batch = evaluate([terms], uses)
    balances = Balances()
    single: list[Result] = []
    for result in batch.results:
        found = evaluate([terms], [result.line], balances=balances)
        balances = found.balances
        single += found.results
    assert tuple(single) == batch.results
    assert balances.spent == batch.balances.spent


@given(
    first=programmes(identity="A"),
    second=programmes(identity="B"),
    uses=lines(),
    scope=scopes,
    limit=amounts,
)
def test_programmes_together_keep_to_the_base_and_to_joint_caps(
    first: Programme, second: Programme, uses: list[Line], scope: Scope, limit: int
) -> None:
    joint = JointCap(("A", "B"), scope, limit, ("B", "A"))
    found = evaluate([first, second], uses, joint_caps=[joint])
    per_line: dict[str, int] = {}
    for result in found.results:
        so_far = per_line.get(result.line.line_id, 0)
        assert result.payable == 0 or so_far + result.payable <= result.base
        per_line[result.line.line_id] = so_far + result.payable
    (sums,) = found.balances.joint.values()
    assert all(amount <= limit for amount in sums.values())


@given(
    st.lists(st.integers(1, 500_000), min_size=1, max_size=15).map(
        lambda bases: [
            Line(
                f"L{i:02d}",
                service_end=date(2026, 5, 5),
                contract_amount=base,
                invoice_amount=base,
                paid_amount=base,
            )
            for i, base in enumerate(bases)
        ]
    ),
    st.integers(0, 1_000_000),
)
def test_pro_rata_shares_sum_to_the_budget_and_are_fair(uses: list[Line], budget: int) -> None:
    terms = read_programme(
        programme(
            rate={"tiers": [{"when": {}, "rate": "1"}]},
            budget={"amount": f"{budget // 100}.{budget % 100:02d}", "rule": "pro_rata"},
        )
    )
    results = evaluate([terms], uses).results
    wanted = sum(result.granted for result in results)
    assert sum(result.payable for result in results) == min(budget, wanted)
    for result in results:
        exact = Fraction(result.granted * min(budget, wanted), wanted)
        assert abs(result.payable - exact) < 1
