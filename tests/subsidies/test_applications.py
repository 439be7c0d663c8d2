"""Applications through the doors: the company completes one, finance decides, uses then count."""

import pytest
from bs4 import BeautifulSoup, Tag

from booking.access.actor import Grant
from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.states import ApplicationState
from tests.factories.accounts import (
    be,
    bearer,
    make_actor,
    make_member,
    make_staff,
    open_session,
)
from tests.factories.applications import asking, make_application
from tests.factories.files import pdf
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.support.clock import moment

CONTRACT = {"file": ("合同.pdf", pdf(), "application/pdf")}
NAMES = {"zh": "示例先申报", "en": "Example to apply to"}


def soup(answer) -> BeautifulSoup:
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def said(answer) -> str:
    return soup(answer).get_text(" ", strip=True)


def one(page: BeautifulSoup, selector: str) -> Tag:
    """The element that must be there."""
    element = page.select_one(selector)
    assert element is not None, selector
    return element


@pytest.fixture
def company(write):
    with write() as uow:
        make_programme(uow, asking(name=NAMES))
        return make_company(uow, name="示例申报公司")


@pytest.fixture
def become(client, write, clock, company):
    """Somebody: of the company, of another one, or of the centre."""

    def somebody(role: Role = Role.COMPANY_ADMIN, *, at: int | None = None):
        with write() as uow:
            inside = role in {Role.COMPANY_ADMIN, Role.COMPANY_MEMBER}
            who = make_member(uow, at or company.key, role) if inside else make_staff(uow, role)
            secret = open_session(uow, who, now=clock.now())
        client.cookies.clear()
        return be(client, secret)

    return somebody


def begin(client) -> str:
    answer = client.post("/applications", data={"programme": "P", "version": "1"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def add(client, at: str, code: str = "contract"):
    return client.post(f"{at}/papers", data={"code": code}, files=CONTRACT)


def test_a_company_applies_finance_asks_for_more_and_accepts_then_uses_count(
    become, company, write
):
    client = become()
    assert "示例先申报" in said(client.get("/open-programmes"))
    at = begin(client)
    assert "还缺 1 份" in said(client.get(at))
    assert client.post(f"{at}/submission", data={"note": "首次"}).status_code == 422
    assert add(client, at).status_code == 303
    assert client.post(f"{at}/submission", data={"note": "首次申报"}).status_code == 303
    finance = become(Role.FINANCE)
    assert one(soup(finance.get("/programmes/P")), "a[href='/applications?programme=P']")
    assert "示例申报公司" in said(finance.get("/applications?state=handed_in"))
    shown = said(finance.get(at))
    assert "首次申报" in shown
    assert "科技型中小企业" in shown
    assert finance.get(str(one(soup(finance.get(at)), "a[href*=papers]")["href"])).content == pdf()
    assert finance.post(f"{at}/return", data={"reason": "合同缺章"}).status_code == 303
    client = become()
    assert "合同缺章" in said(client.get(at))
    assert client.post(f"{at}/submission", data={"note": "已盖章"}).status_code == 303
    finance = become(Role.FINANCE)
    assert finance.post(f"{at}/acceptance").status_code == 303
    assert "已受理" in said(finance.get(at))
    with write() as uow:
        settled_use(uow, company)
        made = settle_period(
            uow, Period.parse("2026-10"), actor_id=None, now=moment("2026-12-01T02:00")
        )
        assert made.totals["payable_fen"] == 30000


def test_what_is_refused_keeps_what_was_typed(become):
    client = become()
    at = begin(client)
    answer = client.post(f"{at}/submission", data={"note": "很长的说明"})
    page = BeautifulSoup(answer.text, "html.parser")
    assert "尚缺材料" in page.get_text()
    assert "很长的说明" in one(page, "textarea[name=note]").get_text()
    client.post(f"{at}/note", data={"note": "留着"})
    assert "留着" in said(client.get(at))


def test_a_wrong_paper_is_taken_out_again(become):
    client = become()
    at = begin(client)
    add(client, at)
    removal = one(soup(client.get(at)), "form[action$=removal]")["action"]
    assert client.post(removal).status_code == 303
    assert "还缺 1 份" in said(client.get(at))


def test_a_paper_nobody_asked_for_and_one_that_is_none_are_refused(become):
    client = become()
    at = begin(client)
    assert add(client, at, "poem").status_code == 422
    wrong = {"file": ("合同.pdf", b"MZ", "application/pdf")}
    assert client.post(f"{at}/papers", data={"code": "contract"}, files=wrong).status_code == 422


def test_others_find_nothing_and_the_centre_sees_no_drafts(become, company, write):
    at = begin(become())
    for role in (Role.FINANCE, Role.AUDITOR):
        assert become(role).get(at).status_code == 404
    with write() as uow:
        other = make_company(uow).key
    assert become(at=other).get(at).status_code == 404
    member = become(Role.COMPANY_MEMBER)
    assert member.get(at).status_code == 200
    assert member.post(f"{at}/submission", data={}).status_code == 403
    auditor = become(Role.AUDITOR)
    add(become(), at)
    assert become().post(f"{at}/submission", data={}).status_code == 303
    auditor = become(Role.AUDITOR)
    assert auditor.get(at).status_code == 200
    assert auditor.post(f"{at}/acceptance").status_code == 403


def test_who_serves_the_centre_and_the_company_writes_for_it_and_decides_nothing_of_it(
    become, company, client, write, clock
):
    grants = Grant(role=Role.COMPANY_ADMIN, organisation_id=company.key), Grant(role=Role.FINANCE)
    with write() as uow:
        both = open_session(uow, make_actor(uow, *grants), now=clock.now())
    at = begin(be(client, both))
    assert "还缺 1 份" in said(client.get(at))
    add(client, at)
    colleague = become()
    assert colleague.post(f"{at}/submission", data={}).status_code == 303
    client.cookies.clear()
    be(client, both)
    assert client.post(f"{at}/return", data={"reason": "合同缺章"}).status_code == 303
    assert client.post(f"{at}/submission", data={}).status_code == 303
    own = client.post(f"{at}/acceptance")
    assert own.status_code == 409
    assert "须由另一人审核" in own.text
    assert become(Role.FINANCE).post(f"{at}/acceptance").status_code == 303


def test_the_start_page_asks_for_what_nobody_handed_in_yet(become):
    client = become()
    asked = {"HX-Request": "true", "HX-Target": "open_programmes"}
    part = client.get("/open-programmes", headers=asked).text
    assert "待提交的申报" in part
    assert "<html" not in part
    at = begin(client)
    add(client, at)
    client.post(f"{at}/submission", data={})
    assert "待提交的申报</h2>" not in client.get("/open-programmes", headers=asked).text
    assert 'id="open_programmes"' in client.get("/statements").text
    asked["HX-Target"] = "caps"
    assert 'id="open_programmes"' in client.get("/caps", headers=asked).text


def test_what_came_back_is_asked_for_after_the_window_too(become, company, write, clock):
    window = [{"from": "2026-11-20", "to": "2026-11-25"}]
    with write() as uow:
        make_programme(uow, asking("SHORT", windows=window, name={"zh": "短窗口", "en": "Short"}))
        returned = ApplicationState.RETURNED
        key = make_application(uow, company.key, now=clock.now(), state=returned, code="SHORT")
    clock.advance(days=30)
    client = become()
    shown = soup(client.get("/open-programmes"))
    assert one(shown, f"main a[href$='/applications/{key}']")
    asked = {"HX-Request": "true", "HX-Target": "open_programmes"}
    part = client.get("/open-programmes", headers=asked).text
    assert "短窗口" in part
    assert "请按要求补正后再次提交" in part
    assert client.get(f"/api/v1/applications/{key}").json()["decided_at"] is None
    (told,) = [
        one
        for one in client.get("/api/v1/open-programmes").json()["items"]
        if one["programme"] == "SHORT"
    ]
    assert (told["open"], told["opens_on"], told["state"]) == (False, None, "returned")


def test_a_programme_that_opens_later_says_when(become, write, clock):
    with write() as uow:
        window = [{"from": "2026-12-10", "to": "2026-12-20"}]
        make_programme(uow, asking("LATER", windows=window))
    shown = said(become().get("/open-programmes"))
    assert "2026 年 12 月 10 日" in shown or "12月10日" in shown
    assert len(soup(become().get("/open-programmes")).select("form[action='/applications']")) == 1


@pytest.mark.parametrize("state", [*ApplicationState])
def test_lists_filter_by_state_and_programme(become, company, write, clock, state):
    with write() as uow:
        if state is not ApplicationState.WITHDRAWN:
            make_application(uow, company.key, now=clock.now(), state=state)
    page = said(become().get(f"/applications?state={state}&programme=P"))
    assert ("示例申报公司" in page) == (state is not ApplicationState.WITHDRAWN)
    assert "暂无申报" in said(become().get(f"/applications?state={state}&programme=NONE"))


BASE = "/api/v1/applications"


@pytest.fixture
def tokens(write, clock, company):
    """Of the company and of finance."""
    with write() as uow:
        people = make_member(uow, company.key, Role.COMPANY_ADMIN), make_staff(uow, Role.FINANCE)
        return [bearer(uow, one, now=clock.now()) for one in people]


def test_programs_begin_once_and_are_told_what_is_missing(client, tokens):
    ours, _ = tokens
    (offer,) = client.get("/api/v1/open-programmes", headers=ours).json()["items"]
    assert (offer["programme"], offer["open"], offer["application_id"]) == ("P", True, None)
    once = {**ours, "Idempotency-Key": "k1"}
    made = client.post(BASE, json={"programme": "P"}, headers=once)
    assert made.status_code == 201, made.text
    assert client.post(BASE, json={"programme": "P"}, headers=once).json() == made.json()
    again = client.post(BASE, json={"programme": "P"}, headers=ours)
    assert (again.status_code, again.json()["code"]) == (409, "application.exists")
    at = f"{BASE}/{made.json()['id']}"
    early = client.post(f"{at}/submission", headers=ours)
    assert (early.status_code, early.json()["code"]) == (422, "application.evidence_lacking")


def test_programs_hand_in_and_decide(client, tokens):
    ours, finance = tokens
    made = client.post(BASE, json={"programme": "P"}, headers=ours)
    at = f"{BASE}/{made.json()['id']}"
    paper = client.post(f"{at}/papers", data={"code": "contract"}, files=CONTRACT, headers=ours)
    assert (paper.status_code, paper.json()["complete"]) == (201, True)
    sent = client.post(f"{at}/submission", json={"note": "请审核"}, headers=ours).json()
    assert (sent["state"], sent["covers_from"]) == ("handed_in", "2026-01-01")
    kept = sent["evidence"][0]["papers"][0]["id"]
    assert client.get(f"{at}/papers/{kept}", headers=finance).content == pdf()
    assert client.post(f"{at}/refusal", json={}, headers=finance).status_code == 422
    (row,) = client.get(f"{BASE}?state=handed_in", headers=finance).json()["items"]
    assert row["organisation"] == "示例申报公司"
    done = client.post(f"{at}/acceptance", headers=finance)
    assert done.json()["state"] == "accepted"
    late = client.post(f"{at}/withdrawal", headers=ours)
    assert (late.status_code, late.json()["code"]) == (409, "application.illegal_step")
