"""Budgets and caps: what is drawn up, committed, approved, paid and left, and who may see what."""

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.subsidies.actions.review_statement import approve, lock, publish
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.queries.budgets import budget_of, caps_used, open_summary
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.rules.spending import whole_budget
from tests.factories.accounts import be, make_member, make_staff, open_session
from tests.factories.instruments import enter_year
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme
from tests.support.clock import moment

TERMS = programme(
    caps=[{"scope": "user", "amount": "700.00"}],
    budget={"amount": "2000.00", "rule": "first_come"},
)
AT = moment("2026-11-20T09:00")


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def lead(uow, number: str, steps: int) -> None:
    """Lead a statement so many steps on."""
    far = moment("2027-01-20T09:00")
    deeds = (
        lambda: lock(uow, number, actor_id=1, now=AT),
        lambda: publish(uow, number, actor_id=1, now=AT),
        lambda: approve(uow, number, actor_id=2, now=far),
    )
    for deed in deeds[:steps]:
        deed()


@pytest.fixture
def spent(write, clock):
    """Three companies in two months: one statement drawn up, one locked, the others approved."""
    with write() as uow:
        enter_year(uow, 2026)
        make_programme(uow, TERMS)
        made = [make_company(uow, name=name) for name in ("示例甲", "示例乙", "示例丙")]
        for company in made:
            settled_use(uow, company, "1000.00", ended="2026-09-10T16:00")
            settled_use(uow, company, "1000.00")
        for code, states in (("2026-09", (3, 3, 3)), ("2026-10", (0, 1, 3))):
            view = settle_period(uow, Period.parse(code), actor_id=None, now=AT)
            for row, steps in zip(view.statements, states, strict=True):
                lead(uow, row.number, steps)
        return [company.key for company in made]


def test_a_budget_says_what_is_drawn_up_committed_approved_and_left(spent, write):
    with write() as uow:
        (found,) = budget_of(uow.session, "P")
        assert (found.whole, found.drawn, found.committed) == (200_000, 30_000, 150_000)
        assert (found.approved, found.paid, found.left) == (120_000, 0, 50_000)
        assert [left for _, left in found.burn_down()] == [110_000, 20_000]
        assert found.expected is not None
        assert (found.expected.year_end, found.expected.most) == (200_000, 200_000)
        assert found.expected.runs_out == 2026 * 12 + 10


def test_a_pro_rata_budget_comes_anew_with_every_cycle():
    terms = programme(budget={"amount": "10.00", "rule": "pro_rata"})
    assert whole_budget(read_programme(terms)) == 12_000
    assert whole_budget(read_programme({**terms, "settlement": "quarterly"})) == 4_000
    assert whole_budget(read_programme(programme())) is None


def test_a_company_sees_its_own_cap_and_finance_everybodys(spent, write, client, clock):
    with write() as uow:
        member = open_session(uow, make_member(uow, spent[0]), now=clock.now())
        finance = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
        rows = caps_used(uow.session, [read_programme(TERMS)], on=AT.date())
        assert [(row.used_fen, row.left_fen) for row in rows] == [(60_000, 10_000)] * 3
    own = text_of(be(client, member).get("/caps"))
    assert "剩余 100.00 元（上限 700.00 元）" in own
    assert "示例乙" not in own
    assert be(client, member).get("/budgets").status_code == 403
    theirs = text_of(be(client, finance).get("/budgets/P"))
    for word in ("示例甲", "示例乙", "1,500.00", "500.00", "预算将用完"):
        assert word in theirs
    assert "1,500.00" in text_of(be(client, finance).get("/budgets"))
    said = be(client, finance).get("/api/v1/budgets/P").json()
    assert said["versions"][0]["left"] == "500.00"
    assert [row["left"] for row in said["caps"]] == ["100.00"] * 3
    assert be(client, finance).get("/api/v1/budgets").json()["items"] == said["versions"]
    mine = be(client, member).get("/api/v1/caps").json()["items"]
    assert [(row["organisation_id"], row["left"]) for row in mine] == [(spent[0], "100.00")]


def test_the_public_reads_totals_and_nothing_of_fewer_than_three(spent, write, client):
    with write() as uow:
        make_programme(uow, programme("FEW"))
        (row,) = [one for one in open_summary(uow.session) if one.programme == "P"]
        assert (row.companies, row.payable_fen) == (3, 120_000)
        view = settle_period(uow, Period.parse("2026-11"), actor_id=None, now=AT)
        for one in view.statements[:2]:
            lead(uow, one.number, 3)
        few = [one for one in open_summary(uow.session) if one.programme == "FEW"]
        assert [one.withheld for one in few] == [True]
    said = text_of(client.get("/open/subsidies"))
    assert "1,200.00" in said
    assert "不公开" in said
    items = client.get("/api/v1/open/subsidies").json()["items"]
    assert {item["programme"]: item["payable"] for item in items} == {"P": "1200.00", "FEW": None}
