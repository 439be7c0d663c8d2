"""The roll-up: sums in sets agree with painting every minute, and redo only what changed."""

from datetime import date, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.instruments.rules.opening import DayKind
from booking.instruments.states import InstrumentState
from booking.kernel.periods import Period
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from booking.reservations.states import State
from booking.utilisation.actions.roll_up import rebuild, roll_up
from booking.utilisation.models import UtilisationMark
from tests.factories.instruments import (
    add_closure,
    add_lab_day,
    add_zone_day,
    enter_year,
    make_instrument,
    make_lab,
    set_lab_week,
    set_week,
    span,
)
from tests.factories.utilisation import (
    Booked,
    Invented,
    Writer,
    invented,
    orderly,
    write_instrument,
)
from tests.support.clock import moment
from tests.utilisation.painting import effective_of_quarter, painted
from tests.utilisation.reading import HOUR, figures, hours_of, rows, shares

NOW = moment("2026-11-23T09:00")
DAYS = {
    date(2026, 9, 25): DayKind.HOLIDAY,
    date(2026, 10, 1): DayKind.HOLIDAY,
    date(2026, 10, 10): DayKind.MAKEUP_WORKDAY,
}
QUARTER = [Period.parse(f"2026-{month:02d}") for month in (9, 10, 11)]


@pytest.mark.slow
@pytest.mark.parametrize("invent", [orderly, invented])
@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_painting_every_minute(uow, seed, invent):
    enter_year(uow, 2026, DAYS)
    chance = Random(seed)
    stories = {}
    for _ in range(3):
        story = invent(chance)
        stories[write_instrument(uow, story)] = story
    roll_up(uow, now=NOW)
    kept = rows(uow)
    for instrument_id, story in stories.items():
        of_it = [kept[instrument_id, month.code] for month in QUARTER]
        for month, row in zip(QUARTER, of_it, strict=True):
            assert shares(row) == dict(painted(month, story, DAYS)), month.code
        sums = tuple(
            sum(getattr(row, name) for row in of_it)
            for name in ("effective_seconds", "external_seconds")
        )
        if all(b.used is None or b.used.end <= QUARTER[-1].span.end for b in story.bookings):
            assert sums == effective_of_quarter(story)


def test_rolling_up_again_changes_nothing(uow):
    write_instrument(uow, invented(Random(99)))
    assert roll_up(uow, now=NOW) > 0
    before = figures(uow)
    assert roll_up(uow, now=NOW) == 0
    assert figures(uow) == before


@pytest.mark.slow
def test_following_changes_comes_to_the_same_as_starting_anew(uow):
    enter_year(uow, 2026, DAYS)
    chance = Random(7)
    ids = [write_instrument(uow, invented(chance)) for _ in range(3)]
    roll_up(uow, now=NOW)
    change_everything(uow, ids, chance)
    roll_up(uow, now=NOW)
    followed = figures(uow)
    rebuild(uow, now=NOW)
    assert figures(uow) == followed


def change_everything(uow, ids, chance):
    """Move, cancel, end and settle some; close one; open another longer; retire the third."""
    bookings = uow.session.exec(select(Reservation).order_by(col(Reservation.id))).all()
    for booking in chance.sample(list(bookings), 20):
        booking.starts_at -= timedelta(days=31)
        booking.ends_at -= timedelta(days=31)
    for booking in chance.sample(list(bookings), 10):
        booking.state = State.CANCELLED
    uses = uow.session.exec(select(UsageSession).order_by(col(UsageSession.id))).all()
    for use in chance.sample(list(uses), 10):
        use.ended_at += timedelta(hours=5)
        use.settled_at = use.ended_at
    uow.session.flush()
    add_closure(uow, ids[0], span("2026-10-10T00:00", "2026-10-12T00:00"), kind=ClosureKind.FAULT)
    set_week(uow, ids[1], {7: (("09:00", "12:00"),)})
    uow.session.execute(
        sa.update(Instrument)
        .where(col(Instrument.id) == ids[2])
        .values(state=InstrumentState.RETIRED, updated_at=moment("2026-10-15T00:00"))
    )


def test_only_what_changed_is_redone(uow):
    first = write_instrument(uow, invented(Random(1)))
    write_instrument(uow, invented(Random(2)))
    roll_up(uow, now=NOW)
    Writer(uow, first).write(Booked(span("2026-06-03T09:00", "12:00")))
    assert roll_up(uow, now=NOW + timedelta(days=1)) == 1
    later = [key for key, row in rows(uow).items() if row.computed_at > NOW]
    assert later == [(first, "2026-06")]


def test_a_booking_across_the_end_of_a_month_counts_in_both(uow):
    over = Booked(
        span("2026-10-31T20:00", "2026-11-01T02:00"),
        State.SETTLED,
        used=span("2026-10-31T20:00", "2026-11-01T03:00"),
        effective_minutes=420,
        samples=4,
        income_fen=500_00,
    )
    instrument_id = write_instrument(uow, Invented(hours=(0, 1440), bookings=[over]))
    roll_up(uow, now=NOW)
    kept = rows(uow)
    october, november = (kept[instrument_id, f"2026-{month}"] for month in (10, 11))
    assert (october.used_seconds, november.used_seconds) == (4 * HOUR, 3 * HOUR)
    assert (october.effective_seconds, november.effective_seconds) == (4 * HOUR, 3 * HOUR)
    assert (october.bookings, november.bookings) == (1, 0)
    assert (october.samples, november.samples) == (0, 4)
    assert (october.income_fen, november.income_fen) == (0, 500_00)


def test_two_units_have_twice_the_calendar(uow):
    busy = Booked(
        span("2026-11-03T08:00", "18:00"),
        State.COMPLETED,
        place=1,
        used=span("2026-11-03T08:00", "18:00"),
    )
    instrument_id = write_instrument(uow, Invented(units=2, bookings=[busy]))
    roll_up(uow, now=NOW)
    row = rows(uow)[instrument_id, "2026-11"]
    assert row.calendar_seconds == 2 * 30 * 24 * HOUR
    assert row.open_seconds == 2 * 21 * 10 * HOUR
    assert row.used_seconds == 10 * HOUR


def test_unconfirmed_use_is_used_but_not_effective(uow):
    when = span("2026-11-03T09:00", "12:00")
    done = Booked(when, State.COMPLETED, used=when, effective_minutes=150)
    instrument_id = write_instrument(uow, Invented(bookings=[done]))
    roll_up(uow, now=NOW)
    row = rows(uow)[instrument_id, "2026-11"]
    assert (row.used_seconds, row.effective_seconds) == (3 * HOUR, 0)


def test_a_missed_booking_whose_time_went_to_another_is_not_counted_twice(uow):
    bookings = [
        Booked(span("2026-11-03T09:00", "12:00"), State.MISSED),
        Booked(
            span("2026-11-03T10:00", "12:00"),
            State.COMPLETED,
            used=span("2026-11-03T10:00", "11:30"),
        ),
    ]
    instrument_id = write_instrument(uow, Invented(bookings=bookings))
    roll_up(uow, now=NOW)
    found = hours_of(uow, instrument_id)
    assert (found["used"], found["booked_unused"]) == (1.5, 1.5)


def test_an_unused_instrument_has_rows_for_every_month_since_its_card(uow):
    instrument_id = write_instrument(uow, Invented(), created_at=moment("2026-09-10T00:00"))
    roll_up(uow, now=NOW)
    assert [month for _, month in sorted(rows(uow))] == ["2026-09", "2026-10", "2026-11"]
    assert hours_of(uow, instrument_id, "2026-09") == {"closed": 500, "idle": 220}


def test_a_new_month_appears_by_itself(uow):
    write_instrument(uow, Invented())
    roll_up(uow, now=NOW)
    assert roll_up(uow, now=moment("2026-12-01T03:30")) == 1
    assert max(month for _, month in rows(uow)) == "2026-12"


def test_drafts_do_not_count(uow):
    write_instrument(uow, Invented(), state=InstrumentState.DRAFT)
    assert roll_up(uow, now=NOW) == 0


@pytest.mark.parametrize(
    "change",
    [
        sa.update(Reservation).values(state=State.CANCELLED),
        sa.update(UsageSession).values(test_minutes=1),
        sa.delete(UsageSession),
    ],
)
def test_whoever_writes_a_change_leaves_a_mark(uow, change):
    used = span("2026-11-03T09:00", "12:00")
    write_instrument(uow, Invented(bookings=[Booked(used, State.COMPLETED, used=used)]))
    roll_up(uow, now=NOW)
    assert uow.session.exec(select(UtilisationMark)).all() == []
    uow.session.execute(change)
    (mark,) = uow.session.exec(select(UtilisationMark)).all()
    assert (mark.starts_at, mark.ends_at) == (used.start, used.end)


def test_a_moved_booking_marks_where_it_was_and_where_it_is(uow):
    write_instrument(uow, Invented(bookings=[Booked(span("2026-10-30T09:00", "12:00"))]))
    roll_up(uow, now=NOW)
    moved = span("2026-11-03T09:00", "12:00")
    uow.session.execute(sa.update(Reservation).values(starts_at=moved.start, ends_at=moved.end))
    assert roll_up(uow, now=NOW) == 2


def test_a_night_counts_in_the_month_in_which_its_hours_lie(uow):
    instrument_id = make_instrument(uow, week={6: (("22:00", "06:00"),)}).key
    roll_up(uow, now=NOW)
    # Five Saturdays; the night of 31 October ends in November, which has four of its own.
    assert hours_of(uow, instrument_id, "2026-10")["idle"] == 4 * 8 + 2
    assert hours_of(uow, instrument_id, "2026-11")["idle"] == 4 * 8 + 6


def test_hours_and_days_of_the_lab_and_the_zone_count_and_their_change_is_noticed(uow):
    lab = make_lab(uow).key
    bare = make_instrument(uow, lab_id=lab, week={}).key
    other = make_instrument(uow, week={1: (("09:00", "17:00"),)}).key
    roll_up(uow, now=NOW)
    assert "idle" not in hours_of(uow, bare)
    set_lab_week(uow, lab, {1: (("09:00", "17:00"),)})
    assert {mark.instrument_id for mark in uow.session.exec(select(UtilisationMark))} == {bare}
    roll_up(uow, now=NOW)
    assert (hours_of(uow, bare)["idle"], hours_of(uow, other)["idle"]) == (40, 40)
    add_lab_day(uow, lab, date(2026, 11, 2))
    roll_up(uow, now=NOW)
    assert (hours_of(uow, bare)["idle"], hours_of(uow, other)["idle"]) == (32, 40)
    add_zone_day(uow, date(2026, 11, 9), ("09:00", "10:00"))
    roll_up(uow, now=NOW)
    assert (hours_of(uow, bare)["idle"], hours_of(uow, other)["idle"]) == (25, 33)
    followed = figures(uow)
    rebuild(uow, now=NOW)
    assert figures(uow) == followed
