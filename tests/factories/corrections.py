"""Charges that come to something else afterwards, as two people of finance agree."""

from datetime import datetime

from booking.access.roles import Role
from booking.billing.actions.adjust import adjust, approve_adjustment
from booking.billing.models import Charge
from booking.billing.states import AdjustmentState
from booking.db.transactions import UnitOfWork
from tests.factories.accounts import make_staff
from tests.support.clock import moment

NOW = moment("2026-12-01T02:00")


def now_costs(uow: UnitOfWork, charge: Charge, to_fen: int, *, now: datetime = NOW) -> None:
    """Bring a charge to an amount by an entry against it."""
    first, second = make_staff(uow, Role.FINANCE), make_staff(uow, Role.FINANCE)
    asked = adjust(uow, charge.number, to_fen, actor=first, now=now, reason="实际费用不同")
    if asked.state is AdjustmentState.REQUESTED:
        approve_adjustment(uow, asked.key, actor=second, now=now)
