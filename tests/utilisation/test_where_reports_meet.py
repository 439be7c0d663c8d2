"""Where reports meet: the same uses in the same period, the same names on English pages."""

import re

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from booking.access.roles import Role
from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.periods import Period
from booking.organisations.models import Lab, Organisation
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.refusal import Lack
from booking.reservations.states import State
from booking.utilisation.queries.report_figures import income_by_side, users_of_provider
from booking.utilisation.queries.yearly_sheet import operated_by_users
from booking.utilisation.report.pooled import Asked, By, waterfall_of
from booking.web.languages import COOKIE as LANGUAGE
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.filed_reports import Provider, used
from tests.factories.instruments import span
from tests.factories.refusals import make_refusal
from tests.factories.utilisation import Booked, Writer
from tests.support.clock import moment

NOW = moment("2026-11-23T09:00")
MIDNIGHT = span("2026-09-30T22:00", "2026-10-01T00:00")
ACADEMIC = span("2026-08-31T22:00", "2026-09-01T00:00")
SATURDAYS = ("10", "17", "24", "31")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@pytest.mark.parametrize(("period", "uses"), [("2026-Q3", 3), ("2026-Q4", 0)])
def test_a_use_that_ends_with_its_quarter_is_of_that_quarter_in_every_report(uow, period, uses):
    provider = Provider(uow)
    provider.writer.write(used(MIDNIGHT, fen=50_000))
    of = Period.parse(period)
    told = waterfall_of(uow.session, Asked(period=of, by=By.ZONE), now=NOW).whole
    lines = provider.sheet(uow, provider.report(of), now=NOW).lines
    assert told.uses == len(lines) == uses
    assert sum(float(line.values["amounts"]) for line in lines) * 100 == told.income_fen
    by_side = income_by_side(uow.session, of, [provider.tool])
    assert sum(by_side.values()) == told.income_fen
    owners = {provider.tool: provider.organisation}
    users = users_of_provider(uow.session, of, owners).get(provider.organisation, 0)
    assert users == told.users == min(uses, 1)


@pytest.mark.parametrize(("state", "hours"), [(State.SETTLED, 2), (State.COMPLETED, 0)])
def test_hours_that_users_operated_themselves_are_among_the_effective_ones(uow, state, hours):
    provider = Provider(uow)
    booked = Booked(ACADEMIC, state, used=ACADEMIC, effective_minutes=120)
    provider.writer.write(booked)
    uow.session.execute(sa.update(Reservation).values(mode=ServiceMode.SELF_OPERATED))
    year, before = Period.parse("AY2026"), Period.parse("2026-08")
    assert operated_by_users(uow.session, year, [provider.tool]).get(provider.tool, 0) == 0
    own = operated_by_users(uow.session, before, [provider.tool])[provider.tool]
    asked = Asked(period=before, by=By.ZONE)
    effective = waterfall_of(uow.session, asked, now=NOW).whole.effective
    assert own == effective == (hours + 4) * 3600


@pytest.fixture
def reader(write, client):
    """Somebody who reads all of it in English, and the key of the instrument."""
    with write() as uow:
        provider = Provider(uow)
        for day in SATURDAYS:
            asked = span(f"2026-10-{day}T09:00", "13:00")
            make_refusal(
                uow, provider.tool, asked, lack=Lack.CLOSED, organisation_id=provider.company
            )
        Writer(uow, provider.tool).write(used(MIDNIGHT, fen=50_000))
        for model in (Instrument, Lab, Organisation):
            uow.session.execute(sa.update(model).values(name_en=f"Example {model.__name__}"))
        # Something is missing of its year.
        uow.session.execute(sa.update(Instrument).values(original_value_fen=0))
        session = open_session(uow, make_staff(uow, Role.AUDITOR), now=NOW)
    be(client, session)
    client.cookies.set(LANGUAGE, "en")
    return provider


@pytest.mark.parametrize(
    "path",
    [
        *(f"/utilisation/unmet?period=2026&by={by}" for by in By),
        "/utilisation/unmet.csv?period=2026&by=lab",
        "/utilisation/unmet-requests.csv?period=2026",
        "/utilisation/advice?period=2026",
        "/utilisation/advice.csv?period=2026",
        "/utilisation/instruments/{tool}/records?period=2026&figure=used",
    ],
)
def test_english_pages_call_everything_by_its_english_name(client, reader, path):
    answer = client.get(path.format(tool=reader.tool))
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    text = (page.select_one("main") or page).get_text(" ")
    assert "Example" in text
    assert CHINESE.findall(text) == []


def test_what_is_reported_is_called_so_too_beside_its_chinese_values(client, reader):
    page = client.get("/filed-reports?kind=service&period=2026-Q3").text
    names = BeautifulSoup(page, "html.parser").select("tbody th")
    assert {str(name.contents[0]) for name in names} == {
        "Example Instrument · Example Organisation"
    }
    watched = client.get("/filed-reports?kind=monitoring&period=2026").text
    providers = BeautifulSoup(watched, "html.parser").select("tbody th")
    assert {name.get_text() for name in providers} == {"Example Organisation", "The zone"}
    year = client.get(f"/reports/provider-year?period=2026&organisation={reader.organisation}")
    missing = BeautifulSoup(year.text, "html.parser").select("#missing tbody th")
    assert {name.get_text() for name in missing} == {"Example Instrument"}


def test_bars_of_unmet_demand_say_districts_in_words(client, reader):
    page = BeautifulSoup(
        client.get("/utilisation/unmet?period=2026&by=district").text, "html.parser"
    )
    names = [cell.get_text() for cell in page.select("#ranking figure th[scope=row]")]
    assert names == [cell.get_text() for cell in page.select("#ranking .table tbody td a")]
