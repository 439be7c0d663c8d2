"""仪器贷: credit lines, the loan prime rate, and what the bank's exports say of them."""

from datetime import date, datetime

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.kernel.money import fen
from booking.loans.actions.agree_repayment import agree_repayment
from booking.loans.actions.grant_line import (
    LineTerms,
    enter_overdue,
    enter_reference_rates,
    grant_line,
)
from booking.loans.actions.import_bank_file import import_bank_file
from booking.loans.actions.promise_hours import promise_hours
from booking.loans.models import LineKind
from booking.loans.rules.dues import Agreed
from booking.loans.rules.promises import Purchase
from booking.loans.rules.schedule import DayCount, Repaying
from booking.loans.states import Acquired
from booking.seeding import found
from booking.seeding.files import Row, SeedFiles
from booking.seeding.registering import Register


def enter_loans(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """Everything of `loans/`; what is known already changes nothing."""
    register.written += enter_reference_rates(
        uow,
        [
            (row["term"], date.fromisoformat(row["valid_from"]), row["rate"], _source(row))
            for row in files.lpr
        ],
    )
    known = found.credit_lines(uow.session)
    for row in files.rows("loans/credit_lines.csv"):
        if row["loan_id"] not in known:
            terms = _terms(row, register.organisations[row["organisation"]])
            known[terms.number] = grant_line(uow, terms, actor_id=HOUSE.known_id, now=now).key
            register.written += 1
    if found.has_bank_records(uow.session):
        return
    content = (files.directory / "loans/transactions.csv").read_bytes()
    # The example file goes on after the day on which a demo's history begins.
    newest = max(date.fromisoformat(row["date"]) for row in files.rows("loans/transactions.csv"))
    report = import_bank_file(uow, content, actor_id=HOUSE.known_id, now=now, today=newest)
    register.written += report.added
    _agree(uow, files, register, now=now)
    for row in files.rows("loans/overdue.csv"):
        first, until = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
        enter_overdue(uow, known[row["loan_id"]], first, until=until, note=row["note"])


def _terms(row: Row, organisation_id: int) -> LineTerms:
    return LineTerms(
        number=row["loan_id"],
        organisation_id=organisation_id,
        bank=row["bank"],
        credit_limit_fen=fen(row["credit_limit"]),
        annual_rate=row["annual_rate"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]),
        contract_number=row["contract_number"],
        kind=LineKind(row["kind"]),
        purpose=row["purpose"],
        draw_share=row["draw_share"],
        draw_days=int(row["draw_days"]) if row["draw_days"] else None,
    )


def _agree(uow: UnitOfWork, files: SeedFiles, register: Register, *, now: datetime) -> None:
    """How draws are repaid, and what a purchase loan paid for and promised."""
    for row in files.rows("loans/repayment.csv"):
        agreed = Agreed(
            valid_from=date.fromisoformat(row["valid_from"]),
            repaying=Repaying(row["repaying"]),
            months=int(row["months"]),
            day_count=DayCount(row["day_count"]),
            pay_day=int(row["pay_day"]),
            grace=int(row["grace_days"]),
        )
        agree_repayment(uow, row["loan_id"], agreed, actor=HOUSE, now=now)
    for row in files.rows("loans/purchases.csv"):
        purchase = Purchase(
            instrument_id=register.instruments[row["instrument"]],
            acquired=Acquired(row["acquired"]),
            cost_fen=fen(row["cost"]),
            contract_number=row["contract_number"],
            hours_a_year=int(row["hours_a_year"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            years=int(row["years"]),
        )
        promise_hours(uow, row["loan_id"], purchase, actor=HOUSE, now=now)


def _source(row: Row) -> str:
    """Where a rate is from, and whether anybody found it there."""
    return f"{row['flag']}: {row['source']}"
