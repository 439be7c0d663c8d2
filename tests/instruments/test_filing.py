"""Filing with the national platform: keepers are told, note it, and are told no more."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.enter_calendar import YearNotice, enter_calendar
from booking.instruments.actions.register import CardChanges, edit
from booking.instruments.jobs import remind_of_filings
from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.filing import LEAST_VALUE_FEN
from booking.instruments.rules.opening import DayKind
from booking.notifications.models import OutboxMessage
from tests.factories.accounts import be, make_lab_person, open_session
from tests.factories.calendars import statutory
from tests.factories.instruments import enter_year, make_instrument, make_lab
from tests.support.clock import FrozenClock, moment

Write = Callable[[], AbstractContextManager[UnitOfWork]]
DUE = date(2026, 3, 30)


def told(uow: UnitOfWork) -> list[tuple[str, bool]]:
    letters = uow.session.execute(
        sa.select(OutboxMessage).where(sa.column("fact") == "filing_due")
    ).scalars()
    return [(str(one.params["due"]), bool(one.params["is_overdue"])) for one in letters]


@pytest.fixture
def accepted(uow: UnitOfWork) -> Instrument:
    """Worth filing, accepted on 10 February 2026, in a lab with a manager."""
    enter_year(uow, 2026, dict(statutory(2026).days))
    lab = make_lab(uow)
    make_lab_person(uow, lab.key)
    made = make_instrument(uow, lab_id=lab.key, original_value_fen=LEAST_VALUE_FEN)
    changes = CardChanges(values={"acceptance_date": date(2026, 2, 10)})
    return edit(uow, made.key, changes, actor=HOUSE, now=moment("2026-02-11T09:00+08:00"))


def test_its_keepers_are_told_in_time_on_the_day_and_once_when_it_is_past(
    uow: UnitOfWork, accepted: Instrument
) -> None:
    assert accepted.filing_due == DUE
    seen = []
    for day in ("03-19", "03-20", "03-21", "03-27", "03-28", "03-30", "03-31", "04-20"):
        remind_of_filings(uow, moment(f"2026-{day}T08:10+08:00"))
        seen.append(len(told(uow)))
    assert seen == [0, 1, 1, 2, 2, 3, 3, 3]
    assert told(uow) == [(DUE.isoformat(), False)] * 3


def test_a_corrected_year_moves_what_is_due_and_is_told_anew(
    uow: UnitOfWork, accepted: Instrument
) -> None:
    remind_of_filings(uow, moment("2026-03-30T08:10+08:00"))
    days = {day: (kind, "") for day, kind in statutory(2026).days.items()}
    days[DUE] = (DayKind.HOLIDAY, "临时放假")
    filed = make_instrument(uow, filed_on=date(2026, 3, 1), acceptance_date=date(2026, 2, 10))
    notice = YearNotice(year=2026, days=days, source="更正")
    enter_calendar(uow, notice, actor=HOUSE, now=moment("2026-03-30T09:00+08:00"))
    moved = date(2026, 3, 31)
    assert (accepted.filing_due, filed.filing_due) == (moved, None)
    remind_of_filings(uow, moment("2026-03-31T08:10+08:00"))
    assert told(uow) == [(DUE.isoformat(), False), (moved.isoformat(), False)]


def test_after_a_long_outage_one_word_is_enough(uow: UnitOfWork, accepted: Instrument) -> None:
    for _ in range(2):
        remind_of_filings(uow, moment("2026-05-01T08:10+08:00"))
    assert told(uow) == [(DUE.isoformat(), True)]


@pytest.mark.parametrize(
    "values",
    [
        {"filed_on": date(2026, 3, 2)},
        {"filing_exemption": "涉密仪器，主管部门已同意"},
        {"original_value_fen": LEAST_VALUE_FEN - 1},
    ],
)
def test_nobody_is_told_of_what_need_not_be_filed(
    uow: UnitOfWork, accepted: Instrument, values: dict[str, object]
) -> None:
    for name, value in values.items():
        setattr(accepted, name, value)
    uow.session.flush()
    assert remind_of_filings(uow, moment("2026-05-01T08:10+08:00")) == 0
    assert told(uow) == []


def test_another_day_of_acceptance_is_told_of_anew(uow: UnitOfWork, accepted: Instrument) -> None:
    remind_of_filings(uow, moment("2026-03-30T08:10+08:00"))
    changes = CardChanges(values={"acceptance_date": date(2026, 3, 2)})
    edit(uow, accepted.key, changes, actor=HOUSE, now=moment("2026-03-30T09:00+08:00"))
    remind_of_filings(uow, moment("2026-04-14T08:10+08:00"))
    assert len(told(uow)) == 2


def test_a_day_that_could_not_be_told_is_found_when_the_year_is_entered(
    uow: UnitOfWork, accepted: Instrument
) -> None:
    now = moment("2026-12-20T09:00+08:00")
    changes = CardChanges(values={"acceptance_date": date(2026, 12, 1)})
    assert edit(uow, accepted.key, changes, actor=HOUSE, now=now).filing_due is None
    enter_calendar(uow, YearNotice(year=2027, days={}, source="测试"), actor=HOUSE, now=now)
    remind_of_filings(uow, now)
    assert accepted.filing_due == date(2027, 1, 12)


@pytest.fixture
def here(client: TestClient, write: Write, clock: FrozenClock) -> str:
    """The page of a card that is to be filed; its manager is signed in. Today is 2026-11-23."""
    with write() as uow:
        lab = make_lab(uow)
        enter_year(uow, 2026, dict(statutory(2026).days))
        made = make_instrument(uow, lab_id=lab.key, original_value_fen=LEAST_VALUE_FEN)
        changes = CardChanges(values={"acceptance_date": date(2026, 2, 10)})
        edit(uow, made.key, changes, actor=HOUSE, now=clock.now())
        keeper = make_lab_person(uow, lab.key)
        be(client, open_session(uow, keeper, now=clock.now()))
    return f"/manage/instruments/{made.key}"


def filing(client: TestClient, here: str) -> str:
    found = BeautifulSoup(client.get(here).text, "html.parser").select_one("#filing")
    assert found is not None
    return found.text


def waiting(client: TestClient) -> int:
    read = BeautifulSoup(client.get("/manage/instruments?state=to_file").text, "html.parser")
    return len(read.select("tbody tr"))


def test_a_keeper_sees_what_is_to_be_filed_and_notes_it(client: TestClient, here: str) -> None:
    assert "逾期未报送" in filing(client, here)
    assert waiting(client) == 1
    assert "1 台仪器已验收、尚未报送" in client.get("/manage/instruments").text
    sent = client.post(f"{here}/filing", data={"filed_on": "2026-11-20", "filing_number": "N-7"})
    assert sent.status_code == 303
    assert "已报送" in filing(client, here)
    assert "N-7" in filing(client, here)
    assert waiting(client) == 0
    assert client.post(f"{here}/filing", data={"filed_on": ""}).status_code == 303
    assert "逾期未报送" in filing(client, here)


def test_nothing_was_filed_tomorrow(client: TestClient, here: str) -> None:
    sent = client.post(f"{here}/filing", data={"filed_on": "2026-11-24"})
    assert sent.status_code == 422
    assert "报送日期不能晚于今天" in sent.text
    assert 'value="2026-11-24"' in sent.text


def test_what_is_not_to_be_filed_says_why(client: TestClient, here: str) -> None:
    reason = {"filing_exemption": "涉密，省厅函〔2026〕示例"}
    assert client.post(f"{here}/exemption", data=reason).status_code == 303
    assert "不予报送" in filing(client, here)
    assert waiting(client) == 0
