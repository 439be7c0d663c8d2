"""Since when there has been something to settle."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge, ChargeKind
from booking.invoices.queries.records import first_recorded, kept_since
from booking.kernel.clock import local
from booking.loans.queries.lines import first_draw
from booking.subsidies.queries.uses import DATES
from booking.subsidies.rules.programme import Programme


def first_due_day(session: Session, programmes: Sequence[Programme]) -> date | None:
    """The first day on which one of these programmes could owe anything; None: it never did."""
    begun = [(terms, _first_met(session, terms)) for terms in programmes]
    return min(
        (max(day, terms.valid_from) for terms, day in begun if day is not None),
        default=None,
    )


def _first_met(session: Session, terms: Programme) -> date | None:
    """The day by which a programme dates the first thing that it could have paid for."""
    if terms.kind == "interest":
        return first_draw(session)
    query = sa.select(sa.func.min(DATES[terms.dated_by])).where(col(Charge.kind) == ChargeKind.USE)
    found = session.execute(query).scalar_one()
    met = [] if found is None else [local(found).date()]
    # What is invoiced or paid ahead of its confirmation is dated by that, where records are kept.
    if terms.dated_by in {"invoice", "payment"} and kept_since(session) is not None:
        ahead = first_recorded(session, paid=terms.dated_by == "payment")
        met += [] if ahead is None else [ahead]
    return min(met, default=None)
