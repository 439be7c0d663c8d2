"""When users may grade a use, and from how many on an average is told."""

from datetime import timedelta

import pytest

from booking.reservations.rules.feedback import TERM, Grade, average, may_still_be_given
from tests.support.clock import moment

END = moment("2026-09-01T12:00")


@pytest.mark.parametrize(
    ("after", "is_open"),
    [
        (timedelta(seconds=-1), False),
        (timedelta(0), True),
        (TERM - timedelta(seconds=1), True),
        (TERM, False),
    ],
)
def test_the_term_begins_with_the_end_of_the_use(after: timedelta, is_open: bool) -> None:
    assert may_still_be_given(END, now=END + after) is is_open


def test_the_grades_stand_in_the_order_of_the_national_record() -> None:
    assert [grade.points for grade in Grade] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], None),
        ([(1, 5), (1, 4), (2, 5)], None),
        ([(1, 5), (2, 4), (3, 3)], 4.0),
        ([(1, 5), (1, 5), (2, 1), (3, 1)], 3.0),
    ],
)
def test_an_average_of_fewer_than_three_users_is_not_told(
    given: list[tuple[int, int]], told: float | None
) -> None:
    assert average(given) == told
