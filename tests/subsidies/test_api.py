"""JSON of public money: who may, what comes back, what is refused and how."""

import csv
import io
import json
from datetime import date

import openpyxl
import pytest

from booking.access.roles import Role
from booking.kernel.periods import Period
from booking.subsidies.actions.settle_period import settle_period
from tests.factories.accounts import bearer, make_member, make_staff
from tests.factories.instruments import enter_year, make_instrument
from tests.factories.organisations import make_qualification
from tests.factories.settled_uses import make_company, make_programme, settled_use
from tests.subsidies.requests import line, programme

API = "/api/v1"


@pytest.fixture
def finance(write, client, clock):
    with write() as uow:
        headers = bearer(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    client.headers.update(headers)
    return client


def settled(write, now, amount: str = "1000.00"):
    """A company with a drafted statement for October."""
    with write() as uow:
        make_programme(uow, programme(caps=[{"scope": "user", "amount": "400.00"}]))
        company = make_company(uow)
        member = make_member(uow, company.key, Role.COMPANY_ADMIN)
        settled_use(uow, company, amount)
        settled_use(uow, company, amount)
        view = settle_period(uow, Period.parse("2026-10"), actor_id=None, now=now)
        return company, bearer(uow, member, now=now), view.statements[0].number


def test_the_engine_is_a_pure_question(finance):
    body = {"programmes": [programme()], "lines": [line()]}
    answer = finance.post(f"{API}/subsidy-evaluations", json=body)
    assert answer.status_code == 200
    found = answer.json()
    assert found["results"][0]["payable"] == "300.00"
    assert set(found["results"][0]["explanation"]) == {"zh", "en"}
    assert found["totals"]["programme"] == {"P": "300.00"}
    assert finance.get(f"{API}/programmes").json() == {"items": [], "next_cursor": None}


def test_a_fault_is_refused_with_its_path(finance):
    body = {"programmes": [programme(rate={"tiers": [{"rate": "1.5"}]})], "lines": []}
    answer = finance.post(f"{API}/subsidy-evaluations", json=body)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "programme.invalid"
    assert problem["params"] == {
        "path": "programmes[0].rate.tiers[0].rate",
        "fault": "rate_outside",
    }


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        ({"id": "P\ud800"}, "id"),
        ({"id": "P\x00"}, "id"),
        ({"name": {"zh": "\x00"}}, "name.zh"),
        ({"\ud800": 1}, "\\ud800"),
    ],
)
def test_what_no_database_can_keep_is_refused_with_its_path(finance, terms, path):
    raw = json.dumps(programme() | terms)  # as escapes, the way it came
    answer = finance.post(
        f"{API}/programmes", content=raw, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["params"]["path"]) == (422, path)


def test_a_stranger_asks_nothing(client):
    assert client.post(f"{API}/subsidy-evaluations", json={}).status_code == 401


def test_a_programme_lives_from_draft_to_active(write, finance, clock):
    made = finance.post(f"{API}/programmes", json=programme("XX-1"))
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    assert finance.post(f"{API}/programmes", json=programme("XX-1")).status_code == 409
    late = programme("XX-1", version=2, valid={"from": "2026-12-31", "to": "2027-12-31"})
    refused = finance.post(f"{API}/programmes/XX-1/versions", json=late)
    assert (refused.status_code, refused.json()["params"]["fault"]) == (422, "overlapping")
    late["valid"]["from"] = "2027-01-01"
    assert finance.post(f"{API}/programmes/XX-1/versions", json=late).status_code == 201
    without = finance.post(f"{API}/programmes/XX-1/activation", json={"version": 1})
    assert (without.status_code, without.json()["code"]) == (422, "programme.no_document")
    body = {"version": 1, "document": "示例文号〔2026〕1号"}
    proposed = finance.post(f"{API}/programmes/XX-1/activation", json=body)
    assert (proposed.status_code, proposed.json()["state"]) == (202, "proposed")
    alone = finance.post(f"{API}/programmes/XX-1/activation", json=body)
    assert (alone.status_code, alone.json()["code"]) == (409, "programme.second_person_needed")
    with write() as uow:
        other = bearer(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    active = finance.post(f"{API}/programmes/XX-1/activation", json=body, headers=other)
    assert (active.status_code, active.json()["state"]) == (200, "active")
    assert active.json()["document"] == body["document"]
    states = [item["state"] for item in finance.get(f"{API}/programmes").json()["items"]]
    assert states == ["active", "draft"]


def test_a_settlement_is_asked_for_twice_and_made_once(write, finance, clock):
    _, _, number = settled(write, clock.now())
    answers = [finance.post(f"{API}/settlements", json={"period": "2026-10"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    one, two = ({**a.json(), "settled_at": ""} for a in answers)
    assert one == two
    assert (one["period"], one["state"], one["totals"]["payable"]) == ("2026-10", "draft", "400.00")
    assert [row["number"] for row in one["statements"]] == [number]
    assert finance.get(f"{API}/settlements/2026-10").json()["totals"] == one["totals"]


@pytest.mark.parametrize(("period", "status"), [("2026-13", 422), ("soon", 422), ("2027-01", 409)])
def test_what_is_no_period_is_not_settled(finance, period, status):
    assert finance.post(f"{API}/settlements", json={"period": period}).status_code == status


def test_a_period_that_nothing_settles_is_refused_with_words_of_its_own(finance):
    answer = finance.post(f"{API}/settlements", json={"period": "1980-01"})
    assert (answer.status_code, answer.json()["code"]) == (409, "settlement.nothing_to_settle")
    assert finance.get(f"{API}/settlements/1980-01").status_code == 404


def test_every_file_of_a_locked_statement_says_the_same_twice(write, finance, clock):
    company, _, number = settled(write, clock.now())
    locked = finance.post(f"{API}/statements/{number}/lock").json()
    assert locked["state"] == "locked"
    assert len(locked["sha256"]) == 64
    shown = finance.get(f"{API}/statements/{number}").json()
    assert shown["payable"] == shown["totals"]["payable"] == "400.00"
    files = {}
    for kind in ("xlsx", "csv", "json"):
        files[kind] = finance.get(f"{API}/statements/{number}.{kind}")
        assert files[kind].status_code == 200
        assert finance.get(f"{API}/statements/{number}.{kind}").content == files[kind].content
    assert json.loads(files["json"].content)["totals"] == shown["totals"]

    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"].content))["结算单"]
    cells = {row[0].value: row for row in sheet.iter_rows()}
    uscc = cells["统一社会信用代码 USCC"][2]
    assert (uscc.value, uscc.data_type) == (company.uscc, "s")
    total = cells["合计 Total"][16].value
    lines = [row[16].value for row in sheet.iter_rows() if isinstance(row[0].value, int)]
    assert total == sum(float(str(paid)) for paid in lines) == 400

    assert files["csv"].content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(files["csv"].content.decode("utf-8-sig"))))
    assert rows[-1][16] == "400.00"
    assert rows[1][14] == "0.00"  # nothing cut


def test_a_statement_goes_its_way_step_by_step(write, finance, clock):
    with write() as uow:
        enter_year(uow, 2026)
        second = bearer(uow, make_staff(uow, Role.CENTRE_ADMIN), now=clock.now())
    _, _, number = settled(write, clock.now())
    url = f"{API}/statements/{number}"
    assert finance.post(f"{url}/publication").status_code == 409
    finance.post(f"{url}/lock")
    published = finance.post(f"{url}/publication").json()
    assert (published["state"], published["publicity_to"]) == ("publicity", "2026-11-30")
    assert finance.post(f"{url}/approval").json()["code"] == "statement.publicity_running"
    clock.at("2026-12-01T09:00")
    assert finance.post(f"{url}/approval").json()["code"] == "statement.same_person"
    assert finance.post(f"{url}/approval", headers=second).json()["state"] == "approved"
    paid = finance.post(f"{url}/payment", json={"reference": "示例回单"}).json()
    assert (paid["state"], paid["payment_reference"]) == ("paid", "示例回单")
    assert finance.post(f"{url}/withdrawal", json={"reason": "晚了"}).status_code == 409
    listed = finance.get(f"{API}/settlements/2026-10/payments.csv").content.decode("utf-8-sig")
    assert number in listed


def test_a_statement_that_was_drawn_up_anew_is_not_locked_unread(write, finance, clock):
    company, _, number = settled(write, clock.now())
    path = f"{API}/statements/{number}"
    read = finance.get(path).headers["etag"]
    with write() as uow:
        settled_use(uow, company, "10.00")
    finance.post(f"{API}/settlements", json={"period": "2026-10"})
    for stale in (read, '"0"', "yesterday"):
        refused = finance.post(f"{path}/lock", headers={"If-Match": stale})
        assert (refused.status_code, refused.json()["code"]) == (412, "record.stale")
    shown = finance.get(path).headers["etag"]
    locked = finance.post(f"{path}/lock", headers={"If-Match": shown})
    assert (locked.status_code, locked.json()["state"]) == (200, "locked")
    assert locked.headers["etag"] == finance.get(path).headers["etag"] != shown


def test_an_objection_stands_in_the_way_until_it_is_answered(write, finance, clock):
    with write() as uow:
        enter_year(uow, 2026)
        second = bearer(uow, make_staff(uow, Role.CENTRE_ADMIN), now=clock.now())
    _, mine, number = settled(write, clock.now())
    url = f"{API}/statements/{number}"
    finance.post(f"{url}/lock")
    assert finance.post(f"{url}/objection", json={"text": "早了"}, headers=mine).status_code == 409
    finance.post(f"{url}/publication")
    said = finance.post(f"{url}/objection", json={"text": "少算一笔"}, headers=mine)
    assert said.json()["state"] == "publicity"
    clock.at("2026-12-01T09:00")
    refused = finance.post(f"{url}/approval", headers=second)
    assert refused.json()["code"] == "statement.objection_open"
    (objection,) = finance.get(url).json()["objections"]
    answer = f"{url}/objections/{objection['id']}/answer"
    assert finance.post(answer, json={"text": "已核对"}, headers=mine).status_code == 403
    assert finance.post(answer, json={"text": "已核对"}).status_code == 200
    assert finance.post(f"{url}/approval", headers=second).json()["state"] == "approved"


def test_a_withdrawn_statement_is_back_as_a_draft(write, finance, clock):
    _, _, number = settled(write, clock.now())
    url = f"{API}/statements/{number}"
    finance.post(f"{url}/lock")
    assert finance.post(f"{url}/withdrawal", json={}).json()["code"] == "statement.reason_missing"
    back = finance.post(f"{url}/withdrawal", json={"reason": "漏了一笔"}).json()
    assert (back["state"], back["revision"], back["payable"]) == ("draft", 2, "400.00")


def test_a_company_sees_its_own_statement_only(write, client, clock):
    _, mine, number = settled(write, clock.now())
    with write() as uow:
        other = bearer(uow, make_member(uow, make_company(uow).key), now=clock.now())
    assert client.get(f"{API}/statements/{number}", headers=mine).status_code == 200
    assert client.get(f"{API}/statements/{number}", headers=other).status_code == 404
    assert client.get(f"{API}/statements/{number}.xlsx", headers=other).status_code == 404
    assert len(client.get(f"{API}/statements", headers=mine).json()["items"]) == 1
    assert client.get(f"{API}/statements", headers=other).json()["items"] == []
    assert client.post(f"{API}/statements/{number}/lock", headers=mine).status_code == 403


def test_a_quote_shows_what_the_statement_will(write, client, clock):
    with write() as uow:
        make_programme(uow, programme(caps=[{"scope": "user", "amount": "1000.00"}]))
        company = make_company(uow)
        tool = make_instrument(uow)
        settled_use(uow, company, "3000.00", ended="2026-11-20T16:00")
        headers = bearer(uow, make_member(uow, company.key), now=clock.now())
    body = {
        "instrument_id": tool.id,
        "starts_at": "2026-11-24T13:00:00+08:00",
        "ends_at": "2026-11-24T15:00:00+08:00",
    }
    found = client.post(f"{API}/quotes", json=body, headers=headers).json()
    # 2 h at 800 yuan, 30 % = 480, of which the cap leaves 100 after the 900 of Friday.
    assert found["total"] == "1600.00"
    assert [s["amount"] for s in found["subsidies"]] == ["100.00"]
    assert (found["own_share"], found["cap_left"]) == ("1500.00", "100.00")


def test_a_quote_names_fees_class_and_expected_consumables(write, client, clock):
    items = [{"name": "金靶", "price": "50"}]
    sold: dict[str, object] = {"hour": "800.00", "no_show": "90.00", "consumables": items}
    classes: dict[str, dict[str, object]] = {"enterprise": sold, "hnte": {"hour": "500.00"}}
    with write() as uow:
        company, tool = make_company(uow), make_instrument(uow, prices=classes)
        make_qualification(uow, company.key, "hnte", valid_to=date(2026, 11, 24))
        headers = bearer(uow, make_member(uow, company.key), now=clock.now())
    body = {
        "instrument_id": tool.id,
        "starts_at": "2026-11-25T13:00:00+08:00",
        "ends_at": "2026-11-25T15:00:00+08:00",
        "consumables": {"金靶": 2},
    }
    found = client.post(f"{API}/quotes", json=body, headers=headers).json()
    assert found["total"] == "1700.00"
    assert (found["customer_class"], found["class_runs_out"]) == ("enterprise", "2026-11-24")
    assert found["fees"] == {"late_cancel": "0.00", "no_show": "90.00"}
    for pieces in ({"铂靶": 1}, {"金靶": 0}, {"金靶": 100_001}):
        refused = client.post(f"{API}/quotes", json=body | {"consumables": pieces}, headers=headers)
        assert refused.status_code == 422


@pytest.mark.parametrize("period", ["2026-13", "xxxx", "9999"])
def test_statements_of_no_period_are_refused(finance, period):
    answer = finance.get(f"{API}/statements?period={period}")
    assert (answer.status_code, answer.json()["code"]) == (422, "settlement.not_a_period")
    assert finance.get(f"/statements?period={period}").status_code == 422
