"""Pages of public money: what finance sees, what a company sees, what a stranger may verify."""

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.subsidies.actions.settle_period import settle_period
from tests.factories.accounts import be, make_member, make_staff, open_session
from tests.factories.corrections import NOW, now_costs
from tests.factories.instruments import make_instrument
from tests.factories.settled_uses import (
    make_company,
    make_programme,
    seeded_programme,
    settled_use,
)
from tests.subsidies.requests import programme

TERMS = programme(caps=[{"scope": "user", "amount": "400.00"}])


def soup(answer) -> BeautifulSoup:
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def october(write, clock):
    """A company that hits its cap in October, not drawn up yet."""
    with write() as uow:
        make_programme(uow, TERMS)
        company = make_company(uow, name="示例光电公司")
        settled_use(uow, company)
        settled_use(uow, company)
        return company


@pytest.fixture
def finance(write, client, clock):
    with write() as uow:
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    return be(client, secret)


def test_the_desk_draws_up_and_locks_a_month(october, finance):
    assert "2026 年 10 月" in soup(finance.get("/settlements")).get_text()
    assert "尚未试算" in soup(finance.get("/settlements/2026-10")).get_text()
    assert finance.post("/settlements/2026-10").status_code == 303
    desk = soup(finance.get("/settlements/2026-10"))
    text = desk.get_text(" ", strip=True)
    for said in ("JS-202610-0001", "示例光电公司", "400.00", "人民币肆佰元整", "锁定 1 份结算单"):
        assert said in text
    assert desk.select_one("#reckoned") is not None
    assert finance.post("/settlements/2026-10/lock").status_code == 303
    assert "已锁定" in soup(finance.get("/settlements/2026-10")).get_text()


def test_htmx_gets_only_how_one_was_reckoned(october, finance):
    finance.post("/settlements/2026-10")
    headers = {"HX-Request": "true", "HX-Target": "reckoned"}
    answer = finance.get("/settlements/2026-10?statement=JS-202610-0001", headers=headers)
    assert answer.text.strip().startswith("<section")


def test_a_statement_unfolds_to_the_booking_and_the_steps(october, finance):
    finance.post("/settlements/2026-10")
    page = soup(finance.get("/statements/JS-202610-0001"))
    folds = page.select("details.fold")
    assert len(folds) == 2
    words = folds[1].get_text(" ", strip=True)
    for said in ("补助比例 30%", "年度上限 400.00 元", "应补", "实补", "200.00"):
        assert said in words
    assert folds[0].select_one('a[href^="/reservations/R-"]') is not None
    english = soup(
        finance.get("/statements/JS-202610-0001?lang=en", follow_redirects=True)
    ).get_text(" ", strip=True)
    assert "cap of 400.00 yuan in the period" in english


def test_a_line_that_corrects_an_earlier_one_says_so(write, finance):
    with write() as uow:
        make_programme(uow, programme())
        use = settled_use(uow, make_company(uow))
    finance.post("/settlements/2026-10")
    finance.post("/settlements/2026-10/lock")
    with write() as uow:
        now_costs(uow, use, 50_000)
        settle_period(uow, Period.parse("2026-11"), actor_id=None, now=NOW)
    shown = soup(finance.get("/statements/JS-202611-0001"))
    assert [badge.get_text() for badge in shown.select("details.fold summary .badge")] == ["更正"]
    (line,) = finance.get("/statements/JS-202611-0001.json").json()["lines"]
    assert (line["payable"], line["correction"]) == ("-150.00", {"why": ["amount"]})


def test_a_stranger_verifies_a_locked_statement(october, finance, client):
    finance.post("/settlements/2026-10")
    client.cookies.clear()
    unknown = soup(client.get("/verify/JS-202610-0001?sha256=00"))
    assert "没有与此编号和校验值相符" in unknown.get_text()


def test_a_locked_statement_verifies_by_its_hash(october, finance, client):
    finance.post("/settlements/2026-10")
    finance.post("/statements/JS-202610-0001/lock")
    link = soup(finance.get("/statements/JS-202610-0001")).select_one('a[href*="/verify/"]')
    assert link is not None
    client.cookies.clear()
    found = soup(client.get(str(link["href"]))).get_text(" ", strip=True)
    assert "与锁定的结算单一致" in found
    assert "账号" not in found


def test_a_company_reads_its_statement_and_draws_nothing_up(write, october, client, clock):
    with write() as uow:
        settle_period(uow, Period.parse("2026-10"), actor_id=None, now=clock.now())
        member = make_member(uow, october.key)
        other = make_member(uow, make_company(uow).key)
        mine, theirs = (open_session(uow, who, now=clock.now()) for who in (member, other))
    be(client, mine)
    assert "JS-202610-0001" in soup(client.get("/statements")).get_text()
    assert client.get("/statements/JS-202610-0001").status_code == 200
    assert client.get("/statements/JS-202610-0001.csv").status_code == 200
    assert client.post("/settlements/2026-10").status_code == 403
    be(client, theirs)
    assert client.get("/statements/JS-202610-0001").status_code == 404


def test_programmes_are_told_in_plain_words(write, finance, clock):
    with write() as uow:
        for name in ("usage_2026", "provider_2026", "interest_2026", "chongqing_2026"):
            make_programme(uow, seeded_programme(name), active=False)
    text = soup(finance.get("/programmes")).get_text(" ", strip=True)
    assert "补助 30%：科技型中小企业" in text
    assert "每个结算周期预算" in text
    assert "贴实际利息与 LPR 利息中较低者的 40%" in text
    entered = "id: XX-9\nkind: usage\nvalid: {from: 2026-01-01, to: 2026-12-31}\n"
    refused = finance.post("/programmes", data={"document": entered})
    assert refused.status_code == 422
    assert "rate.tiers" in refused.text
    assert entered.splitlines()[0] in refused.text
    entered += "rate: {tiers: [{when: {}, rate: 0.30}]}\n"
    assert finance.post("/programmes", data={"document": entered}).status_code == 303
    proposed = finance.post("/programmes/XX-9/activation", data={"document": "示例文号"})
    assert proposed.status_code == 303
    told = soup(finance.get("/programmes/XX-9"))
    assert "须由另一人启用" in told.get_text()
    assert told.select("form[action$='/activation']") == []
    with write() as uow:
        other = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    be(finance, other)
    assert "按 示例文号 启用" in soup(finance.get("/programmes/XX-9")).get_text()
    assert finance.post("/programmes/XX-9/activation", data={"version": 1}).status_code == 303
    assert "已启用" in soup(finance.get("/programmes/XX-9")).get_text()


def test_the_booking_panel_shows_the_estimate(write, client, clock):
    with write() as uow:
        make_programme(uow, programme())
        company, tool = make_company(uow), make_instrument(uow)
        be(client, open_session(uow, make_member(uow, company.key), now=clock.now()))
    times = {
        "start": "2026-11-24T05:00:00Z",
        "end": "2026-11-24T07:00:00Z",
        "mode": "",
        "samples": "",
    }
    answer = client.get(
        f"/instruments/{tool.id}/subsidy-estimate", params=times, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "480.00" in answer.text
    assert "1,120.00" in answer.text
