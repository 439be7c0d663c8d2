"""The what-if page and its JSON: what finance tries, what it keeps, what an auditor reads."""

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import programme, tiers

CHOSEN = {"programme": ["NEW:1"], "period": "2026-10"}
BODY = {"period": "2026-10", "programmes": [{"id": "NEW", "version": 1}]}


@pytest.fixture
def tried(write, clock):
    """A programme that pays 30 %, a draft that would pay 50 %, and two companies."""
    with write() as uow:
        make_programme(uow, programme(caps=[{"scope": "user", "amount": "400.00"}]))
        make_programme(uow, programme("NEW", rate=tiers("0.50")), active=False)
        for name in ("示例光电公司", "示例材料公司"):
            settled_use(uow, make_company(uow, name=name))


@pytest.fixture
def staff(write, client, clock):
    def sign_in(role: Role):
        with write() as uow:
            secret = open_session(uow, make_staff(uow, role), now=clock.now())
        return be(client, secret)

    return sign_in


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)


def test_a_draft_is_tried_beside_todays_rule_and_nothing_is_stored(tried, staff):
    finance = staff(Role.FINANCE)
    assert "NEW v1" in text_of(finance.get("/what-if"))
    said = text_of(finance.get("/what-if", params=CHOSEN))
    for word in ("示例光电公司", "1,000.00", "600.00", "+200.00", "2 家 / 0 家", "共测算 2 次使用"):
        assert word in said
    assert "还没有保存的试算" in text_of(finance.get("/simulations"))


def test_what_is_kept_is_read_by_an_auditor_and_says_what_it_was_made_of(tried, staff):
    finance = staff(Role.FINANCE)
    kept = finance.post("/simulations", data=CHOSEN)
    assert kept.status_code == 303
    auditor = staff(Role.AUDITOR)
    assert "NEW v1" in text_of(auditor.get("/simulations"))
    said = text_of(auditor.get(kept.headers["location"]))
    assert "SHA-256" in said
    assert "+200.00" in said
    assert auditor.get("/what-if").status_code == 403
    assert auditor.post("/simulations", data=CHOSEN).status_code == 403


def test_a_large_one_goes_to_the_background(tried, staff, monkeypatch):
    monkeypatch.setattr("booking.subsidies.routes.what_if.AT_ONCE", 1)
    monkeypatch.setattr("booking.subsidies.actions.simulate.AT_ONCE", 1)
    monkeypatch.setattr("booking.subsidies.api.what_if.AT_ONCE", 1)
    finance = staff(Role.FINANCE)
    assert "后台计算" in text_of(finance.get("/what-if", params=CHOSEN))
    kept = finance.post("/simulations", data=CHOSEN)
    assert "等待计算" in text_of(finance.get(kept.headers["location"]))
    refused = finance.post("/api/v1/what-ifs", json=BODY)
    assert (refused.status_code, refused.json()["code"]) == (409, "simulation.too_many_uses")


def test_nothing_chosen_and_what_is_no_period_are_said(tried, staff):
    finance = staff(Role.FINANCE)
    refused = finance.post("/simulations", data={"period": "2026-10"})
    assert refused.status_code == 422
    assert "至少选择一项" in refused.text
    assert finance.get("/what-if", params={**CHOSEN, "period": "x"}).status_code == 422
    assert finance.get("/what-if", params={**CHOSEN, "programme": "NO:1"}).status_code == 404


def test_the_json_says_the_same_in_yuan(tried, staff):
    finance = staff(Role.FINANCE)
    found = finance.post("/api/v1/what-ifs", json=BODY).json()
    assert found["trial"]["payable"] == "1000.00"
    assert found["today"]["payable"] == "600.00"
    assert [row["difference"] for row in found["companies"]] == ["200.00", "200.00"]
    kept = finance.post("/api/v1/simulations", json=BODY)
    assert kept.status_code == 201
    assert kept.json()["result"] == found
    read = finance.get(f"/api/v1/simulations/{kept.json()['id']}").json()
    assert read["inputs_sha256"] == kept.json()["inputs_sha256"]
    assert [row["id"] for row in finance.get("/api/v1/simulations").json()["items"]] == [read["id"]]
    document = programme("X", rate=tiers("0.10"))
    inline = finance.post("/api/v1/what-ifs", json={**BODY, "programmes": [document]}).json()
    assert inline["trial"]["payable"] == "200.00"
    broken = finance.post("/api/v1/what-ifs", json={**BODY, "programmes": [{"id": "X"}]})
    assert (broken.status_code, broken.json()["code"]) == (422, "programme.invalid")
