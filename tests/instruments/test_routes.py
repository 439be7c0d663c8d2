"""Public pages of instruments: what visitors see."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.instruments.states import InstrumentState
from tests.factories.accounts import be, make_lab_person, make_member, open_session
from tests.factories.faults import shut_broken
from tests.factories.instruments import OFFICE_HOURS, make_instrument, span
from tests.factories.organisations import make_organisation
from tests.support.clock import FrozenClock, moment

Write = Callable[[], AbstractContextManager[UnitOfWork]]
HTMX = {"HX-Request": "true"}


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


@pytest.mark.parametrize(
    ("end", "listed"),
    [
        ({"free_from": "2026-11-24T13:00"}, True),
        ({"free_from": "2026-11-24T11:00"}, False),
        ({"free_to": "2026-11-24T10:00"}, True),
        ({"free_to": "2026-11-24T11:00"}, False),
    ],
)
def test_one_end_alone_means_the_hour_beside_it_and_the_page_says_so(
    client: TestClient, sem: int, end: dict[str, str], listed: bool
) -> None:
    page = client.get("/instruments", params=end, headers=HTMX).text
    assert ("场发射" in page) is listed
    assert "仅显示整段空闲" in page


def test_an_end_before_its_start_is_told_beside_the_results(client: TestClient, sem: int) -> None:
    asked = {"free_from": "2026-11-24T13:00", "free_to": "2026-11-24T12:00"}
    part = soup(client.get("/instruments", params=asked, headers=HTMX).text)
    fault = part.select_one("#results .fault")
    assert fault is not None
    assert "结束" in fault.text


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
    assert "计划维护" in tuesday.text
    assert "800.00" in page.text
    assert "× 1.5" in page.text
    assert read.select_one("#booking") is not None


def test_time_that_is_over_is_not_shown_as_free(client: TestClient, sem: int) -> None:
    """It is Monday, nine o'clock, and the lab opened at half past eight."""
    for language, word in (("zh", "已过"), ("en", "past")):
        page = client.get(f"/instruments/{sem}", headers={"Accept-Language": language}).text
        monday, tuesday = (
            soup(page).select(f'[data-day="2026-11-{day}"] .slot.past') for day in (23, 24)
        )
        assert [slot.text.strip() for slot in monday] == [word]
        assert {"p0", "s2"} & set(monday[0]["class"])
        assert tuesday == []
    before = soup(client.get(f"/instruments/{sem}?week=2026-11-20").text)
    assert len(before.select(".week-day .slot.past")) == 5


def test_the_title_speaks_the_readers_language(client: TestClient, sem: int) -> None:
    page = client.get(f"/instruments/{sem}", headers={"Accept-Language": "en"}).text
    title = soup(page).select_one("title")
    assert title is not None
    assert "Field-emission SEM" in title.text


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


def test_prices_that_began_within_the_week_are_shown(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    clock.at("2026-11-25T10:00+08:00")
    with write() as uow:
        began = moment("2026-11-25T09:00+08:00")
        made = make_instrument(uow, week=OFFICE_HOURS, tariff={"valid_from": began})
    assert "800.00" in client.get(f"/instruments/{made.key}").text


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


def test_why_a_closure_closes_is_read_by_its_lab_alone(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        made = make_instrument(uow)
        shut = span("2026-11-24T10:00", "12:00")
        shut_broken(uow, made.key, shut, "束流异常", actor=HOUSE, now=clock.now())
        keeper = make_lab_person(uow, made.lab_id)
        company = make_member(uow, make_organisation(uow).key)
        opened = [open_session(uow, one, now=clock.now()) for one in (company, keeper)]
    read = [client.get(f"/instruments/{made.key}?week=2026-11-24").text]
    for session in opened:
        be(client, session)
        read.append(client.get(f"/instruments/{made.key}?week=2026-11-24", headers=HTMX).text)
    assert ["束流异常" in page for page in read] == [False, False, True]
    assert all("故障" in page for page in read)


def test_the_slot_finder_gives_several_times_of_each_in_the_mode_asked(
    client: TestClient, sem: int
) -> None:
    found = client.get("/slots?q=显微&hours=2&since=2026-11-24&per_instrument=2&mode=remote").text
    links = soup(found).select("#slots td a")
    assert len(links) == 0
    asked = "/slots?q=显微&hours=2&since=2026-11-24&per_instrument=2&mode=assisted"
    links = soup(client.get(asked).text).select("#slots td a")
    assert len(links) == 2
    assert all("mode=assisted" in str(link["href"]) for link in links)
    panel = client.get(
        str(links[0]["href"]).replace(f"/instruments/{sem}", f"/instruments/{sem}/booking")
    )
    chosen = soup(panel.text).select_one("select[name=mode] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "assisted"


def test_a_wrong_number_in_the_finder_keeps_the_rest(client: TestClient, sem: int) -> None:
    page = soup(client.get("/slots?q=显微&hours=0&per_instrument=1&since=2026-11-24").text)
    assert page.select_one(".fault") is not None
    assert len(page.select("#slots td a")) == 1
