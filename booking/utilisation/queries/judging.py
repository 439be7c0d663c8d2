"""Figures straight from the records, by the law: for crowded months, and for what is not yet rolled
up."""

from collections.abc import Collection, Mapping

from sqlmodel import Session

from booking.kernel.periods import Period
from booking.utilisation.queries.recorded import month_records
from booking.utilisation.rules.months import MonthFigures, month_figures


def judge(
    session: Session, month: Period, ids: Collection[int], *, part: Period | None = None
) -> Mapping[int, MonthFigures]:
    """The figures of some instruments in a month, or in some days of it."""
    records = month_records(session, month, ids)
    span = (part or month).span
    return {instrument_id: month_figures(span, record) for instrument_id, record in records.items()}
