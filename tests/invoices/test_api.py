"""Invoices and payments over JSON: the same deeds, the same refusals, once per key."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.billing.models import Charge
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import bearer
from tests.factories.files import einvoice_xml, pdf
from tests.factories.invoices import Dealing, make_dealing, make_invoice, some_number
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True)
class Api:
    client: TestClient
    keys: dict[int, dict[str, str]]
    dealing: Dealing
    charge: Charge

    def post(self, who: Actor, path: str, body: Any = None, **headers: str) -> Response:
        given = {**self.keys[who.id], **headers}
        return self.client.post(f"/api/v1{path}", json=body, headers=given)

    def get(self, who: Actor, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.keys[who.id]).json()

    def invoice(self, **changes: str) -> dict[str, object]:
        return {
            "kind": "digital_ordinary",
            "number": some_number(),
            "provider_id": self.dealing.provider.key,
            "organisation_id": self.dealing.company.key,
            "buyer_uscc": self.dealing.company.uscc,
            "issued_on": "2026-11-02",
            "net": "943.40",
            "tax": "56.60",
            "total": "1000.00",
            **changes,
        }


@pytest.fixture
def api(client: TestClient, write: Write, clock: FrozenClock) -> Api:
    with write() as uow:
        made = make_dealing(uow)
        charge = made.use(uow)
        people = (made.buyer, made.seller, made.finance)
        keys = {one.id: bearer(uow, one, now=clock.now()) for one in people}
    return Api(client, keys, made, charge)


def test_an_invoice_from_its_recording_to_its_voiding(api: Api) -> None:
    seller, finance = api.dealing.seller, api.dealing.finance
    made = api.post(seller, "/invoices", api.invoice())
    assert made.status_code == 201
    told = made.json()
    assert told["invoice"]["total"] == "1000.00"
    number = api.charge.number
    assert told["offered"] == [{"number": number, "open": "1000.00", "proposed": "1000.00"}]
    at = f"/invoices/{told['invoice']['reference']}"
    shares = {"shares": [{"number": number, "amount": "1000.00"}]}
    matched = api.post(seller, f"{at}/matches", shares).json()
    (share,) = matched["charges"]
    assert (share["number"], share["amount"]) == (number, "1000.00")
    assert api.post(seller, f"{at}/matches", shares).status_code == 422
    ended = api.post(seller, f"{at}/matches/{share['id']}/end")
    assert ended.json()["charges"] == []
    assert api.post(finance, f"{at}/check").json()["invoice"]["state"] == "checked"
    voided = api.post(finance, f"{at}/void", {"reason": "开错"}).json()
    assert voided["invoice"]["state_reason"] == "开错"
    assert [one["reference"] for one in api.get(seller, "/invoices?state=voided")["items"]] == [
        told["invoice"]["reference"]
    ]


def test_a_retried_request_records_once(api: Api) -> None:
    body, once = api.invoice(), {"idempotency-key": "k1"}
    first = api.post(api.dealing.seller, "/invoices", body, **once)
    again = api.post(api.dealing.seller, "/invoices", body, **once)
    assert first.content == again.content
    other = api.post(api.dealing.seller, "/invoices", body)
    assert (other.status_code, other.json()["code"]) == (409, "invoice.known")


def test_everything_that_is_wrong_is_said_at_once(api: Api) -> None:
    wrong = api.invoice(number="1", total="1000.01", buyer_uscc="91610000M00000000X")
    refused = api.post(api.dealing.seller, "/invoices", wrong).json()
    codes = [violation["code"] for violation in refused["violations"]]
    assert codes == ["invoice.number_digits", "invoice.sum", "invoice.buyer_differs"]


def test_a_payment_from_its_recording_to_its_check(api: Api, write: Write) -> None:
    with write() as uow:
        invoice = make_invoice(uow, api.dealing)
    buyer, finance = api.dealing.buyer, api.dealing.finance
    body = {
        "organisation_id": api.dealing.company.key,
        "provider_id": api.dealing.provider.key,
        "paid_on": "2026-11-10",
        "amount": "1000.00",
        "bank": "示例银行",
        "bank_transaction_number": "TX-9",
    }
    made = api.post(buyer, "/payments", body).json()
    at = f"/payments/{made['payment']['reference']}"
    assert [one["number"] for one in made["offered"]] == [invoice.reference]
    shares = {"shares": [{"number": invoice.reference, "amount": "1000.00"}]}
    (share,) = api.post(buyer, f"{at}/matches", shares).json()["invoices"]
    assert api.post(buyer, f"{at}/matches/{share['id']}/end").json()["invoices"] == []
    assert api.post(buyer, f"{at}/check").status_code == 403
    assert api.post(finance, f"{at}/check").json()["payment"]["state"] == "checked"
    assert api.post(buyer, f"{at}/void", {"reason": "重复"}).status_code == 403
    assert api.post(finance, f"{at}/void", {"reason": "重复"}).status_code == 200
    assert api.get(buyer, "/payments")["items"][0]["state"] == "voided"


def test_files_are_taken_and_given(api: Api, write: Write) -> None:
    with write() as uow:
        made = make_invoice(uow, api.dealing)
    at, keys = f"/api/v1/invoices/{made.reference}/files", api.keys[api.dealing.seller.id]
    wrong = {"file": ("发票.xml", einvoice_xml())}
    refused = api.client.post(at, files=wrong, headers=keys)
    assert {v["code"] for v in refused.json()["violations"]} == {"invoice.file_differs"}
    taken = api.client.post(at, files={"file": ("发票.pdf", pdf())}, headers=keys)
    (file,) = taken.json()["files"]
    assert api.client.get(f"{at}/{file['id']}", headers=keys).content == pdf()
