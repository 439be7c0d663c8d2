"""What comes due on credit lines: a draw of which the bank never told, promised hours that are
short."""

from datetime import date

from sqlmodel import col, select

from booking.access.actor import HOUSE, Actor, Grant
from booking.access.roles import Role
from booking.billing.models import Charge
from booking.db.transactions import UnitOfWork
from booking.loans.actions.draw_for_charge import ask_draw
from booking.loans.actions.grant_line import LineTerms, grant_line
from booking.loans.actions.promise_hours import promise_hours
from booking.loans.models import LineKind
from booking.loans.rules.promises import Purchase
from booking.loans.states import Acquired
from tests.factories.instruments import make_instrument, make_lab
from tests.factories.organisations import make_organisation
from tests.support.clock import moment

ASKED = moment("2026-11-20T09:00")
FIRST, LAST = moment("2026-01-01T09:00").date(), moment("2026-12-31T09:00").date()


def a_draw_that_expires(uow: UnitOfWork) -> None:
    """Asked ten days before the last of November, which is the last day on which it waits; for
    the use that is to be settled then."""
    charge = uow.session.exec(select(Charge).order_by(col(Charge.id).desc())).first()
    assert charge is not None
    owner = charge.organisation_id
    boss = Actor(0, "", "", (Grant(Role.COMPANY_ADMIN, organisation_id=owner),))
    terms = LineTerms(
        number="YQD-3",
        organisation_id=owner,
        bank="又一家示例银行",
        credit_limit_fen=1_000_000,
        annual_rate="0.0385",
        valid_from=FIRST,
        valid_to=LAST,
        draw_days=10,
    )
    grant_line(uow, terms, actor_id=None, now=ASKED)
    ask_draw(uow, "YQD-3", charge.number, amount_fen=50_000, actor=boss, now=ASKED)


def promised_hours(uow: UnitOfWork) -> None:
    """A year that ends with November, without a use; and one that is half over in the morning."""
    halves = {date(2025, 12, 1): "YQD-4", date(2026, 6, 1): "YQD-5"}
    for first, number in halves.items():
        owner = make_organisation(uow).key
        terms = LineTerms(
            number=number,
            organisation_id=owner,
            bank="又一家示例银行",
            credit_limit_fen=1_000_000,
            annual_rate="0.0385",
            valid_from=FIRST,
            valid_to=LAST,
            kind=LineKind.PURCHASE,
        )
        grant_line(uow, terms, actor_id=None, now=ASKED)
        tool = make_instrument(uow, lab_id=make_lab(uow, organisation_id=owner).key)
        purchase = Purchase(
            instrument_id=tool.key,
            acquired=Acquired.BOUGHT,
            cost_fen=1_000_000,
            contract_number="",
            hours_a_year=800,
            valid_from=first,
            years=1,
        )
        promise_hours(uow, number, purchase, actor=HOUSE, now=ASKED)
