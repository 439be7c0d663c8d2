"""The pages and the JSON of webhooks: the secret once, what was typed kept, the outcome told."""

import re

import pytest
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.db.outside import Outside
from booking.notifications.jobs import deliver_webhooks
from booking.wiring import REACTIONS
from tests.factories.accounts import be, bearer, make_member, open_session
from tests.factories.door import Write
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock
from tests.support.serving import test_settings as settings_for

URL = "https://lims.invalid/hook"
FACTS = ["reservation.confirmed", "statement.paid"]


@pytest.fixture
def company(write: Write) -> int:
    with write() as uow:
        return make_organisation(uow).key


@pytest.fixture
def admin(client: TestClient, write: Write, clock: FrozenClock, company: int) -> TestClient:
    with write() as uow:
        actor = make_member(uow, company, Role.COMPANY_ADMIN)
        return be(client, open_session(uow, actor, now=clock.now()))


def test_the_page_shows_the_secret_once(admin, company):
    made = admin.post(f"/organisations/{company}/webhooks", data={"url": URL, "facts": FACTS})
    assert made.status_code == 201
    assert made.headers["cache-control"] == "private, no-store"
    (secret,) = re.findall(r"whsec_[\w-]{43}", made.text)
    (place,) = set(re.findall(r"/webhooks/\d+", made.text))
    assert secret not in admin.get(place).text
    assert URL in admin.get(f"/organisations/{company}/webhooks").text
    renewed = re.findall(r"whsec_[\w-]{43}", admin.post(f"{place}/secret").text)
    assert renewed != [secret]


def test_what_was_typed_stays_when_it_is_refused(admin, company):
    told = {"url": "http://user@127.1/hook", "facts": FACTS[0]}
    answer = admin.post(f"/organisations/{company}/webhooks", data=told)
    assert answer.status_code == 422
    assert "http://user@127.1/hook" in answer.text
    assert "地址须以 https:// 开头" in answer.text
    assert "地址中不能含用户名或密码" in answer.text


def test_somebody_chooses_at_least_one_fact(admin, company):
    answer = admin.post(f"/organisations/{company}/webhooks", data={"url": URL})
    assert answer.status_code == 422


def test_a_test_is_sent_and_its_outcome_told_and_it_is_paused_and_deleted(
    admin, company, engine, clock
):
    made = admin.post(f"/organisations/{company}/webhooks", data={"url": URL, "facts": FACTS})
    place = re.findall(r"/webhooks/\d+", made.text)[0]
    assert admin.post(f"{place}/test").headers["location"] == place
    assert "待发送" in admin.get(place).text
    deliver_webhooks(Outside(engine, REACTIONS, settings_for(str(engine.url))), clock.now())
    assert "找不到该主机" in admin.get(place).text
    admin.post(f"{place}/pause")
    assert "已暂停" in admin.get(place).text
    admin.post(f"{place}/resumption")
    assert "已暂停" not in admin.get(place).text
    assert admin.post(f"{place}/removal").headers["location"].endswith("/webhooks")
    assert admin.get(place).status_code == 404


def test_a_program_does_the_same(client, write, clock, company):
    with write() as uow:
        actor = make_member(uow, company, Role.COMPANY_ADMIN)
        token = bearer(uow, actor, now=clock.now())
    client.headers.update(token)
    place = f"/api/v1/organisations/{company}/webhooks"
    made = client.post(place, json={"url": URL, "facts": FACTS})
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    told = made.json()
    assert told["secret"].startswith("whsec_")
    (listed,) = client.get(place).json()["items"]
    assert listed == {name: value for name, value in told.items() if name != "secret"}
    one = f"/api/v1/webhooks/{told['id']}"
    (waiting,) = client.post(f"{one}/test").json()["items"]
    assert (waiting["fact"], waiting["attempts"], waiting["sent_at"]) == ("webhook.test", 0, None)
    assert client.get(f"{one}/deliveries").json()["items"] == [waiting]
    assert client.post(f"{one}/pause").json()["paused_at"] == "2026-11-23T01:00:00Z"
    assert client.post(f"{one}/resumption").json()["paused_at"] is None
    assert client.delete(one).status_code == 204
    assert client.get(f"{one}/deliveries").status_code == 404
    refused = client.post(place, json={"url": "http://lims.invalid/", "facts": FACTS})
    assert refused.json()["code"] == "webhook.refused"
    assert [one["code"] for one in refused.json()["violations"]] == ["webhook.not_https"]
