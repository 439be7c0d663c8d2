"""Open figures from records to the file: what is in them, what is withheld, when they change."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.db.outside import Outside
from booking.reservations.states import State
from booking.utilisation.actions.publish_figures import drawn_up, publish, years_to_publish
from booking.utilisation.actions.roll_up import roll_up
from booking.utilisation.jobs import publish_open_figures
from booking.utilisation.models import OpenPublication
from booking.utilisation.queries.open_figures import publications
from booking.utilisation.rules.withholding import LEAST
from tests.factories.instruments import make_lab, span
from tests.factories.utilisation import Booked, Invented, Writer, write_instrument
from tests.support.clock import moment
from tests.support.serving import test_settings as settings_for

NOW = moment("2027-01-02T03:50")
DISTRICTS = ("fengxi", "fengdong", "qinhan")


def used(day: str, hours: int = 2) -> Booked:
    until = f"{9 + hours:02}:00"
    at = span(f"{day}T09:00", until)
    return Booked(at, State.SETTLED, used=at, effective_minutes=60 * hours)


def make_used(uow, district: str, *days: str) -> int:
    """An instrument that one company uses on each of these days."""
    lab = make_lab(uow, district=district).key
    instrument = write_instrument(uow, Invented(), lab_id=lab, district=district)
    for day in days:
        # Each writer has a company of its own.
        Writer(uow, instrument).write(used(day))
    return instrument


def published(uow, now=NOW) -> list[int]:
    roll_up(uow, now=now)
    years = years_to_publish(uow.session, now=now)
    for year in years:
        through, lines = drawn_up(uow.session, year, now=now)
        publish(uow, year, through, lines=lines, now=now)
    return years


@pytest.fixture
def world(write):
    """Three companies in Fengxi, two in Fengdong, four in Qinhan, in October."""
    with write() as uow:
        make_used(uow, "fengxi", "2026-10-08", "2026-10-09", "2026-10-10")
        make_used(uow, "fengdong", "2026-10-08", "2026-10-09")
        make_used(uow, "qinhan", "2026-10-12", "2026-10-13", "2026-10-14", "2026-10-15")
        published(uow)


def rows_of(client, **asked):
    answer = client.get("/open-figures.json", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def test_a_district_of_two_users_takes_another_with_it(world, client):
    rows = rows_of(client, by="district", period="2026-10")
    assert {row["key"]: row["state"] for row in rows} == {
        "fengxi": "withheld",
        "fengdong": "withheld",
        "qinhan": "published",
    }
    (qinhan,) = [row for row in rows if row["key"] == "qinhan"]
    assert (qinhan["users"], qinhan["uses"], qinhan["bookings"]) == (4, 4, 4)
    assert (qinhan["used_hours"], qinhan["effective_hours"], qinhan["external_hours"]) == (8, 8, 8)
    (hidden,) = [row for row in rows if row["key"] == "fengdong"]
    assert hidden["instruments"] == 1
    assert hidden["used_hours"] is hidden["users"] is hidden["sharing_rate"] is None


def test_the_zone_has_all_of_it(world, client):
    (row,) = rows_of(client, by="zone", period="2026-10")
    assert (row["users"], row["used_hours"], row["sharing_rate"]) == (9, 18, 1)
    parts = ("closed", "maintenance", "fault", "open")
    assert row["calendar_hours"] == sum(row[f"{part}_hours"] for part in parts) == 3 * 31 * 24


def test_the_file_says_the_same(world, client):
    answer = client.get("/open-figures.csv", params={"by": "district", "period": "2026-10"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    rows = rows_of(client, by="district", period="2026-10")
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows] == lines


def test_every_column_is_in_the_dictionary(world, client):
    told = client.get("/open-figures/dictionary.json").json()
    assert [column["name"] for column in told["columns"]] == list(rows_of(client)[0])
    for column in told["columns"]:
        assert all(column[field] for field in ("unit", "definition", "definition_zh", "source"))
    assert told["licence"]


def test_who_has_them_is_told_that_nothing_changed(world, client, write):
    for path in ("/open-figures.csv", "/open-figures.json", "/open-figures/dictionary.json"):
        first = client.get(path)
        assert first.headers["cache-control"] == "public, max-age=3600"
        again = client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    before = client.get("/open-figures.json").headers["etag"]
    with write() as uow:
        make_used(uow, "qinhan", "2026-10-20")
        published(uow, NOW + timedelta(days=1))
    assert client.get("/open-figures.json").headers["etag"] != before


def test_another_licence_or_rule_is_another_version_of_the_files(world, client, write):
    def tags():
        paths = ("/open-figures.csv?by=zone", "/open-figures.json?by=zone")
        return [client.get(path).headers["etag"] for path in paths]

    first, state = tags(), client.app.state
    assert first == tags()
    state.settings = state.settings.model_copy(update={"open_data_licence": "CC BY 4.0"})
    second = tags()
    with write() as uow:
        uow.session.execute(sa.update(OpenPublication).values(rule="5/1"))
    for before, then, now in zip(first, second, tags(), strict=True):
        assert len({before, then, now}) == 3
    with write() as uow:
        # Nothing was rolled up since, but lines were withheld by another rule.
        assert published(uow, NOW + timedelta(days=1)) == [2025, 2026]
        assert published(uow, NOW + timedelta(days=2)) == []


def test_a_period_that_is_none_is_refused(world, client):
    assert client.get("/open-figures.json", params={"period": "2026-13"}).status_code == 422


@pytest.mark.parametrize("period", ["AY2025", "2031", "2027-01"])
def test_a_period_that_is_not_published_is_told_apart_from_one_without_figures(
    world, client, period
):
    for path in ("/open-figures.json", "/open-figures.csv"):
        answer = client.get(path, params={"period": period}, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (404, "open_figures.not_published")
        assert {"2026-10", "2026-Q4", "2026"} <= set(answer.json()["params"]["offered"])
    page = client.get("/open-figures", params={"period": period, "by": "zone"})
    assert page.status_code == 404
    assert "只发布已结束的月、季和公历年" in page.text
    assert 'value="2026-Q4"' in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_what_is_withheld_and_what_columns_mean(world, client, language):
    client.headers["accept-language"] = language
    page = client.get("/open-figures", params={"by": "district", "period": "2026-10"})
    assert page.status_code == 200
    assert ("不公开" if language == "zh" else "withheld") in page.text
    for name in ("used_hours", "sharing_rate"):
        assert name in page.text


def test_the_page_before_anything_is_published(client):
    assert client.get("/open-figures").status_code == 200
    assert rows_of(client) == []


def test_figures_are_renewed_when_a_month_ends_or_a_record_is_corrected(write):
    with write() as uow:
        instrument = make_used(uow, "qinhan", "2026-10-12", "2026-11-13")
        # Instruments of the factory are older than the year.
        assert published(uow, moment("2026-11-02T03:50")) == [2025, 2026]
        assert published(uow, moment("2026-11-03T03:50")) == []
        assert published(uow, moment("2026-12-01T03:50")) == [2026]
        assert published(uow, moment("2026-12-02T03:50")) == []
        Writer(uow, instrument).write(used("2026-10-20"))
        assert published(uow, moment("2026-12-03T03:50")) == [2026]


def test_the_job_publishes_what_is_due_once(engine, write):
    with write() as uow:
        make_used(uow, "qinhan", "2026-10-12")
        roll_up(uow, now=NOW)
    outside = Outside(engine, {}, settings_for(str(engine.url)))
    assert publish_open_figures(outside, NOW).rows == 2
    assert publish_open_figures(outside, NOW + timedelta(days=1)).rows == 0


@st.composite
def histories(draw: st.DrawFn):
    """Who uses an instrument of which district in which of two months."""
    use = st.tuples(
        st.sampled_from(DISTRICTS), st.sampled_from(["2026-10", "2026-11"]), st.integers(0, 4)
    )
    return draw(st.lists(use, max_size=7))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_whatever_the_history_no_published_line_rests_on_fewer_than_three(uow, history):
    before = uow.session.begin_nested()
    companies: dict[tuple[str, str], int] = {}
    for district, month, number in history:
        make_used(uow, district, *(f"{month}-{day + 10}" for day in range(number)))
        companies[district, month] = companies.get((district, month), 0) + number
    roll_up(uow, now=NOW)
    _, lines = drawn_up(uow.session, 2026, now=NOW)
    before.rollback()
    uow.session.expire_all()
    for line in lines:
        if line["used"] is not None:
            rests_on = sum(
                number
                for (district, month), number in companies.items()
                if line["period"] in {month, "2026-Q4", "2026"}
                and line["key"] in {district, "all", "01", "university"}
            )
            assert line["users"] == rests_on >= LEAST


@pytest.mark.parametrize(
    ("state", "told"), [(State.COMPLETED, False), (State.MISSED, False), (None, True)]
)
def test_the_rest_of_a_total_tells_of_nobody_who_has_not_confirmed(write, client, state, told):
    at = span("2026-10-08T09:00", "14:00")
    with write() as uow:
        one = make_used(uow, "fengxi")
        if state is not None:
            used_then = at if state is State.COMPLETED else None
            Writer(uow, one).write(Booked(at, state, used=used_then))
        make_used(uow, "fengdong")
        make_used(uow, "qinhan", "2026-10-12", "2026-10-13", "2026-10-14", "2026-10-15")
        published(uow)
    (zone,) = rows_of(client, by="zone", period="2026-10")
    rows = rows_of(client, by="district", period="2026-10")
    shown = [row["key"] for row in rows if row["state"] == "published"]
    assert (zone["state"], shown) == ("published", ["qinhan"] if told else [])


def test_what_was_published_stays_and_what_was_withheld_stays_withheld(world, write):
    """Fengdong's two would follow from Qinhan's figures then and Fengxi's now."""

    def shown() -> set[str]:
        with write() as uow:
            (row,) = publications(uow.session, [2026])
            of_october = [one for one in row.lines if one["period"] == "2026-10"]
            return {str(one["key"]) for one in of_october if one["users"] is not None}

    before = shown()
    assert {"qinhan"} == before & set(DISTRICTS)
    with write() as uow:
        make_used(uow, "fengxi", *(f"2026-10-{day}" for day in range(16, 23)))
        assert 2026 in published(uow, now=NOW + timedelta(days=1))
    assert shown() == before
