"""Pages of organisations: the centre verifies, a company corrects, others find nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import be, make_member, make_staff, open_session
from tests.factories.organisations import make_organisation, some_uscc
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@pytest.fixture
def centre(client: TestClient, write: Write, clock: FrozenClock) -> TestClient:
    with write() as uow:
        return be(client, open_session(uow, make_staff(uow), now=clock.now()))


def words(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    main = BeautifulSoup(answer.text, "html.parser").select_one("main")
    assert main is not None
    return " ".join(main.text.split())


def test_the_centre_registers_and_verifies_a_company(centre: TestClient) -> None:
    assert "登记单位" in words(centre, "/organisations/new")
    form = {"name": "示例芯测", "kind": "enterprise", "district": "fengdong", "uscc": some_uscc()}
    here = centre.post("/organisations", data=form).headers["location"]
    assert "待核验" in words(centre, here)
    assert centre.post(f"{here}/steps", data={"step": "verify"}).status_code == 303
    assert "已核验" in words(centre, here)
    assert "示例芯测" in words(centre, "/organisations?q=芯测&state=verified")
    assert "示例芯测" not in words(centre, "/organisations?q=芯测&state=pending")


def test_a_step_that_is_over_is_refused_in_words(centre: TestClient, write: Write) -> None:
    with write() as uow:
        company = make_organisation(uow).key
    again = centre.post(f"/organisations/{company}/steps", data={"step": "verify"})
    assert again.status_code == 409
    assert "单位当前状态为“已核验”，不能执行“核验通过”" in again.text


def test_a_mistyped_code_is_explained_and_everything_typed_stays(centre: TestClient) -> None:
    form = {
        "name": "示例芯测",
        "kind": "enterprise",
        "district": "fengdong",
        "uscc": "9135O100M000100Y43",
    }
    answer = centre.post("/organisations", data=form)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert "第 5 位不能是“O”" in page.text
    kept = {str(field["name"]): str(field.get("value", "")) for field in page.select("input[name]")}
    assert kept["name"] == "示例芯测"
    assert kept["uscc"] == "9135O100M000100Y43"


def test_a_suspension_keeps_its_reason(centre: TestClient, write: Write) -> None:
    with write() as uow:
        here = f"/organisations/{make_organisation(uow).key}"
    centre.post(f"{here}/steps", data={"step": "suspend", "reason": "年检未过"})
    assert "年检未过" in words(centre, here)
    assert centre.post(f"{here}/steps", data={"step": "verify"}).status_code == 409


def test_a_company_corrects_its_account_and_claims_a_qualification(
    client: TestClient, write: Write, centre: TestClient, clock: FrozenClock
) -> None:
    staff = dict(client.cookies)
    with write() as uow:
        company = make_organisation(uow, name="示例乙")
        admin = make_member(uow, company.key, Role.COMPANY_ADMIN)
        secret = open_session(uow, admin, now=clock.now())
        here = f"/organisations/{company.key}"
    be(client, secret)
    assert "由中心修改" in words(client, f"{here}/edit")
    form = {"district": "outside", "bank_account_no": "0000610001"}
    assert client.post(here, data=form).status_code == 303
    claim = {"code": "tech_sme", "number": "2026", "valid_from": "2026-01-01"}
    assert client.post(f"{here}/qualifications", data=claim).status_code == 303
    shown = words(client, here)
    assert "成员与角色" in shown
    assert "0000610001" in shown
    assert "待核验" in shown
    assert "编号 2026 与该资格常见格式不同，请核对" in shown
    client.cookies.clear()
    client.cookies.update(staff)
    button = BeautifulSoup(client.get(here).text, "html.parser").select_one(
        "form[action$=verification]"
    )
    assert button is not None
    assert client.post(str(button["action"])).headers["location"] == here
    assert "待核验" not in words(client, here)


def test_a_company_finds_neither_others_nor_their_forms(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        mine, theirs = make_organisation(uow).key, make_organisation(uow, name="示例丙").key
        admin = make_member(uow, mine, Role.COMPANY_ADMIN)
        be(client, open_session(uow, admin, now=clock.now()))
    assert "示例丙" not in words(client, "/organisations")
    for address in ("", "/edit", "/labs/new", "/members"):
        assert client.get(f"/organisations/{theirs}{address}").status_code == 404
    form = {"district": "outside"}
    assert client.post(f"/organisations/{theirs}", data=form).status_code == 404
    assert client.post(f"/organisations/{theirs}/steps").status_code == 403


def test_a_lab_is_opened_on_a_page_of_its_own(centre: TestClient, write: Write) -> None:
    with write() as uow:
        here = f"/organisations/{make_organisation(uow).key}"
    assert "实验室名称" in words(centre, f"{here}/labs/new")
    card = {"name": "能谱室", "district": "fengxi"}
    assert centre.post(f"{here}/labs", data=card).headers["location"] == here
    assert "能谱室" in words(centre, here)
    assert centre.post(f"{here}/labs", data=card).status_code == 409


def test_the_centre_corrects_a_registration(centre: TestClient, write: Write) -> None:
    with write() as uow:
        company = make_organisation(uow, name="示例丁")
        here, uscc = f"/organisations/{company.key}", company.uscc
    form = {
        "name": "示例丁（更名）",
        "kind": "enterprise",
        "district": "qinhan",
        "uscc": uscc or "",
    }
    assert centre.post(f"{here}/registration", data=form).headers["location"] == here
    assert "示例丁（更名）" in words(centre, here)


def test_pages_speak_english_too(centre: TestClient, write: Write) -> None:
    with write() as uow:
        company = make_organisation(uow, verified=False).key
    centre.cookies.set("lang", "en")
    shown = words(centre, f"/organisations/{company}")
    assert "Waiting to be verified" in shown
    assert "Fengdong New City" in shown
