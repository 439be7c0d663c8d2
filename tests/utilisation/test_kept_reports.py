"""Reports of a large zone are in the database: a night or a new process makes nobody wait."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from booking.access.roles import Role
from booking.db.outside import Outside
from booking.instruments.models.instrument import Instrument
from booking.organisations.models import Lab, Organisation
from booking.reservations.states import State
from booking.utilisation.actions import keep_reports
from booking.utilisation.actions.roll_up import roll_up
from booking.utilisation.jobs import keep_if_it_can_be, keep_zone_reports
from booking.utilisation.models import ZoneReport
from booking.utilisation.queries.kept import Sight
from booking.utilisation.queries.single_uses import NothingGranted
from booking.utilisation.report.pooled import Asked, By, waterfall_of
from booking.utilisation.report.remembered import KEPT_FOR_OF_MANY, Reports
from booking.utilisation.report.written import Made, as_text
from booking.utilisation.rules.indicators import RatedHours
from booking.utilisation.rules.pieces import period_of
from tests.factories.accounts import be, make_staff, open_session
from tests.factories.instruments import make_instrument, span
from tests.factories.organisations import make_organisation
from tests.factories.utilisation import Booked, Invented, Writer, write_instrument
from tests.support.clock import moment
from tests.support.serving import test_settings as settings_for
from tests.utilisation.test_figures import counted_statements

NOW = moment("2026-11-23T09:00")
USE = span("2026-11-03T09:00", "12:00")
USED = Booked(USE, State.SETTLED, used=USE, effective_minutes=180)
MONTH = Asked(period=period_of("2026-11"), by=By.DISTRICT)
# The stamp, what is kept, and what instruments are called where lines are theirs.
LOOKED_UP = 4


@dataclass
class Programmes:
    """Paid for an instrument; another payment has another stamp."""

    key: int
    fen: int = 12_345
    asked: list[str] = field(default_factory=list, compare=False)

    def granted(self, _session, period, _instruments):
        self.asked.append(period.code)
        return {(self.key, "2026-11"): self.fen}

    def stamp(self, _session):
        return str(self.fen)


def keeping(uow):
    return lambda made: keep_reports.keep_report(uow, made)


def told(uow, asked=MONTH, *, now=NOW, reports=None):
    """As a process tells it that was started just now; it keeps what it reckons."""
    return (reports or Reports(many=1)).of(uow.session, asked, now=now, keep=keeping(uow))


@pytest.fixture
def key(uow):
    """An instrument with a use, rolled up."""
    made = write_instrument(uow, Invented(bookings=[USED]))
    roll_up(uow, now=NOW)
    return made


@pytest.mark.parametrize("by", list(By))
def test_what_one_process_reckoned_no_other_reckons_again(uow, key, by):
    asked = replace(MONTH, by=by)
    first = told(uow, asked)
    with counted_statements(uow) as seen:
        assert told(uow, asked) == first
    assert len(seen) <= LOOKED_UP, seen


def test_what_it_asked_of_programmes_is_kept_too(uow, key):
    programmes = Programmes(key)
    for _ in range(2):
        assert told(uow, replace(MONTH, grants=programmes)).whole.subsidy_fen == 12_345
    assert programmes.asked == ["2026-11"]


@pytest.mark.parametrize("many", [1, 2])
def test_what_programmes_pay_since_shows_at_once(uow, key, many):
    programmes, reports = Programmes(key), Reports(many=many)
    asked = replace(MONTH, grants=programmes)
    for fen in (12_345, 54_321, 54_321, 0):
        programmes.fen = fen
        assert told(uow, asked, reports=reports).whole.subsidy_fen == fen
    assert len(programmes.asked) == 3


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=8))
def test_whoever_asked_before_each_is_told_what_is_theirs_to_know(uow_of_one, looks):
    """Readers of statements and others, in any order, of this process or of a new one."""
    uow, key = uow_of_one
    reports = Reports(many=1)
    uow.session.execute(sa.delete(ZoneReport))
    for sees, anew in looks:
        reports = Reports(many=1) if anew else reports
        grants = Programmes(key) if sees else NothingGranted()
        report = told(uow, replace(MONTH, grants=grants), reports=reports)
        assert report.whole.subsidy_fen == (12_345 if sees else 0)
        assert report.months[0].subsidy_fen == (12_345 if sees else 0)


@pytest.fixture
def uow_of_one(uow, key):
    return uow, key


def test_where_nobody_is_told_of_subsidies_all_are_told_the_same(uow, key, monkeypatch):
    monkeypatch.setattr("booking.utilisation.report.pooled.USES_AT_MOST", 0)
    programmes = Programmes(key)
    first = told(uow, replace(MONTH, grants=programmes))
    assert (first.whole.users, first.whole.subsidy_fen) == (None, None)
    programmes.fen = 1
    with counted_statements(uow) as seen:
        assert told(uow) == told(uow, replace(MONTH, grants=programmes)) == first
    assert len(seen) <= 2 * LOOKED_UP


def test_what_is_kept_says_that_something_happened_since(uow, key):
    assert told(uow).up_to_date
    card = sa.update(Instrument).where(col(Instrument.id) == key)
    uow.session.execute(card.values(updated_at=moment("2026-11-23T09:01")))
    assert not told(uow).up_to_date
    uow.session.execute(card.values(updated_at=NOW))
    assert told(uow).up_to_date
    Writer(uow, key).write(Booked(span("2026-11-04T09:00", "12:00"), State.CONFIRMED))
    assert not told(uow).up_to_date


def test_a_roll_up_a_new_card_and_a_new_month_are_reckoned_anew(uow, key):
    assert told(uow).whole.effective == 3 * 3600
    use = span("2026-11-04T09:00", "12:00")
    Writer(uow, key).write(Booked(use, State.SETTLED, used=use, effective_minutes=60))
    night = moment("2026-11-24T03:30")
    roll_up(uow, now=night)
    assert told(uow, now=night).whole.effective == 4 * 3600
    make_instrument(uow)
    assert told(uow, now=night).whole.instruments == 2
    year = Asked(period=period_of("2026"), by=By.ZONE)
    assert told(uow, year, now=night).through.code == "2026-11"
    assert told(uow, year, now=moment("2026-12-01T00:10")).through.code == "2026-12"


def test_everything_is_called_what_it_is_called_now(uow, key):
    by_provider = replace(MONTH, by=By.ORGANISATION)
    reports = Reports(many=1)
    first = told(uow, by_provider, reports=reports)
    for model, by in ((Organisation, By.ORGANISATION), (Instrument, By.INSTRUMENT)):
        (line,) = told(uow, replace(MONTH, by=by)).groups
        renamed = sa.update(model).where(col(model.id) == line.key)
        uow.session.execute(renamed.values(name="示例改名", name_en="Renamed"))
        (line,) = told(uow, replace(MONTH, by=by)).groups
        assert (line.name, line.name_en) == ("示例改名", "Renamed")
    later = NOW + KEPT_FOR_OF_MANY
    assert told(uow, by_provider, now=later, reports=reports).groups[0].name == "示例改名"
    assert told(uow, by_provider).whole == first.whole


@pytest.mark.parametrize(
    "change",
    [
        {"cap": True},
        {"rated": RatedHours.same(1600)},
        {"sight": Sight(least_value_fen=1)},
        {"sight": Sight(lab_id=1)},
        {"sight": Sight(instrument_id=1)},
        {"sight": Sight(instrument_ids=frozenset())},
    ],
    ids=str,
)
def test_what_few_ask_is_not_kept_and_is_another_report(uow, key, change):
    told(uow)
    asked = replace(MONTH, **change)
    assert told(uow, asked) == waterfall_of(uow.session, asked, now=NOW)
    assert len(uow.session.exec(select(ZoneReport)).all()) == 1


def test_long_lists_are_not_kept(uow, key, monkeypatch):
    monkeypatch.setattr("booking.utilisation.report.written.LINES_AT_MOST", 0)
    told(uow)
    assert uow.session.exec(select(ZoneReport)).all() == []


def test_a_full_table_makes_room_by_forgetting_what_no_longer_holds(uow, key, monkeypatch):
    monkeypatch.setattr(keep_reports, "KEPT_AT_MOST", 2)
    told(uow), told(uow, replace(MONTH, by=By.ZONE))
    by_lab = replace(MONTH, by=By.LAB)
    assert told(uow, by_lab).whole.instruments == 1
    assert len(uow.session.exec(select(ZoneReport)).all()) == 2
    make_instrument(uow)
    assert told(uow, by_lab).whole.instruments == 2
    (only,) = uow.session.exec(select(ZoneReport)).all()
    assert only.asked.split()[1] == "lab"


def test_what_cannot_be_read_is_reckoned(uow, key):
    first = told(uow)
    for content in ("", "{}", as_text(first)[:-9]):
        uow.session.execute(sa.update(ZoneReport).values(content=content))
        assert told(uow) == first


def outside_of(engine):
    return Outside(engine, {}, settings_for(str(engine.url)))


def test_the_job_keeps_what_pages_ask_first_and_forgets_the_rest(engine, write):
    with write() as uow:
        key = write_instrument(uow, Invented(bookings=[USED]))
        roll_up(uow, now=NOW)
        uow.session.add(ZoneReport(asked="2025 zone", stamp="old", made_at=NOW, content="{}"))
    programmes = Programmes(key)
    # Four periods by four groupings, with what programmes paid and without; and the old one.
    rows = [
        keep_zone_reports(outside_of(engine), NOW, grants=programmes, many=1).rows for _ in (1, 2)
    ]
    assert rows == [33, 0]
    with write() as uow:
        for code in ("2026-11", "2026-10", "2026", "2025"):
            for by in (By.ORGANISATION, By.DISTRICT, By.CLASS, By.ZONE):
                for grants in (NothingGranted(), Programmes(key)):
                    asked = Asked(period=period_of(code), by=by, grants=grants)
                    with counted_statements(uow) as seen:
                        report = told(uow, asked)
                    assert len(seen) <= LOOKED_UP + 2, (code, by)
                    assert report == waterfall_of(uow.session, asked, now=NOW)


def test_what_no_stamp_tells_shows_after_a_night(engine, write):
    """A lab goes to another provider; no instrument is touched, and nothing is rolled up."""
    with write() as uow:
        key = write_instrument(uow, Invented(bookings=[USED]))
        roll_up(uow, now=NOW)
        other = make_organisation(uow).key
    by_provider = replace(MONTH, by=By.ORGANISATION)
    found = []
    for night in (NOW, NOW + timedelta(hours=6), NOW + timedelta(days=1)):
        keep_zone_reports(outside_of(engine), night, grants=Programmes(key), many=1)
        with write() as uow:
            found.append(told(uow, by_provider, now=night).groups[0].key == other)
            uow.session.execute(sa.update(Lab).values(organisation_id=other))
    assert found == [False, False, True]


def test_a_small_zone_keeps_nothing(engine, write):
    with write() as uow:
        key = write_instrument(uow, Invented(bookings=[USED]))
        roll_up(uow, now=NOW)
    assert keep_zone_reports(outside_of(engine), NOW, grants=Programmes(key)).rows == 0
    with write() as uow:
        told(uow, reports=Reports())
        assert uow.session.exec(select(ZoneReport)).all() == []


def test_a_page_keeps_for_other_processes_what_it_reckoned(write, client, clock):
    with write() as uow:
        write_instrument(uow, Invented(bookings=[USED]))
        roll_up(uow, now=clock.now())
        be(client, open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now()))
    addresses = ("/utilisation?by=zone", "/utilisation.csv?by=class", "/api/v1/utilisation?by=lab")
    for address in addresses:
        told_by_two = []
        for _ in (1, 2):
            client.app.state.memories = {"utilisation": Reports(many=1)}
            told_by_two.append(client.get(address))
        assert {answer.status_code for answer in told_by_two} == {200}
        assert told_by_two[0].text == told_by_two[1].text
    with write() as uow:
        asked = uow.session.exec(select(ZoneReport.asked).order_by(col(ZoneReport.id))).all()
    assert [one.split()[1] for one in asked] == ["zone", "class", "lab"]


def test_where_it_cannot_be_kept_nobody_is_the_worse_for_it(engine, write, caplog):
    with write() as uow:
        write_instrument(uow, Invented(bookings=[USED]))
        made: list[Made] = []
        Reports(many=1).of(uow.session, MONTH, now=NOW, keep=made.append)
    keep_if_it_can_be(engine, replace(made[0], stamp="x" * 65, at=NOW.replace(tzinfo=None)))
    assert "could not be kept" in caplog.text
