"""What the policy of a booking says, as it was when the booking was made."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import POLICY
from booking.instruments.rules.terms import PolicyTerms


@dataclass(frozen=True, slots=True)
class AfterwardsTerms:
    """What giving back late and not coming cost, and how long silence may last."""

    late_cancel_percent: int
    no_show_percent: int
    confirm_within: timedelta


_AFTERWARDS: Final = sa.select(
    POLICY.c.late_cancel_percent, POLICY.c.no_show_percent, POLICY.c.confirm_days
).where(POLICY.c.id == sa.bindparam("policy"))


def afterwards_terms(session: Session, policy_id: int | None) -> AfterwardsTerms:
    """The part of a policy that matters once a booking is made."""
    if policy_id is None:
        silent = PolicyTerms()
        return _terms(silent.late_cancel_percent, silent.no_show_percent, silent.confirm_days)
    return _terms(*session.execute(_AFTERWARDS, {"policy": policy_id}).one())


def _terms(late: int, no_show: int, days: int) -> AfterwardsTerms:
    return AfterwardsTerms(late, no_show, timedelta(days=days))
