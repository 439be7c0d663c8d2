"""What the policy of a booking says, as it was when the booking was made."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import POLICY
from booking.instruments.queries.settings import tariff_by_id
from booking.instruments.rules.tariff import TariffTerms
from booking.instruments.rules.terms import PolicyTerms


@dataclass(frozen=True, slots=True)
class AfterwardsTerms:
    """What giving back late, not coming and running over cost, and how a use ends and settles.

    Fees in percent of a price; `confirm_days` are working days.
    """

    late_cancel_percent: int
    no_show_percent: int
    confirm_days: int
    ends_itself: bool
    overrun_grace: timedelta
    overrun_percent: int
    confirm_tolerance: timedelta | None
    code_at_place: bool
    kept_free_after: timedelta


_NAMES: Final = (
    "late_cancel_percent",
    "no_show_percent",
    "confirm_days",
    "ends_itself",
    "overrun_grace_minutes",
    "overrun_percent",
    "confirm_tolerance_minutes",
    "code_at_place",
    "buffer_after_minutes",
)
_AFTERWARDS: Final = sa.select(*(POLICY.c[name] for name in _NAMES)).where(
    POLICY.c.id == sa.bindparam("policy")
)


def afterwards_terms(session: Session, policy_id: int | None) -> AfterwardsTerms:
    """The part of a policy that matters once a booking is made."""
    if policy_id is None:
        return _terms(PolicyTerms())
    return _terms(session.execute(_AFTERWARDS, {"policy": policy_id}).one())


def afterwards_terms_by_policy(
    session: Session, policy_ids: Iterable[int | None]
) -> dict[int | None, AfterwardsTerms]:
    """The same of several policies; of none, the defaults."""
    asked = sa.select(POLICY.c.id, *(POLICY.c[name] for name in _NAMES)).where(
        POLICY.c.id.in_(sorted({one for one in policy_ids if one is not None}))
    )
    found: dict[int | None, AfterwardsTerms] = {None: _terms(PolicyTerms())}
    return found | {row.id: _terms(row) for row in session.execute(asked)}


class KeptTerms:
    """Under which terms and prices bookings were made, each version read when first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._afterwards: dict[int | None, AfterwardsTerms] = {}
        self._tariffs: dict[int, TariffTerms] = {}

    def afterwards(self, policy_id: int | None) -> AfterwardsTerms:
        """The part of a policy that matters once a booking is made."""
        if policy_id not in self._afterwards:
            self._afterwards[policy_id] = afterwards_terms(self._session, policy_id)
        return self._afterwards[policy_id]

    def tariff(self, tariff_id: int) -> TariffTerms:
        """A price list, withdrawn or not."""
        if tariff_id not in self._tariffs:
            self._tariffs[tariff_id] = tariff_by_id(self._session, tariff_id)
        return self._tariffs[tariff_id]


def _terms(said: PolicyTerms | sa.Row[Any]) -> AfterwardsTerms:
    tolerance = said.confirm_tolerance_minutes
    return AfterwardsTerms(
        late_cancel_percent=said.late_cancel_percent,
        no_show_percent=said.no_show_percent,
        confirm_days=said.confirm_days,
        ends_itself=said.ends_itself,
        overrun_grace=timedelta(minutes=said.overrun_grace_minutes),
        overrun_percent=said.overrun_percent,
        confirm_tolerance=None if tolerance is None else timedelta(minutes=tolerance),
        code_at_place=said.code_at_place,
        kept_free_after=timedelta(minutes=said.buffer_after_minutes),
    )
