"""A company claims a qualification with its paper; the centre judges it; others see nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.files.providers.disk import vault_of
from tests.factories.accounts import be, bearer, make_member, make_staff, open_session
from tests.factories.files import pdf
from tests.factories.organisations import make_organisation, make_qualification
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
CLAIM = {
    "code": "hnte",
    "number": "GR202661000123",
    "valid_from": "2026-01-01",
    "valid_to": "2028-12-31",
}
PAPER = {"file": ("../证书\u202efdp.exe", pdf(), "text/html")}


@pytest.fixture
def company(write: Write) -> int:
    with write() as uow:
        return make_organisation(uow, name="示例芯测").key


@pytest.fixture
def sign_in(client: TestClient, write: Write, clock: FrozenClock, company: int):
    """Become somebody: of the company by default, or of the centre."""

    def become(role: Role = Role.COMPANY_ADMIN, *, at: int = 0) -> TestClient:
        with write() as uow:
            inside = role in {Role.COMPANY_ADMIN, Role.COMPANY_MEMBER}
            who = make_member(uow, at or company, role) if inside else make_staff(uow, role)
            client.cookies.clear()
            return be(client, open_session(uow, who, now=clock.now()))

    return become


def page_of(client: TestClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def found(page: BeautifulSoup, selector: str) -> Tag:
    """The one element that must be there."""
    element = page.select_one(selector)
    assert element is not None, selector
    return element


def claim(client: TestClient, company: int, **changes: str):
    told = {**CLAIM, **changes}
    return client.post(f"/organisations/{company}/qualifications", data=told, files=PAPER)


def evidence_at(client: TestClient, company: int) -> str:
    page = page_of(client, f"/organisations/{company}")
    return str(found(page, "a[href$=evidence]")["href"])


def test_a_claim_with_its_paper_is_verified_in_one_click(sign_in, company):
    client = sign_in()
    assert claim(client, company).status_code == 303
    client = sign_in(Role.CENTRE_ADMIN)
    queue = page_of(client, "/qualifications")
    assert "示例芯测" in queue.text
    paper = client.get(str(found(queue, "a[href$=evidence]")["href"]))
    assert (paper.content, paper.headers["content-type"]) == (pdf(), "application/pdf")
    assert "%E8%AF%81%E4%B9%A6fdp.pdf" in paper.headers["content-disposition"]
    assert "sandbox" in paper.headers["content-security-policy"]
    button = found(queue, "form[action$=verification]")
    assert client.post(str(button["action"])).status_code == 303
    assert "示例芯测" not in page_of(client, "/qualifications").text
    assert "当日有效" in page_of(client, f"/organisations/{company}").text


def test_a_claim_is_returned_with_a_reason_and_handed_in_again(sign_in, company):
    claim(sign_in(), company)
    client = sign_in(Role.CENTRE_ADMIN)
    form = found(page_of(client, "/qualifications"), "form[action$=return]")
    assert client.post(str(form["action"]), data={"reason": ""}).status_code == 422
    assert client.post(str(form["action"]), data={"reason": "公章看不清"}).status_code == 303
    client = sign_in()
    shown = page_of(client, f"/organisations/{company}")
    assert "公章看不清" in shown.text
    again = found(shown, "a[href*=replaces]")
    sheet = page_of(client, str(again["href"]))
    assert found(sheet, "#number")["value"] == CLAIM["number"]
    told = {**CLAIM, "replaces": str(found(sheet, "[name=replaces]")["value"])}
    assert claim(client, company, **told).status_code == 303


def test_who_else_sees_the_paper(sign_in, company, write, client):
    claim(sign_in(), company)
    here = evidence_at(client, company)
    with write() as uow:
        elsewhere = make_organisation(uow).key
    seen = {
        role: sign_in(role).get(here).status_code
        for role in (Role.COMPANY_MEMBER, Role.CENTRE_ADMIN, Role.FINANCE, Role.AUDITOR)
    }
    assert set(seen.values()) == {200}
    assert sign_in(at=elsewhere).get(here).status_code == 404
    assert client.get(f"/api/v1{here}").status_code == 404
    client.cookies.clear()
    assert client.get(here).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><script>alert(1)</script>", "文件内容看起来是 HTML，这里只接受 PDF、PNG、JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"", "文件是空的"),
        (pdf()[:-40], "不完整或已损坏"),
        (pdf() + bytes(10 * 1024 * 1024), "文件超过 10 MB"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_what_was_typed_stays(
    sign_in, company, content, words, engine
):
    answer = sign_in().post(
        f"/organisations/{company}/qualifications",
        data=CLAIM,
        files={"file": ("证书.pdf", content, "application/pdf")},
    )
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert words in page.text
    assert found(page, "#number")["value"] == CLAIM["number"]
    assert found(page, "#valid_to")["value"] == CLAIM["valid_to"]
    assert "请重新选择文件 证书.pdf" in page.text
    assert list(vault_of(engine).names()) == []


def test_an_unusual_number_is_questioned_beside_its_field_and_taken(sign_in, company):
    client = sign_in()
    there = f"/organisations/{company}/qualifications/new?code=hnte&number=GR1"
    hint = found(page_of(client, there), "#number_warning")
    assert "编号 GR1 与该资格常见格式不同，请核对" in hint.text
    part = client.get(there, headers={"hx-request": "true", "hx-target": "number_warning"})
    assert part.text.strip().startswith("<div id=")
    usual = page_of(client, there.replace("GR1", "GR202661000123"))
    assert found(usual, "#number_warning").text.strip() == ""
    assert claim(client, company, number="GR1").status_code == 303
    assert "编号 GR1 与该资格常见格式不同" in page_of(client, f"/organisations/{company}").text


def test_the_page_judges_at_any_day(sign_in, company, write):
    with write() as uow:
        make_qualification(uow, company)
    client = sign_in()
    here = f"/organisations/{company}"
    assert "当日有效" in page_of(client, here).text
    assert "当日有效" not in page_of(client, f"{here}?at=2027-01-01").text
    assert "当日无效" in page_of(client, f"{here}?at=2025-12-31").text
    assert "当日有效" in page_of(client, f"{here}?at=nonsense").text


def test_what_ends_soon_is_said_at_the_top_of_the_page(sign_in, company, write):
    with write() as uow:
        make_qualification(uow, company)
    shown = page_of(sign_in(), f"/organisations/{company}").text
    assert "科技型中小企业：还有 38 天" in shown


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_interface_claims_sends_the_paper_returns_and_corrects(client, write, company, clock):
    with write() as uow:
        mine = bearer(uow, make_member(uow, company, Role.COMPANY_ADMIN), now=clock.now())
        centre = bearer(uow, make_staff(uow), now=clock.now())
    place = f"/api/v1/organisations/{company}/qualifications"
    made = client.post(place, json={**CLAIM, "number": "GR1"}, headers=mine).json()
    assert made["warnings"] == [
        {
            "code": "qualification.number_unusual",
            "params": {"number": "GR1"},
            "detail": "编号 GR1 与该资格常见格式不同，请核对",
        }
    ]
    here = f"/api/v1/qualifications/{made['id']}"
    wrong = client.post(f"{here}/evidence", files={"file": ("a.pdf", b"<svg/>")}, headers=mine)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "file.kind_refused")
    assert wrong.json()["params"] == {"looks": "SVG", "accepted": ["pdf", "png", "jpeg"]}
    sent = client.post(f"{here}/evidence", files={"file": ("a.pdf", pdf())}, headers=mine)
    assert sent.json()["evidence_url"] == f"{here}/evidence"
    assert client.get(f"{here}/evidence", headers=centre).content == pdf()
    refused = client.post(f"{here}/evidence", files={"file": ("b.pdf", pdf())}, headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (409, "qualification.evidence_there")
    back = client.post(f"{here}/return", json={"reason": "号码不对"}, headers=centre).json()
    assert (back["state"], back["return_reason"]) == ("returned", "号码不对")
    better = client.post(place, json={**CLAIM, "replaces": made["id"]}, headers=mine).json()
    assert (better["replaces"], better["warnings"]) == (made["id"], [])
    done = client.post(f"/api/v1/qualifications/{better['id']}/verification", headers=centre)
    assert (done.json()["state"], done.json()["counts"]) == ("verified", True)


def test_the_interface_judges_at_any_day(client, write, company, clock):
    with write() as uow:
        make_qualification(uow, company)
        mine = bearer(uow, make_member(uow, company, Role.COMPANY_ADMIN), now=clock.now())
    for day, counts in (("2026-12-31", True), ("2027-01-01", False), ("", True)):
        there = f"/api/v1/organisations/{company}{'?at=' if day else ''}{day}"
        [one] = client.get(there, headers=mine).json()["qualifications"]
        assert (one["verified"], one["counts"]) == (True, counts)
