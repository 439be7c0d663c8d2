"""The price list editor: rows without scripts, nothing typed lost, and a worked example."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, select
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from booking.instruments.models.tariff import Tariff
from tests.factories.accounts import be, make_lab_person, open_session
from tests.factories.instruments import add_tariff, make_instrument, moment
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
TYPED = {
    "valid_from": "2027-01-01",
    "basis": "larger",
    "round_up_minutes": "15",
    "vat_rate": "0.06",
    "vat_included": "true",
    "enterprise_hour": "800",
    "enterprise_minimum": "400.00",
    "enterprise_free_minutes": "30",
    "enterprise_step1_over": "8",
    "enterprise_step1_hour": "600",
    "academic_hour": "400",
    "academic_item1": "40",
    "item1_name": "金靶",
    "item1_unit": "片",
    "enterprise_item1": "50.00",
    "peak1_weekdays": ["1", "2"],
    "peak1_from": "22:00",
    "peak1_to": "06:00",
    "peak1_factor": "0.5",
}
EXAMPLE = {
    "example_start": "2026-12-01T21:00",
    "example_end": "2026-12-01T23:00",
    "example_class": "enterprise",
    "example_samples": "0",
}


@pytest.fixture
def here(client: TestClient, write: Write, clock: FrozenClock) -> str:
    """The prices of an instrument whose manager is signed in."""
    with write() as uow:
        instrument = make_instrument(uow)
        actor = make_lab_person(uow, instrument.lab_id)
        key = instrument.key
    with write() as uow:
        be(client, open_session(uow, actor, now=clock.now()))
    return f"/manage/instruments/{key}/tariffs"


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def value(page: BeautifulSoup, name: str) -> str:
    return str(page.select_one(f'[name="{name}"]')["value"])  # type: ignore[index]


def test_everything_that_is_typed_is_kept_as_the_api_has_it(
    client: TestClient, write: Write, here: str
) -> None:
    assert client.post(here, data=TYPED).status_code == 303
    with write() as uow:
        row = uow.session.exec(select(Tariff).order_by(col(Tariff.valid_from).desc())).first()
        assert row is not None
        assert row.peak == [{"weekdays": [1, 2], "from": "22:00", "to": "06:00", "factor": "0.5"}]
        assert row.classes == {
            "enterprise": {
                "hour": "800.00",
                "minimum": "400.00",
                "free_minutes": 30,
                "steps": [{"over_hours": "8", "hour": "600.00"}],
                "consumables": [{"name": "金靶", "unit": "片", "price": "50.00"}],
            },
            "academic": {
                "hour": "400.00",
                "consumables": [{"name": "金靶", "unit": "片", "price": "40.00"}],
            },
        }


def test_the_next_list_begins_with_what_the_last_one_says(client: TestClient, here: str) -> None:
    client.post(here, data=TYPED)
    read = soup(client.get(here).text)
    told = {name: value(read, name) for name in ("enterprise_step1_over", "peak1_to", "item1_name")}
    assert told == {"enterprise_step1_over": "8", "peak1_to": "06:00", "item1_name": "金靶"}
    ticked = [one["value"] for one in read.select('[name="peak1_weekdays"][checked]')]
    assert ticked == ["1", "2"]


def test_a_row_more_is_had_without_a_script_and_keeps_what_was_typed(
    client: TestClient, write: Write, here: str
) -> None:
    shown = soup(client.get(here).text)
    assert shown.select_one("#peak3_from") is None
    sent = {f"peak{n}_from": "" for n in (1, 2)} | TYPED | {"more": "peak", "valid_from": ""}
    more = client.post(f"{here}/draft", data=sent)
    assert more.status_code == 200
    read = soup(more.text)
    assert read.select_one("#peak3_from") is not None
    assert (value(read, "peak1_from"), value(read, "enterprise_hour")) == ("22:00", "800")
    with write() as uow:
        assert len(uow.session.exec(select(Tariff)).all()) == 1


def test_a_list_without_a_day_holds_at_once(
    client: TestClient, write: Write, clock: FrozenClock, here: str
) -> None:
    assert client.post(here, data=TYPED | {"valid_from": ""}).status_code == 303
    with write() as uow:
        starts = uow.session.exec(select(Tariff.valid_from).order_by(col(Tariff.id).desc()))
        assert starts.first() == clock.now()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"peak1_factor": ""}, "有一行没有填完整"),
        ({"enterprise_step1_hour": ""}, "有一行没有填完整"),
        ({"academic_hour": ""}, "也要填每小时价格"),
        ({"peak1_from": "22:60"}, "22:60"),
        ({"enterprise_hour": "8.001"}, "8.001"),
        ({"peak1_to": "22:00"}, "起止时间不能相同"),
        ({"peak1_from": "24:00"}, "不能从 24:00 开始"),
        ({"enterprise_step1_over": "0.01"}, "整分钟"),
        ({"academic_item2": "5"}, "有一行没有填完整"),
        ({"enterprise_untimed": "on"}, "请只留一个"),
        ({"tech_sme_sample": "5"}, "也要填每小时价格"),
        ({"valid_from": "2027-02-30"}, "800"),
    ],
)
def test_what_cannot_be_kept_stays_as_it_was_typed(
    client: TestClient, here: str, changes: dict[str, str], said: str
) -> None:
    refused = client.post(here, data=TYPED | changes)
    assert refused.status_code == 422
    assert said in refused.text
    assert value(soup(refused.text), "item1_name") == "金靶"


def test_the_example_reckons_what_stands_in_the_form(client: TestClient, here: str) -> None:
    asked = TYPED | EXAMPLE | {"valid_from": ""}
    found = client.post(
        f"{here}/draft", data=asked, headers={"HX-Request": "true", "HX-Target": "example"}
    )
    read = soup(found.text)
    assert read.select_one("#tariff") is None
    # Half an hour free, half at 800, an hour of Tuesday night at half the price.
    assert "800.00" in read.select_one(".grand").text  # type: ignore[union-attr]
    hour = [row.select("dd")[0].text for row in read.select("dl.facts")]
    assert hour == ["400.00", "400.00", "400.00"]


def test_hours_are_typed_as_in_the_hours_editor(
    client: TestClient, write: Write, here: str
) -> None:
    typed = {"peak1_from": "8:00", "peak1_to": "２２：３０"}
    assert client.post(here, data=TYPED | typed).status_code == 303
    with write() as uow:
        row = uow.session.exec(select(Tariff).order_by(col(Tariff.valid_from).desc())).first()
        assert row is not None
        assert (row.peak[0]["from"], row.peak[0]["to"]) == ("08:00", "22:30")


def test_a_class_more_is_had_without_a_script_and_kept(
    client: TestClient, write: Write, here: str
) -> None:
    assert soup(client.get(here).text).select_one("#hnte_hour") is None
    more = client.post(f"{here}/draft", data=TYPED | {"more": "hnte"})
    assert soup(more.text).select_one("#hnte_hour") is not None
    sold = {"hnte_hour": "700", "hnte_item1": "45", "startup_team_untimed": "on"}
    assert client.post(here, data=TYPED | sold).status_code == 303
    with write() as uow:
        row = uow.session.exec(select(Tariff).order_by(col(Tariff.valid_from).desc())).first()
        assert row is not None
        assert row.classes["hnte"] == {
            "hour": "700.00",
            "consumables": [{"name": "金靶", "unit": "片", "price": "45.00"}],
        }
        assert "hour" not in row.classes["startup_team"]
    assert value(soup(client.get(here).text), "hnte_hour") == "700.00"


def test_the_same_list_at_once_twice_is_one_version(
    client: TestClient, write: Write, clock: FrozenClock, here: str
) -> None:
    for _ in "ab":
        clock.advance(seconds=1)
        assert client.post(here, data=TYPED | {"valid_from": ""}).status_code == 303
    with write() as uow:
        assert len(uow.session.exec(select(Tariff)).all()) == 2


def test_the_example_says_why_it_cannot_reckon(client: TestClient, here: str) -> None:
    clash = {"peak2_weekdays": "2", "peak2_from": "05:00", "peak2_to": "07:00", "peak2_factor": "2"}
    found = client.post(f"{here}/draft", data=TYPED | EXAMPLE | clash)
    assert "峰谷时段相互重叠" in found.text


def test_the_history_tells_what_changed_and_takes_back_what_has_not_begun(
    client: TestClient, write: Write, here: str
) -> None:
    client.post(here, data=TYPED)
    read = client.get(here).text
    assert "400.00 → 400.00" not in read
    told = " ".join(soup(read).text.split())
    assert "企业 · 最低收费：— → 400.00" in told
    assert "计费依据：预约时长 → 两者取大" in told
    assert "峰谷时段 周一、周二 22:00–06:00：— → 0.5" in told
    start = {"valid_from": "2026-12-31T16:00:00Z"}
    assert client.post(f"{here}/withdrawal", data=start).status_code == 303
    assert "已撤回" in client.get(here).text
    assert client.post(f"{here}/withdrawal", data=start).status_code == 404
    assert client.post(here, data=TYPED).status_code == 303


def test_the_public_page_tells_the_whole_price_list(
    client: TestClient, write: Write, here: str
) -> None:
    instrument = int(here.split("/")[3])
    classes = {
        "enterprise": {
            "hour": "800.00",
            "free_minutes": 15,
            "consumables": [{"name": "金靶", "unit": "片", "price": "50.00"}],
        }
    }
    with write() as uow:
        start = moment("2026-11-01T00:00")
        add_tariff(uow, instrument, valid_from=start, classes=classes, vat_included=False)
    text = " ".join(soup(client.get(f"/instruments/{instrument}").text).text.split())
    assert "前 15 分钟免费" in text
    assert "金靶片50.00" in text
    assert "不含 6.0% 增值税" in text
