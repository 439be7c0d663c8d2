"""Draws whose charge is corrected afterwards, and draws of which the bank never told."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.billing.actions.adjust import adjust
from booking.kernel.errors import RulesBroken
from booking.loans.actions.draw_for_charge import ask_draw, withdraw_draw
from booking.loans.errors import DrawEnded, DrawLive
from booking.loans.jobs import expire_draws
from booking.loans.models import CreditLine
from booking.loans.queries.draws import asked_on, charges_to_draw, draws_of
from booking.loans.queries.exposure import exposure_on
from booking.loans.queries.lines import loan_values
from booking.loans.rules.balances import Excess, beyond_orders
from booking.loans.states import DrawState
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.confirm import confirm
from tests.factories.accounts import make_member, make_staff
from tests.factories.corrections import now_costs
from tests.factories.reservation_values import at, between
from tests.factories.reservations import make_scene, make_use
from tests.factories.settled_uses import bank_says, make_company, make_loan, settled_use
from tests.factories.vouchers import make_voucher
from tests.support.clock import moment

ASKED = moment("2026-11-02T09:00")
LATER = moment("2026-11-10T09:00")


class Scene:
    """A company that asked 800.00 for a use of 1,000.00 on a line that pays 80 % of it."""

    def __init__(self, uow, **facts):
        self.company = make_company(uow)
        self.boss = make_member(uow, self.company.key, Role.COMPANY_ADMIN)
        make_staff(uow, Role.FINANCE)
        line = uow.session.merge(make_loan(uow, self.company))
        for name, value in {"draw_share": "0.8", **facts}.items():
            setattr(line, name, value)
        uow.session.flush()
        self.line = line.key
        self.charge = settled_use(uow, self.company)
        self.draw = self.ask(uow).number

    def ask(self, uow, now=ASKED):
        charge = self.charge.number
        return ask_draw(uow, "YQD-1", charge, amount_fen=80_000, actor=self.boss, now=now)

    def is_paid(self, uow, amount="800.00", day="2026-11-04"):
        bank_says(uow, ("T1", "YQD-1", day, "draw", amount, self.draw))

    def excess(self, uow):
        (draw,) = loan_values(uow.session, [self.line])[self.line].draws
        return draw.excess


def letters(uow):
    query = select(OutboxMessage).where(col(OutboxMessage.fact) == "loan_step")
    return sorted(row.params["step"] for row in uow.session.exec(query))


def told_of(uow, step):
    return [one for one in letters(uow) if one == f"loan.{step}"]


def test_what_a_corrected_charge_leaves_is_to_be_repaid_from_that_day(uow):
    scene = Scene(uow)
    scene.is_paid(uow)
    assert scene.excess(uow) == ()
    now_costs(uow, scene.charge, 60_000, now=LATER)
    assert scene.excess(uow) == (Excess(date(2026, 11, 10), 32_000),)
    (row,) = draws_of(uow.session, scene.line)
    assert (row.state, row.beyond_fen) == (DrawState.CONFIRMED, 32_000)
    (bank,) = exposure_on(uow.session, date(2026, 11, 10))
    assert (bank.owed_fen, bank.beyond_fen) == (80_000, 32_000)
    # The company, and two of finance beside the one who approved it and the one who asked.
    assert told_of(uow, "draw_exceeded")


def test_a_waived_charge_leaves_all_of_the_draw_until_it_is_repaid(uow):
    scene = Scene(uow)
    scene.is_paid(uow)
    now_costs(uow, scene.charge, 0, now=LATER)
    bank_says(uow, ("T2", "YQD-1", "2026-11-20", "repayment", "500.00"))
    loan = loan_values(uow.session, [scene.line])[scene.line]
    owed = [beyond_orders(loan, date(2026, 11, day)) for day in (9, 10, 20)]
    assert owed == [0, 80_000, 30_000]


def test_a_charge_that_is_corrected_back_is_covered_again(uow):
    scene = Scene(uow)
    scene.is_paid(uow)
    now_costs(uow, scene.charge, 0, now=LATER)
    now_costs(uow, scene.charge, 100_000, now=LATER + timedelta(days=2))
    assert [one.amount for one in scene.excess(uow)] == [80_000, 0]
    assert draws_of(uow.session, scene.line)[0].beyond_fen == 0
    assert told_of(uow, "draw_covered")


def test_a_correction_that_leaves_enough_says_nothing(uow):
    scene = Scene(uow)
    scene.is_paid(uow, "500.00", day="2026-11-04")
    now_costs(uow, scene.charge, 120_000, now=LATER)
    assert not told_of(uow, "draw_exceeded") + told_of(uow, "draw_covered")


def test_a_draw_corrected_before_the_bank_paid_it_is_too_large_from_its_day(uow):
    scene = Scene(uow)
    now_costs(uow, scene.charge, 50_000, now=ASKED + timedelta(hours=1))
    assert draws_of(uow.session, scene.line)[0].beyond_fen == 40_000
    scene.is_paid(uow)
    assert scene.excess(uow) == (Excess(date(2026, 11, 4), 40_000),)


def test_what_a_voucher_paid_is_not_drawn_and_moves_with_the_charge(uow):
    scene = make_scene(uow)
    boss = make_member(uow, scene.company.key, Role.COMPANY_ADMIN)
    line = make_loan(uow, scene.company).key
    cited = {"voucher": make_voucher(uow, scene.company.key)}
    used = make_use(uow, scene, between("11-24 12:00", "14:00"), now=at("11-23 09:00"), **cited)
    for who in (scene.manager, scene.member):
        confirm(uow, used.number, actor=who, now=at("11-24 16:00"))
    # 1,840.00, of which the voucher paid 800.00.
    (charge,) = charges_to_draw(uow.session, scene.company.key)
    assert charge.total_fen == 104_000
    asked: Any = {"actor": boss, "now": at("11-24 17:00")}
    with pytest.raises(RulesBroken):
        ask_draw(uow, "YQD-1", charge.number, amount_fen=104_001, **asked)
    drawn = ask_draw(uow, "YQD-1", charge.number, amount_fen=104_000, **asked)
    bank_says(uow, ("T1", "YQD-1", "2026-11-25", "draw", "1040.00", drawn.number))
    assert not told_of(uow, "draw_exceeded")
    # At 1,500.00 the voucher pays 750.00, and the company owes as much.
    by = make_staff(uow, Role.FINANCE)
    adjust(uow, charge.number, 150_000, actor=by, now=at("12-02 09:00"), reason="仪器故障")
    assert draws_of(uow.session, line)[0].beyond_fen == 29_000
    (of_bank,) = loan_values(uow.session, [line])[line].draws
    assert of_bank.excess == (Excess(date(2026, 12, 2), 29_000),)
    assert told_of(uow, "draw_exceeded")


def test_nobody_is_told_of_a_charge_that_nothing_is_drawn_for(uow):
    scene = Scene(uow)
    now_costs(uow, settled_use(uow, scene.company), 0, now=LATER)
    assert letters(uow) == ["loan.draw_asked"]


@pytest.mark.parametrize(
    ("days", "now", "ended"),
    [
        (30, "2026-12-02T23:59", 0),
        (30, "2026-12-03T00:00", 1),
        (30, "2027-03-01T09:00", 1),
        (None, "2036-12-03T00:00", 0),
    ],
)
def test_a_draw_is_over_when_its_term_is(uow, days, now, ended):
    scene = Scene(uow, draw_days=days)
    assert expire_draws(uow, moment(now)) == ended
    (row,) = draws_of(uow.session, scene.line)
    assert row.state is (DrawState.EXPIRED if ended else DrawState.ASKED)
    assert asked_on(uow.session, [scene.line]) == ({} if ended else {scene.line: 80_000})
    assert row.waits_through == (date(2026, 12, 2) if days else None)
    assert expire_draws(uow, moment(now)) == 0


def test_what_is_over_is_told_and_can_be_drawn_anew(uow):
    scene = Scene(uow, draw_days=1)
    assert not charges_to_draw(uow.session, scene.company.key)
    expire_draws(uow, LATER)
    assert len(told_of(uow, "draw_expired")) == 2
    assert [one.number for one in charges_to_draw(uow.session, scene.company.key)] == [
        scene.charge.number
    ]
    assert scene.ask(uow, now=LATER).state is DrawState.ASKED
    # The late word about the first does not confirm it beside the second.
    scene.is_paid(uow)
    assert [one.state for one in draws_of(uow.session, scene.line)] == [
        DrawState.ASKED,
        DrawState.EXPIRED,
    ]


def test_a_charge_is_not_drawn_for_again_when_the_bank_tells_late(uow):
    scene = Scene(uow, draw_days=1)
    expire_draws(uow, LATER)
    scene.is_paid(uow)
    (row,) = draws_of(uow.session, scene.line)
    assert (row.state, row.paid_fen) == (DrawState.CONFIRMED, 80_000)
    assert not charges_to_draw(uow.session, scene.company.key)
    with pytest.raises(DrawLive):
        scene.ask(uow, now=LATER)
    (state,) = uow.session.exec(
        select(AuditEntry).where(col(AuditEntry.name) == "loan.draw_confirmed")
    )
    assert state.changes["state"] == ["expired", "confirmed"]


def test_what_the_bank_paid_in_time_is_not_over(uow):
    scene = Scene(uow, draw_days=1)
    scene.is_paid(uow)
    assert expire_draws(uow, LATER) == 0


def test_the_term_of_a_draw_stays_as_it_was_when_it_was_asked(uow):
    scene = Scene(uow, draw_days=1)
    uow.session.get_one(CreditLine, scene.line).draw_days = 90
    uow.session.flush()
    with pytest.raises(sa.exc.IntegrityError):
        uow.session.execute(sa.text("UPDATE draw_request SET expires_at = NULL"))


def test_an_expired_draw_is_not_withdrawn(uow):
    scene = Scene(uow, draw_days=1)
    expire_draws(uow, LATER)
    with pytest.raises(DrawEnded):
        withdraw_draw(uow, scene.draw, actor=scene.boss, now=LATER)
