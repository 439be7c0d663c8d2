"""Pages of those who keep instruments: what they fill in."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.models.instrument import Instrument
from booking.instruments.states import InstrumentState
from booking.notifications.models import OutboxMessage
from booking.organisations.models import Lab
from tests.factories.accounts import be, make_lab_person, make_member, make_staff, open_session
from tests.factories.instruments import (
    make_instrument,
    make_lab,
    make_provider,
    span,
)
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
CARD = {
    "name": "场发射扫描电子显微镜",
    "category_code": "010102",
    "original_value": "2860000.00",
    "source": "purchase",
    "share_mode": "external",
    "resource_kind": "instrument",
    "units": "2",
    "service_modes": ["self_operated", "entrusted"],
    "aliases": "FE-SEM、扫描电镜",
    "general_purpose": "on",
}


def sign_in(client: TestClient, write: Write, clock: FrozenClock, actor: Actor) -> None:
    with write() as uow:
        be(client, open_session(uow, actor, now=clock.now()))


@pytest.fixture
def keeper(client: TestClient, write: Write, clock: FrozenClock) -> int:
    """The manager of a lab is signed in; which lab it is."""
    with write() as uow:
        lab = make_lab(uow).key
        actor = make_lab_person(uow, lab)
    sign_in(client, write, clock, actor)
    return lab


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def test_a_keeper_registers_fills_in_and_submits(
    client: TestClient, write: Write, keeper: int
) -> None:
    assert client.get("/manage/instruments/new").status_code == 200
    made = client.post("/manage/instruments", data=CARD | {"lab_id": str(keeper)})
    assert made.status_code == 303, made.text
    here = made.headers["location"]
    read = soup(client.get(here).text)
    assert read.select_one("#aliases")["value"] == "FE-SEM、扫描电镜"  # type: ignore[index]
    version = read.select_one("input[name=version]")["value"]  # type: ignore[index]
    changed = CARD | {"name": "扫描电镜", "units": "1", "inner_id": "M-1", "version": str(version)}
    del changed["general_purpose"]
    assert client.post(here, data=changed).status_code == 303
    stale = client.post(here, data=changed | {"name": "乙"})
    assert stale.status_code == 412
    assert 'value="乙"' in stale.text
    for tab in ("hours", "policy", "tariffs", "closures"):
        assert client.get(f"{here}/{tab}").status_code == 200
    assert client.post(f"{here}/steps", data={"action": "submit"}).status_code == 303
    with write() as uow:
        row = uow.session.get_one(Instrument, int(here.rsplit("/", 1)[1]))
        assert (row.name, row.general_purpose) == ("扫描电镜", False)
        assert row.state is InstrumentState.SUBMITTED
    assert client.post(f"{here}/steps", data={"action": "publish"}).status_code == 403


def test_a_form_with_a_fault_keeps_what_was_typed(client: TestClient, keeper: int) -> None:
    wrong = CARD | {"lab_id": str(keeper), "original_value": "一百万", "model": "XM-5000"}
    refused = client.post("/manage/instruments", data=wrong)
    assert refused.status_code == 422
    assert 'value="一百万"' in refused.text
    assert 'value="XM-5000"' in refused.text
    assert soup(refused.text).select_one("#original_value-fault") is not None


@pytest.fixture
def mine(client: TestClient, write: Write, keeper: int) -> str:
    """The place where the signed-in keeper manages a published instrument."""
    with write() as uow:
        made = make_instrument(
            uow,
            lab_id=keeper,
            week={},
            policy={"valid_from": span("2026-01-01T00:00", "01:00").start},
        )
        return f"/manage/instruments/{made.key}"


def test_hours_are_typed_a_line_a_day(client: TestClient, mine: str) -> None:
    week = {"day_1": "08:30–12:00，13:00 至 18:00", "day_2": "8点-12:00"}
    refused = client.post(f"{mine}/hours", data=week)
    assert refused.status_code == 422
    assert "08:30–12:00，13:00 至 18:00" in refused.text
    assert client.post(f"{mine}/hours", data=week | {"day_2": ""}).status_code == 303
    read = soup(client.get(f"{mine}/hours").text)
    assert read.select_one("#day_1")["value"] == "08:30-12:00 13:00-18:00"  # type: ignore[index]
    assert read.select_one("#day_2")["value"] == ""  # type: ignore[index]


def test_single_days_come_and_go(client: TestClient, mine: str) -> None:
    day = {"day": "2026-12-24", "windows": "09:00-12:00"}
    assert client.post(f"{mine}/days", data=day).status_code == 303
    assert "09:00–12:00" in client.get(f"{mine}/hours").text
    assert client.post(f"{mine}/days/removal", data={"day": "2026-12-24"}).status_code == 303
    assert "09:00–12:00" not in client.get(f"{mine}/hours").text


def test_rules_are_kept_as_they_were_filled_in(client: TestClient, mine: str) -> None:
    read = soup(client.get(f"{mine}/policy").text)
    typed = {
        str(field["name"]): str(field.get("value", ""))
        for field in read.select("main form input[name]")
        if field.get("type") != "checkbox"
    }
    typed |= {"approval": "first", "grid_minutes": "20", "horizon_enterprise": "60"}
    assert client.post(f"{mine}/policy", data=typed).status_code == 303
    read = soup(client.get(f"{mine}/policy").text)
    assert read.select_one("#grid_minutes")["value"] == "20 分钟"  # type: ignore[index]
    assert read.select_one("#horizon_enterprise")["value"] == "60"  # type: ignore[index]
    backwards = typed | {"shortest_minutes": "600", "longest_minutes": "60"}
    assert client.post(f"{mine}/policy", data=backwards).status_code == 422


def test_a_price_list_is_added_once(client: TestClient, mine: str) -> None:
    prices = {
        "valid_from": "2026-12-01",
        "basis": "larger",
        "round_up_minutes": "15",
        "enterprise_hour": "800",
        "enterprise_minimum": "400.00",
    }
    assert client.post(f"{mine}/tariffs", data=prices).status_code == 303
    assert "800.00" in client.get(f"{mine}/tariffs").text
    assert client.post(f"{mine}/tariffs", data=prices).status_code == 409


def test_closing_is_refused_in_the_way_of_bookings_and_lifted_again(
    client: TestClient, mine: str
) -> None:
    night = {"kind": "maintenance", "starts_at": "2026-12-01T00:00", "ends_at": "2026-12-02T00:00"}
    assert client.post(f"{mine}/closures", data=night).status_code == 303
    again = client.post(f"{mine}/closures", data=night)
    assert again.status_code == 409
    assert 'value="2026-12-01T00:00"' in again.text
    read = soup(client.get(f"{mine}/closures").text)
    form = read.select_one('form[action^="/manage/closures/"]')
    assert form is not None
    assert client.post(str(form["action"])).status_code == 303
    assert client.post(f"{mine}/closures", data=night).status_code == 303


def test_keepers_pages_are_closed_to_others(
    client: TestClient, write: Write, clock: FrozenClock, sem: int
) -> None:
    pages = [
        f"/manage/instruments/{sem}",
        f"/manage/instruments/{sem}/hours",
        "/manage/instruments",
    ]
    for page in pages:
        assert client.get(page).status_code == 303
    with write() as uow:
        company = make_member(uow, make_provider(uow).key)
        stranger = make_lab_person(uow, make_lab(uow).key)
    sign_in(client, write, clock, company)
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]
    sign_in(client, write, clock, stranger)
    assert [client.get(page).status_code for page in pages] == [404, 404, 200]


def test_the_centre_publishes_returns_and_enters_holidays(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        admin = make_staff(uow, Role.CENTRE_ADMIN)
        lab = uow.session.get_one(Lab, make_lab(uow).key)
        here = make_instrument(uow, lab_id=lab.key, state=InstrumentState.SUBMITTED).key
    sign_in(client, write, clock, admin)
    place = f"/manage/instruments/{here}"
    assert "submitted" in client.get("/manage/instruments?state=submitted").text
    silent = client.post(f"{place}/steps", data={"action": "return"})
    assert silent.status_code == 422
    assert client.post(f"{place}/steps", data={"action": "publish"}).status_code == 303
    assert client.get(f"/instruments/{here}").status_code == 200


def _made(client: TestClient, keeper: int, **more: str) -> str:
    made = client.post("/manage/instruments", data=CARD | {"lab_id": str(keeper)} | more)
    assert made.status_code == 303, made.text
    return str(made.headers["location"])


def test_who_knows_only_the_class_chooses_it(client: TestClient, write: Write, keeper: int) -> None:
    here = _made(client, keeper, category="03", category_code="")
    read = soup(client.get(here).text)
    assert read.select_one("#category option[selected]")["value"] == "03"  # type: ignore[index]
    assert read.select_one("#category_code")["value"] == "03"  # type: ignore[index]


def test_a_code_belongs_to_its_class(client: TestClient, keeper: int) -> None:
    wrong = CARD | {"lab_id": str(keeper), "category": "03", "category_code": "010102"}
    sent = client.post("/manage/instruments", data=wrong)
    assert sent.status_code == 422
    assert "代码不属于所选大类" in sent.text
    assert 'value="010102"' in sent.text


def test_other_schemes_have_their_codes_side_by_side(
    client: TestClient, write: Write, keeper: int
) -> None:
    here = _made(client, keeper, code_moe="03030404", code_gbt14885="A0210000")
    with write() as uow:
        row = uow.session.get_one(Instrument, int(here.rsplit("/", 1)[1]))
        assert row.other_codes == {"moe": "03030404", "gbt14885": "A0210000"}
    read = soup(client.get(here).text)
    assert read.select_one("#code_moe")["value"] == "03030404"  # type: ignore[index]
    version = str(read.select_one("input[name=version]")["value"])  # type: ignore[index]
    assert client.post(here, data=CARD | {"version": version, "code_moe": "3"}).status_code == 422
    whole = CARD | {"version": version, "inner_id": "M-1"}
    assert client.post(here, data=whole).status_code == 303
    with write() as uow:
        row = uow.session.get_one(Instrument, int(here.rsplit("/", 1)[1]))
        assert row.other_codes == {}


def test_the_centre_hears_of_a_submitted_card_and_the_lab_of_what_became_of_it(
    client: TestClient, write: Write, keeper: int, clock: FrozenClock
) -> None:
    with write() as uow:
        centre = make_staff(uow, Role.CENTRE_ADMIN)
    here = _made(client, keeper)
    client.post(f"{here}/steps", data={"action": "submit"})
    sign_in(client, write, clock, centre)
    client.post(f"{here}/steps", data={"action": "return", "reason": "缺少功能说明"})
    with write() as uow:
        letters = uow.session.execute(
            sa.select(OutboxMessage).where(sa.column("fact") == "instrument_step")
        ).scalars()
        told = [(one.params["step"], one.params["reason"]) for one in letters]
    assert told == [("instrument.submitted", ""), ("instrument.returned", "缺少功能说明")]


def test_a_long_list_is_read_in_pieces(client: TestClient, write: Write, keeper: int) -> None:
    with write() as uow:
        for number in range(53):
            make_instrument(uow, lab_id=keeper, name=f"仪器{number}")
    first = soup(client.get("/manage/instruments").text)
    more = first.select_one('a[href*="cursor="]')
    assert more is not None
    rest = soup(client.get(str(more["href"])).text)
    assert [len(page.select("tbody tr")) for page in (first, rest)] == [50, 3]


def test_the_meter_tells_what_is_required_and_what_is_recommended(
    client: TestClient, keeper: int
) -> None:
    here = _made(client, keeper)
    text = soup(client.get(here).text).text
    assert "国家平台必填" in text
    assert "建议补充" in text
    whole = CARD | {
        **dict.fromkeys(("specs", "functions", "services", "user_notes", "fee_notes"), "齐"),
        **dict.fromkeys(("origin_country", "manufacturer", "model", "address"), "齐"),
        **dict.fromkeys(("disciplines", "typical_results", "contact_name"), "齐"),
        "contact_phone": "029",
        "contact_email": "lab@example.com",
        "name_en": "SEM",
        "start_date": "2020-01-01",
        "acceptance_date": "2019-12-01",
        "district": "fengxi",
        "inner_id": "M-1",
    }
    version = soup(client.get(here).text).select_one("input[name=version]")
    assert version is not None
    assert client.post(here, data=whole | {"version": str(version["value"])}).status_code == 303
    text = soup(client.get(here).text).text
    assert ("国家平台必填：" in text, "建议补充：" in text) == (False, False)
    assert "国家平台必填项已齐" in text
