"""What the clock does for needs: let them lapse, tell labs of them."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.needs.actions import tell_labs as telling
from booking.needs.actions import tell_need as needs


def lapse_needs(uow: UnitOfWork, now: datetime) -> int:
    """After the day by which something was needed; days that were missed are made good for."""
    return needs.lapse_needs(uow, today=local(now).date(), now=now)


def tell_labs(uow: UnitOfWork, now: datetime) -> int:
    """In the morning, of the needs of earlier days; at most one letter a day for each lab."""
    return telling.tell_labs(uow, now=now)
