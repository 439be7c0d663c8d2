"""Facts that come late, or differ afterwards, become lines of the next statement."""

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.checking.report import broken
from booking.kernel.periods import Period
from booking.organisations.models import Qualification
from booking.subsidies.actions.review_statement import lock_settlement
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.statement import Statement, StatementLine
from tests.factories.corrections import now_costs
from tests.factories.organisations import make_organisation, make_qualification
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment

NOW = moment("2026-12-01T02:00")
SMES = {"qualifications_any": ["tech_sme"]}


def settled(uow, month: str, *, lock: bool = True) -> int:
    """What a month comes to, drawn up twice: it must not matter."""
    for _ in range(2):
        view = settle_period(uow, Period.parse(month), actor_id=None, now=NOW)
    if lock and view.statements:
        lock_settlement(uow, month, actor_id=None, now=NOW)
    return view.totals["payable_fen"]


def corrections(uow) -> list[tuple[str, int, list[str]]]:
    query = (
        select(StatementLine)
        .where(col(StatementLine.corrects_id).is_not(None), col(StatementLine.live))
        .order_by(col(StatementLine.id))
    )
    return [
        (line.reference, line.payable_fen, line.detail["correction"]["why"])
        for line in uow.session.exec(query)
    ]


def no_harm(uow) -> None:
    assert [found for found in broken(uow.session) if found.invariant in (4, 6)] == []


def test_a_qualification_verified_late_is_paid_with_the_next_statement(uow):
    make_programme(uow, programme(eligibility=SMES))
    company = make_organisation(uow)
    use = settled_use(uow, company)
    assert settled(uow, "2026-10") == 0
    make_qualification(uow, company.key)
    qualified(uow, company.key)
    assert settled(uow, "2026-11") == 30000
    assert corrections(uow) == [(use.number[2:], 30000, ["qualifications"])]
    assert settled(uow, "2026-12") == 0
    no_harm(uow)


def qualified(uow, organisation_id: int) -> None:
    """The qualification was verified after October was settled."""
    of = col(Qualification.organisation_id) == organisation_id
    late = sa.update(Qualification).where(of).values(verified_at=moment("2026-12-02T08:00"))
    uow.session.execute(late)


@pytest.mark.parametrize(
    ("amount_fen", "difference"), [(40000, -18000), (0, -30000), (150000, 15000)]
)
def test_a_charge_that_costs_something_else_afterwards_is_corrected(uow, amount_fen, difference):
    make_programme(uow, programme())
    use = settled_use(uow, make_company(uow))
    assert settled(uow, "2026-10") == 30000
    now_costs(uow, use, amount_fen)
    assert settled(uow, "2026-11") == difference
    assert corrections(uow) == [(use.number[2:], difference, ["amount"])]
    assert settled(uow, "2026-12") == 0
    no_harm(uow)


def test_what_a_correction_frees_goes_to_the_lines_that_a_cap_had_cut(uow):
    make_programme(uow, programme(caps=[{"scope": "user", "amount": "500.00"}]))
    company = make_company(uow)
    first, second, third = (
        settled_use(uow, company, ended=f"2026-10-0{n}T16:00") for n in (5, 6, 7)
    )
    assert settled(uow, "2026-10") == 50000
    now_costs(uow, first, 50000)
    # 150 of the first go back; the second, cut to 200, gets its 300, the third what is left: 50.
    assert settled(uow, "2026-11") == 0
    assert corrections(uow) == [
        (first.number[2:], -15000, ["amount"]),
        (second.number[2:], 10000, ["order"]),
        (third.number[2:], 5000, ["order"]),
    ]
    no_harm(uow)


def test_nothing_is_corrected_while_the_statement_is_a_draft_or_the_next_is_locked(uow):
    make_programme(uow, programme())
    company = make_company(uow)
    use = settled_use(uow, company)
    settled_use(uow, company, ended="2026-11-09T16:00")
    assert settled(uow, "2026-10", lock=False) == 30000
    now_costs(uow, use, 50000)
    assert settled(uow, "2026-11") == 30000
    assert settled(uow, "2026-10") == 15000
    assert corrections(uow) == []


def test_a_budget_gives_what_comes_back_to_who_was_next(uow):
    make_programme(uow, programme(budget={"amount": "500.00", "rule": "first_come"}))
    early, late = make_company(uow), make_company(uow)
    use = settled_use(uow, early, ended="2026-10-05T16:00")
    settled_use(uow, late, ended="2026-10-06T16:00")
    assert settled(uow, "2026-10") == 50000
    now_costs(uow, use, 0)
    assert settled(uow, "2026-11") == -20000
    paid = dict(
        uow.session.execute(
            sa.select(
                col(Statement.organisation_id), sa.func.sum(col(Statement.payable_fen))
            ).group_by(col(Statement.organisation_id))
        ).all()
    )
    assert paid == {early.key: 0, late.key: 30000}
    no_harm(uow)


def test_less_out_of_a_shared_budget_goes_back_in_proportion(uow):
    make_programme(uow, programme(budget={"amount": "400.00", "rule": "pro_rata"}))
    one, other = make_company(uow), make_company(uow)
    use = settled_use(uow, one)
    settled_use(uow, other)
    assert settled(uow, "2026-10") == 40000
    now_costs(uow, use, 50000)
    assert settled(uow, "2026-11") == -10000
    assert settled(uow, "2026-12") == 0
    no_harm(uow)


def test_two_programmes_are_corrected_together(uow):
    make_programme(uow, programme("A", rate={"tiers": [{"rate": "0.70"}]}))
    make_programme(uow, programme("B", rate={"tiers": [{"rate": "0.70"}]}))
    use = settled_use(uow, make_company(uow))
    assert settled(uow, "2026-10") == 100000
    now_costs(uow, use, 50000)
    assert settled(uow, "2026-11") == -50000
    no_harm(uow)


def test_a_provider_is_corrected_as_its_user_is(uow):
    make_programme(uow, programme("A"))
    make_programme(uow, programme("B", kind="provider", rate={"tiers": [{"rate": "0.10"}]}))
    use = settled_use(uow, make_company(uow))
    assert settled(uow, "2026-10") == 40000
    now_costs(uow, use, 50000)
    assert settled(uow, "2026-11") == -20000
    assert len(corrections(uow)) == 2
    no_harm(uow)
