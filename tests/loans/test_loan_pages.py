"""The page and JSON of a credit line: draws asked and ended there, what is due, who sees what."""

import pytest

from booking.access.roles import Role
from booking.loans.queries.draws import open_draws
from tests.factories.accounts import be, bearer, make_member, make_staff, open_session
from tests.factories.settled_uses import bank_says, make_company, make_loan, settled_use

TERMS = {"valid_from": "2026-01-01", "repaying": "equal_principal", "months": 12, "pay_day": 10}


@pytest.fixture
def scene(write, clock):
    """A company with a use to pay for and a credit line of which 1,200.00 are drawn."""
    with write() as uow:
        company = make_company(uow)
        make_loan(uow, company)
        bank_says(uow, ("T1", "YQD-1", "2026-03-10", "draw", "1200.00"), now=clock.now())
        boss, finance = (
            make_member(uow, company.key, Role.COMPANY_ADMIN),
            make_staff(uow, Role.FINANCE),
        )
        return {
            "charge": settled_use(uow, company, "1000.00").number,
            "boss": open_session(uow, boss, now=clock.now()),
            "finance": open_session(uow, finance, now=clock.now()),
            "auditor": open_session(uow, make_staff(uow, Role.AUDITOR), now=clock.now()),
            "mine": bearer(uow, boss, now=clock.now()),
            "lender": bearer(uow, finance, now=clock.now()),
        }


def test_a_company_asks_and_withdraws_on_the_page(client, write, scene):
    be(client, scene["boss"])
    assert scene["charge"] in client.get("/loans/YQD-1").text
    form = {"charge": scene["charge"], "amount": "1000.01"}
    refused = client.post("/loans/YQD-1/draws", data=form)
    assert refused.status_code == 422
    assert 'value="1000.01"' in refused.text
    client.post("/loans/YQD-1/draws", data={**form, "amount": "800.00"})
    with write() as uow:
        (asked,) = open_draws(uow.session, limit=9)
    page = client.get("/loans/YQD-1").text
    assert asked.number in page
    assert "998,000.00" in page
    be(client, scene["finance"])
    assert asked.number in client.get("/draws").text
    be(client, scene["boss"])
    client.post(f"/draws/{asked.number}/withdrawal")
    assert "998,800.00" in client.get("/loans/YQD-1").text


def test_finance_agrees_terms_and_the_page_shows_what_is_due(client, scene):
    be(client, scene["finance"])
    client.post("/loans/YQD-1/repayment", data={**TERMS, "grace_days": "3"})
    page = client.get("/loans/YQD-1").text
    assert "<polyline" in page
    assert "100.00" in page
    again = client.post("/loans/YQD-1/repayment", data=TERMS)
    assert again.status_code == 409


def test_the_auditor_sees_draws_and_can_do_nothing(client, scene):
    be(client, scene["auditor"])
    page = client.get("/loans/YQD-1").text
    assert '<form class="form"' not in page
    assert client.get("/draws").status_code == 200


def test_json_of_draws_and_terms(client, scene):
    terms = client.post("/api/v1/loans/YQD-1/repayment-terms", json=TERMS, headers=scene["lender"])
    assert terms.status_code == 201
    assert [one["principal"] for one in terms.json()["due"]] == ["100.00"] * 12
    body = {"charge": scene["charge"], "amount": "800.00"}
    late = client.post("/api/v1/loans/YQD-1/draws", json=body, headers=scene["mine"])
    # Terms that were broken before they were entered make it overdue at once.
    assert late.json()["violations"][0]["code"] == "loan.draw_overdue"


@pytest.mark.parametrize(
    ("row", "status", "code"),
    [
        ("T1,YQD-1,2026-03-10,draw,1200.00", 200, None),
        ("T1,YQD-1,2026-03-10,draw,1200.01", 409, "loan.transaction_taken"),
        ("T1,YQD-1,2026-03-11,draw,1200.00", 409, "loan.transaction_taken"),
        ("T1,YQD-1,2026-03-10,repayment,1200.00", 409, "loan.transaction_taken"),
        ("T1,YQD-1,2026-03-10,draw,1.00\nT2,YQD-1,2027-03-10,draw,1.00", 422, None),
    ],
)
def test_a_known_transaction_with_another_amount_is_refused(client, scene, row, status, code):
    text = f"bank_transaction_number,loan_id,date,kind,amount\n{row}\n"
    headers = {**scene["lender"], "content-type": "text/csv"}
    url = "/api/v1/loans/YQD-1/transactions"
    told = client.post(url, content=text.encode(), headers=headers)
    assert told.status_code == status
    if code:
        assert told.json()["code"] == code
        assert told.json()["violations"][0]["params"] == {"line": 2, "number": "T1"}
    shown = client.get("/api/v1/loans/YQD-1", headers=scene["lender"]).json()
    assert shown["owed"] == "1200.00"


HEADING = "bank_transaction_number,loan_id,date,kind,amount,note"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"T2,YQD-1,2026-03-10,draw,1.00,{'x' * 200_000}", "loan.line_unreadable"),
        (f"{'T' * 65},YQD-1,2026-03-10,draw,1.00,", "loan.number_unfit"),
        ("T\x002,YQD-1,2026-03-10,draw,1.00,", "loan.number_unfit"),
    ],
)
def test_what_no_bank_writes_is_told_by_its_line(client, scene, row, code):
    headers = {**scene["lender"], "content-type": "text/csv"}
    url = "/api/v1/loans/YQD-1/transactions"
    told = client.post(url, content=f"{HEADING}\n{row}\n".encode(), headers=headers)
    assert told.status_code == 422, told.text
    found = told.json()["violations"]
    assert [(one["code"], one["params"]["line"]) for one in found] == [(code, 2)]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_may_end_in_any_of_three_ways(client, scene, end):
    content = f"{HEADING}{end}T2,YQD-1,2026-03-10,draw,1.00,{end}".encode()
    headers = {**scene["lender"], "content-type": "text/csv"}
    told = client.post("/api/v1/loans/YQD-1/transactions", content=content, headers=headers)
    assert (told.status_code, told.json()) == (200, {"added": 1, "known": 0})


def test_json_of_a_draw_that_is_refused(client, scene):
    body = {"charge": scene["charge"], "amount": "800.00"}
    asked = client.post("/api/v1/loans/YQD-1/draws", json=body, headers=scene["mine"]).json()
    assert (asked["state"], asked["amount"], asked["paid"]) == ("asked", "800.00", None)
    shown = client.get("/api/v1/loans/YQD-1", headers=scene["mine"]).json()
    assert (shown["asked"], shown["available"]) == ("800.00", "998000.00")
    assert [draw["number"] for draw in shown["draws"]] == [asked["number"]]
    url = f"/api/v1/draws/{asked['number']}/refusal"
    reason = {"reason": "用途不符"}
    assert client.post(url, json=reason, headers=scene["mine"]).status_code == 403
    ended = client.post(url, json=reason, headers=scene["lender"]).json()
    assert (ended["state"], ended["reason"]) == ("refused", "用途不符")
    gone = client.post(f"/api/v1/draws/{asked['number']}/withdrawal", headers=scene["mine"])
    assert (gone.status_code, gone.json()["code"]) == (409, "loan.draw_ended")
