"""A voucher and money paid in advance: each pays its part of what is used, missed, corrected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from booking.access.roles import Role
from booking.billing.actions.adjust import adjust, approve_adjustment
from booking.billing.states import AdjustmentState
from booking.jobs.books import broken_books
from booking.ledger.actions.prepay import Payment, top_up
from booking.ledger.models import AccountKind
from booking.ledger.queries.balances import balance
from booking.ledger.queries.prepaid import prepaid_seen_by
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.confirm import confirm
from booking.reservations.jobs import mark_no_shows
from booking.reservations.rules.use_record import UseRecord
from booking.vouchers.rules.terms import Terms
from tests.factories.accounts import make_staff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import make_reservation, make_scene
from tests.factories.vouchers import make_voucher, pots

MONDAY = at("11-23 09:00")
SPAN = between("11-24 12:00", "14:00")
HALF = Terms(share=Decimal("0.50"))
UP_TO_600 = Terms(share=Decimal("0.50"), per_order_fen=60_000)
HALF_OF_FEES = Terms(share=Decimal("0.50"), pays_fees=True)
FACE = 200_000


class World:
    """A booking at 1840.00 (two hours, two samples) that cites a voucher for half of it; giving
    back late costs half, not coming the whole price."""

    def __init__(self, uow, *, deposit_fen: int, prepaid: bool, terms: Terms) -> None:
        fees = {"late_cancel_percent": 50, "no_show_percent": 100}
        self.uow = uow
        self.scene = make_scene(uow, policy={"prepaid": prepaid, **fees})
        self.finance = make_staff(uow, Role.FINANCE)
        self.voucher = make_voucher(uow, self.scene.company.key, terms=terms)
        (provider,) = self.scene.manager.organisation_ids
        paid = Payment(amount_fen=deposit_fen, bank_reference="BANK-1")
        name = self.scene.company.name
        top_up(uow, name, provider, paid=paid, actor=self.finance, now=MONDAY)
        wish = {"voucher": self.voucher, "samples": 2}
        self.number = make_reservation(uow, self.scene, SPAN, now=MONDAY, **wish).number

    def standing(self) -> tuple[int, int, int]:
        """What the voucher pays, what is left in advance, what the company still owes."""
        available, encumbered, redeemed, expired = pots(self.uow.session, self.voucher)
        assert (encumbered, expired, available + redeemed) == (0, 0, FACE)
        (account,) = prepaid_seen_by(self.uow.session, self.finance)
        assert account.held_fen == 0
        owed = balance(self.uow.session, AccountKind.RECEIVABLE, self.scene.company.key)
        return redeemed, account.balance_fen, owed


Deed = Callable[[World], object]


def used(world: World) -> None:
    record = UseRecord(test_minutes=120, samples=2)
    lab, member = world.scene.manager, world.scene.member
    check_in(world.uow, world.number, actor=lab, now=SPAN.start)
    check_out(world.uow, world.number, record, actor=lab, now=SPAN.end)
    confirm(world.uow, world.number, actor=lab, now=SPAN.end)
    confirm(world.uow, world.number, actor=member, now=SPAN.end)


def given_back(when: str) -> Deed:
    return lambda world: cancel(world.uow, world.number, actor=world.scene.member, now=at(when))


def missed(world: World) -> None:
    mark_no_shows(world.uow, at("11-24 20:00"))


def comes_to(amount_fen: int, letter: str = "C") -> Deed:
    def deed(world: World) -> None:
        by, now = world.finance, SPAN.end + timedelta(days=1)
        number = f"{letter}-{world.number}"
        asked = adjust(world.uow, number, amount_fen, actor=by, now=now, reason="仪器故障")
        if asked.state is AdjustmentState.REQUESTED:
            second = make_staff(world.uow, Role.FINANCE)
            approve_adjustment(world.uow, asked.key, actor=second, now=now)

    return deed


@dataclass(frozen=True)
class Case:
    deeds: Sequence[Deed]
    # Voucher, left in advance, still owed.
    standing: tuple[int, int, int]
    deposit_fen: int = 200_000
    prepaid: bool = True
    terms: Terms = HALF


CASES = {
    "used": Case([used], (92_000, 108_000, 0)),
    "used, and cheaper": Case([used, comes_to(100_000)], (50_000, 150_000, 0)),
    "used, and cheaper twice": Case(
        [used, comes_to(100_000), comes_to(60_000)], (30_000, 170_000, 0)
    ),
    "used, and for nothing": Case([used, comes_to(0)], (0, 200_000, 0)),
    "used, and dearer": Case([used, comes_to(190_000)], (92_000, 102_000, 0)),
    "used, cheaper, dearer": Case(
        [used, comes_to(100_000), comes_to(120_000)], (60_000, 140_000, 0)
    ),
    # The voucher's share stays as it is: what was drawn for the rest comes back all the same.
    "used, dearer by mistake, put right": Case(
        [used, comes_to(190_000), comes_to(184_000)], (92_000, 108_000, 0)
    ),
    "used up to the limit for one, and cheaper": Case(
        [used, comes_to(150_000)], (60_000, 110_000, 0), terms=UP_TO_600
    ),
    # Both together are as if neither had been made.
    "used, for nothing by mistake, put right": Case(
        [used, comes_to(0), comes_to(184_000)], (92_000, 108_000, 0)
    ),
    "used, cheaper by mistake, dearer than at first": Case(
        [used, comes_to(60_000), comes_to(200_000)], (92_000, 92_000, 0)
    ),
    "put right, with less in advance": Case(
        [used, comes_to(60_000), comes_to(184_000)],
        (92_000, 0, 42_000),
        deposit_fen=50_000,
        prepaid=False,
    ),
    "used, cheaper, dearer, cheaper": Case(
        [used, comes_to(100_000), comes_to(120_000), comes_to(80_000)], (40_000, 160_000, 0)
    ),
    "more in advance than the own part": Case(
        [used], (92_000, 28_000, 0), deposit_fen=120_000, prepaid=False
    ),
    "less in advance than the own part": Case(
        [used], (92_000, 0, 42_000), deposit_fen=50_000, prepaid=False
    ),
    "less in advance, and so cheap that something comes back": Case(
        [used, comes_to(60_000)], (30_000, 20_000, 0), deposit_fen=50_000, prepaid=False
    ),
    "given back in time": Case([given_back("11-23 10:00")], (0, 200_000, 0)),
    "given back late": Case([given_back("11-24 11:00")], (0, 108_000, 0)),
    "given back late, fees paid": Case(
        [given_back("11-24 11:00")], (46_000, 154_000, 0), terms=HALF_OF_FEES
    ),
    "given back in time, fees paid": Case(
        [given_back("11-23 10:00")], (0, 200_000, 0), terms=HALF_OF_FEES
    ),
    "given back late, and the fee is waived": Case(
        [given_back("11-24 11:00"), comes_to(0, "L")], (0, 200_000, 0), terms=HALF_OF_FEES
    ),
    "given back late, and half the fee is waived": Case(
        [given_back("11-24 11:00"), comes_to(46_000, "L")], (23_000, 177_000, 0), terms=HALF_OF_FEES
    ),
    "not there": Case([missed], (0, 16_000, 0)),
    "not there, fees paid": Case([missed], (92_000, 108_000, 0), terms=HALF_OF_FEES),
    "not there, and the fee is waived": Case(
        [missed, comes_to(0, "N")], (0, 200_000, 0), terms=HALF_OF_FEES
    ),
    "not there, without enough in advance": Case(
        [missed], (92_000, 0, 62_000), deposit_fen=30_000, prepaid=False, terms=HALF_OF_FEES
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_pays_its_part_and_nothing_twice(uow, case):
    world = World(uow, deposit_fen=case.deposit_fen, prepaid=case.prepaid, terms=case.terms)
    for deed in case.deeds:
        deed(world)
    assert world.standing() == case.standing
    assert list(broken_books(uow.session)) == []
