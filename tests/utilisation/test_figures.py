"""Every figure of every way to pool, for every kind of period, as a slow reference counts it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from random import Random

import pytest
import sqlalchemy as sa
from sqlmodel import select

from booking.instruments.rules.opening import DayKind
from booking.kernel.periods import Period
from booking.reservations.models.reservation import Reservation
from booking.reservations.states import State
from booking.utilisation.actions.roll_up import roll_up
from booking.utilisation.errors import DatesTooMany
from booking.utilisation.queries.kept import Sight
from booking.utilisation.report.pooled import Asked, By, waterfall_of
from booking.utilisation.report.records import records_behind
from booking.utilisation.report.remembered import KEPT_FOR, Reports
from booking.utilisation.report.week import looked_at
from booking.utilisation.rules.attributing import Figure
from booking.utilisation.rules.indicators import RatedHours
from booking.utilisation.rules.pieces import period_of
from tests.factories.instruments import enter_year, make_instrument, make_lab, span
from tests.factories.utilisation import Booked, Invented, Writer, invented, write_instrument
from tests.support.clock import moment
from tests.utilisation.painting import IGNORED, painted
from tests.utilisation.reading import SHARES

NOW = moment("2026-11-23T09:00")
DAYS = {date(2026, 10, 1): DayKind.HOLIDAY, date(2026, 10, 10): DayKind.MAKEUP_WORKDAY}
OWN = ("2026-09-17..2026-11-05", "2026-10-10..2026-10-10")
PERIODS = ("2026-10", "2026-Q4", "2026", "AY2026", *OWN)


@dataclass(frozen=True)
class Placed:
    """An invented instrument and where it stands."""

    key: int
    story: Invented
    lab: int
    district: str
    category: str


@pytest.fixture
def placed(uow) -> list[Placed]:
    """Four instruments in two labs, districts and classes."""
    enter_year(uow, 2026, DAYS)
    chance, out = Random(11), []
    labs = [(make_lab(uow, district=name).key, name) for name in ("fengxi", "fengdong")]
    for number in range(4):
        lab, district = labs[number % 2]
        story = invented(chance)
        code = ("010101", "030101")[number // 2]
        key = write_instrument(uow, story, lab_id=lab, district=district, category_code=code)
        out.append(Placed(key, story, lab, district, code[:2]))
    return out


def counted(code: str, placed: Placed) -> Counter[str]:
    """The slow way: minute by minute, booking by booking."""
    period = period_of(code)
    until = min(period.until, date(2026, 12, 1))
    counts = Period(period.first, until, "")
    found, whole = painted(counts, placed.story, DAYS), counts.span
    for booked in placed.story.bookings:
        if booked.state in IGNORED:
            continue
        begins = whole.start <= booked.span.start < whole.end
        found["reservations"] += begins
        found["missed"] += begins and booked.state is State.MISSED
        if booked.used and whole.start < booked.used.end <= whole.end:
            found["uses"] += 1
            found["samples"] += booked.samples
            if booked.state is State.SETTLED:
                found["income"] += booked.income_fen
    for kind, closed, lifted in placed.story.closures:
        end = min(closed.end, lifted) if lifted else closed.end
        lasts = kind.value == "fault" and closed.start < end
        found["faults"] += lasts and whole.start <= closed.start < whole.end
    return found


@contextmanager
def counted_statements(uow) -> Iterator[list[str]]:
    """The statements that reach the database inside the block."""
    connection, seen = uow.session.connection(), []

    def note(_connection, _cursor, statement, *_) -> None:
        seen.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    yield seen
    sa.event.remove(connection, "before_cursor_execute", note)


@pytest.mark.slow
@pytest.mark.parametrize("code", PERIODS)
@pytest.mark.parametrize("rolled", [True, False], ids=["rolled up", "from the records"])
def test_they_are_what_a_slow_reference_counts(uow, placed, code, rolled):
    if rolled:
        roll_up(uow, now=NOW)
    keys = {
        By.INSTRUMENT: lambda one: one.key,
        By.CLASS: lambda one: one.category,
        By.LAB: lambda one: one.lab,
        By.DISTRICT: lambda one: one.district,
        By.ZONE: lambda _: "zone",
    }
    slow = {one.key: counted(code, one) for one in placed}
    for by, key_of in keys.items():
        report = waterfall_of(uow.session, Asked(period=period_of(code), by=by), now=NOW)
        for group in report.groups:
            mine = [slow[one.key] for one in placed if key_of(one) == group.key]
            told = group.indicators
            for name in SHARES:
                seconds = sum(one[name] for one in mine)
                assert getattr(told.waterfall, name) == seconds, (by, name)
            for name in ("reservations", "missed", "uses", "samples", "faults"):
                assert getattr(told, name) == sum(one[name] for one in mine), (by, name)
            assert told.income_fen == sum(one["income"] for one in mine)
        assert sum(g.indicators.effective for g in report.groups) == report.whole.effective
        assert sum(line.sums.effective for line in report.months) == report.whole.effective


@pytest.mark.slow
@pytest.mark.parametrize("code", PERIODS)
def test_what_is_listed_behind_a_figure_sums_to_it(uow, placed, code):
    roll_up(uow, now=NOW)
    for one in placed:
        asked = Asked(period=period_of(code), by=By.INSTRUMENT, sight=Sight(instrument_id=one.key))
        told = waterfall_of(uow.session, asked, now=NOW).whole
        for figure in Figure:
            name = "income_fen" if figure is Figure.INCOME else figure.value
            expected = getattr(told.waterfall if figure.value in SHARES else told, name)
            listed = records_behind(uow.session, asked, one.key, figure=figure, now=NOW)
            assert listed.total == expected, figure
            assert all(each.adds for each in listed.listed)


def test_what_several_used_is_one_user(uow):
    """Users are organisations: the same one at two instruments of a lab counts once."""
    when = span("2026-11-03T09:00", "12:00")
    used = Booked(when, State.SETTLED, used=when, effective_minutes=60)
    lab = make_lab(uow).key
    keys = [write_instrument(uow, Invented(bookings=[used]), lab_id=lab) for _ in range(2)]
    row = uow.session.exec(select(Reservation).where(Reservation.instrument_id == keys[0])).one()
    other = uow.session.exec(select(Reservation).where(Reservation.instrument_id == keys[1])).one()
    other.organisation_id = row.organisation_id
    uow.session.flush()
    told = waterfall_of(uow.session, Asked(period=period_of("2026-11"), by=By.INSTRUMENT), now=NOW)
    assert [group.indicators.users for group in told.groups] == [1, 1]
    assert told.whole.users == 1
    assert told.whole.uses == 2


def test_filing_is_of_those_that_were_due_by_the_end_of_the_period(uow):
    due = date(2026, 10, 20)
    make_instrument(uow, filing_due=due, filed_on=date(2026, 10, 5))
    make_instrument(uow, filing_due=due, filed_on=date(2026, 11, 5))
    make_instrument(uow, filing_due=due, filing_exemption="示例批文")
    make_instrument(uow, filing_due=date(2026, 11, 20))
    rates = {}
    for code in ("2026-09", "2026-10", "2026-11"):
        told = waterfall_of(uow.session, Asked(period=period_of(code), by=By.ZONE), now=NOW).whole
        rates[code] = (told.filed, told.filing_due, told.filing_rate)
    assert rates == {
        "2026-09": (0, 0, None),
        "2026-10": (1, 2, Fraction(1, 2)),
        "2026-11": (2, 3, Fraction(2, 3)),
    }


def test_only_instruments_of_a_value_are_in_scope(uow):
    make_instrument(uow, original_value_fen=500_000_00)
    make_instrument(uow, original_value_fen=499_999_99)
    asked = Asked(period=period_of("2026-11"), by=By.ZONE, sight=Sight(least_value_fen=500_000_00))
    assert waterfall_of(uow.session, asked, now=NOW).whole.instruments == 1


def test_a_part_of_a_month_is_rated_as_that_part(uow):
    key = make_instrument(uow).key
    for code, hours in (("2026-11", 1400 / 12), ("2026-11-01..2026-11-15", 1400 / 24)):
        when = span("2026-11-03T09:00", "10:00")
        asked = Asked(
            period=period_of(code), by=By.ZONE, rated=RatedHours(), sight=Sight(instrument_id=key)
        )
        if code == "2026-11":
            Writer(uow, key).write(Booked(when, State.SETTLED, used=when, effective_minutes=60))
        told = waterfall_of(uow.session, asked, now=NOW).whole
        assert float(told.utilisation_rated or 0) == pytest.approx(1 / hours, rel=1e-4)


def test_what_programmes_paid_counts_once_statements_are_locked(uow):
    """`granted` is told by the room above; here a stand-in says what it knows."""

    class Known:
        def granted(self, session, period, instruments):
            assert list(session.execute(instruments).scalars()) == [key]
            assert period.code == "2026-11"
            return {(key, "2026-11"): 120_00}

        def stamp(self, _session):
            return ""

    when = span("2026-11-03T09:00", "12:00")
    used = Booked(when, State.SETTLED, used=when, effective_minutes=120, income_fen=300_00)
    key = write_instrument(uow, Invented(bookings=[used]))
    asked = Asked(period=period_of("2026-11"), by=By.ZONE, grants=Known())
    told = waterfall_of(uow.session, asked, now=NOW)
    assert told.whole.subsidy_fen == 120_00
    assert told.whole.subsidy_per_hour == 60_00
    assert told.whole.income_per_hour == 150_00
    assert told.months[0].subsidy_fen == 120_00


def test_utilisation_can_be_capped(uow):
    when = span("2026-11-03T00:00", "2026-11-13T00:00")
    used = Booked(when, State.SETTLED, used=when, effective_minutes=200 * 60)
    write_instrument(uow, Invented(bookings=[used]))
    for cap, ratio in ((False, Fraction(200 * 12, 1400)), (True, Fraction(1))):
        asked = Asked(period=period_of("2026-11"), by=By.ZONE, cap=cap)
        told = waterfall_of(uow.session, asked, now=NOW).whole
        assert float(told.utilisation_rated or 0) == pytest.approx(float(ratio), rel=1e-5)


def test_days_of_ones_own_are_for_some_instruments_only(uow, monkeypatch):
    monkeypatch.setattr("booking.utilisation.report.counting.JUDGED_AT_MOST", 1)
    make_instrument(uow), make_instrument(uow)
    asked = Asked(period=period_of("2026-11-02..2026-11-20"), by=By.ZONE)
    with pytest.raises(DatesTooMany) as refused:
        waterfall_of(uow.session, asked, now=NOW)
    assert refused.value.params == {"most": 1}


def test_a_remembered_report_is_forgotten_once_anything_changes(uow):
    key = write_instrument(uow, Invented())
    reports, asked = Reports(), Asked(period=period_of("2026-11"), by=By.DISTRICT)
    roll_up(uow, now=NOW)
    first = reports.of(uow.session, asked, now=NOW)
    assert reports.of(uow.session, asked, now=NOW) is first
    when = span("2026-11-03T09:00", "12:00")
    Writer(uow, key).write(Booked(when, State.COMPLETED, used=when))
    second = reports.of(uow.session, asked, now=NOW)
    assert second.whole.waterfall.used == first.whole.waterfall.used + 3 * 3600
    roll_up(uow, now=NOW + KEPT_FOR)
    third = reports.of(uow.session, asked, now=NOW + KEPT_FOR)
    assert third is not second
    make_instrument(uow)
    assert reports.of(uow.session, asked, now=NOW + KEPT_FOR).whole.instruments == 2


def test_what_programmes_paid_is_told_whoever_looked_before(uow):
    key = write_instrument(uow, Invented())
    roll_up(uow, now=NOW)

    class Programmes:
        def granted(self, *_asked):
            return {(key, "2026-11"): 12_345}

        def stamp(self, _session):
            return "1"

    reports, asked = Reports(), Asked(period=period_of("2026-11"), by=By.ZONE)
    assert reports.of(uow.session, asked, now=NOW).whole.subsidy_fen == 0
    more = replace(asked, grants=Programmes())
    assert reports.of(uow.session, more, now=NOW).whole.subsidy_fen == 12_345
    assert reports.of(uow.session, asked, now=NOW).whole.subsidy_fen == 0


def test_a_longer_period_and_more_instruments_take_no_more_statements(uow, placed):
    roll_up(uow, now=NOW)
    asked = {"month": "2026-11", "year": "2026", "own": "2026-09-17..2026-11-05"}
    taken = {}
    for name, code in asked.items():
        for sight in (Sight(), Sight(instrument_id=placed[0].key)):
            query = Asked(period=period_of(code), by=By.INSTRUMENT, sight=sight)
            with counted_statements(uow) as seen:
                waterfall_of(uow.session, query, now=NOW)
            taken[name, sight.instrument_id is None] = len(seen)
            with counted_statements(uow) as seen:
                looked_at(uow.session, query, now=NOW)
            assert len(seen) <= 12
    assert taken["year", True] == taken["month", True] <= 8
    assert taken["year", False] == taken["month", False]
    # Two months are cut; each is judged from its records.
    assert taken["own", True] <= taken["month", True] + 2 * 12
