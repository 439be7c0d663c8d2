"""创新券: given, cited, redeemed and about to end in the demo's present days, by real deeds; and
money that was paid in advance.

What the platform refuses, because the history left no room for it, is left out.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.billing.actions.adjust import adjust
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.errors import BookingError
from booking.kernel.money import fen
from booking.kernel.periods import Period
from booking.ledger.actions.prepay import Payment, refund, top_up
from booking.organisations.queries import organisations_by_id
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.actions.reserve import reserve
from booking.reservations.models.reservation import Reservation
from booking.reservations.rules.use_record import UseRecord
from booking.seeding.dealing import Desk, Told, free_near
from booking.seeding.files import SeedFiles
from booking.seeding.registering import Register
from booking.subsidies.actions.issue_vouchers import issue_vouchers
from booking.vouchers.actions.pay_provider import record_payment
from booking.vouchers.models import Voucher
from booking.vouchers.queries.redemptions import redeemed_in
from booking.vouchers.rules.paying import Paid

_FILE: Final = "vouchers.toml"
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


def vouch(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """Every scene of the file."""
    desk = Desk(uow, files.table(_FILE), register, now)
    scenes: tuple[Callable[[Desk], None], ...] = (_give, _use_and_pay, _set_aside, _prepay)
    for scene in scenes:
        with suppress(BookingError), uow.session.begin_nested():
            scene(desk)


def _give(desk: Desk) -> None:
    finance = desk.who(desk.table, "finance").known_id
    for told in desk.table["given"]:
        companies = [desk.register.organisations[code] for code in told["to"]]
        then = desk.now - int(told["days_ago"]) * _DAY
        code = str(desk.table["programme"])
        with suppress(BookingError):
            issue_vouchers(desk.uow, code, companies, actor_id=finance, now=then)


def _use_and_pay(desk: Desk) -> None:
    """The provider is paid for the first use; the second is corrected, and still owed."""
    first, second = desk.table["used"]
    _use(desk, first)
    _pay(desk)
    charge = _use(desk, second)
    told, at = desk.table["corrected"], desk.now - _DAY
    amount = charge.quoted_fen * (100 - int(told["percent"])) // 100
    finance, reason = desk.who(desk.table, "finance"), str(told["reason"])
    adjust(desk.uow, f"C-{charge.number}", amount, actor=finance, now=at, reason=reason)


def _use(desk: Desk, told: Told) -> Reservation:
    around, lab = desk.morning(-int(told["days_ago"])), desk.who(told, "manager")
    made = _booked(desk, told, around=around, now=around - _DAY)
    number, minutes = made.number, int(told["minutes"])
    check_in(desk.uow, number, actor=lab, now=made.starts_at)
    record = UseRecord(test_minutes=minutes)
    check_out(desk.uow, number, record, actor=lab, now=made.ends_at)
    for nth, who in enumerate((lab, desk.who(told)), 1):
        confirm(desk.uow, number, actor=who, now=made.ends_at + nth * _HOUR)
    return made


def _booked(desk: Desk, told: Told, *, around: datetime, now: datetime) -> Reservation:
    """At the nearest free time, by the newest voucher of the company."""
    who = desk.who(told)
    (free,) = free_near(desk.uow, [desk.wish(told, around=around)], now=now)
    newest = (
        sa.select(col(Voucher.number))
        .where(col(Voucher.organisation_id).in_(who.organisation_ids))
        .order_by(col(Voucher.valid_to).desc(), col(Voucher.id).desc())
        .limit(1)
    )
    voucher = str(desk.uow.session.execute(newest).scalar_one())
    return reserve(desk.uow, replace(free, voucher=voucher), actor=who, now=now)


def _pay(desk: Desk) -> None:
    told = desk.table["paid"]
    at = desk.now - int(told["days_ago"]) * _DAY
    period = Period.month_at(at)
    for row in redeemed_in(desk.uow.session, period):
        paid = Paid(
            provider_id=row.provider_id,
            period=period,
            amount_fen=row.unpaid_fen,
            paid_on=local(at).date(),
            bank_reference=str(told["bank_reference"]),
            note=str(told["note"]),
        )
        record_payment(desk.uow, paid, actor=desk.who(desk.table, "finance"), now=at)


def _set_aside(desk: Desk) -> None:
    told = desk.table["set_aside"]
    _booked(desk, told, around=desk.morning(int(told["in_days"])), now=desk.now)


def _prepay(desk: Desk) -> None:
    told, finance = desk.table["prepaid"], desk.who(desk.table, "finance")
    company, provider = (desk.register.organisations[told[key]] for key in ("company", "provider"))
    name = organisations_by_id(desk.uow.session, (company,))[company].name
    at = desk.now - int(told["days_ago"]) * _DAY
    came = Payment(amount_fen=fen(told["amount"]), bank_reference=str(told["bank_reference"]))
    account = top_up(desk.uow, name, provider, paid=came, actor=finance, now=at)
    went = Payment(amount_fen=fen(told["refund"]), bank_reference=str(told["refund_reference"]))
    refund(desk.uow, account, paid=went, actor=finance, now=at + _DAY)
