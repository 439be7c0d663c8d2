"""What orders, quotes and reports must say; and how long silence takes to accept."""

from datetime import date
from typing import Any

import pytest

from booking.instruments.rules.opening import DayKind, StatutoryCalendar
from booking.orders.rules import (
    Extra,
    LineKind,
    OrderTold,
    QuoteLine,
    QuoteTold,
    SampleTold,
    label_of,
    lines_of,
    order_violations,
    quote_violations,
    report_violations,
    silence_accepts,
)
from booking.orders.states import OrderState, Station, has_left, may_go, onward, step_to, ways

TODAY = date(2026, 11, 23)
SAMPLE = SampleTold(name="片")


@pytest.mark.parametrize(
    ("changes", "entrusted", "codes"),
    [
        ({}, True, []),
        ({"by_day": date(2026, 11, 22)}, True, ["order.day_over"]),
        ({"by_day": TODAY}, True, []),
        ({"samples": ()}, True, ["order.no_sample"]),
        ({}, False, ["order.not_entrusted"]),
        (
            {"by_day": date(2026, 1, 1), "samples": ()},
            False,
            ["order.day_over", "order.no_sample", "order.not_entrusted"],
        ),
    ],
)
def test_what_can_be_asked(changes: dict[str, Any], entrusted: bool, codes: list[str]) -> None:
    told = OrderTold(**{"wishes": "形貌", "by_day": TODAY, "samples": (SAMPLE,), **changes})
    found = order_violations(told, today=TODAY, entrusted=entrusted)
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"minutes": 60}, []),
        ({"staff_minutes": 60}, []),
        ({"extras": (Extra("报告", 100),)}, []),
        ({}, ["order.no_line"]),
        ({"minutes": 60, "valid_until": date(2026, 11, 22)}, ["order.valid_over"]),
        ({"minutes": 60, "promised_day": date(2026, 11, 22)}, ["order.promise_over"]),
    ],
)
def test_what_can_be_offered(changes: dict[str, Any], codes: list[str]) -> None:
    told = QuoteTold(**{"valid_until": TODAY, "promised_day": TODAY, **changes})
    assert [one.code for one in quote_violations(told, today=TODAY)] == codes


@pytest.mark.parametrize(
    ("stations", "results", "codes"),
    [
        ([Station.WRITTEN, Station.WRITTEN], 1, []),
        ([Station.WRITTEN], 0, ["order.no_result"]),
        ([Station.WRITTEN, Station.MEASURED], 1, ["order.unwritten"]),
        ([Station.ANNOUNCED], 0, ["order.no_result", "order.unwritten"]),
    ],
)
def test_what_a_report_lacks(stations: list[Station], results: int, codes: list[str]) -> None:
    assert [one.code for one in report_violations(stations, new_results=results)] == codes


def test_a_line_is_read_as_it_was_kept() -> None:
    told = QuoteTold(valid_until=TODAY, promised_day=TODAY, extras=(Extra("制样", 12_050),))
    line = lines_of(told, ())[0]
    assert line == QuoteLine(LineKind.OTHER, "制样", None, None, 12_050)
    assert QuoteLine.read(line.kept()) == line


def test_labels_are_numbered_behind_the_order() -> None:
    assert label_of("E261123-7KQ4MZ2", 3) == "E261123-7KQ4MZ2-03"


@pytest.mark.parametrize(
    ("reported", "days", "last"),
    [
        ("2026-11-23", {}, "2026-12-07"),
        # A Saturday that is worked, and a Monday that is not.
        ("2026-11-23", {"2026-11-28": DayKind.MAKEUP_WORKDAY}, "2026-12-04"),
        ("2026-11-23", {"2026-11-30": DayKind.HOLIDAY}, "2026-12-08"),
        # Reported on a weekend; over the end of a year that nobody has entered.
        ("2026-11-28", {}, "2026-12-11"),
        ("2026-12-28", {}, "2027-01-11"),
    ],
)
def test_silence_accepts_after_ten_working_days(
    reported: str, days: dict[str, DayKind], last: str
) -> None:
    calendar = StatutoryCalendar(
        frozenset({2026}), {date.fromisoformat(day): kind for day, kind in days.items()}, {}
    )
    assert silence_accepts(date.fromisoformat(reported), calendar) == date.fromisoformat(last)


def test_samples_go_forward_and_back_to_the_bench_but_never_out_of_the_lab_unreceived() -> None:
    assert may_go(Station.ANNOUNCED, Station.RECEIVED)
    assert may_go(Station.WRITTEN, Station.PREPARING)
    assert not any(may_go(Station.ANNOUNCED, to) for to in Station if to is not Station.RECEIVED)
    assert not any(may_go(one, to) for one in Station if has_left(one) for to in Station)
    assert step_to(Station.ANNOUNCED) is None


@pytest.mark.parametrize(
    ("state", "station", "to"),
    [
        (OrderState.QUOTED, Station.ANNOUNCED, ()),
        (OrderState.ORDERED, Station.ANNOUNCED, (Station.RECEIVED,)),
        (OrderState.IN_WORK, Station.RECEIVED, (Station.PREPARING, Station.MEASURED)),
        (OrderState.REPORTED, Station.WRITTEN, ()),
        (
            OrderState.ACCEPTED,
            Station.WRITTEN,
            (Station.RETURNED, Station.KEPT, Station.DISPOSED),
        ),
        (
            OrderState.WITHDRAWN,
            Station.RECEIVED,
            (Station.RETURNED, Station.KEPT, Station.DISPOSED),
        ),
    ],
)
def test_where_a_sample_may_go_depends_on_its_order(
    state: OrderState, station: Station, to: tuple[Station, ...]
) -> None:
    assert ways(state, station) == to


@pytest.mark.parametrize(
    ("state", "station", "to"),
    [
        (OrderState.ORDERED, Station.ANNOUNCED, Station.RECEIVED),
        (OrderState.IN_WORK, Station.MEASURED, Station.WRITTEN),
        (OrderState.IN_WORK, Station.WRITTEN, None),
        (OrderState.ACCEPTED, Station.WRITTEN, Station.RETURNED),
    ],
)
def test_a_sample_goes_on_and_not_back(
    state: OrderState, station: Station, to: Station | None
) -> None:
    assert onward(state, station) is to
