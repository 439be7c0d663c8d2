"""Overdue days: reckoned from what was agreed by a job that may run late or twice, with letters."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.access.actor import HOUSE
from booking.access.roles import Role
from booking.kernel.errors import RulesBroken
from booking.loans.actions.agree_repayment import agree_repayment
from booking.loans.errors import TermsAgreed
from booking.loans.jobs import reckon_overdue
from booking.loans.models import OverdueSpell
from booking.loans.queries.lines import loan_values
from booking.loans.rules.balances import Overdue
from booking.loans.rules.dues import Agreed
from booking.loans.rules.schedule import Repaying
from booking.notifications.models import OutboxMessage
from tests.factories.accounts import make_member, make_staff
from tests.factories.settled_uses import ENTERED, bank_says, make_company, make_loan
from tests.support.clock import moment

DRAWN = ("T1", "YQD-1", "2026-03-10", "draw", "1200.00")
EQUAL = Agreed(
    valid_from=date(2026, 1, 1),
    repaying=Repaying.EQUAL_PRINCIPAL,
    months=12,
    pay_day=10,
    grace=3,
)


def make_line(uow, terms=EQUAL) -> int:
    """Twelve instalments of 100.00, the first due on 10 April."""
    company = make_company(uow)
    make_member(uow, company.key, Role.COMPANY_ADMIN)
    line = make_loan(uow, company).key
    make_staff(uow, Role.FINANCE)
    agree_repayment(uow, "YQD-1", terms, actor=HOUSE, now=ENTERED)
    return line


def spells(uow, line: int) -> list[Overdue]:
    return list(loan_values(uow.session, [line])[line].overdue)


def letters(uow) -> list[str]:
    query = select(OutboxMessage).where(col(OutboxMessage.fact) == "loan_step")
    return sorted(row.params["step"] for row in uow.session.exec(query))


def early(uow, *records):
    """What the bank told by 10 March."""
    bank_says(uow, *records, now=moment("2026-03-10T18:00"))


def test_a_line_is_overdue_when_grace_is_over_and_told_of_once(uow):
    line = make_line(uow)
    early(uow, DRAWN)
    assert reckon_overdue(uow, moment("2026-04-14T00:20")) == 0
    assert reckon_overdue(uow, moment("2026-04-15T00:20")) == 1
    assert spells(uow, line) == [Overdue(date(2026, 4, 11), None)]
    assert reckon_overdue(uow, moment("2026-04-15T00:20")) == 0
    assert letters(uow) == ["loan.overdue", "loan.overdue"]


def test_a_job_that_slept_for_months_finds_the_same(uow):
    line = make_line(uow)
    early(uow, DRAWN)
    assert reckon_overdue(uow, moment("2026-08-01T00:20")) == 1
    assert spells(uow, line) == [Overdue(date(2026, 4, 11), None)]


def test_a_repayment_ends_the_spell_when_the_bank_tells_of_it(uow):
    line = make_line(uow)
    early(uow, DRAWN)
    reckon_overdue(uow, moment("2026-04-15T00:20"))
    now = moment("2026-04-20T09:00")
    bank_says(uow, ("T2", "YQD-1", "2026-04-20", "repayment", "100.00"), now=now)
    reckon_overdue(uow, moment("2026-04-21T00:20"))
    assert spells(uow, line) == [Overdue(date(2026, 4, 11), date(2026, 4, 20))]
    assert letters(uow) == ["loan.in_order", "loan.overdue", "loan.overdue"]


@pytest.mark.parametrize(
    ("repaid", "left"),
    [
        # Dated back into its grace: it was never overdue.
        ("2026-04-13", []),
        ("2026-04-16", [Overdue(date(2026, 4, 11), date(2026, 4, 16))]),
        # Early, before anything was due.
        ("2026-03-20", []),
    ],
)
def test_a_record_dated_back_reckons_the_days_anew(uow, repaid, left):
    line = make_line(uow)
    early(uow, DRAWN)
    reckon_overdue(uow, moment("2026-05-01T00:20"))
    now = moment("2026-05-02T09:00")
    bank_says(uow, ("T2", "YQD-1", repaid, "repayment", "100.00"), now=now)
    assert spells(uow, line) == left


def test_what_the_bank_told_stays_beside_what_is_reckoned(uow):
    line = make_line(uow)
    early(uow, DRAWN)
    uow.session.add(OverdueSpell(credit_line_id=line, first=date(2026, 4, 11), until=None))
    uow.session.flush()
    reckon_overdue(uow, moment("2026-04-15T00:20"))
    assert spells(uow, line) == [Overdue(date(2026, 4, 11), None)] * 2
    early(uow, ("T2", "YQD-1", "2026-03-10", "repayment", "1200.00"))
    assert spells(uow, line) == [Overdue(date(2026, 4, 11), None)]


def test_lines_without_terms_are_left_alone(uow):
    line = make_loan(uow, make_company(uow)).key
    early(uow, DRAWN)
    assert reckon_overdue(uow, moment("2027-04-15T00:20")) == 0
    assert spells(uow, line) == []


def test_terms_are_agreed_once_and_never_rewritten(uow):
    make_line(uow)
    with pytest.raises(TermsAgreed):
        agree_repayment(uow, "YQD-1", EQUAL, actor=HOUSE, now=ENTERED)
    with pytest.raises(sa.exc.IntegrityError):
        uow.session.execute(sa.text("UPDATE repayment_terms SET months = 24"))


def test_terms_that_cannot_be_are_refused_with_every_reason(uow):
    make_loan(uow, make_company(uow))
    wrong = Agreed(
        valid_from=date(2026, 1, 1), repaying=Repaying.BULLET, months=0, pay_day=32, grace=-1
    )
    with pytest.raises(RulesBroken) as caught:
        agree_repayment(uow, "YQD-1", wrong, actor=HOUSE, now=ENTERED)
    assert [violation.code for violation in caught.value.violations] == [
        "loan.months_outside",
        "loan.pay_day_outside",
        "loan.grace_negative",
    ]


@pytest.mark.parametrize(("grace", "found"), [(367, ["loan.grace_beyond"]), (366, [])])
def test_grace_lasts_no_longer_than_a_year(uow, grace, found):
    make_loan(uow, make_company(uow))
    try:
        agree_repayment(uow, "YQD-1", replace(EQUAL, grace=grace), actor=HOUSE, now=ENTERED)
        codes = []
    except RulesBroken as refused:
        codes = [violation.code for violation in refused.violations]
    assert codes == found
