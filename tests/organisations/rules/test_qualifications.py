"""Qualifications: judged at a day, both ends included; odd numbers warn."""

from datetime import date

import pytest

from booking.organisations.rules import (
    QualificationCode,
    QualificationTerm,
    codes_held_on,
    number_warning,
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
