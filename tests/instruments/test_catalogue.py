"""The catalogue as visitors use it: facets, orders, prices, and what it says of a wrong letter."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.index_cards import index_cards
from booking.instruments.jobs import refile_cards
from booking.instruments.models.attachment import InstrumentPicture
from booking.instruments.models.instrument import Instrument
from booking.instruments.queries import facets as counting
from booking.instruments.queries.attachments import first_pictures
from booking.instruments.queries.facets import facets
from booking.instruments.queries.search import Wanted, find_ids
from tests.factories.files import make_file
from tests.factories.instruments import OFFICE_HOURS, add_tariff, make_instrument, make_lab, moment

Write = Callable[[], AbstractContextManager[UnitOfWork]]


def priced(hour: str) -> dict[str, dict[str, str]]:
    return {"enterprise": {"hour": hour}}


@pytest.fixture
def three(write: Write) -> list[str]:
    """By name: dear and near, cheap and far, in between and open only in office hours."""
    with write() as uow:
        lab = make_lab(uow).key
        given = [
            ("甲扫描电镜", "1500.00", "fengxi", None),
            ("乙扫描电镜", "150.00", "konggang", None),
            ("丙透射电镜", "300.00", "fengdong", OFFICE_HOURS),
        ]
        made = [
            make_instrument(
                uow,
                lab_id=lab,
                name=name,
                name_en="Electron microscope",
                prices=priced(hour),
                district=district,
                week=week,
                service_modes=["entrusted"] if district == "konggang" else ["self_operated"],
            ).key
            for name, hour, district, week in given
        ]
        index_cards(uow, made)
    return [name for name, *_ in given]


def names(client: TestClient, **asked: str) -> list[str]:
    page = BeautifulSoup(client.get("/instruments", params=asked).text, "html.parser")
    return [heading.get_text(strip=True)[0] for heading in page.select("article h2")]


def in_api(client: TestClient, **asked: str) -> list[str]:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get("/api/v1/instruments", params={**asked, **cursor, "limit": "1"}).json()
        found += [card["name"][0] for card in answer["items"]]
        if answer["next_cursor"] is None:
            return found
        cursor = {"cursor": answer["next_cursor"]}


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ({}, "甲乙丙"),
        ({"sort": "price"}, "乙丙甲"),
        ({"sort": "distance", "near": "fengdong"}, "丙甲乙"),
        ({"sort": "distance"}, "甲乙丙"),
        ({"q": "扫描电镜", "sort": "price"}, "乙甲"),
        ({"price": "up_to_200"}, "乙"),
        ({"price": "above_1000", "q": "电镜"}, "甲"),
        ({"price": "no_hours"}, ""),
    ],
)
@pytest.mark.usefixtures("three")
def test_orders_and_prices(client: TestClient, asked: dict[str, str], order: str) -> None:
    assert names(client, **asked) == list(order)
    assert in_api(client, **asked) == list(order)


@pytest.mark.usefixtures("three")
def test_the_earliest_free_come_first(client: TestClient, clock: object) -> None:
    clock.at("2026-11-24T20:00+08:00")  # type: ignore[attr-defined]  # after office hours
    assert names(client, sort="earliest") == list("甲乙丙")
    assert in_api(client, sort="earliest") == list("甲乙丙")


@pytest.mark.usefixtures("three")
def test_facets_count_under_the_other_filters(write: Write) -> None:
    with write() as uow:
        counted = facets(uow.session, Wanted(words="电镜", district="fengxi"), actor=None)
        assert counted.districts == {"fengdong": 1, "fengxi": 1, "konggang": 1}
        assert counted.modes == {"self_operated": 1}
        assert counted.prices == {"above_1000": 1}
        whole = facets(uow.session, Wanted(mode="self_operated"), actor=None)
        assert whole.categories == {"01": 2}
        assert whole.modes == {"self_operated": 2, "entrusted": 1}
        assert not whole.at_least


@pytest.mark.usefixtures("three")
def test_facets_of_more_than_are_counted_say_so(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "COUNTED", 2)
    with write() as uow:
        assert facets(uow.session, Wanted(words="电镜"), actor=None).at_least
        assert not facets(uow.session, Wanted(words="扫描电镜"), actor=None).at_least


@pytest.mark.usefixtures("three")
def test_each_facet_leads_to_as_many_cards_as_it_says(client: TestClient) -> None:
    page = BeautifulSoup(client.get("/instruments?q=电镜").text, "html.parser")
    links = page.select("a.chip")
    assert len(links) >= 8
    for link in links:
        there = BeautifulSoup(client.get(str(link["href"])).text, "html.parser")
        count = link.select_one(".count")
        assert count is not None
        assert len(there.select("article")) == int(count.get_text())


@pytest.mark.usefixtures("three")
def test_the_page_tells_what_it_looked_for_instead(client: TestClient) -> None:
    assert "electron microscope" in client.get("/instruments?q=electrom+microscope").text
    assert names(client, q="electrom microscope") == list("甲乙丙")
    assert names(client, q="透射扫描") == []
    assert names(client, q="电镜扫描") == list("甲乙")


def test_a_price_counts_from_the_day_on_which_its_list_is_in_force(
    uow: UnitOfWork,
) -> None:
    made = make_instrument(uow, prices=priced("150.00"))
    add_tariff(uow, made.key, valid_from=moment("2026-12-01T00:00"), classes=priced("800.00"))
    index_cards(uow, [made.key], now=moment("2026-11-23T09:00"))
    cheap, dear = Wanted(price="up_to_200"), Wanted(price="up_to_1000")
    assert refile_cards(uow, moment("2026-11-30T23:59")) == 0
    assert find_ids(uow.session, cheap, actor=None) == [made.key]
    assert refile_cards(uow, moment("2026-12-01T00:00")) == 1
    assert find_ids(uow.session, cheap, actor=None) == []
    assert find_ids(uow.session, dear, actor=None) == [made.key]
    assert refile_cards(uow, moment("2026-12-02T00:00")) == 0
    assert uow.session.get_one(Instrument, made.key).version == 1


def test_labs_are_named_among_the_facets_and_stay_chosen(client: TestClient, write: Write) -> None:
    with write() as uow:
        first, second = make_lab(uow, name="断口室"), make_lab(uow, name="成分室")
        made = [make_instrument(uow, lab_id=lab.key).key for lab in (first, first, second)]
        index_cards(uow, made)
    page = BeautifulSoup(client.get("/instruments").text, "html.parser")
    chips = {
        chip.get_text(" ", strip=True): str(chip["href"])
        for chip in page.select(".chip")
        if "lab=" in str(chip["href"])
    }
    assert list(chips) == ["断口室 2", "成分室 1"]
    narrowed = BeautifulSoup(client.get(chips["成分室 1"]).text, "html.parser")
    assert len(narrowed.select("article")) == 1
    assert narrowed.select_one(f'form input[type=hidden][name=lab][value="{second.key}"]')


def test_the_picture_that_stands_first_is_shown_in_lists(uow: UnitOfWork) -> None:
    made = make_instrument(uow)
    bare = make_instrument(uow)
    for position in (2, 1):
        picture = InstrumentPicture(
            instrument_id=made.key,
            position=position,
            large_id=make_file(uow).key,
            small_id=make_file(uow).key,
            added_at=moment("2026-11-01T00:00"),
        )
        uow.session.add(picture)
        uow.session.flush()
    assert first_pictures(uow.session, [made.key, bare.key]) == {made.key: picture.key}
