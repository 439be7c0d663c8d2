"""What has to be paid follows from what happened to reservations."""

from booking.billing.actions import charge
from booking.billing.actions.correct import Why, follow_facts
from booking.billing.models import ChargeKind
from booking.db.transactions import UnitOfWork
from booking.reservations.events import (
    ReservationCancelled,
    ReservationMissed,
    ReservationOverran,
    UseCorrected,
    UseSettled,
)


def charge_use(uow: UnitOfWork, event: UseSettled) -> None:
    """A settled use is charged."""
    charge.charge_use(uow, event.reservation_id, actor_id=event.actor_id, at=event.at)


def charge_late_cancellation(uow: UnitOfWork, event: ReservationCancelled) -> None:
    """A late cancellation costs what the terms say; a timely one nothing."""
    _charge_fee(uow, event, ChargeKind.LATE_CANCELLATION)


def charge_no_show(uow: UnitOfWork, event: ReservationMissed) -> None:
    """Not coming costs what the terms say."""
    _charge_fee(uow, event, ChargeKind.NO_SHOW)


def charge_overrun(uow: UnitOfWork, event: ReservationOverran) -> None:
    """Running over costs what the terms say."""
    _charge_fee(uow, event, ChargeKind.OVERRUN)


def correct_charges(uow: UnitOfWork, event: UseCorrected) -> None:
    """What was charged follows the record that the centre put right."""
    why = Why(reason=event.cause, actor_id=event.actor_id, at=event.at)
    follow_facts(uow, event.reservation_id, why, overrun_fen=event.overrun_fen)


def _charge_fee(
    uow: UnitOfWork,
    event: ReservationCancelled | ReservationMissed | ReservationOverran,
    kind: ChargeKind,
) -> None:
    charge.charge_fee(
        uow,
        event.reservation_id,
        kind,
        fee_fen=event.fee_fen,
        actor_id=event.actor_id,
        at=event.at,
    )
