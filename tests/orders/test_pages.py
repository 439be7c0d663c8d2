"""Orders as people see them: from the instrument's page to the results, each side on its own."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import pytest
from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.orders.models import OrderFile, OrderQuote
from booking.orders.states import OrderState
from tests.factories.accounts import be, make_member, make_staff, open_session
from tests.factories.files import pdf
from tests.factories.orders import make_order
from tests.factories.organisations import make_organisation
from tests.factories.reservations import Scene, make_scene
from tests.support.clock import FrozenClock
from tests.support.post import Post

Write = Callable[[], AbstractContextManager[UnitOfWork]]
As = Callable[[Actor], TestClient]
WISH = {
    "wishes": "断口形貌",
    "by_day": "2026-12-14",
    "sample1_name": "渗碳齿轮",
    "sample1_count": "2",
    "sample2_name": "涂层片",
    "sample2_hazards": "边缘锋利",
    "sample2_afterwards": "dispose",
}
QUOTE = {
    "hours": "1.5",
    "samples": "2",
    "extra1_words": "制样",
    "extra1_amount": "120.50",
    "valid_until": "2026-12-01",
    "promised_day": "2026-12-10",
}


@pytest.fixture
def committed(write: Write) -> Scene:
    with write() as uow:
        return make_scene(uow)


@pytest.fixture
def as_(client: TestClient, write: Write, clock: FrozenClock) -> As:
    def become(who: Actor) -> TestClient:
        with write() as uow:
            client.cookies.clear()
            return be(client, open_session(uow, who, now=clock.now()))

    return become


def asked(client: TestClient, scene: Scene, **changes: str) -> Response:
    address = f"/instruments/{scene.instrument.key}/orders"
    # A form with a file field is sent in parts.
    return client.post(address, data={**WISH, **changes}, files={"paper": ("", b"")})


def done(client: TestClient, address: str, told: Mapping[str, str]) -> None:
    answer = client.post(address, data=told)
    assert answer.status_code == 303, answer.text


def agree(as_: As, scene: Scene, write: Write) -> str:
    """An order, quoted and accepted on its page; its address."""
    order: str = asked(as_(scene.member), scene).headers["location"]
    done(as_(scene.manager), f"{order}/quotes", QUOTE)
    with write() as uow:
        quote = str(uow.session.exec(select(OrderQuote.id)).one())
    told = {"choice": "accept_quote", "quote": quote}
    done(as_(scene.member), f"{order}/steps", told)
    return order


def work(client: TestClient, order: str) -> None:
    """Time, every station, a result and the report, by the lab."""
    slot = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T13:30"}
    done(client, f"{order}/bookings", slot)
    for station in ("received", "preparing", "measured", "written"):
        done(client, f"{order}/stations", {"station": station})
    answer = client.post(f"{order}/files", files={"file": ("报告.pdf", pdf())})
    assert answer.status_code == 303, answer.text
    done(client, f"{order}/steps", {"choice": "report"})


def test_the_instrument_s_page_leads_to_an_order(as_: As, committed: Scene) -> None:
    client = as_(committed.member)
    instrument = f"/instruments/{committed.instrument.key}"
    assert f"{instrument}/orders/new" in client.get(instrument).text
    assert client.get(f"{instrument}/orders/new").status_code == 200
    order = asked(client, committed).headers["location"]
    page = client.get(order).text
    for told in (f"{order.rsplit('/', 1)[1]}-01", "边缘锋利", "待报价"):
        assert told in page
    assert order in as_(committed.manager).get("/orders/desk").text


def test_who_belongs_to_no_company_is_not_asked_for_wishes(as_: As, committed: Scene) -> None:
    client = as_(committed.manager)
    instrument = f"/instruments/{committed.instrument.key}"
    assert f"{instrument}/orders/new" not in client.get(instrument).text
    assert client.get(f"{instrument}/orders/new").status_code == 403
    assert asked(client, committed).status_code == 403


def test_from_the_quote_to_the_results(as_: As, committed: Scene, write: Write) -> None:
    order = agree(as_, committed, write)
    client = as_(committed.member)
    assert "120.50" in client.get(order).text
    work(as_(committed.manager), order)
    client = as_(committed.member)
    page = client.get(order).text
    assert "报告.pdf" in page
    assert "12月7日" in page
    with write() as uow:
        file_id = uow.session.exec(select(OrderFile.id)).one()
    got = client.get(f"{order}/files/{file_id}")
    assert got.content == pdf()
    assert got.headers["content-disposition"].startswith("attachment")


def test_samples_leave_and_the_order_closes(as_: As, committed: Scene, write: Write) -> None:
    order = agree(as_, committed, write)
    work(as_(committed.manager), order)
    done(as_(committed.member), f"{order}/steps", {"choice": "accept_report"})
    client = as_(committed.manager)
    label = f"{order.rsplit('/', 1)[1]}-01"
    one = {"station": "returned", "label": label, "back": "sample"}
    assert client.post(f"{order}/stations", data=one).headers["location"] == f"/samples/{label}"
    done(client, f"{order}/stations", {"station": "disposed"})
    assert "已办结" in client.get(order).text


def test_what_was_typed_stays_when_something_is_wrong(as_: As, committed: Scene) -> None:
    answer = asked(as_(committed.member), committed, by_day="2026-11-22")
    assert answer.status_code == 422
    for typed in ("断口形貌", "渗碳齿轮", "边缘锋利", "所需日期已过"):
        assert typed in answer.text


def test_half_a_line_of_a_quote_is_refused(as_: As, committed: Scene) -> None:
    order = asked(as_(committed.member), committed).headers["location"]
    told = {name: said for name, said in QUOTE.items() if name != "extra1_amount"}
    answer = as_(committed.manager).post(f"{order}/quotes", data=told)
    assert answer.status_code == 422
    assert "制样" in answer.text


def test_labels_lead_to_the_page_of_their_sample(as_: As, committed: Scene) -> None:
    client = as_(committed.member)
    order = asked(client, committed).headers["location"]
    page = client.get(f"{order}/labels").text
    assert page.count('class="qr"') == 2
    sample = f"/samples/{order.rsplit('/', 1)[1]}-02"
    assert "涂层片" in client.get(sample).text
    client.cookies.clear()
    assert client.get(sample).status_code == 303


def test_only_the_two_parties_open_files(
    as_: As, committed: Scene, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        number = make_order(uow, committed, OrderState.REPORTED, now=clock.now()).number
        other = make_order(uow, committed, now=clock.now()).number
        file_id = uow.session.exec(select(OrderFile.id)).one()
        rival = make_member(uow, make_organisation(uow).key, Role.COMPANY_ADMIN)
        staff = [make_staff(uow, one) for one in (Role.CENTRE_ADMIN, Role.FINANCE, Role.AUDITOR)]
    address = f"/orders/{number}/files/{file_id}"
    for who in (committed.member, committed.manager):
        assert as_(who).get(address).status_code == 200
    for who in (rival, *staff):
        client = as_(who)
        for place in (address, f"/api/v1{address}", f"/orders/{other}/files/{file_id}"):
            assert client.get(place).status_code == 404
    assert "报告.pdf" not in as_(staff[2]).get(f"/orders/{number}").text
    assert as_(rival).get(f"/orders/{number}").status_code == 404
    assert as_(rival).get(f"/samples/{number}-01").status_code == 404


def test_a_file_that_is_none_of_the_kinds_is_refused(
    as_: As, committed: Scene, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        order = make_order(uow, committed, OrderState.IN_WORK, now=clock.now()).number
    page = {"file": ("报告.pdf", b"<html><script>alert(1)</script></html>")}
    answer = as_(committed.manager).post(f"/orders/{order}/files", files=page)
    assert answer.status_code == 422
    with write() as uow:
        assert uow.session.exec(select(OrderFile)).all() == []


def test_letters_say_what_happened(as_: As, committed: Scene, post: Post) -> None:
    order = asked(as_(committed.member), committed).headers["location"]
    letter = post.letters(to=committed.manager.email)[-1]
    number = order.rsplit("/", 1)[1]
    assert letter["Subject"] == f"{committed.company.name}的新委托：{number}"
    assert order in letter.get_content()
