"""The yearly sheet: out of records and of what labs type; frozen as it was handed in."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy.exc import DBAPIError

from booking.access.actor import HOUSE, Actor
from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Forbidden, NotFound
from booking.utilisation.actions.report_year import enter_year, hand_in, name_school
from booking.utilisation.errors import NothingToHandIn, YearNotOver
from booking.utilisation.queries.yearly_sheet import submissions_of
from booking.utilisation.report.sj3 import written
from booking.utilisation.rules.sj3 import SheetRefused
from tests.conftest import Write
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.instruments import span
from tests.factories.utilisation import Writer
from tests.factories.yearly_sheets import ACROSS, AY2025, TYPED, Place, used
from tests.support.clock import FrozenClock


@pytest.fixture
def place(uow: UnitOfWork) -> Place:
    return Place(uow)


def test_hours_come_out_of_the_records_of_the_academic_year(
    uow: UnitOfWork, place: Place, clock: FrozenClock
) -> None:
    (line,) = place.sheet(uow, now=clock.now()).lines
    assert line.card.id == place.tool
    told = {code: line.row[code] for code in ("hours_research", "hours_service", "samples")}
    assert told == {"hours_research": 3, "hours_service": 4, "samples": 7}
    assert (line.row["hours_open"], line.row["unit_price"]) == (7, "2860000.00")


def test_a_use_over_the_end_of_the_year_is_clipped_at_it(
    uow: UnitOfWork, place: Place, clock: FrozenClock
) -> None:
    Writer(uow, place.tool).write(used(ACROSS, 240, external=True))
    (line,) = place.sheet(uow, now=clock.now()).lines
    assert line.row["hours_service"] == 6


def test_teaching_is_taken_from_what_the_owner_used(
    uow: UnitOfWork, place: Place, clock: FrozenClock
) -> None:
    now = clock.now()
    place.complete(uow, now=now)
    typed = {**TYPED, "hours_teaching": 2}
    enter_year(uow, place.tool, AY2025, entered=typed, actor=place.keeper, now=now)
    (line,) = place.sheet(uow, now=now).lines
    assert (line.row["hours_teaching"], line.row["hours_research"]) == (2, 1)
    enter_year(
        uow,
        place.tool,
        AY2025,
        entered={**typed, "hours_teaching": 4},
        actor=place.keeper,
        now=now,
    )
    (line,) = place.sheet(uow, now=now).lines
    assert [fault.code for fault in line.faults] == ["sj3.teaching_beyond"]
    assert line.faults[0].params["most"] == 3


def test_what_is_handed_in_stays_and_later_corrections_show(
    uow: UnitOfWork, place: Place, clock: FrozenClock
) -> None:
    now = clock.now()
    place.complete(uow, now=now)
    first = hand_in(uow, place.organisation, AY2025, actor=place.head, now=now)
    before = written(first.lines)
    assert len(before) == 351
    with pytest.raises(NothingToHandIn):
        hand_in(uow, place.organisation, AY2025, actor=place.head, now=now)
    Writer(uow, place.tool).write(
        used(span("2026-05-05T09:00", "2026-05-05T11:00"), 120, external=True, samples=1)
    )
    later = now + timedelta(days=1)
    second = hand_in(uow, place.organisation, AY2025, actor=place.head, now=later)
    assert (second.version, second.lines[str(place.tool)]["hours_service"]) == (2, 6)
    uow.session.expire_all()
    kept = submissions_of(uow.session, place.organisation, AY2025)
    assert [row.version for row in kept] == [2, 1]
    assert written(kept[1].lines) == before


@pytest.mark.parametrize(
    "statement", ["UPDATE report_submission SET version = 3", "DELETE FROM report_submission"]
)
def test_the_database_refuses_to_rewrite_what_was_handed_in(
    uow: UnitOfWork, place: Place, clock: FrozenClock, statement: str
) -> None:
    place.complete(uow, now=clock.now())
    hand_in(uow, place.organisation, AY2025, actor=place.head, now=clock.now())
    with pytest.raises(DBAPIError, match="append_only"):
        uow.session.execute(sa.text(statement))


def test_a_sheet_with_a_fault_or_of_a_running_year_is_not_handed_in(
    uow: UnitOfWork, place: Place, clock: FrozenClock
) -> None:
    now = clock.now()
    with pytest.raises(SheetRefused) as refused:
        hand_in(uow, place.organisation, AY2025, actor=place.head, now=now)
    # "SL-00001" fits; only the school is not known yet.
    assert [one.code for one in refused.value.violations] == ["sj3.school_code"]
    place.complete(uow, now=now)
    with pytest.raises(YearNotOver):
        hand_in(
            uow,
            place.organisation,
            AY2025,
            actor=place.head,
            now=AY2025.span.end - timedelta(seconds=1),
        )
    hand_in(uow, place.organisation, AY2025, actor=place.head, now=AY2025.span.end)


def test_only_who_keeps_the_lab_types_and_only_who_runs_the_organisation_hands_in(
    uow: UnitOfWork, place: Place, clock: FrozenClock
) -> None:
    now, other = clock.now(), Place(uow)
    with pytest.raises(Forbidden):
        enter_year(uow, place.tool, AY2025, entered=TYPED, actor=other.keeper, now=now)
    for stranger in (place.keeper, other.head):
        with pytest.raises(NotFound):
            name_school(uow, place.organisation, "10698", actor=stranger, now=now)
        with pytest.raises(NotFound):
            hand_in(uow, place.organisation, AY2025, actor=stranger, now=now)
    with pytest.raises(NotFound):
        name_school(uow, 987_654, "10698", actor=HOUSE, now=now)


class Visit:
    """Pages as one person sees them."""

    def __init__(self, client: TestClient, secret: str) -> None:
        self.client = be(client, secret)

    def page(self, address: str, status: int = 200) -> BeautifulSoup:
        answer = self.client.get(address)
        assert answer.status_code == status, answer.text
        return BeautifulSoup(answer.text, "html.parser")


def visit(client: TestClient, write: Write, actor: Actor, clock: FrozenClock) -> Visit:
    with write() as uow:
        return Visit(client, open_session(uow, actor, now=clock.now()))


def test_the_head_says_which_school_it_is(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        place = Place(uow)
    head = visit(client, write, place.head, clock)
    assert "请先填写 5 位学校代码" in head.page("/reports/sj3?period=AY2025").text
    of: dict[str, Any] = {"organisation": place.organisation, "period": "AY2025"}
    assert head.client.get("/reports/sj3.txt", params=of).status_code == 422
    refused = head.client.post("/reports/sj3/school", data={**of, "school_code": "1069"})
    assert (refused.status_code, 'value="1069"' in refused.text) == (422, True)
    head.client.post("/reports/sj3/school", data={**of, "school_code": "10698"})
    assert head.client.get("/reports/sj3.txt", params=of).content[:5] == b"10698"


def test_a_lab_fills_in_what_is_missing_and_the_head_hands_in(
    client: TestClient, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        place = Place(uow)
    with write() as uow:
        name_school(uow, place.organisation, "10698", actor=place.head, now=clock.now())
    keeper = visit(client, write, place.keeper, clock)
    address = f"/instruments/{place.tool}/year"
    assert keeper.page(f"{address}?period=AY2025").select_one("input[name=asset_no]")
    typed = {"period": "AY2025", **TYPED}
    wrong = keeper.client.post(address, data={**typed, "papers_core": "-1", "manager": "示例乙"})
    assert (wrong.status_code, 'value="示例乙"' in wrong.text) == (422, True)
    earlier = keeper.client.post(address, data={"period": "AY2023", "papers_core": "-1"})
    assert 'name="period" value="AY2023"' in earlier.text
    assert keeper.client.post(address, data=typed, follow_redirects=False).status_code == 303
    head = visit(client, write, place.head, clock)
    text = head.client.get(f"/reports/sj3.txt?organisation={place.organisation}&period=AY2025")
    assert (text.status_code, len(text.content), text.content[-2:]) == (200, 351, b"\r\n")
    of: dict[str, Any] = {"organisation": place.organisation, "period": "AY2025"}
    assert (
        head.client.post("/reports/sj3/submissions", data=of, follow_redirects=False).status_code
        == 303
    )
    shown = head.page("/reports/sj3?period=AY2025")
    frozen = shown.select_one("a[href^='/report-submissions/']")
    assert frozen is not None
    assert head.client.get(str(frozen["href"])).content == text.content


def test_the_workbook_has_every_field_even_while_something_is_missing(
    client: TestClient, write: Write, clock: FrozenClock, tmp_path: Path
) -> None:
    with write() as uow:
        place = Place(uow)
    head = visit(client, write, place.head, clock)
    book = head.client.get(f"/reports/sj3.xlsx?organisation={place.organisation}&period=AY2025")
    file = tmp_path / "sj3.xlsx"
    file.write_bytes(book.content)
    rows = list(load_workbook(file).worksheets[0].iter_rows(values_only=True))
    assert (len(rows), len(rows[0]), rows[0][0], rows[1][9]) == (2, 25, "学校代码", 4)


def test_others_see_nothing_of_it(client: TestClient, write: Write, clock: FrozenClock) -> None:
    with write() as uow:
        place, other = Place(uow), Place(uow)
        place.complete(uow, now=clock.now())
        row = hand_in(uow, place.organisation, AY2025, actor=place.head, now=clock.now())
        key, auditor = row.key, make_staff(uow, Role.AUDITOR)
    stranger = visit(client, write, other.head, clock)
    stranger.page(f"/reports/sj3?organisation={place.organisation}", 404)
    assert stranger.client.get(f"/report-submissions/{key}.txt").status_code == 404
    of = f"?organisation={place.organisation}&period=AY2025"
    assert stranger.client.get(f"/reports/sj3.xlsx{of}").status_code == 404
    reader = visit(client, write, auditor, clock)
    assert reader.client.get(f"/report-submissions/{key}.txt").status_code == 200
