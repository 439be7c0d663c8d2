"""JSON: credit lines and their bank files."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.loans.actions.agree_repayment import agree_repayment
from booking.loans.actions.choose_kinds import choose_kind
from booking.loans.actions.draw_for_charge import ask_draw, refuse_draw, withdraw_draw
from booking.loans.actions.grant_line import LineTerms, grant_line
from booking.loans.actions.import_bank_file import import_bank_file
from booking.loans.actions.promise_hours import promise_hours
from booking.loans.forms import (
    LARGEST_BANK_FILE,
    DrawBody,
    KindBody,
    LineBody,
    PurchaseBody,
    RefusalBody,
    RepaymentBody,
)
from booking.loans.queries.draws import DrawRow, draws_of
from booking.loans.queries.kinds import refused_kinds
from booking.loans.queries.lines import LoanRow, loan_for, loans_visible_to, records_of
from booking.loans.report import Promised, accounts_of, promised_on
from booking.loans.rules.promises import hours_text
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.manners import takes_bodies_of
from booking.web.paging import BadCursor, Window, WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["loans"])

Reader = Annotated[Actor, requires(Permission.LOAN_READ)]
Borrower = Annotated[Actor, requires(Permission.LOAN_DRAW)]
Manager = Annotated[Actor, requires(Permission.LOAN_MANAGE)]
Answer = dict[str, object]


@router.get("/loans")
def index(session: Reading, window: WindowDep, actor: Reader) -> Answer:
    """The credit lines that you may see, by number."""
    rows = loans_visible_to(session, actor, after=_number_in(window), limit=window.take)
    cut = window.cut(rows, key=lambda row: (row.number,))
    return {"items": [_line(row) for row in cut.items], "next_cursor": cut.next_cursor}


def _number_in(window: Window) -> str | None:
    match window.after:
        case None:
            return None
        case (str() as number,):
            return number
    raise BadCursor


@router.post("/loans", status_code=201)
def create(
    body: LineBody, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Enter a credit line."""

    def deed() -> tuple[int, Answer]:
        given = body.model_dump(exclude={"credit_limit"})
        terms = LineTerms(credit_limit_fen=body.credit_limit, **given)
        grant_line(uow, terms, actor_id=actor.known_id, now=clock.now())
        return 201, _line(loan_for(uow.session, body.number, actor))

    return once.answer(deed)


@router.post("/loans/kinds")
def choose(
    body: KindBody, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Take on loans of a kind, or refuse new lines and draws of it; those that are there run out.
    Answers with the kinds that are refused, and why."""

    def deed() -> tuple[int, Answer]:
        choose_kind(
            uow,
            body.kind,
            body.reason,
            accepted=body.accepted,
            actor_id=actor.known_id,
            now=clock.now(),
        )
        return 200, {"refused": dict(refused_kinds(uow.session))}

    return once.answer(deed)


@router.get("/loans/{number}")
def show(number: str, session: Reading, clock: ClockDep, actor: Reader) -> Answer:
    """One credit line with what the bank reported and what is owed today."""
    row = loan_for(session, number, actor)
    return {**_line(row), **_movements(session, row, clock)}


@router.post("/loans/{number}/repayment-terms", status_code=201)
def agree(
    number: str, body: RepaymentBody, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Enter how draws from a day on are repaid."""

    def deed() -> tuple[int, Answer]:
        agree_repayment(uow, number, body.agreed(), actor=actor, now=clock.now())
        row = loan_for(uow.session, number, actor)
        return 201, {**_line(row), **_movements(uow.session, row, clock)}

    return once.answer(deed)


@router.post("/loans/{number}/purchase", status_code=201)
def promise(
    number: str, body: PurchaseBody, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Enter what a purchase loan paid for, and the outside hours promised for it."""

    def deed() -> tuple[int, Answer]:
        promise_hours(uow, number, body.purchase(), actor=actor, now=clock.now())
        row = loan_for(uow.session, number, actor)
        return 201, {**_line(row), **_movements(uow.session, row, clock)}

    return once.answer(deed)


@router.post("/loans/{number}/draws", status_code=201)
def ask(
    number: str, body: DrawBody, uow: Transaction, once: Once, clock: ClockDep, actor: Borrower
) -> Response:
    """Ask for money of a credit line for a charge."""

    def deed() -> tuple[int, Answer]:
        wanted, now = body.amount, clock.now()
        row = ask_draw(uow, number, body.charge, amount_fen=wanted, actor=actor, now=now)
        return 201, _draw(row)

    return once.answer(deed)


@router.post("/draws/{draw}/withdrawal")
def withdraw(draw: str, uow: Transaction, once: Once, clock: ClockDep, actor: Borrower) -> Response:
    """The company does not want it any more."""

    def deed() -> tuple[int, Answer]:
        return 200, _draw(withdraw_draw(uow, draw, actor=actor, now=clock.now()))

    return once.answer(deed)


@router.post("/draws/{draw}/refusal")
def refuse(
    draw: str, body: RefusalBody, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """It is not paid, and why."""

    def deed() -> tuple[int, Answer]:
        return 200, _draw(refuse_draw(uow, draw, body.reason, actor=actor, now=clock.now()))

    return once.answer(deed)


@router.post("/loans/{number}/transactions")
@takes_bodies_of(LARGEST_BANK_FILE)
def take_in(
    number: str,
    content: Annotated[bytes, Body(media_type="text/csv")],
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Take in a bank's CSV file; a transaction number that is known changes nothing."""
    loan_for(uow.session, number, actor)

    def deed() -> tuple[int, Answer]:
        report = import_bank_file(
            uow, content, actor_id=actor.known_id, now=clock.now(), only=number
        )
        return 200, {"added": report.added, "known": report.known}

    return once.answer(deed)


def _line(row: LoanRow) -> Answer:
    return {
        "number": row.number,
        "organisation_id": row.organisation_id,
        "organisation": row.organisation,
        "bank": row.bank,
        "contract_number": row.contract_number,
        "kind": row.kind,
        "credit_limit": yuan(row.credit_limit_fen),
        "annual_rate": row.annual_rate,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat(),
        "purpose": row.purpose,
        "draw_share": row.draw_share,
        "draw_days": row.draw_days,
    }


def _draw(row: DrawRow) -> Answer:
    return {
        "number": row.number,
        "loan": row.loan,
        "charge": row.charge,
        "amount": yuan(row.amount_fen),
        "state": row.state.value,
        "asked_at": row.asked_at,
        "ended_at": row.ended_at,
        "reason": row.reason,
        "paid": None if row.paid_fen is None else yuan(row.paid_fen),
        "bank_transaction_number": row.bank_transaction_number,
        "waits_through": row.waits_through,
        "beyond_charge": yuan(row.beyond_fen),
    }


def _promised(told: Promised) -> Answer:
    """Hours as decimal text, the newest year first."""
    row = told.row
    return {
        "instrument_id": row.instrument_id,
        "instrument": row.instrument,
        "acquired": row.acquired.value,
        "cost": yuan(row.cost_fen),
        "contract_number": row.contract_number,
        "hours_a_year": row.hours_a_year,
        "valid_from": row.valid_from,
        "years": row.years,
        "promise_years": [
            {
                "from": one.year.first,
                "to": one.year.until,
                "is_over": one.is_over,
                "promised": hours_text(one.year.promised),
                "delivered": hours_text(one.year.delivered),
                "missing": hours_text(one.missing),
                "missing_at_this_pace": hours_text(one.missing_at_pace),
            }
            for one in told.years
        ],
    }


def _movements(session: Session, row: LoanRow, clock: ClockDep) -> Answer:
    today = local(clock.now()).date()
    (account,) = accounts_of(session, [row], today)
    promised = next(iter(promised_on(session, today, ids=[row.id])), None)
    return {
        "owed": yuan(account.owed_fen),
        "asked": yuan(account.asked_fen),
        "available": yuan(account.available_fen),
        "is_overdue": account.is_overdue,
        "to_be_repaid": yuan(account.beyond_fen),
        "purchase": promised and _promised(promised),
        "due": [
            {
                "date": one.day.isoformat(),
                "principal": yuan(one.principal),
                "interest": yuan(one.interest),
            }
            for one in account.due
        ],
        "draws": [_draw(draw) for draw in draws_of(session, row.id)],
        "transactions": [
            {
                "bank_transaction_number": record.bank_transaction_number,
                "date": record.day.isoformat(),
                "kind": record.kind.value,
                "amount": yuan(record.amount_fen),
                "note": record.note,
            }
            for record in records_of(session, row.id)
        ],
    }
