"""The centre's rules through time."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from booking.credit.models import CreditRules
from booking.credit.rules import Terms

_SHOWN = 50


def versions(session: Session) -> Sequence[CreditRules]:
    """The last ones, newest first."""
    wanted = select(CreditRules).order_by(
        col(CreditRules.valid_from).desc(), col(CreditRules.id).desc()
    )
    return session.exec(wanted.limit(_SHOWN)).all()


def current(rows: Sequence[CreditRules], now: datetime) -> CreditRules | None:
    """The version whose time has come last, active or not."""
    return next((row for row in rows if row.valid_from <= now), None)


def terms_of(row: CreditRules) -> Terms:
    """A version as the rules read it."""
    return Terms(
        start=row.start_score,
        loss_days=row.loss_days,
        gain_days=row.gain_days,
        restore_most=row.restore_most,
        approval_below=row.approval_below,
        refuse_below=row.refuse_below,
        late_start_minutes=row.late_start_minutes,
        publishes_labs=row.publishes_labs,
        points=row.points,
    )
