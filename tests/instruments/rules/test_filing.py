"""When an instrument must be filed, how that stands, and of what its keepers are told."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.instruments.rules.filing import (
    LEAST_VALUE_FEN,
    REMINDERS,
    Filing,
    FilingState,
    filing_due,
    is_working_day,
    reminder_due,
)
from booking.instruments.rules.opening import StatutoryCalendar
from tests.factories.calendars import statutory

DUE = date(2026, 3, 30)
BEFORE, AFTER = DUE - timedelta(days=20), DUE + timedelta(days=1)
WORTH = LEAST_VALUE_FEN


def test_thirty_working_days_go_round_the_spring_festival() -> None:
    """`policy-facts.md` §7.4."""
    assert filing_due(date(2026, 2, 10), statutory()) == DUE


def test_nobody_guesses_a_year_that_is_not_known() -> None:
    assert filing_due(date(2026, 12, 15), statutory()) is None


@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)))
def test_exactly_thirty_working_days_lie_after_acceptance(accepted: date) -> None:
    calendar = statutory()
    due = filing_due(accepted, calendar)
    assert due is not None
    days = [accepted + timedelta(days=n + 1) for n in range((due - accepted).days)]
    assert sum(is_working_day(day, calendar) for day in days) == 30
    assert is_working_day(due, calendar)


@pytest.mark.parametrize(
    ("filing", "today", "state"),
    [
        (Filing(value_fen=WORTH, accepted=BEFORE, due=DUE), BEFORE, FilingState.DUE),
        (Filing(value_fen=WORTH, accepted=BEFORE, due=DUE), DUE, FilingState.DUE),
        (Filing(value_fen=WORTH, accepted=BEFORE, due=DUE), AFTER, FilingState.OVERDUE),
        (Filing(value_fen=WORTH - 1, accepted=BEFORE, due=DUE), AFTER, FilingState.NOT_NEEDED),
        (Filing(value_fen=WORTH), AFTER, FilingState.NOT_ACCEPTED),
        (Filing(value_fen=WORTH, accepted=BEFORE), AFTER, FilingState.NO_CALENDAR),
        (
            Filing(value_fen=WORTH, accepted=BEFORE, due=DUE, filed_on=AFTER),
            AFTER,
            FilingState.FILED,
        ),
        (
            Filing(value_fen=WORTH, accepted=BEFORE, due=DUE, exemption="涉密"),
            AFTER,
            FilingState.EXEMPT,
        ),
        (Filing(value_fen=0, filed_on=BEFORE), AFTER, FilingState.FILED),
    ],
)
def test_how_a_filing_stands(filing: Filing, today: date, state: FilingState) -> None:
    assert filing.on(today) is state


@pytest.mark.parametrize(
    ("days_left", "told", "step"),
    [
        (11, None, None),
        (10, None, 10),
        (10, 10, None),
        (4, 10, None),
        (3, 10, 3),
        (3, None, 3),
        (1, 3, None),
        (0, 3, 0),
        (0, 0, None),
        # After an outage only the last word counts, also when the day is past.
        (-5, 10, 0),
        (-5, None, 0),
        (-5, 0, None),
    ],
)
def test_of_each_step_it_is_told_once(days_left: int, told: int | None, step: int | None) -> None:
    assert reminder_due(DUE, DUE - timedelta(days=days_left), told=told) == step


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=30))
def test_however_the_days_are_looked_at_every_step_is_told_at_most_once(offsets: list[int]) -> None:
    told: int | None = None
    steps = []
    for offset in sorted(offsets):
        step = reminder_due(DUE, DUE + timedelta(days=offset), told=told)
        if step is not None:
            told = step
            steps.append(step)
    assert steps == sorted(set(steps), reverse=True)
    assert set(steps) <= set(REMINDERS)


def test_an_empty_calendar_knows_no_day() -> None:
    assert filing_due(date(2026, 1, 5), StatutoryCalendar(frozenset(), {})) is None
