"""Qualifications: judged at a day, both ends included; odd numbers warn."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.organisations.rules import (
    QualificationCode,
    QualificationTerm,
    codes_held_on,
    is_continued,
    number_warning,
    reminders_due,
    term_violations,
)

TECH, HNTE = QualificationCode.TECH_SME, QualificationCode.HNTE


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2025, 12, 31), set()),
        (date(2026, 1, 1), {TECH}),
        (date(2026, 12, 31), {TECH, HNTE}),
        (date(2027, 1, 1), {HNTE}),
        (date(2040, 1, 1), {HNTE}),
    ],
)
def test_a_qualification_counts_on_the_days_of_its_certificate(day: date, held: set[str]) -> None:
    terms = [
        QualificationTerm(TECH, date(2026, 1, 1), date(2026, 12, 31)),
        QualificationTerm(HNTE, date(2026, 6, 1), None),
    ]
    assert codes_held_on(terms, day) == held


@pytest.mark.parametrize(
    ("code", "number", "warns"),
    [
        (TECH, "202661010400123456", False),
        (TECH, "2026610104A0123456", False),
        (TECH, " 2026610104a0123456 ", False),
        (TECH, "20266101040012345", True),
        (HNTE, "GR202661000123", False),
        (HNTE, "gr202661000123", False),
        (HNTE, "GR20266100012", True),
        (HNTE, "HR202661000123", True),
        (QualificationCode.ABOVE_SCALE, "anything", False),
    ],
)
def test_an_unusual_number_warns(code: QualificationCode, number: str, warns: bool) -> None:
    warning = number_warning(code, number)
    assert (warning is not None) is warns
    assert warning is None or warning.overridable


@pytest.mark.parametrize(
    ("last", "codes"),
    [
        (None, []),
        (date(2026, 3, 1), []),
        (date(2026, 2, 28), ["qualification.ends_before_start"]),
    ],
)
def test_a_certificate_does_not_end_before_it_begins(last: date | None, codes: list[str]) -> None:
    assert [v.code for v in term_violations(date(2026, 3, 1), last)] == codes


@pytest.mark.parametrize(
    ("today", "noted", "due"),
    [
        (date(2026, 10, 31), [], ()),
        (date(2026, 11, 1), [], (60,)),
        (date(2026, 11, 2), [60], ()),
        (date(2026, 12, 1), [60], (30,)),
        (date(2026, 12, 25), [60, 30], (7,)),
        (date(2026, 12, 25), [60, 30, 7], ()),
        (date(2026, 12, 31), [], (7, 30, 60)),
        (date(2026, 12, 10), [60], (30,)),
        (date(2027, 1, 1), [], ()),
    ],
)
def test_each_reminder_comes_once_and_the_most_urgent_first(today, noted, due):
    assert reminders_due(date(2026, 12, 31), today, noted=noted) == due


@given(st.lists(st.integers(0, 200), max_size=30))
def test_whatever_days_the_clock_missed_no_step_comes_twice_nor_before_a_more_urgent_one(missed):
    end, told = date(2026, 12, 31), []
    noted: set[int] = set()
    for left in sorted(missed, reverse=True):
        if due := reminders_due(end, end - timedelta(days=left), noted=noted):
            told.append(due[0])
            noted |= set(due)
    assert told == sorted(set(told), reverse=True)
    assert bool(told) == any(left <= 60 for left in missed)


ENDING = QualificationTerm(TECH, date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("code", "first", "last", "continued"),
    [
        (TECH, date(2027, 1, 1), date(2027, 12, 31), True),
        (TECH, date(2026, 6, 1), None, True),
        (TECH, date(2027, 1, 2), date(2027, 12, 31), False),
        (TECH, date(2026, 1, 1), date(2026, 12, 31), False),
        (TECH, date(2025, 1, 1), date(2026, 6, 30), False),
        (HNTE, date(2027, 1, 1), None, False),
    ],
)
def test_one_that_goes_on_without_a_gap_needs_no_reminder(code, first, last, continued):
    assert is_continued(ENDING, [ENDING, QualificationTerm(code, first, last)]) is continued


def test_one_without_an_end_goes_on():
    assert is_continued(QualificationTerm(HNTE, date(2026, 1, 1), None), [])
