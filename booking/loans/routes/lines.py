"""Pages: credit lines, and one of them with its draws, what is due and what the bank reported."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.periods import Period
from booking.loans.actions.agree_repayment import agree_repayment
from booking.loans.actions.choose_kinds import choose_kind
from booking.loans.actions.draw_for_charge import ask_draw, refuse_draw, withdraw_draw
from booking.loans.actions.promise_hours import promise_hours
from booking.loans.forms import DrawForm, KindBody, PurchaseForm, RefusalBody, RepaymentForm
from booking.loans.models import LineKind
from booking.loans.queries.draws import charges_to_draw, draws_of, open_draws
from booking.loans.queries.kinds import refused_kinds
from booking.loans.queries.lines import LoanRow, loan_for, loans_visible_to, records_of
from booking.loans.queries.promises import cards_of
from booking.loans.report import Account, accounts_of, promised_on
from booking.loans.rules.schedule import DayCount, Repaying
from booking.loans.states import Acquired, DrawState
from booking.web.charts import Line, line
from booking.web.clock import ClockDep
from booking.web.formats import money_text, period_text
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import gettext
from booking.web.paging import Cut, WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction
from booking.web.words import words

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.LOAN_READ)]
Lender = Annotated[Actor, requires(Permission.LENDING_READ)]
Borrower = Annotated[Actor, requires(Permission.LOAN_DRAW)]
Manager = Annotated[Actor, requires(Permission.LOAN_MANAGE)]
_ONE = "loans/loan.html"


@router.get("/loans", name="loans")
def index(session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """The credit lines that you may see."""
    rows = loans_visible_to(session, actor)
    accounts = accounts_of(session, rows, local(clock.now()).date())
    reports = actor.may(Permission.LENDING_READ)
    return page.render(
        "loans/loans.html",
        loans=accounts,
        reports=reports,
        refused=refused_kinds(session),
        kinds=list(LineKind),
        manages=actor.may(Permission.LOAN_MANAGE),
    )


@router.post("/loans/kinds", name="loan_kinds")
def choose(
    form: Annotated[Filled[KindBody], filled_in(KindBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Take on loans of a kind, or refuse new ones."""
    told = form.checked
    choose_kind(
        uow,
        told.kind,
        told.reason,
        accepted=told.accepted,
        actor_id=actor.known_id,
        now=clock.now(),
    )
    return page.redirect("loans")


@router.get("/loans/{number}", name="loan")
def show(number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """One credit line."""
    around = _around(session, number, actor, today=local(clock.now()).date())
    return page.render(_ONE, **_forms(), **around)


@router.post("/loans/{number}/draws", name="draw_ask")
def ask(
    number: str,
    form: Annotated[Filled[DrawForm], filled_in(DrawForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Borrower,
) -> Response:
    """Ask for money of a credit line for a charge."""
    now = clock.now()
    around = _around(uow.session, number, actor, today=local(now).date())
    page.if_refused(_ONE, **{**_forms(), "form": form}, **around)
    told = form.checked
    ask_draw(uow, number, told.charge, amount_fen=told.amount, actor=actor, now=now)
    return page.toast(page.redirect("loan", number), gettext("The draw is asked for."))


@router.post("/loans/{number}/repayment", name="loan_repayment")
def agree(
    number: str,
    form: Annotated[Filled[RepaymentForm], filled_in(RepaymentForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Enter how draws from a day on are repaid."""
    now = clock.now()
    around = _around(uow.session, number, actor, today=local(now).date())
    page.if_refused(_ONE, **{**_forms(), "terms": form}, **around)
    agree_repayment(uow, number, form.checked.agreed(), actor=actor, now=now)
    return page.redirect("loan", number)


@router.post("/loans/{number}/purchase", name="loan_purchase")
def promise(
    number: str,
    form: Annotated[Filled[PurchaseForm], filled_in(PurchaseForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Enter what a purchase loan paid for, and the outside hours promised for it."""
    now = clock.now()
    around = _around(uow.session, number, actor, today=local(now).date())
    page.if_refused(_ONE, **{**_forms(), "purchase": form}, **around)
    promise_hours(uow, number, form.checked.purchase(), actor=actor, now=now)
    return page.redirect("loan", number)


@router.get("/draws", name="draws")
def waiting(session: Reading, page: PageDep, window: WindowDep, actor: Lender) -> Response:
    """Draws of which the bank did not tell yet."""
    found = open_draws(session, after=window.after_id, limit=window.take)
    cut: Cut[Any] = window.cut(found, key=lambda row: (row.id,))
    return page.render("loans/draws.html", cut=cut, paging_on=window.after is not None)


@router.post("/draws/{draw}/withdrawal", name="draw_withdraw")
def withdraw(
    draw: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Borrower
) -> Response:
    """The company does not want it any more."""
    row = withdraw_draw(uow, draw, actor=actor, now=clock.now())
    return page.redirect("loan", row.loan)


@router.post("/draws/{draw}/refusal", name="draw_refuse")
def refuse(
    draw: str,
    form: Annotated[Filled[RefusalBody], filled_in(RefusalBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """It is not paid, and why."""
    row = refuse_draw(uow, draw, form.checked.reason, actor=actor, now=clock.now())
    return page.redirect("loan", row.loan)


def _around(session: Session, number: str, actor: Actor, *, today: date) -> Mapping[str, Any]:
    row = loan_for(session, number, actor)
    (account,) = accounts_of(session, [row], today)
    draws = draws_of(session, row.id)
    reach = actor.reach(Permission.LOAN_DRAW)
    borrows = reach.everywhere or row.organisation_id in reach.organisation_ids
    refused = refused_kinds(session).get(LineKind(row.kind), "")
    charges = charges_to_draw(session, row.organisation_id) if borrows and not refused else []
    return {
        "loan": account,
        "due": account.due,
        "curve": _drawn(account),
        "draws": draws,
        "asked": [draw for draw in draws if draw.state is DrawState.ASKED],
        "records": records_of(session, row.id),
        "borrows": borrows,
        "refused": refused,
        "manages": (manages := actor.may(Permission.LOAN_MANAGE)),
        "promised": next(iter(promised_on(session, today, ids=[row.id])), None),
        "card_options": _cards(session, row) if manages else [],
        "acquired_options": [(one.value, words(one)) for one in Acquired],
        "charge_options": [
            (one.number, f"{one.number} · {one.instrument} · {money_text(one.total_fen)}")
            for one in charges
        ],
        "repaying_options": [(one.value, words(one)) for one in Repaying],
        "day_count_options": [(one.value, words(one)) for one in DayCount],
    }


def _drawn(account: Account) -> Line | None:
    points = [
        (period_text(Period.month(day).code), owed, money_text(owed))
        for day, owed in account.curve()
    ]
    return line(points) if points else None


def _cards(session: Session, row: LoanRow) -> list[tuple[int, str]]:
    """What a purchase loan may have paid for."""
    return cards_of(session, row.organisation_id) if row.kind == LineKind.PURCHASE else []


def _forms() -> dict[str, Any]:
    """The forms of the page as they are before anybody fills them in."""
    return {
        "form": blank(),
        "terms": blank(day_count=DayCount.ACT_360.value, pay_day="20", grace_days="0"),
        "purchase": blank(),
    }
