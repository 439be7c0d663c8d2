"""What banks are exposed to, from their credit lines and what happened to them."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.loans.models import CreditLine
from booking.loans.queries.lines import loan_values
from booking.loans.rules.exposure import Exposure, Granted, exposures


def exposure_on(session: Session, day: date) -> list[Exposure]:
    """Sums of every bank on a day, by name."""
    loans = loan_values(session)
    query = sa.select(
        col(CreditLine.id),
        col(CreditLine.bank),
        col(CreditLine.credit_limit_fen),
        col(CreditLine.valid_from),
        col(CreditLine.valid_to),
    )
    return exposures(
        (
            Granted(bank, limit, first <= day <= last, loans[key])
            for key, bank, limit, first, last in session.execute(query)
        ),
        day,
    )
