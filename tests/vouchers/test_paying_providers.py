"""What providers are owed for vouchers is paid once: all of it, by the bank's reference."""

from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from sqlalchemy.exc import DatabaseError

from booking.access.roles import Role
from booking.billing.actions.adjust import adjust
from booking.jobs.books import broken_books
from booking.kernel.errors import Forbidden, NotFound
from booking.kernel.periods import Period
from booking.reservations.actions.confirm import confirm
from booking.vouchers.actions.pay_provider import record_payment
from booking.vouchers.errors import (
    BankReferenceTaken,
    NothingOwed,
    OtherAmountOwed,
    PaidTomorrow,
    PeriodAhead,
)
from booking.vouchers.queries.redemptions import owed_in_all, redeemed_in
from booking.vouchers.rules.paying import Paid
from tests.factories.accounts import be, bearer, make_staff, open_session
from tests.factories.reservation_values import at, between
from tests.factories.reservations import make_scene, make_use
from tests.factories.vouchers import make_voucher
from tests.support.clock import moment

MONDAY, LATER = at("11-23 09:00"), at("12-02 09:00")
SPAN = between("11-24 12:00", "14:00")
NOVEMBER, DECEMBER = Period.parse("2026-11"), Period.parse("2026-12")


class World:
    """A use at 1840.00 of which a voucher paid 800.00, as it was booked without samples."""

    def __init__(self, uow) -> None:
        self.scene = make_scene(uow)
        (self.provider,) = self.scene.manager.organisation_ids
        self.finance = make_staff(uow, Role.FINANCE)
        self.number = self.use(uow, self.scene)

    @staticmethod
    def use(uow, scene) -> str:
        cited = {"voucher": make_voucher(uow, scene.company.key)}
        number = make_use(uow, scene, SPAN, now=MONDAY, **cited).number
        for who in (scene.manager, scene.member):
            confirm(uow, number, actor=who, now=at("11-24 16:00"))
        return number

    def cheaper(self, uow, amount_fen: int) -> None:
        by = self.finance
        adjust(uow, f"C-{self.number}", amount_fen, actor=by, now=LATER, reason="仪器故障")

    def paid(self, **changes) -> Paid:
        told: dict[str, Any] = {
            "provider_id": self.provider,
            "period": NOVEMBER,
            "amount_fen": 80_000,
            "paid_on": LATER.date(),
            "bank_reference": "BANK-7",
        }
        return Paid(**told | changes)

    def pay(self, uow, **changes) -> str:
        return record_payment(uow, self.paid(**changes), actor=self.finance, now=LATER)


@pytest.fixture
def world(uow) -> World:
    return World(uow)


def owed(uow, period) -> list[tuple[int, int]]:
    return [(row.owed_fen, row.unpaid_fen) for row in redeemed_in(uow.session, period)]


def test_what_is_paid_is_owed_no_more_and_the_books_agree(uow, world):
    assert owed(uow, NOVEMBER) == [(80_000, 80_000)]
    assert world.pay(uow).startswith("P")
    assert owed(uow, NOVEMBER) == [(80_000, 0)]
    assert owed(uow, DECEMBER) == []
    assert list(broken_books(uow.session)) == []


def test_nobody_is_paid_twice(uow, world):
    world.pay(uow)
    with pytest.raises(NothingOwed):
        world.pay(uow, bank_reference="BANK-8")


def test_what_came_back_is_taken_off_the_next_payment(uow, world):
    world.pay(uow)
    # 1500.00 at a half: fifty yuan less than the 800.00 that were paid.
    world.cheaper(uow, 150_000)
    assert owed(uow, DECEMBER) == [(-5_000, -5_000)]
    with pytest.raises(NothingOwed):
        world.pay(uow, period=DECEMBER, amount_fen=1, bank_reference="BANK-8")
    later = between("12-02 12:00", "14:00")
    cited = {"voucher": make_voucher(uow, world.scene.company.key)}
    again = make_use(uow, world.scene, later, now=LATER, **cited).number
    for who in (world.scene.manager, world.scene.member):
        confirm(uow, again, actor=who, now=at("12-02 16:00"))
    assert owed(uow, DECEMBER) == [(75_000, 75_000)]
    world.pay(uow, period=DECEMBER, amount_fen=75_000, bank_reference="BANK-8")
    assert owed(uow, DECEMBER) == [(75_000, 0)]
    assert list(broken_books(uow.session)) == []


def test_what_was_not_paid_is_carried_into_the_next_period(uow, world):
    assert owed(uow, DECEMBER) == [(0, 80_000)]
    world.pay(uow, period=DECEMBER)
    assert owed(uow, NOVEMBER) == [(80_000, 0)]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount_fen": 79_999}, OtherAmountOwed),
        ({"amount_fen": 80_001}, OtherAmountOwed),
        ({"period": Period.parse("2026-10")}, NothingOwed),
        ({"period": Period.parse("2200")}, PeriodAhead),
        ({"provider_id": 2**40}, NotFound),
        ({"paid_on": moment("2026-12-03T09:00").date()}, PaidTomorrow),
    ],
)
def test_what_is_not_owed_is_not_paid(uow, world, changes, error):
    with pytest.raises(error):
        world.pay(uow, **changes)
    assert owed(uow, NOVEMBER) == [(80_000, 80_000)]


def test_a_reference_of_the_bank_is_recorded_once(uow, world):
    world.pay(uow)
    other = make_scene(uow)
    World.use(uow, other)
    (provider,) = other.manager.organisation_ids
    with pytest.raises(BankReferenceTaken):
        world.pay(uow, provider_id=provider)
    world.pay(uow, provider_id=provider, bank_reference="BANK-8")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CENTRE_ADMIN])
def test_only_finance_records(uow, world, role):
    with pytest.raises(Forbidden):
        record_payment(uow, world.paid(), actor=make_staff(uow, role), now=LATER)


def test_pieces_of_the_list_hold_each_provider_once(uow, world):
    for _ in range(4):
        World.use(uow, make_scene(uow))
    whole = [row.provider_id for row in redeemed_in(uow.session, NOVEMBER)]
    seen, after = [], None
    while rows := redeemed_in(uow.session, NOVEMBER, after=after, limit=2):
        seen += [row.provider_id for row in rows]
        after = rows[-1].provider, rows[-1].provider_id
    assert len(whole) == 5
    assert seen == whole
    assert owed_in_all(uow.session, NOVEMBER).unpaid_fen == 400_000


_LINE = (
    "INSERT INTO voucher_payment_line (payment_id, movement_id, amount_fen)"
    " SELECT (SELECT max(id) FROM voucher_payment), id, {amount} FROM voucher_movement"
    " WHERE kind = '{kind}'"
)


@pytest.mark.parametrize(
    "sql",
    [
        _LINE.format(kind="redeemed", amount=80_000),
        "UPDATE voucher_payment SET amount_fen = 1",
        "UPDATE voucher_payment SET bank_reference = 'X'",
        "DELETE FROM voucher_payment",
        "UPDATE voucher_payment_line SET amount_fen = 1",
        "DELETE FROM voucher_payment_line",
        "INSERT INTO voucher_payment (number, provider_id, period, amount_fen, paid_on,"
        " bank_reference, note, made_at) SELECT 'P-2', provider_id, period, amount_fen, paid_on,"
        " bank_reference, note, made_at FROM voucher_payment",
        "INSERT INTO voucher_payment (number, provider_id, period, amount_fen, paid_on,"
        " bank_reference, note, made_at) SELECT 'P-2', provider_id, period, -1, paid_on,"
        " 'BANK-8', note, made_at FROM voucher_payment",
    ],
)
def test_the_database_refuses_to_pay_twice_or_to_forget(uow, world, sql):
    world.pay(uow)
    with pytest.raises(DatabaseError):
        uow.session.execute(sa.text(sql))


@pytest.mark.parametrize(
    ("kind", "amount"), [("redeemed", 79_999), ("encumbered", 80_000), ("issued", 200_000)]
)
def test_the_database_refuses_what_is_not_owed(uow, world, kind, amount):
    other = make_scene(uow)
    World.use(uow, other)
    (provider,) = other.manager.organisation_ids
    world.pay(uow, provider_id=provider)
    with pytest.raises(DatabaseError, match="not_owed"):
        uow.session.execute(sa.text(_LINE.format(kind=kind, amount=amount)))


def test_the_database_refuses_what_is_owed_to_another_provider(uow, world):
    other = make_scene(uow)
    World.use(uow, other)
    (provider,) = other.manager.organisation_ids
    world.pay(uow, provider_id=provider)
    with pytest.raises(DatabaseError, match="not_owed"):
        uow.session.execute(sa.text(_LINE.format(kind="redeemed", amount=80_000)))


class Desk:
    def __init__(self, uow, now) -> None:
        self.world = World(uow)
        self.finance = open_session(uow, self.world.finance, now=now)
        self.token = bearer(uow, self.world.finance, now=now)
        self.auditor = open_session(uow, make_staff(uow, Role.AUDITOR), now=now)


@pytest.fixture
def desk(write, clock) -> Desk:
    clock.at("2026-12-02T09:00")
    with write() as uow:
        return Desk(uow, clock.now())


def test_finance_records_a_payment_from_the_list(desk, client):
    be(client, desk.finance)
    page = BeautifulSoup(client.get("/voucher-redemptions?period=2026-11").text, "html.parser")
    assert page.select_one("input[name=period][value='2026-11']")
    (way,) = page.select("main td a.button")
    form = BeautifulSoup(client.get(str(way["href"])).text, "html.parser").select_one("main form")
    assert form
    sent = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    assert (sent["amount"], sent["paid_on"]) == ("800.00", "2026-12-02")
    wrong = sent | {"amount": "799.00", "bank_reference": "BANK-7"}
    refused = client.post("/voucher-payments", data=wrong, follow_redirects=False)
    assert refused.status_code == 409
    assert "应付 800.00 元" in refused.text
    assert "BANK-7" in refused.text
    right = sent | {"bank_reference": "BANK-7"}
    assert client.post("/voucher-payments", data=right, follow_redirects=False).status_code == 303
    assert "BANK-7" in client.get("/voucher-payments").text
    listed = client.get("/voucher-redemptions.csv?period=2026-11").text
    assert listed.splitlines()[1].endswith(",1,800.00,0.00")
    be(client, desk.auditor)
    assert client.get("/voucher-payments").status_code == 200
    assert client.post("/voucher-payments", data=right).status_code == 403


def test_a_program_pays_once(desk, client):
    body = {
        "provider_id": desk.world.provider,
        "period": "2026-11",
        "amount": "800.00",
        "paid_on": "2026-12-01",
        "bank_reference": "BANK-7",
    }
    told = client.get("/api/v1/voucher-redemptions?period=2026-11", headers=desk.token).json()
    assert (told["total"], told["total_unpaid"]) == ("800.00", "800.00")
    once = {**desk.token, "Idempotency-Key": "pay-7"}
    made = client.post("/api/v1/voucher-payments", json=body, headers=once)
    assert made.status_code == 201, made.text
    # An answer that was lost on the way is asked for again.
    repeated = client.post("/api/v1/voucher-payments", json=body, headers=once)
    assert (repeated.status_code, repeated.json()) == (201, made.json())
    again = body | {"bank_reference": "BANK-8"}
    refused = client.post("/api/v1/voucher-payments", json=again, headers=desk.token)
    assert (refused.status_code, refused.json()["code"]) == (409, "voucher.nothing_owed")
    (listed,) = client.get("/api/v1/voucher-payments", headers=desk.token).json()["items"]
    assert (listed["number"], listed["amount"]) == (made.json()["number"], "800.00")
    (told,) = client.get("/api/v1/voucher-redemptions?period=2026-11", headers=desk.token).json()[
        "items"
    ]
    assert (told["owed"], told["unpaid"]) == ("800.00", "0.00")
    unreadable = body | {"period": "auditor"}
    answer = client.post("/api/v1/voucher-payments", json=unreadable, headers=desk.token)
    assert answer.status_code == 422
