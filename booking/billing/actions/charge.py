"""Charge a settled use or a fee: once per reservation and kind, and posted at the same moment."""

from collections.abc import Mapping
from datetime import datetime

from booking.billing.events import Charged
from booking.billing.models import Charge, ChargeKind
from booking.billing.queries.grounds import Grounds, grounds_of
from booking.billing.rules import (
    billed_span,
    fee_line,
    flags_between,
    presence,
    snapshot,
)
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.rules.pricing import price
from booking.kernel.timespan import TimeSpan
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind

# A charge is called after its reservation, so that it can exist only once and be found by either.
_PREFIX: Mapping[ChargeKind, str] = {
    ChargeKind.USE: "C-",
    ChargeKind.LATE_CANCELLATION: "L-",
    ChargeKind.NO_SHOW: "N-",
}


def charge_use(
    uow: UnitOfWork, reservation_id: int, *, actor_id: int | None, at: datetime
) -> int | None:
    """Charge what was used, by the tariff it was booked under; None when it was charged before."""
    grounds = grounds_of(uow.session, reservation_id)
    used = presence(*grounds.used) if grounds.used else grounds.reserved
    quote = price(
        billed_span(grounds.terms.basis, reserved=grounds.reserved, actual=used),
        grounds.terms,
        grounds.customer_class,
        samples=grounds.samples,
        staff_minutes=grounds.staff_minutes,
    )
    charge = _charge(grounds, ChargeKind.USE, service=used, at=at)
    charge.amount_fen, charge.lines = quote.total_fen, snapshot(quote.lines)
    return _write(uow, charge, actor_id=actor_id)


def charge_fee(
    uow: UnitOfWork,
    reservation_id: int,
    kind: ChargeKind,
    *,
    fee_fen: int,
    actor_id: int | None,
    at: datetime,
) -> int | None:
    """Charge a fee that the terms of the reservation named; None when there is none to charge."""
    if not fee_fen:
        return None
    grounds = grounds_of(uow.session, reservation_id)
    charge = _charge(grounds, kind, service=grounds.reserved, at=at)
    charge.amount_fen, charge.lines = fee_fen, fee_line(kind.value, fee_fen)
    return _write(uow, charge, actor_id=actor_id)


def _charge(grounds: Grounds, kind: ChargeKind, *, service: TimeSpan, at: datetime) -> Charge:
    return Charge(
        number=f"{_PREFIX[kind]}{grounds.number}",
        reservation_id=grounds.reservation_id,
        kind=kind,
        organisation_id=grounds.user_id,
        provider_id=grounds.provider_id,
        instrument_id=grounds.instrument_id,
        amount_fen=0,
        tariff_id=grounds.terms.tariff_id or 0,
        vat_rate=str(grounds.terms.vat_rate),
        basis=grounds.terms.basis.value,
        ordered_at=grounds.ordered_at,
        service_started_at=service.start,
        service_ended_at=service.end,
        confirmed_at=at,
        flags=flags_between(
            grounds.user_id,
            grounds.provider_id,
            same_controller=grounds.same_controller,
            related=grounds.related,
        ),
    )


def _write(uow: UnitOfWork, charge: Charge, *, actor_id: int | None) -> int | None:
    row = charge.model_dump(exclude={"id"})
    if not (written := insert_unless_exists(uow.session, Charge, [row])):
        return None
    post(
        uow,
        f"charge:{charge.number}",
        [
            Leg(AccountKind.RECEIVABLE, charge.organisation_id, charge.amount_fen),
            Leg(AccountKind.REVENUE, charge.provider_id, -charge.amount_fen),
        ],
        at=charge.confirmed_at,
    )
    uow.announce(
        Charged(
            at=charge.confirmed_at,
            subject=f"charge:{charge.number}",
            actor_id=actor_id,
            cause=f"reservation:{charge.number.removeprefix(_PREFIX[charge.kind])}",
            changes={"amount_fen": (None, charge.amount_fen)},
            charge_id=written[0],
            reservation_id=charge.reservation_id,
            organisation_id=charge.organisation_id,
            provider_id=charge.provider_id,
            amount_fen=charge.amount_fen,
        )
    )
    return written[0]
