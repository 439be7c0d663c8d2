"""Hours, policy, prices and the statutory calendar, as labs and the centre set them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.enter_calendar import YearNotice, enter_calendar
from booking.instruments.actions.set_calendar import set_day, set_week, unset_day
from booking.instruments.actions.set_policy import set_policy
from booking.instruments.actions.set_tariff import PriceList, set_tariff, withdraw_tariff
from booking.instruments.errors import (
    CalendarContradicts,
    HoursClash,
    TariffContradicts,
    VersionBegun,
    VersionExists,
)
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.layers import DaySaid
from booking.instruments.rules.opening import DayKind, Hours
from booking.instruments.rules.pricing import price
from booking.instruments.rules.terms import PolicyTerms, QuotaTerms
from booking.kernel.errors import Forbidden, NotFound
from tests.factories.instruments import (
    CENTRE_ADMIN,
    add_tariff,
    keeper_of,
    keeper_of_instrument,
    make_instrument,
    make_lab,
    moment,
    span,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
TUESDAY = span("2026-11-24T09:00", "10:00")


def test_the_new_week_replaces_the_old_one(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    before = instrument.terms_version
    week = {2: [Hours(510, 720), Hours(780, 1440)]}
    set_week(uow, instrument.key, week, actor=keeper, now=NOW)
    terms = booking_terms(uow.session, instrument.key, TUESDAY)
    assert list(terms.open_windows) == [
        span("2026-11-24T08:30", "12:00"),
        span("2026-11-24T13:00", "2026-11-25T00:00"),
    ]
    assert instrument.terms_version > before


def test_windows_that_overlap_are_refused(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    week = {2: [Hours(510, 720), Hours(700, 800)]}
    with pytest.raises(HoursClash):
        set_week(uow, instrument.key, week, actor=keeper, now=NOW)


def test_a_day_has_its_own_hours_until_it_has_not(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper, day = keeper_of_instrument(uow, instrument), date(2026, 11, 24)

    def opened() -> int:
        return len(booking_terms(uow.session, instrument.key, TUESDAY).open_windows)

    set_day(uow, instrument.key, day, said=DaySaid(), actor=keeper, now=NOW)
    assert opened() == 0
    two = (Hours(540, 600), Hours(660, 720))
    set_day(uow, instrument.key, day, said=DaySaid(two), actor=keeper, now=NOW)
    assert opened() == 2
    unset_day(uow, instrument.key, day, actor=keeper, now=NOW)
    assert opened() == 1


def test_a_policy_holds_from_its_start(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    quota = QuotaTerms(per="person", measure="hours", period="week", limit=8)
    terms = PolicyTerms(grid_minutes=60, quotas=(quota,), horizon_days={"internal": 90})
    start = moment("2026-11-24T12:00")
    set_policy(uow, instrument.key, terms, actor=keeper, now=NOW, valid_from=start)
    afternoon = span("2026-11-24T13:00", "14:00")
    assert booking_terms(uow.session, instrument.key, TUESDAY).policy.grid_minutes == 30
    found = booking_terms(uow.session, instrument.key, afternoon).policy
    assert (found.grid_minutes, found.quotas, found.horizon_days) == (
        60,
        (quota,),
        {"internal": 90},
    )
    with pytest.raises(VersionExists):
        set_policy(uow, instrument.key, terms, actor=keeper, now=NOW, valid_from=start)


def test_the_last_policy_said_at_once_is_the_one_that_holds(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    for grid in (10, 20, 15):
        terms = PolicyTerms(grid_minutes=grid)
        set_policy(uow, instrument.key, terms, actor=keeper, now=NOW)
    assert booking_terms(uow.session, instrument.key, TUESDAY).policy.grid_minutes == 15


def test_a_price_list_holds_from_its_start_and_never_changes(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    weekdays = [1, 2, 3, 4, 5]
    prices = PriceList(
        valid_from=moment("2026-11-24T00:00"),
        classes={
            "enterprise": {
                "hour": "600.00",
                "steps": [{"over_hours": 8, "hour": "500.00"}],
                "day": None,
                "minimum": "100.00",
            }
        },
        peak=[{"weekdays": weekdays, "from": "09:30", "to": "24:00", "factor": "2"}],
    )
    set_tariff(uow, instrument.key, prices, actor=keeper, now=NOW)
    terms = booking_terms(uow.session, instrument.key, TUESDAY)
    assert terms.tariff is not None
    assert terms.tariff.vat_rate == Decimal("0.06")
    assert price(TUESDAY, terms.tariff, "enterprise").total_fen == 90_000
    with pytest.raises(VersionExists):
        set_tariff(uow, instrument.key, prices, actor=keeper, now=NOW)


@pytest.mark.parametrize(
    ("peak", "prices", "code"),
    [
        (
            [
                {"weekdays": [1, 2], "from": "18:00", "to": "22:00", "factor": "2"},
                {"weekdays": [2], "from": "21:00", "to": "23:00", "factor": "3"},
            ],
            {},
            "tariff.peaks_overlap",
        ),
        (
            [{"weekdays": [1], "from": "22:00", "to": "22:00", "factor": "2"}],
            {},
            "tariff.peak_backwards",
        ),
        (
            # Sunday night goes on into Monday.
            [
                {"weekdays": [7], "from": "22:00", "to": "06:00", "factor": "2"},
                {"weekdays": [1], "from": "05:00", "to": "08:00", "factor": "3"},
            ],
            {},
            "tariff.peaks_overlap",
        ),
        (
            [],
            {"consumables": [{"name": "金靶", "price": "1"}, {"name": "金靶", "price": "2"}]},
            "tariff.items_repeat",
        ),
        (
            [],
            {"steps": [{"over_hours": 8, "hour": "1"}, {"over_hours": 8, "hour": "2"}]},
            "tariff.steps_repeat",
        ),
    ],
)
def test_a_price_list_that_contradicts_itself_is_refused(
    uow: UnitOfWork, peak: list[dict[str, object]], prices: dict[str, object], code: str
) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)
    listed = PriceList(valid_from=NOW, classes={"enterprise": prices}, peak=peak)
    with pytest.raises(TariffContradicts) as refused:
        set_tariff(uow, instrument.key, listed, actor=keeper, now=NOW)
    assert [violation.code for violation in refused.value.violations] == [code]


def test_a_price_list_is_withdrawn_before_it_begins_and_its_start_is_free_again(
    uow: UnitOfWork,
) -> None:
    instrument = make_instrument(uow)
    keeper = keeper_of_instrument(uow, instrument)

    def listed(hour: str) -> PriceList:
        start = moment("2026-11-24T00:00")
        return PriceList(valid_from=start, classes={"enterprise": {"hour": hour}})

    def hour_fen() -> int:
        terms = booking_terms(uow.session, instrument.key, TUESDAY).tariff
        assert terms is not None
        return terms.prices_for("enterprise").hour_fen

    mistaken = set_tariff(uow, instrument.key, listed("6000.00"), actor=keeper, now=NOW)
    assert hour_fen() == 600_000
    start = mistaken.valid_from
    withdraw_tariff(uow, instrument.key, start, actor=keeper, now=NOW)
    assert hour_fen() == 80_000
    with pytest.raises(NotFound):
        withdraw_tariff(uow, instrument.key, start, actor=keeper, now=NOW)
    set_tariff(uow, instrument.key, listed("600.00"), actor=keeper, now=NOW)
    assert hour_fen() == 60_000
    with pytest.raises(VersionBegun):
        withdraw_tariff(uow, instrument.key, start, actor=keeper, now=start)


def test_nobody_else_withdraws_a_price_list(uow: UnitOfWork) -> None:
    instrument = make_instrument(uow)
    stranger = keeper_of_instrument(uow, make_instrument(uow))
    later = add_tariff(uow, instrument.key, valid_from=moment("2026-12-01T00:00"))
    with pytest.raises(Forbidden):
        withdraw_tariff(uow, instrument.key, later.valid_from, actor=stranger, now=NOW)


def test_the_centre_enters_a_year_and_corrects_it(uow: UnitOfWork) -> None:
    policy = {"follows_statutory_calendar": True}
    instrument = make_instrument(uow, policy=policy)
    spring = span("2027-02-06T09:00", "10:00")
    day = date(2027, 2, 6)
    assert booking_terms(uow.session, instrument.key, spring).missing_years == (2027,)
    for days, opened in (({}, True), ({day: (DayKind.HOLIDAY, "春节")}, False)):
        notice = YearNotice(year=2027, days=days, source="国务院办公厅通知（示例）")
        enter_calendar(uow, notice, actor=CENTRE_ADMIN, now=NOW)
        terms = booking_terms(uow.session, instrument.key, spring)
        assert terms.missing_years == ()
        assert bool(terms.open_windows) is opened


def test_a_notice_speaks_of_its_own_year(uow: UnitOfWork) -> None:
    strange = {date(2026, 12, 31): (DayKind.HOLIDAY, "")}
    notice = YearNotice(year=2027, days=strange, source="示例")
    with pytest.raises(CalendarContradicts):
        enter_calendar(uow, notice, actor=CENTRE_ADMIN, now=NOW)


def test_a_weekday_is_no_make_up_workday_whoever_says_so(uow: UnitOfWork) -> None:
    tuesday = {date(2027, 2, 9): (DayKind.MAKEUP_WORKDAY, "春节")}
    notice = YearNotice(year=2027, days=tuesday, source="示例")
    with pytest.raises(CalendarContradicts) as refused:
        enter_calendar(uow, notice, actor=CENTRE_ADMIN, now=NOW)
    assert [one.code for one in refused.value.violations] == ["calendar.worked_anyway"]


def test_labs_do_not_make_holidays(uow: UnitOfWork) -> None:
    notice, keeper = YearNotice(year=2027, days={}, source="示例"), keeper_of(make_lab(uow))
    with pytest.raises(Forbidden):
        enter_calendar(uow, notice, actor=keeper, now=NOW)
