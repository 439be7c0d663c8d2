"""By when reports are handed in."""

from datetime import date

import pytest

from booking.kernel.periods import Period
from booking.utilisation.report.templates import deadlines
from booking.utilisation.rules.deadlines import deadlines_of, last_ended
from booking.utilisation.rules.sheets import Kind

ROW = {"kind": "service", "days_after": 15, "remind_before": 7, "source": "示例"}
Q3 = Period.parse("2026-Q3")


def test_a_report_is_due_so_many_days_after_its_period() -> None:
    (one,) = deadlines_of([ROW])
    assert one.due(Q3) == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("day", "is_near"),
    [("2026-10-07", False), ("2026-10-08", True), ("2026-10-22", True), ("2026-10-23", False)],
)
def test_reminders_go_out_around_the_day(day: str, is_near: bool) -> None:
    (one,) = deadlines_of([ROW])
    assert one.is_near(Q3, date.fromisoformat(day)) is is_near


@pytest.mark.parametrize(
    ("kind", "day", "code"),
    [
        (Kind.SERVICE, "2026-09-30", "2026-Q2"),
        (Kind.SERVICE, "2026-10-01", "2026-Q3"),
        (Kind.SERVICE, "2027-01-01", "2026-Q4"),
        (Kind.UNIT, "2026-12-31", "2025"),
        (Kind.EFFICIENCY, "2026-08-31", "AY2024"),
        (Kind.EFFICIENCY, "2026-09-01", "AY2025"),
    ],
)
def test_the_period_in_question_is_the_last_that_is_over(kind: Kind, day: str, code: str) -> None:
    assert last_ended(kind, date.fromisoformat(day)).code == code


@pytest.mark.parametrize("row", [{**ROW, "source": ""}, {**ROW, "kind": "none"}, {}])
def test_a_deadline_without_a_source_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        deadlines_of([row])


def test_every_report_has_a_deadline() -> None:
    assert {one.kind for one in deadlines()} == set(Kind)
