"""Pages that say when it is open and why it is not: instrument, lab, zone, statutory calendar."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from pydantic import ValidationError
from sqlalchemy.engine import Engine
from sqlmodel import Session, select
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.accounts.models import User
from booking.db.transactions import UnitOfWork
from booking.instruments.forms.pages import WeekPage
from booking.instruments.models.calendar import CalendarDay, CalendarYear
from booking.instruments.rules.opening import DayKind
from tests.factories.accounts import be, make_lab_person, make_staff, open_session
from tests.factories.instruments import (
    OFFICE_HOURS,
    add_lab_day,
    add_zone_day,
    enter_year,
    make_instrument,
    make_lab,
    set_lab_week,
)
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]
HEAD = "date,kind,name,name_en,source\n"
SHEET = (
    HEAD
    + "2027-02-06,holiday,春节,Spring Festival,国办通知\n"
    + "2027-02-14,makeup_workday,春节调休上班,,国办通知\n"
)


@pytest.fixture
def place(client: TestClient, write: Write, clock: FrozenClock) -> tuple[int, int]:
    """A lab and an instrument in it that follows the calendar; the lab's manager is signed in."""
    with write() as uow:
        lab = make_lab(uow).key
        policy = {"follows_statutory_calendar": True}
        instrument = make_instrument(uow, lab_id=lab, week=OFFICE_HOURS, policy=policy).key
        enter_year(uow, 2026, {date(2026, 11, 25): DayKind.HOLIDAY})
        be(client, open_session(uow, make_lab_person(uow, lab), now=clock.now()))
    return lab, instrument


@pytest.fixture
def centre(client: TestClient, write: Write, clock: FrozenClock) -> None:
    """The centre is signed in."""
    with write() as uow:
        be(client, open_session(uow, make_staff(uow, Role.CENTRE_ADMIN), now=clock.now()))


def text_of(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def test_a_night_is_typed_kept_and_shown_again(client: TestClient, place: tuple[int, int]) -> None:
    here = f"/manage/instruments/{place[1]}/hours"
    typed = {"day_1": "08:30-12:00 22:00至06:00", "day_2": "06:00-24:00"}
    assert client.post(here, data=typed).status_code == 303
    shown = BeautifulSoup(client.get(here).text, "html.parser")
    assert [shown.select_one(f"#day_{n}").get("value") for n in (1, 2, 3)] == [  # type: ignore[union-attr]
        "08:30-12:00 22:00-06:00",
        "06:00-24:00",
        "",
    ]
    clash = client.post(here, data=typed | {"day_2": "05:00-12:00"})
    assert clash.status_code == 422
    assert "跨夜时段" in clash.text
    assert "05:00-12:00" in clash.text


def test_the_hours_page_says_who_decides_about_each_day(
    client: TestClient, write: Write, place: tuple[int, int]
) -> None:
    lab, instrument = place
    with write() as uow:
        add_lab_day(uow, lab, date(2026, 11, 26), reason="实验室搬迁")
        add_zone_day(uow, date(2026, 11, 27), ("09:00", "12:00"), reason="全区停电")
    shown = BeautifulSoup(client.get(f"/manage/instruments/{instrument}/hours").text, "html.parser")
    table = shown.find(string="未来两周")
    assert table is not None
    rows = [" ".join(tr.get_text(" ").split()) for tr in table.find_parent("table").select("tr")]  # type: ignore[union-attr]
    assert rows[2:7] == [
        "11月24日 周二 08:30–18:00 每周开放时段",
        "11月25日 周三 不开放 法定节假日",
        "11月26日 周四 不开放 实验室安排 · 实验室搬迁",
        "11月27日 周五 09:00–12:00 全区安排 · 全区停电",
        "11月28日 周六 不开放 每周开放时段",
    ]


def test_everybody_reads_in_the_calendar_why_a_day_is_closed(
    client: TestClient, write: Write, place: tuple[int, int]
) -> None:
    with write() as uow:
        add_zone_day(uow, date(2026, 11, 26), reason="全区停电")
    client.cookies.clear()
    shown = text_of(client.get(f"/instruments/{place[1]}").text)
    assert "周四 26 全区安排 全区停电" in shown
    assert "周三 25 法定节假日" in shown


def test_a_lab_has_hours_and_days_for_all_its_instruments(
    client: TestClient, place: tuple[int, int]
) -> None:
    lab, instrument = place
    here = f"/manage/labs/{lab}"
    assert client.post(f"{here}/hours", data={"day_2": "22:00-06:00"}).status_code == 303
    day = {"day": "2026-11-24", "windows": "10:00-11:00", "reason": "设备检修"}
    assert client.post(f"{here}/days", data=day).status_code == 303
    shown = client.get(f"{here}/calendar").text
    assert "22:00-06:00" in shown
    assert "11月24日 周二 10:00–11:00 设备检修" in text_of(shown)
    assert "设备检修" in client.get(f"/manage/instruments/{instrument}/hours").text
    wrong = client.post(f"{here}/days", data=day | {"windows": "10:00-10:00"})
    assert wrong.status_code == 422
    assert "10:00-10:00" in wrong.text
    gone = client.post(f"{here}/days/removal", data={"day": "2026-11-24"})
    assert gone.status_code == 303
    assert "设备检修" not in client.get(f"/manage/instruments/{instrument}/hours").text


def test_the_hours_page_tells_of_the_labs_hours(
    client: TestClient, write: Write, place: tuple[int, int]
) -> None:
    lab, instrument = place
    here = f"/manage/instruments/{instrument}/hours"
    assert "沿用实验室的时段" not in client.get(here).text
    with write() as uow:
        set_lab_week(uow, lab, OFFICE_HOURS)
    assert "沿用实验室的时段" in client.get(here).text


@pytest.mark.usefixtures("centre")
def test_the_centre_closes_the_whole_zone(client: TestClient) -> None:
    day = {"day": "2026-11-30", "reason": "配电室检修"}
    assert client.post("/manage/zone/days", data=day).status_code == 303
    assert "11月30日 周一 不开放 配电室检修" in text_of(client.get("/manage/zone").text)
    gone = client.post("/manage/zone/days/removal", data={"day": "2026-11-30"})
    assert gone.status_code == 303
    assert "配电室检修" not in client.get("/manage/zone").text


@pytest.mark.usefixtures("centre")
@pytest.mark.parametrize("sent", ["text", "file"])
def test_a_year_is_looked_at_and_then_entered(
    client: TestClient, engine: Engine, sent: str
) -> None:
    if sent == "text":
        seen = client.post("/manage/calendar/preview", data={"sheet": SHEET})
    else:
        file = {"file": ("2027.csv", SHEET.encode("gb18030"), "text/csv")}
        seen = client.post("/manage/calendar/preview", files=file)
    assert seen.status_code == 200
    assert "262 个工作日" in seen.text
    assert len(BeautifulSoup(seen.text, "html.parser").select("table.month")) == 12
    with Session(engine) as session:
        assert session.exec(select(CalendarYear)).all() == []
    told = BeautifulSoup(seen.text, "html.parser").select_one("input[name=sheet]")
    assert told is not None
    data = {"sheet": str(told["value"]), "provisional": "on"}
    entered = client.post("/manage/calendar", data=data, follow_redirects=False)
    assert (entered.status_code, entered.headers["location"]) == (303, "/manage/calendar/2027")
    year = client.get("/manage/calendar/2027").text
    assert "暂定" in year
    assert "262 个工作日" in year
    with Session(engine) as session:
        days = session.exec(select(CalendarDay).order_by(CalendarDay.day)).all()  # type: ignore[arg-type]
        assert [(d.day.isoformat(), d.kind, d.name) for d in days] == [
            ("2027-02-06", "holiday", "春节"),
            ("2027-02-14", "makeup_workday", "春节调休上班"),
        ]


@pytest.mark.usefixtures("centre")
@pytest.mark.parametrize("path", ["/manage/calendar", "/manage/calendar/preview"])
def test_nothing_is_written_of_a_sheet_with_a_faulty_row(
    client: TestClient, engine: Engine, path: str
) -> None:
    wrong = SHEET + "2027-02-30,holiday,春节,,国办通知\n2027-03-01,feast,,,国办通知\n"
    refused = client.post(path, data={"sheet": wrong})
    assert refused.status_code == 422
    shown = text_of(refused.text)
    assert "第 4 行：“2027-02-30”不是日期" in shown
    assert "第 5 行：类型“feast”" in shown
    assert "2027-02-14,makeup_workday" in refused.text
    with Session(engine) as session:
        assert session.exec(select(CalendarYear)).all() == []


@pytest.mark.usefixtures("centre")
def test_a_file_that_is_too_large_is_refused_and_not_read_in_part(client: TestClient) -> None:
    file = {"file": ("2027.csv", (SHEET + "\n" * 40_000).encode(), "text/csv")}
    refused = client.post("/manage/calendar/preview", files=file)
    assert refused.status_code == 422
    assert "文件超过 40000 字节" in text_of(refused.text)


@pytest.mark.usefixtures("centre")
def test_a_year_that_no_page_shows_is_not_entered(client: TestClient, engine: Engine) -> None:
    for year in ("0207", "9999"):
        rows = SHEET.replace("2027-", f"{year}-").splitlines()[:2]
        refused = client.post("/manage/calendar/preview", data={"sheet": "\n".join(rows)})
        assert refused.status_code == 422
        assert "不在 1990 至 2200 年之间" in text_of(refused.text)
    with Session(engine) as session:
        assert session.exec(select(CalendarYear)).all() == []


@pytest.mark.usefixtures("centre")
def test_entering_a_year_again_shows_the_differences_first(client: TestClient) -> None:
    client.post("/manage/calendar", data={"sheet": SHEET})
    same = client.post("/manage/calendar/preview", data={"sheet": SHEET}).text
    assert "内容完全相同" in same
    other = SHEET.replace("2027-02-14", "2027-02-20").replace(",春节,", ",春节假期,")
    seen = text_of(client.post("/manage/calendar/preview", data={"sheet": other}).text)
    assert "以下日期将改变" in seen
    assert "2027年2月6日 周六 : 放假 春节 → 放假 春节假期" in seen
    assert "2027年2月14日 周日 : 调休上班 春节调休上班 → 按星期" in seen
    assert "2027年2月20日 周六 : 按星期 → 调休上班 春节调休上班" in seen
    assert "替换该年" in seen


def test_a_missing_year_is_told_to_those_whom_it_stops(
    client: TestClient, write: Write, place: tuple[int, int]
) -> None:
    listed = text_of(client.get("/manage/instruments").text)
    assert "缺少 2027 年法定日历" in listed
    assert "缺少 2026 年法定日历" not in listed
    assert "录入该年" not in listed
    with write() as uow:
        enter_year(uow, 2027)
    assert "缺少" not in client.get("/manage/instruments").text


@pytest.mark.usefixtures("centre")
def test_the_centre_is_led_to_where_the_missing_year_is_entered(client: TestClient) -> None:
    shown = BeautifulSoup(client.get("/manage/instruments").text, "html.parser")
    (link,) = {a["href"] for a in shown.find_all("a", string="录入该年")}
    assert link == "/manage/calendar"
    assert "缺少 2027 年法定日历" in client.get("/manage/calendar").text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("8:30-12:00", "08:30-12:00"),
        ("8:30-12:00 13:00-18:00", "08:30-12:00 13:00-18:00"),
        ("９：００～17：30", "09:00-17:30"),
        ("22:00 至 6:00", "22:00-06:00"),
        ("0:00-24:00", "00:00-24:00"),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, kept: str) -> None:
    windows = WeekPage.model_validate({"day_1": [typed]}).day_1
    assert " ".join(f"{one.opens}-{one.closes}" for one in windows) == kept


def test_a_line_of_nothing_but_blanks_is_read_at_once() -> None:
    assert WeekPage.model_validate({"day_1": [" \t" * 500_000]}).day_1 == []


@pytest.mark.parametrize("typed", ["8-12", "123:00-124:00", "8:3-9:00", "24:30-25:00", "-"])
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        WeekPage.model_validate({"day_1": [typed]})


def test_holidays_have_english_names_for_whoever_reads_english(client, write, centre):
    client.post("/manage/calendar", data={"sheet": SHEET})
    assert 'title="春节"' in client.get("/manage/calendar/2027").text
    with write() as uow:
        uow.session.execute(sa.update(User).values(locale="en"))
    english = client.get("/manage/calendar/2027").text
    assert 'title="Spring Festival"' in english
    assert 'title="Spring Festival make-up workday"' in english
