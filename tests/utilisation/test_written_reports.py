"""Reports as text: what is read back is what was written, to the last digit."""

from dataclasses import fields
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from booking.utilisation.report.pooled import By, Group, MonthLine, Report
from booking.utilisation.report.written import as_text, read_back
from booking.utilisation.rules.indicators import Indicators
from booking.utilisation.rules.months import MonthFigures
from booking.utilisation.rules.pieces import period_of, pieces_of
from booking.utilisation.rules.waterfall import Waterfall

ratios = st.none() | st.fractions()
whole = st.integers(-(2**70), 2**70)
waters = st.builds(Waterfall, *(whole for _ in fields(Waterfall)))
figures = st.builds(
    MonthFigures,
    waterfall=waters,
    **{one.name: whole for one in fields(MonthFigures) if one.name != "waterfall"},
)
OTHER_FIELDS = {
    "instruments", "waterfall", "effective", "external", "reservations", "missed", "uses",
    "samples", "faults", "income_fen", "filing_due", "filed", "users", "subsidy_fen",
}  # fmt: skip
pooled = st.builds(
    Indicators,
    waterfall=waters,
    users=st.none() | whole,
    subsidy_fen=st.none() | whole,
    **{
        one.name: ratios if one.name not in OTHER_FIELDS else whole
        for one in fields(Indicators)
        if one.name not in {"waterfall", "users", "subsidy_fen"}
    },
)
groups = st.builds(
    Group, key=st.integers() | st.text(), name=st.text(), indicators=pooled, name_en=st.text()
)
codes = st.sampled_from(["2026", "2026-Q1", "AY2025", "2026-02", "2026-02-03..2026-04-05"])


@st.composite
def reports(draw):
    period = period_of(draw(codes))
    pieces = pieces_of(period)
    months = tuple(
        MonthLine(piece, draw(st.integers()), draw(figures), draw(st.none() | whole))
        for piece in pieces
    )
    lines = tuple(draw(st.lists(groups, max_size=3)))
    through = pieces[-1].part
    up = draw(st.booleans())
    return Report(period, draw(st.sampled_from(By)), lines, draw(pooled), through, up, months)


@given(reports())
def test_a_report_is_read_back_as_it_was_written(report):
    back = read_back(as_text(report))
    assert back is not None
    assert back == report
    kinds = [type(group.key) for group in back.groups]
    assert kinds == [type(group.key) for group in report.groups]
    assert isinstance(back.months_counted, Fraction)
    assert back.months_counted == report.months_counted
