"""仪器贷: credit lines, the loan prime rate, and what the bank's exports say of them."""

from datetime import date, datetime

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.kernel.money import fen
from booking.loans.actions.grant_line import (
    LineTerms,
    enter_overdue,
    enter_reference_rates,
    grant_line,
)
from booking.loans.actions.import_bank_file import import_bank_file
from booking.loans.models import LineKind
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
    )


def _source(row: Row) -> str:
    """Where a rate is from, and whether anybody found it there."""
    return f"{row['flag']}: {row['source']}"
