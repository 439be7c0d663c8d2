"""Which kinds of loans are refused today, and why."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.loans.models import LineKind
from booking.loans.models.kinds import LoanKindSetting


def refused_kinds(session: Session) -> Mapping[LineKind, str]:
    """The reason for each kind that the centre does not take on; nothing was said of the others."""
    newest = sa.select(sa.func.max(col(LoanKindSetting.id))).group_by(col(LoanKindSetting.kind))
    query = (
        sa.select(col(LoanKindSetting.kind), col(LoanKindSetting.reason))
        .where(col(LoanKindSetting.id).in_(newest), ~col(LoanKindSetting.accepted))
        .order_by(col(LoanKindSetting.kind))
    )
    return {row.kind: row.reason for row in session.execute(query)}
