"""Pages of instruments: what visitors see, and what their keepers fill in."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.holds import HoldReason, take_hold
from booking.instruments.models.instrument import Instrument
from booking.instruments.states import InstrumentState
from booking.organisations.models import Lab
from tests.factories.accounts import be, make_lab_person, make_member, make_staff, open_session
from tests.factories.instruments import (
    OFFICE_HOURS,
    add_closure,
    make_instrument,
    make_lab,
    make_provider,
    span,
    unit_ids,
)
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
EVENING = {"weekdays": [1, 2], "from": "18:00", "to": "22:00", "factor": "1.5"}
HTMX = {"HX-Request": "true"}
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


@pytest.fixture
def sem(write: Write) -> int:
    """A published microscope, open in office hours, taken on Tuesday at ten."""
    with write() as uow:
        made = make_instrument(
            uow,
            name="场发射扫描电子显微镜",
            name_en="Field-emission SEM",
            week=OFFICE_HOURS,
            tariff={
                "peak": [{"weekdays": [1, 2], "from": "18:00", "to": "22:00", "factor": "1.5"}]
            },
        )
        index_cards(uow, [made.key])
        when = span("2026-11-24T10:00", "12:00")
        reason = HoldReason.closure(add_closure(uow, made.key, when, reason="灯丝更换").key)
        take_hold(uow, unit_ids(uow, made.key), when, reason=reason)
        return made.key


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


def test_a_visitor_searches_and_filters(client: TestClient, sem: int) -> None:
    for query in ("", "?q=显微", "?q=smdzxwj", "?category=01", "?mode=entrusted&district=fengxi"):
        found = client.get(f"/instruments{query}")
        assert found.status_code == 200
        assert "场发射扫描电子显微镜" in found.text, query
    for query in ("?q=鲸鱼", "?category=02", "?mode=remote", "?district=qinhan"):
        assert "场发射扫描电子显微镜" not in client.get(f"/instruments{query}").text, query


def test_a_wrong_filter_is_told_and_narrows_nothing(client: TestClient, sem: int) -> None:
    page = client.get("/instruments?q=显微&category=zz&free_from=tomorrow&free_to=")
    assert page.status_code == 200
    assert "场发射扫描电子显微镜" in page.text
    assert soup(page.text).select_one("#free_from")["value"] == "tomorrow"  # type: ignore[index]


def test_only_what_is_free_the_whole_time_is_listed(client: TestClient, sem: int) -> None:
    free = {"free_from": "2026-11-24T13:00", "free_to": "2026-11-24T16:00"}
    taken = {"free_from": "2026-11-24T11:00", "free_to": "2026-11-24T13:00"}
    assert "场发射" in client.get("/instruments", params=free).text
    assert "场发射" not in client.get("/instruments", params=taken).text


def test_htmx_gets_only_the_results(client: TestClient, sem: int) -> None:
    part = client.get("/instruments?q=显微", headers=HTMX).text
    assert part.lstrip().startswith("<section")
    assert "<html" not in part


def test_the_instruments_page_shows_its_week_and_prices(client: TestClient, sem: int) -> None:
    page = client.get(f"/instruments/{sem}?week=2026-11-24")
    assert page.status_code == 200
    read = soup(page.text)
    tuesday = read.select_one('[data-day="2026-11-24"]')
    assert tuesday is not None
    assert "10:00–12:00" in tuesday.text
    assert "灯丝更换" in tuesday.text
    assert "800.00" in page.text
    assert "× 1.5" in page.text
    assert read.select_one("#booking") is not None


def test_english_readers_read_english(client: TestClient, sem: int) -> None:
    page = client.get(f"/instruments/{sem}", headers={"Accept-Language": "en"}).text
    assert "Field-emission SEM" in page
    assert not re.search(r"code:|instruments\.\w+\.", page)


@pytest.mark.parametrize(
    "query", ["?week=nonsense", "?week=9999-12-31", "?week=0001-01-01", "?start=x&end=y"]
)
def test_a_mangled_address_shows_some_week(client: TestClient, sem: int, query: str) -> None:
    assert client.get(f"/instruments/{sem}{query}").status_code == 200


def test_a_selected_span_is_shown_in_its_week(client: TestClient, sem: int) -> None:
    asked = {"start": "2026-12-02T05:00:00Z", "end": "2026-12-02T08:00:00Z"}
    read = soup(client.get(f"/instruments/{sem}", params=asked).text)
    chosen = read.select_one('[data-day="2026-12-02"] .selected')
    assert chosen is not None
    assert "13:00–16:00" in chosen.text


def test_a_week_costs_few_statements(client: TestClient, engine: Engine, sem: int) -> None:
    client.get(f"/instruments/{sem}")
    sent: list[str] = []
    note = lambda *args: sent.append(args[2])  # noqa: E731
    sa.event.listen(engine, "before_cursor_execute", note)
    client.get(f"/instruments/{sem}", headers=HTMX)
    sa.event.remove(engine, "before_cursor_execute", note)
    assert len([one for one in sent if one.lstrip().upper().startswith("SELECT")]) <= 4


def test_a_draft_has_no_page_for_others(client: TestClient, write: Write) -> None:
    with write() as uow:
        draft = make_instrument(uow, state=InstrumentState.DRAFT).key
    assert client.get(f"/instruments/{draft}").status_code == 404


def test_the_slot_finder_leads_to_the_calendar(client: TestClient, sem: int) -> None:
    found = client.get("/slots?q=xrd&hours=3&since=2026-11-24").text
    link = soup(found).select_one("#slots td a")
    assert link is None
    found = client.get("/slots?q=显微&hours=3&since=2026-11-24").text
    link = soup(found).select_one("#slots td a")
    assert link is not None
    assert "start=2026-11-24T04%3A00%3A00Z" in str(link["href"])


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
    changed = CARD | {"name": "扫描电镜", "units": "1", "version": str(version)}
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
    week = {"day_1": "08:30–12:00，13:00 至 18:00", "day_2": "8:30-12:00"}
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
    assert read.select_one("#grid_minutes")["value"] == "20"  # type: ignore[index]
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
    year = {
        "year": "2027",
        "source": "国务院办公厅通知（示例）",
        "days": "2027-02-06 holiday 春节\n2027-02-14 makeup_workday 春节调休\n",
    }
    assert client.post("/manage/calendar", data=year).status_code == 303
    assert "2027" in client.get("/manage/calendar").text
    wrong = client.post("/manage/calendar", data=year | {"days": "2027-02-06 feast"})
    assert wrong.status_code == 422
    assert "2027-02-06 feast" in wrong.text
