"""What is to be handed in stands on the start page of who files it, and is told of once."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from booking.access.actor import Actor, Reach
from booking.access.roles import Role
from booking.accounts.models import User
from booking.db.transactions import UnitOfWork
from booking.utilisation.jobs import remind_of_reports
from booking.utilisation.report.due import due_reports
from booking.utilisation.rules.sheets import Kind
from tests.conftest import Write
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.filed_reports import Provider, make_filing, make_school
from tests.factories.yearly_sheets import make_submission
from tests.support.clock import moment

IN_TIME, NEAR, LATE = (
    moment("2026-10-05T09:00"),
    moment("2026-10-08T09:00"),
    moment("2026-10-16T09:00"),
)


@pytest.fixture
def provider(uow: UnitOfWork) -> Provider:
    made = Provider(uow)
    uow.session.get_one(User, made.person).phone = ""
    uow.session.flush()
    return made


def waiting(uow: UnitOfWork, provider: Provider) -> dict[Kind, tuple[str, int | None, int | None]]:
    mine = frozenset({provider.organisation})
    reach = Reach(everywhere=False, organisation_ids=mine, lab_ids=frozenset())
    return {
        one.report.kind: (one.due.isoformat(), one.incomplete, one.records)
        for one in due_reports(uow.session, reach, now=IN_TIME)
    }


def test_what_is_due_is_told_with_how_complete_it_is(uow: UnitOfWork, provider: Provider) -> None:
    found = waiting(uow, provider)
    # Without a school code it evaluates no equipment for the education ministry.
    assert found == {Kind.SERVICE: ("2026-10-15", 2, 2), Kind.UNIT: ("2026-03-31", 1, 1)}
    make_filing(uow, provider.report(), now=IN_TIME)
    assert waiting(uow, provider).keys() == {Kind.UNIT}
    make_school(uow, provider.organisation)
    assert waiting(uow, provider).keys() == {Kind.UNIT, Kind.EFFICIENCY, Kind.SJ3}


def test_a_school_is_told_of_its_sheet_of_valuable_instruments_until_it_is_handed_in(
    uow: UnitOfWork, provider: Provider
) -> None:
    make_school(uow, provider.organisation)
    assert waiting(uow, provider)[Kind.SJ3] == ("2026-12-15", 0, 1)
    near = moment("2026-12-05T09:00")
    assert remind_of_reports(uow, near) == 2
    assert remind_of_reports(uow, near) == 0
    make_submission(uow, provider.tool, provider.organisation, now=near)
    assert Kind.SJ3 not in waiting(uow, provider)


def test_whoever_files_is_reminded_once_for_each_report(
    uow: UnitOfWork, provider: Provider
) -> None:
    assert [remind_of_reports(uow, at) for at in (IN_TIME, NEAR, NEAR, LATE)] == [0, 1, 0, 0]


def test_nobody_is_reminded_of_what_was_handed_in(uow: UnitOfWork, provider: Provider) -> None:
    make_filing(uow, provider.report(), now=IN_TIME)
    assert remind_of_reports(uow, NEAR) == 0


def test_a_quarter_without_uses_is_due_where_an_earlier_one_is_to_be_corrected(
    uow: UnitOfWork, provider: Provider
) -> None:
    make_filing(uow, provider.report(), now=IN_TIME)
    january = moment("2027-01-10T09:00")
    mine = Reach(
        everywhere=False,
        organisation_ids=frozenset({provider.organisation}),
        lab_ids=frozenset(),
    )
    all_of_them = replace(mine, everywhere=True)

    def quarters(reach: Reach) -> list[tuple[str, int | None, int | None]]:
        return [
            (one.report.period.code, one.records, one.corrections)
            for one in due_reports(uow.session, reach, now=january)
            if one.report.kind is Kind.SERVICE
        ]

    assert quarters(mine) == quarters(all_of_them) == []
    reminded = remind_of_reports(uow, january)
    provider.put_right(uow, provider.july, minutes=30)
    assert quarters(mine) == quarters(all_of_them) == [("2026-Q4", 0, 1)]
    assert (reminded, remind_of_reports(uow, january)) == (0, 1)


def seen_by(client: TestClient, write: Write, actor: Actor) -> str:
    with write() as uow:
        be(client, open_session(uow, actor, now=moment("2026-11-23T08:00")))
    home = BeautifulSoup(client.get("/").text, "html.parser")
    place = home.select_one("#due")
    if place is None:
        return ""
    return client.get(str(place["hx-get"]), headers={"HX-Request": "true"}).text


def test_the_start_page_of_who_keeps_a_lab_or_runs_a_provider_shows_it(
    client: TestClient, write: Write
) -> None:
    with write() as uow:
        provider = Provider(uow)
        centre, auditor = make_staff(uow, Role.CENTRE_ADMIN), make_staff(uow, Role.AUDITOR)
    for actor in (provider.head, provider.keeper, centre):
        assert "服务记录" in seen_by(client, write, actor)
    assert "监测表" in seen_by(client, write, centre)
    assert seen_by(client, write, auditor) == ""
