"""The programme editor: a plain form, its reading beside it, YAML in and out, versions compared."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from booking.access.roles import Role
from booking.web.sessions import COOKIE
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.settled_uses import make_programme, seeded_programme
from tests.subsidies.requests import programme, tiers
from tests.support import axe, eye

EDITOR = "/programmes/editor"
FILLED = {
    "id": "XX-7",
    "version": "1",
    "kind": "usage",
    "name.zh": "示例政策",
    "valid.from": "2026-01-01",
    "valid.to": "2026-12-31",
    "rate.tiers[0].rate": "0.30",
    "rate.tiers[0].when.qualification": "tech_sme",
}


@pytest.fixture
def finance(write, client, clock):
    with write() as uow:
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    return be(client, secret)


def soup(html: Any) -> Any:
    return BeautifulSoup(getattr(html, "text", html), "html.parser")


def sends(client, do: str, **headers: str):
    return lambda **more: client.post(EDITOR, data={**FILLED, "do": do, **more}, headers=headers)


def test_a_programme_is_entered_without_a_script(finance):
    assert finance.get(EDITOR).status_code == 200
    grown = soup(sends(finance, "add:rate.tiers")().text)
    assert grown.find(id="rate.tiers[1].rate")["value"] == ""
    assert grown.find(id="name.zh")["value"] == "示例政策"
    shrunk = soup(sends(finance, "remove:rate.tiers:0")(**{"rate.tiers[1].rate": "0.20"}).text)
    assert shrunk.find(id="rate.tiers[0].rate")["value"] == "0.20"
    assert shrunk.find(id="rate.tiers[1].rate") is None
    entered = sends(finance, "enter")()
    assert (entered.status_code, entered.headers["location"]) == (303, "/programmes/XX-7")
    assert "补助 30%：科技型中小企业" in finance.get("/programmes/XX-7").text


def test_what_is_typed_is_read_aloud_beside_it(finance):
    part = sends(finance, "", **{"HX-Request": "true", "HX-Target": "reading"})()
    assert "<form" not in part.text
    assert "补助 30%：科技型中小企业" in part.text


def test_every_fault_is_named_at_its_field_and_nothing_typed_is_lost(finance):
    typed = {"rate.tiers[0].rate": "1.5", "version": "two", "budget.amount": "-1", "valid.from": ""}
    refused = sends(finance, "enter")(**typed)
    page = soup(refused.text)
    assert refused.status_code == 422
    for name, value in typed.items():
        field = page.find(id=name)
        assert field["value"] == value
        assert name in page.find(id=f"{name}-fault").get_text() or name == "valid.from"
    assert page.find(id="name.zh")["value"] == "示例政策"


def test_overlapping_versions_are_refused_at_the_days(write, finance):
    with write() as uow:
        make_programme(uow, programme("XX-7"), active=False)
    refused = sends(finance, "enter")(version="2")
    assert refused.status_code == 422
    assert soup(refused.text).find(id="valid.from-fault") is not None


def test_yaml_goes_out_and_comes_in(write, finance):
    with write() as uow:
        code = make_programme(uow, seeded_programme("chongqing_2026"))
    out = finance.get(f"/programmes/{code}/versions/1.yaml")
    assert out.headers["content-disposition"].endswith(f"{code}-v1.yaml")
    assert "document: 示例文号" in out.text
    read = soup(sends(finance, "read")(yaml=out.text).text)
    assert read.find(id="id")["value"] == code
    broken = sends(finance, "read")(yaml="id: X\nunheard: 1\n")
    assert broken.status_code == 422
    assert "unheard" in broken.text
    assert soup(broken.text).find(id="id")["value"] == "XX-7"


def test_a_new_version_starts_from_an_old_one_and_is_told_apart(write, finance):
    with write() as uow:
        make_programme(uow, programme("XX-7", rate=tiers("0.30")))
    started = soup(finance.get(f"{EDITOR}?like=XX-7:1").text)
    assert started.find(id="version")["value"] == "2"
    assert started.find(id="rate.tiers[0].rate")["value"] == "0.30"
    assert finance.get(f"{EDITOR}?like=XX-7:9").status_code == 404
    later = {"version": "2", "valid.from": "2027-01-01", "valid.to": "2027-12-31"}
    assert sends(finance, "enter")(**later).status_code == 303
    told = soup(finance.get("/programmes/XX-7/changes")).get_text(" ", strip=True)
    assert "补助 30%：无条件" in told or "补助 30%" in told
    assert "补助 30%：科技型中小企业" in told
    assert "有效期 2027-01-01 至 2027-12-31" in told


@pytest.mark.parametrize("size", [eye.DESK, eye.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_editor_in_a_browser(write, clock, page, live_server, backend, language, size):
    with write() as uow:
        make_programme(uow, seeded_programme("usage_2026"))
        secret = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server}])
    page.set_viewport_size(size)
    code = seeded_programme("usage_2026")["id"]
    page.goto(f"{live_server}{EDITOR}?like={code}:1&lang={language}", wait_until="networkidle")
    count = page.locator("input[name$='.rate']").count()
    page.locator("button[value='add:rate.tiers']").click()
    page.locator("input[name$='.rate']").nth(count).wait_for()
    page.fill("[id='rate.ceiling']", "0.45")
    page.press("[id='rate.ceiling']", "Tab")
    page.wait_for_selector("#reading li:has-text('45%')")
    eye.keep(page, f"editor-{language}-{size['width']}")
    assert not eye.too_wide(page)
    assert axe.faults(page) == []
