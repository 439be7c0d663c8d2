"""The centre takes on loans of a kind, or refuses new ones; what is there runs out."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from booking.access.actor import Actor
from booking.access.roles import Role
from booking.kernel.errors import RulesBroken
from booking.loans.actions.choose_kinds import choose_kind
from booking.loans.actions.draw_for_charge import ask_draw
from booking.loans.actions.grant_line import LineTerms, grant_line
from booking.loans.models import LineKind
from booking.loans.queries.kinds import refused_kinds
from booking.loans.queries.lines import loan_for, records_of
from tests.factories.accounts import be, make_member, make_staff, open_session
from tests.factories.settled_uses import bank_says, make_company, make_loan, settled_use
from tests.support.clock import moment

NOW = moment("2026-11-02T09:00")


def chosen(uow, kind: LineKind, *, accepted: bool) -> None:
    reason = "" if accepted else "本年额度已用完"
    choose_kind(uow, kind, reason, accepted=accepted, actor_id=None, now=NOW)


def granted(uow, kind: LineKind, number: str = "YQD-9") -> str:
    terms = LineTerms(
        number=number,
        organisation_id=make_company(uow).key,
        bank="示例银行",
        credit_limit_fen=100_000_00,
        annual_rate="0.0385",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        kind=kind,
    )
    return grant_line(uow, terms, actor_id=None, now=NOW).number


def asked(uow, loan: str, charge: str, boss: Actor) -> None:
    ask_draw(uow, loan, charge, amount_fen=50_000, actor=boss, now=NOW)


def codes(deed, *args, **kwargs) -> list[str]:
    with pytest.raises(RulesBroken) as refused:
        deed(*args, **kwargs)
    return [one.code for one in refused.value.violations]


@pytest.mark.parametrize(
    ("refused", "other"),
    [(LineKind.USAGE, LineKind.PURCHASE), (LineKind.PURCHASE, LineKind.USAGE)],
)
def test_new_lines_of_a_refused_kind_are_not_entered_others_are(uow, refused, other):
    chosen(uow, refused, accepted=False)
    assert codes(granted, uow, refused) == ["loan.kind_refused"]
    assert granted(uow, other) == "YQD-9"


def test_new_draws_are_refused_and_what_the_bank_tells_is_still_taken(uow):
    company = make_company(uow)
    line = make_loan(uow, company)
    charge = settled_use(uow, company, "1000.00").number
    boss = make_member(uow, company.key, Role.COMPANY_ADMIN)
    chosen(uow, LineKind.USAGE, accepted=False)
    assert codes(asked, uow, line.number, charge, boss) == ["loan.kind_refused"]
    bank_says(uow, ("T1", line.number, "2026-10-20", "draw", "1000.00"))
    shown = loan_for(uow.session, line.number, boss)
    assert len(records_of(uow.session, shown.id)) == 1
    chosen(uow, LineKind.USAGE, accepted=True)
    asked(uow, line.number, charge, boss)


def test_what_was_said_last_counts_and_a_refusal_says_why(uow):
    assert refused_kinds(uow.session) == {}
    chosen(uow, LineKind.PURCHASE, accepted=False)
    assert refused_kinds(uow.session) == {LineKind.PURCHASE: "本年额度已用完"}
    chosen(uow, LineKind.PURCHASE, accepted=True)
    assert refused_kinds(uow.session) == {}
    told = {"accepted": False, "actor_id": None, "now": NOW}
    assert codes(choose_kind, uow, LineKind.USAGE, " ", **told) == ["loan.kind_reason"]


def test_the_page_of_a_line_says_so_instead_of_asking_for_a_draw(client, write, clock):
    with write() as uow:
        company = make_company(uow)
        number = make_loan(uow, company).number
        settled_use(uow, company, "1000.00")
        boss = open_session(uow, make_member(uow, company.key, Role.COMPANY_ADMIN), now=clock.now())
    be(client, boss)
    assert 'id="draw"' in client.get(f"/loans/{number}").text
    with write() as uow:
        chosen(uow, LineKind.USAGE, accepted=False)
    shown = client.get(f"/loans/{number}").text
    assert 'id="draw"' not in shown
    assert "本年额度已用完" in shown


@pytest.mark.parametrize(
    "change", ["UPDATE loan_kind_setting SET accepted = true", "DELETE FROM loan_kind_setting"]
)
def test_what_was_said_is_kept(uow, change):
    chosen(uow, LineKind.USAGE, accepted=False)
    with pytest.raises(DBAPIError), uow.session.begin_nested():
        uow.session.execute(text(change))


def test_finance_refuses_a_kind_on_the_page_and_everybody_reads_it(client, write, clock):
    with write() as uow:
        company = make_company(uow)
        boss = open_session(uow, make_member(uow, company.key, Role.COMPANY_ADMIN), now=clock.now())
        finance = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
    be(client, finance)
    assert "停止受理：" in client.get("/loans").text
    form = {"kind": "usage", "accepted": "false", "reason": "本年额度已用完"}
    assert client.post("/loans/kinds", data=form).status_code == 303
    client.cookies.clear()
    be(client, boss)
    shown = client.get("/loans").text
    assert "本年额度已用完" in shown
    assert "停止受理：" not in shown
