"""Charge a settled use or a fee: once per reservation and kind, and posted at the same moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

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
from booking.instruments.rules.pricing import Quote, price
from booking.kernel.timespan import TimeSpan
from booking.ledger.actions.hold_funds import has_funds, pay_from_prepaid, release_funds
from booking.ledger.actions.post import Leg, post
from booking.ledger.models import AccountKind

# A charge is called after its reservation, so that it can exist only once and be found by either.
_PREFIX: Mapping[ChargeKind, str] = {
    ChargeKind.USE: "C-",
    ChargeKind.LATE_CANCELLATION: "L-",
    ChargeKind.NO_SHOW: "N-",
    ChargeKind.OVERRUN: "O-",
}


@dataclass(frozen=True, slots=True)
class _Due:
    """What is charged for, and how much."""

    kind: ChargeKind
    amount_fen: int
    lines: Sequence[Mapping[str, object]]
    service: TimeSpan


def charge_use(
    uow: UnitOfWork, reservation_id: int, *, actor_id: int | None, at: datetime
) -> int | None:
    """Charge what was used, by the tariff it was booked under, and time given back late of it;
    None when it was charged before."""
    grounds = grounds_of(uow.session, reservation_id)
    used, quote = _used(grounds)
    due = _Due(ChargeKind.USE, quote.total_fen, snapshot(quote.lines), service=used)
    written = _write(uow, grounds, due, actor_id=actor_id, at=at)
    if written is not None and grounds.given_back_fen:
        late = _fee(grounds, ChargeKind.LATE_CANCELLATION, grounds.given_back_fen)
        _write(uow, grounds, late, actor_id=actor_id, at=at)
    return written


def use_priced(session: Session, reservation_id: int) -> int:
    """What the use asks for as its record stands now, in fen."""
    return _used(grounds_of(session, reservation_id))[1].total_fen


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
    return _write(uow, grounds, _fee(grounds, kind, fee_fen), actor_id=actor_id, at=at)


def _fee(grounds: Grounds, kind: ChargeKind, fee_fen: int) -> _Due:
    return _Due(kind, fee_fen, fee_line(kind.value, fee_fen), service=grounds.reserved)


def _used(grounds: Grounds) -> tuple[TimeSpan, Quote]:
    used = presence(*grounds.used) if grounds.used else grounds.reserved
    quote = price(
        billed_span(grounds.terms.basis, reserved=grounds.reserved, actual=used),
        grounds.terms,
        grounds.customer_class,
        samples=grounds.samples,
        staff_minutes=grounds.staff_minutes,
        consumables=grounds.consumables,
    )
    return used, quote


def _write(
    uow: UnitOfWork, grounds: Grounds, due: _Due, *, actor_id: int | None, at: datetime
) -> int | None:
    number = f"{_PREFIX[due.kind]}{grounds.number}"
    row = {"number": number, "confirmed_at": at, **_columns(grounds, due)}
    if not (written := insert_unless_exists(uow.session, Charge, [row])):
        return None
    post(
        uow,
        f"charge:{number}",
        [
            Leg(AccountKind.RECEIVABLE, grounds.user_id, due.amount_fen),
            Leg(AccountKind.REVENUE, grounds.provider_id, -due.amount_fen),
        ],
        at=at,
    )
    _pay_ahead(uow, grounds, due, number=number, at=at)
    uow.announce(
        Charged(
            at=at,
            subject=f"charge:{number}",
            actor_id=actor_id,
            cause=f"reservation:{grounds.number}",
            changes={"amount_fen": (None, due.amount_fen)},
            charge_id=written[0],
            reservation_id=grounds.reservation_id,
            organisation_id=grounds.user_id,
            provider_id=grounds.provider_id,
            amount_fen=due.amount_fen,
        )
    )
    return written[0]


def _pay_ahead(uow: UnitOfWork, grounds: Grounds, due: _Due, *, number: str, at: datetime) -> None:
    """Pay it from what the company has with the provider; first from what was held for it.

    Running over is charged while the use still waits for its own charge.
    """
    if not has_funds(uow, grounds.user_id):
        return
    if due.kind is not ChargeKind.OVERRUN:
        release_funds(uow, grounds.number, now=at)
    between = grounds.user_id, grounds.provider_id
    pay_from_prepaid(uow, f"charge:{number}", due.amount_fen, between=between, now=at)


def _columns(grounds: Grounds, due: _Due) -> dict[str, object]:
    """What a charge keeps of its grounds, without the detour over SQLModel's slow constructor."""
    return {
        "reservation_id": grounds.reservation_id,
        "kind": due.kind,
        "organisation_id": grounds.user_id,
        "provider_id": grounds.provider_id,
        "instrument_id": grounds.instrument_id,
        "amount_fen": due.amount_fen,
        "lines": due.lines,
        "tariff_id": grounds.terms.tariff_id or 0,
        "vat_rate": str(grounds.terms.vat_rate),
        "basis": grounds.terms.basis.value,
        "ordered_at": grounds.ordered_at,
        "service_started_at": due.service.start,
        "service_ended_at": due.service.end,
        "flags": flags_between(
            grounds.user_id,
            grounds.provider_id,
            same_controller=grounds.same_controller,
            related=grounds.related,
        ),
    }
