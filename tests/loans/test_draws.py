"""Draws for confirmed charges: asked, kept free, ended by the bank; never beyond the limit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.db.transactions import unit_of_work
from booking.kernel.errors import BookingError, NotFound, RulesBroken
from booking.loans.actions.decide_row import assign_row
from booking.loans.actions.draw_for_charge import ask_draw, refuse_draw, withdraw_draw
from booking.loans.actions.grant_line import enter_overdue
from booking.loans.errors import DrawEnded, DrawLive
from booking.loans.models import BankFileRow, CreditLine, DrawRequest, LineKind
from booking.loans.queries.draws import asked_on, charges_to_draw, draws_of, open_draws
from booking.loans.states import DrawState
from booking.notifications.models import OutboxMessage
from booking.wiring import REACTIONS
from tests.factories.accounts import make_member, make_staff
from tests.factories.bank_files import HEADINGS, columns, taken_in
from tests.factories.settled_uses import bank_says, make_company, make_loan, settled_use
from tests.support.clock import moment

NOW = moment("2026-11-02T09:00")


class Scene:
    """A company that owes 1,000.00 for a use and may draw, and who keeps its line."""

    def __init__(self, uow, amount="1000.00"):
        self.company = make_company(uow)
        self.line = make_loan(uow, self.company).key
        self.charge = settled_use(uow, self.company, amount).number
        self.boss: Actor = make_member(uow, self.company.key, Role.COMPANY_ADMIN)
        self.finance: Actor = make_staff(uow, Role.FINANCE)

    def ask(self, uow, amount_fen=80_000, charge=None, **facts):
        told = {"actor": self.boss, "now": NOW, **facts}
        return ask_draw(uow, "YQD-1", charge or self.charge, amount_fen=amount_fen, **told)


def codes(caught) -> list[str]:
    return [violation.code for violation in caught.value.violations]


def letters(uow) -> list[str]:
    query = select(OutboxMessage).where(col(OutboxMessage.fact) == "loan_step")
    return sorted(row.params["step"] for row in uow.session.exec(query))


def test_a_draw_keeps_its_part_of_the_limit_free_until_the_bank_tells(uow):
    scene = Scene(uow)
    asked = scene.ask(uow)
    assert (asked.state, asked.amount_fen, asked.charge_fen) == (DrawState.ASKED, 80_000, 100_000)
    assert asked_on(uow.session, [scene.line]) == {scene.line: 80_000}
    bank_says(uow, ("T1", "YQD-1", "2026-11-02", "draw", "800.00", asked.number))
    (paid,) = draws_of(uow.session, scene.line)
    assert (paid.state, paid.bank_transaction_number) == (DrawState.CONFIRMED, "T1")
    assert (paid.paid_fen, asked_on(uow.session, [scene.line])) == (80_000, {})


@pytest.mark.parametrize("name", ["number", "charge", "reservation"])
def test_a_bank_may_call_the_order_by_any_of_its_numbers(uow, name):
    scene = Scene(uow)
    order = getattr(scene.ask(uow), name)
    bank_says(uow, ("T1", "YQD-1", "2026-11-02", "draw", "800.00", order))
    assert draws_of(uow.session, scene.line)[0].state is DrawState.CONFIRMED


@pytest.mark.parametrize(
    ("order", "kind", "amount"),
    [("", "draw", "800.00"), ("other", "draw", "800.00"), (None, "draw", "799.99")],
)
def test_what_means_another_draw_ends_none(uow, order, kind, amount):
    scene = Scene(uow)
    asked = scene.ask(uow)
    told = asked.number if order is None else order
    bank_says(uow, ("T1", "YQD-1", "2026-11-02", kind, amount, told))
    assert [draw.number for draw in open_draws(uow.session, limit=9)] == [asked.number]


@pytest.mark.parametrize(
    ("facts", "amount_fen", "found"),
    [
        ({}, 100_001, ["loan.draw_over_share"]),
        ({"draw_share": "0.7"}, 70_000, []),
        ({"draw_share": "0.7"}, 70_001, ["loan.draw_over_share"]),
        ({"credit_limit_fen": 50_000}, 50_000, []),
        ({"credit_limit_fen": 50_000}, 50_001, ["loan.draw_over_free"]),
        ({"credit_limit_fen": 1}, 100_001, ["loan.draw_over_share", "loan.draw_over_free"]),
        ({"kind": LineKind.PURCHASE}, 1, ["loan.draw_kind"]),
        ({"valid_to": date(2026, 11, 1)}, 1, ["loan.draw_not_open"]),
        ({}, 0, ["loan.draw_nothing"]),
    ],
)
def test_every_reason_against_a_draw_is_named(uow, facts, amount_fen, found):
    scene = Scene(uow)
    line = uow.session.get_one(CreditLine, scene.line)
    for name, value in facts.items():
        setattr(line, name, value)
    uow.session.flush()
    if not found:
        assert scene.ask(uow, amount_fen).amount_fen == amount_fen
        return
    with pytest.raises(RulesBroken) as caught:
        scene.ask(uow, amount_fen)
    assert codes(caught) == found


def test_nothing_is_drawn_while_something_is_overdue(uow):
    scene = Scene(uow)
    enter_overdue(uow, scene.line, date(2026, 10, 1), until=None)
    with pytest.raises(RulesBroken) as caught:
        scene.ask(uow)
    assert codes(caught) == ["loan.draw_overdue"]


def test_a_charge_is_drawn_for_once_until_it_was_refused(uow):
    scene = Scene(uow)
    first = scene.ask(uow)
    with pytest.raises(DrawLive):
        scene.ask(uow, 1)
    assert not charges_to_draw(uow.session, scene.company.key)
    refuse_draw(uow, first.number, "额度用途不符", actor=scene.finance, now=NOW)
    again = scene.ask(uow)
    withdraw_draw(uow, again.number, actor=scene.boss, now=NOW)
    with pytest.raises(DrawEnded):
        withdraw_draw(uow, again.number, actor=scene.boss, now=NOW)
    states = [draw.state for draw in draws_of(uow.session, scene.line)]
    assert states == [DrawState.WITHDRAWN, DrawState.REFUSED]
    assert asked_on(uow.session, [scene.line]) == {}
    assert letters(uow) == ["loan.draw_asked", "loan.draw_asked", "loan.draw_refused"]


def test_others_draw_nothing_and_for_nobody_elses_charge(uow):
    scene, other = Scene(uow), make_company(uow)
    stranger = make_member(uow, other.key, Role.COMPANY_ADMIN)
    asked = scene.ask(uow)
    with pytest.raises(NotFound):
        scene.ask(uow, actor=stranger)
    with pytest.raises(NotFound):
        scene.ask(uow, charge=settled_use(uow, other).number)
    with pytest.raises(NotFound):
        withdraw_draw(uow, asked.number, actor=stranger, now=NOW)


def test_a_draw_of_another_amount_waits_for_finance(engine, write):
    with write() as uow:
        scene = Scene(uow)
        asked = scene.ask(uow)
    text = f"{HEADINGS},订单号\nT1,YQD-1,2026-11-02,700.00,,首批,{asked.number}\n"
    report = taken_in(engine, text.encode(), mapping=columns(order="订单号"))
    assert (report.queued, report.taken) == (1, 0)
    with write() as uow:
        (row,) = uow.session.exec(select(BankFileRow)).all()
        assert row.code == "loan.row_draw_differs"
        assign_row(uow, row.key, "YQD-1", actor=scene.finance, now=NOW)
    with write() as uow:
        (draw,) = draws_of(uow.session, scene.line)
        assert (draw.state, draw.paid_fen, draw.amount_fen) == (DrawState.CONFIRMED, 70_000, 80_000)


def test_a_banks_file_ends_the_asking(engine, write):
    with write() as uow:
        scene = Scene(uow)
        asked = scene.ask(uow)
    text = f"{HEADINGS},订单号\nT1,YQD-1,2026-11-02,800.00,,首批,{asked.number}\n"
    assert taken_in(engine, text.encode(), mapping=columns(order="订单号")).taken == 1
    with write() as uow:
        assert draws_of(uow.session, scene.line)[0].state is DrawState.CONFIRMED
        assert letters(uow) == ["loan.draw_asked", "loan.draw_confirmed"]


def test_draws_asked_at_once_never_go_beyond_the_limit(engine, write):
    with write() as uow:
        scene = Scene(uow)
        uow.session.get_one(CreditLine, scene.line).credit_limit_fen = 200_000
        charges = [settled_use(uow, scene.company).number for _ in range(8)]

    def ask(charge: str) -> str:
        try:
            with unit_of_work(engine, REACTIONS) as uow:
                return str(scene.ask(uow, 60_000, charge=charge).state)
        except BookingError as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        found = sorted(pool.map(ask, charges))
    assert found == ["asked"] * 3 + ["rules_broken"] * 5
    with engine.connect() as connection:
        assert connection.execute(sa.func.sum(col(DrawRequest.amount_fen)).select()).scalar() == (
            180_000
        )


def test_a_charge_asked_for_at_once_is_drawn_for_once(engine, write):
    with write() as uow:
        scene = Scene(uow)

    def ask(_: int) -> str:
        try:
            with unit_of_work(engine, REACTIONS) as uow:
                return str(scene.ask(uow, 10_000).state)
        except BookingError as error:
            return error.code

    with ThreadPoolExecutor(6) as pool:
        found = sorted(pool.map(ask, range(6)))
    assert found == ["asked"] + ["loan.draw_live"] * 5


@pytest.mark.parametrize(
    "change",
    ["amount_fen = 1", "state = 'confirmed'", "charge_fen = 2000000"],
)
def test_the_database_refuses_to_rewrite_a_draw(uow, change):
    scene = Scene(uow)
    scene.ask(uow)
    with pytest.raises(sa.exc.IntegrityError):
        uow.session.execute(sa.text(f"UPDATE draw_request SET {change}"))


def test_the_database_keeps_what_ended(uow):
    scene = Scene(uow)
    withdraw_draw(uow, scene.ask(uow).number, actor=scene.boss, now=NOW)
    with pytest.raises(sa.exc.IntegrityError):
        uow.session.execute(sa.text("UPDATE draw_request SET state = 'asked', ended_at = NULL"))
