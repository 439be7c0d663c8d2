"""Invoices and payments as people see them: recorded, matched, checked, each on its own side."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from httpx2 import Response
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.invoices.queries.matches import CHARGE
from tests.factories.accounts import be, open_session
from tests.factories.files import einvoice_xml, pdf
from tests.factories.invoices import (
    Dealing,
    make_dealing,
    make_invoice,
    make_payment,
    some_number,
)
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
As = Callable[[Actor], TestClient]


@pytest.fixture
def committed(write: Write) -> Dealing:
    with write() as uow:
        made = make_dealing(uow)
        made.use(uow)
        return made


@pytest.fixture
def as_(client: TestClient, write: Write, clock: FrozenClock) -> As:
    def enter(who: Actor) -> TestClient:
        with write() as uow:
            return be(client, open_session(uow, who, now=clock.now()))

    return enter


def form(dealing: Dealing, **changes: str) -> dict[str, str]:
    return {
        "kind": "digital_special",
        "number": some_number(),
        "provider_id": str(dealing.provider.key),
        "organisation_id": str(dealing.company.key),
        "buyer_uscc": dealing.company.uscc or "",
        "issued_on": "2026-11-02",
        "net": "943.40",
        "tax": "56.60",
        "total": "1000.00",
        **changes,
    }


def send(
    client: TestClient, path: str, data: Mapping[str, str], paper: tuple[str, bytes] | None = None
) -> Response:
    name, content = paper or ("", b"")
    files = {"paper": (name, content)} if paper else {"none": ("", b"")}
    return client.post(path, data=dict(data), files=files, follow_redirects=False)


def xml_of(dealing: Dealing, number: str, **changes: str) -> bytes:
    parties = {"buyer": dealing.company.uscc or "", "seller": dealing.provider.uscc or ""}
    return einvoice_xml(number=number, **{**parties, **changes})


def test_the_lab_records_from_the_file(as_: As, committed: Dealing) -> None:
    lab = as_(committed.seller)
    number = some_number()
    paper = ("发票.xml", xml_of(committed, number))
    read = send(lab, "/invoices/reading", {"note": "十月"}, paper)
    assert read.status_code == 200
    for word in (number, "943.40", "2026-11-02", "十月", committed.company.uscc or ""):
        assert f'value="{word}"' in read.text
    made = send(lab, "/invoices", form(committed, number=number), paper)
    assert made.status_code == 303
    shown = lab.get(made.headers["location"]).text
    assert number in shown
    assert "发票.xml" in shown


def test_a_file_that_says_something_else_is_refused_by_field(as_: As, committed: Dealing) -> None:
    number = some_number()
    paper = ("发票.xml", xml_of(committed, number, total="999.00"))
    refused = send(as_(committed.seller), "/invoices", form(committed, number=number), paper)
    assert refused.status_code == 422
    assert "999.00" in refused.text
    assert f'value="{number}"' in refused.text


def test_a_wrong_buyer_is_told_in_words(as_: As, committed: Dealing) -> None:
    wrong = form(committed, buyer_uscc="91610000M00000000X")
    refused = send(as_(committed.seller), "/invoices", wrong)
    assert refused.status_code == 422
    assert "91610000M00000000X" in refused.text
    assert committed.company.name in refused.text


def test_from_the_charge_to_the_payment(as_: As, committed: Dealing, write: Write) -> None:
    lab = as_(committed.seller)
    page = send(lab, "/invoices", form(committed)).headers["location"]
    offered = lab.get(page).text
    assert 'name="amount1"' in offered
    with write() as uow:
        number = uow.session.execute(sa.select(CHARGE.c.number)).scalar_one()
    picked = {"pick1": "on", "number1": number, "amount1": "1000.00"}
    assert lab.post(f"{page}/matches", data=picked, follow_redirects=False).status_code == 303
    assert number in lab.get(page).text
    assert page in lab.get(f"/charges/{number}/invoices").text

    company = as_(committed.buyer)
    told = {
        "organisation_id": str(committed.company.key),
        "provider_id": str(committed.provider.key),
        "paid_on": "2026-11-10",
        "amount": "1000.00",
        "bank": "示例银行",
        "bank_transaction_number": "TX-1",
    }
    receipt = {"receipt": ("回单.pdf", pdf())}
    paid = company.post("/payments", data=told, files=receipt, follow_redirects=False)
    payment = paid.headers["location"]
    share = {"pick1": "on", "number1": page.rsplit("/", 1)[-1], "amount1": "1000.00"}
    assert company.post(f"{payment}/matches", data=share, follow_redirects=False).status_code == 303
    assert "回单.pdf" in company.get(payment).text

    finance = as_(committed.finance)
    for one in (page, payment):
        assert finance.post(f"{one}/check", follow_redirects=False).status_code == 303
    assert "已核对" in finance.get(payment).text
    assert as_(committed.buyer).post(f"{page}/check").status_code == 403


def test_the_queue_of_finance_is_a_filter_and_the_export_follows_it(
    as_: As, committed: Dealing, write: Write
) -> None:
    with write() as uow:
        waiting = make_invoice(uow, committed)
        done = make_invoice(uow, committed, checked=True)
        make_payment(uow, committed)
    finance = as_(committed.finance)
    for path in ("/invoices", "/invoices.csv"):
        shown = finance.get(path, params={"state": "recorded", "month": "2026-11"}).text
        assert waiting.number in shown
        assert done.number not in shown
    assert waiting.number not in finance.get("/invoices", params={"month": "2026-10"}).text
    assert waiting.number in finance.get("/invoices", params={"q": waiting.number}).text
    assert finance.get("/payments").status_code == 200
    assert "示例银行" in finance.get("/payments.csv").text


def test_what_settlement_reads_is_set_by_finance(as_: As, committed: Dealing) -> None:
    finance = as_(committed.finance)
    told = {"first_day": "2026-10-01", "reason": "自十月起"}
    set_ = finance.post("/invoices/keeping", data=told, follow_redirects=False)
    assert set_.status_code == 303
    shown = finance.get("/invoices/keeping").text
    assert "自十月起" in shown
    assert "1,000.00" in shown
    assert as_(committed.seller).get("/invoices/keeping").status_code == 403


def test_others_find_nothing(as_: As, committed: Dealing, write: Write) -> None:
    with write() as uow:
        invoice, payment = make_invoice(uow, committed), make_payment(uow, committed)
        stranger = make_dealing(uow)
    for who in (stranger.buyer, stranger.seller):
        client = as_(who)
        for path in (f"/invoices/{invoice.reference}", f"/payments/{payment.reference}"):
            assert client.get(path).status_code == 404
        assert invoice.number not in client.get("/invoices").text
        assert payment.reference not in client.get("/payments").text


def test_a_file_added_later_has_to_agree(as_: As, committed: Dealing, write: Write) -> None:
    with write() as uow:
        made = make_invoice(uow, committed)
    lab = as_(committed.seller)
    path = f"/invoices/{made.reference}/files"
    refused = send(lab, path, {}, ("发票.xml", xml_of(committed, some_number())))
    assert refused.status_code == 422
    assert send(lab, path, {}, ("发票.pdf", pdf())).status_code == 303
    shown = lab.get(f"/invoices/{made.reference}").text
    address = shown.split(f'href="{path}/', 1)[1].split('"', 1)[0]
    got = lab.get(f"{path}/{address}")
    assert got.content == pdf()
    assert got.headers["content-type"] == "application/pdf"
