"""Under which terms an instrument can be booked at many times."""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.db.types import UtcDateTime
from booking.instruments.models.tables import POLICY, TARIFF
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.timespan import TimeSpan


def _changes(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table.c.valid_from).where(
        table.c.instrument_id == sa.bindparam("instrument", type_=sa.BigInteger()),
        table.c.valid_from > sa.bindparam("since", type_=UtcDateTime()),
        table.c.valid_from <= sa.bindparam("until", type_=UtcDateTime()),
    )


_CHANGES: Final = sa.union(_changes(POLICY), _changes(TARIFF))


def terms_over(
    session: Session,
    instrument_id: int,
    spans: Collection[TimeSpan],
    *,
    around: timedelta = timedelta(0),
    now: datetime,
) -> Mapping[TimeSpan, BookingTerms]:
    """The terms for each span, like `booking_terms`: read once for every version in force.

    The schedule of each covers all that its version is asked for.
    """
    found: dict[TimeSpan, BookingTerms] = {}
    for under in _by_version(session, instrument_id, sorted(set(spans))):
        whole = TimeSpan(under[0].start, max(span.end for span in under))
        terms = booking_terms(session, instrument_id, whole, around=around, now=now)
        found |= {span: replace(terms, span=span) for span in under}
    return found


def _by_version(
    session: Session, instrument_id: int, spans: list[TimeSpan]
) -> list[list[TimeSpan]]:
    """The spans, ordered, in groups that begin under the same policy and tariff."""
    asked = {"instrument": instrument_id, "since": spans[0].start, "until": spans[-1].start}
    changes = sorted(session.execute(_CHANGES, asked).scalars()) if len(spans) > 1 else []
    begun = groupby(spans, key=lambda span: bisect_right(changes, span.start))
    return [list(group) for _, group in begun]
