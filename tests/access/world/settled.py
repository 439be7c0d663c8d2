"""Statements of every side in every state, and what their addresses can name."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from sqlmodel import col, select

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.subsidies.actions.activate_programme import Which, propose
from booking.subsidies.actions.claw_back import claw_back
from booking.subsidies.actions.end_programme import sign_end, sign_withdrawal
from booking.subsidies.actions.export_statements import ask_for_export, end_export
from booking.subsidies.actions.objections import object_to
from booking.subsidies.actions.pay_statements import draw_batch, pay, send_batch
from booking.subsidies.actions.record_answers import record_return
from booking.subsidies.actions.review_statement import approve, lock, publish
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.actions.simulate import Asked, keep
from booking.subsidies.models.payment import PaymentBatch, PaymentRow
from booking.subsidies.models.statement import Objection, Statement, StatementSnapshot
from booking.subsidies.states import BatchState
from tests.access.world.records import Record, constant
from tests.access.world.sides import (
    PERIODS,
    Customer,
)
from tests.factories.files import receive_file
from tests.factories.settled_uses import ENTERED, make_programme
from tests.subsidies.requests import programme

Statements = Mapping[str, Mapping[str, str]]
Marks = Mapping[str, Mapping[str, str]]
NOW = datetime(2026, 11, 23, tzinfo=UTC)
# Who is who: `ours` at our lab, a `guest` beside it, `theirs` at their lab.
SIDES = ("ours", "guest", "theirs")
STATES = (
    *("paid", "sent", "drawn", "draft", "locked", "publicity", "ready", "approved"),
    # The bank sent it back.
    "returned",
)
APPROVED = frozenset({"paid", "sent", "drawn", "approved", "returned"})
_ORDER = ("ours", "theirs", "guest")
# What was asked of a version, and is confirmed.
WITHDRAWAL = {"document": "示例作废文号", "reason": "比例录错"}
ENDING = {"last_day": "2027-03-31", "document": "示例终止文号"}
STEPS = dict(zip(STATES, PERIODS, strict=True))


def each(own: str, other: str, guest: str | None = None) -> Record:
    """Ours, theirs and perhaps the guest's, by number."""
    return Record(own, other=other, guest=guest, absent="NONE-1")


def make_statements(
    uow: UnitOfWork, customers: Mapping[str, Customer], marks: Marks
) -> dict[str, dict[str, str]]:
    """A statement of each company in each state, by side and state."""
    make_programme(uow, programme())
    make_programme(uow, programme("DRAFT"), active=False)
    make_programme(uow, programme("PROPOSED"), active=False)
    propose(uow, Which("PROPOSED"), document="示例文号", actor_id=900_001, now=ENTERED)
    # Of next year, so that no statement of the world has a line of it.
    make_programme(uow, programme("ENDING", valid={"from": "2027-01-01", "to": "2027-12-31"}))
    make_programme(uow, programme("LATER", valid={"from": "2028-01-01", "to": "2028-12-31"}))
    sign_withdrawal(uow, Which("LATER"), **WITHDRAWAL, actor_id=900_001, now=ENTERED)
    last, why = date.fromisoformat(ENDING["last_day"]), ENDING["document"]
    sign_end(uow, Which("ENDING"), last, document=why, actor_id=900_001, now=ENTERED)
    side_of = {customer.company.key: side for side, customer in customers.items()}
    made: dict[str, dict[str, str]] = {side: {} for side in customers}
    for state, period in STEPS.items():
        asked = Period.parse(period)
        settled = asked.span.end + timedelta(days=1)
        view = settle_period(uow, asked, actor_id=None, now=settled)
        for row in view.statements:
            side = side_of.get(row.organisation_id)
            if side is not None:
                made[side][state] = row.number
                _lead(uow, row.number, state, settled, said=marks[side])
        _gather(uow, state, settled + timedelta(days=31), side_of=side_of, marks=marks)
    return made


def _lead(
    uow: UnitOfWork, number: str, state: str, day: datetime, *, said: Mapping[str, str]
) -> None:
    """Lead a statement to a state; the one in publicity has an objection."""
    if state == "draft":
        return
    lock(uow, number, actor_id=None, now=day)
    if state == "locked":
        return
    publish(uow, number, actor_id=None, now=day)
    if state == "publicity":
        object_to(uow, number, said["objection"], actor_id=None, now=day)
    if state in APPROVED:
        approve(uow, number, actor_id=None, now=day + timedelta(days=30))
    if state == "paid":
        later = day + timedelta(days=31)
        pay(uow, number, said["subsidy_reference"], actor_id=None, now=later)
        claw_back(uow, number, 1, amount_fen=1, reason=said["recovery"], by=(None, later))


def _gather(
    uow: UnitOfWork, state: str, now: datetime, *, side_of: Mapping[int, str], marks: Marks
) -> None:
    """A batch that the bank has, one that it does not have yet, and one that it sent back."""
    if state not in {"sent", "drawn", "returned"}:
        return
    batch = draw_batch(uow, actor_id=None, now=now)
    if state != "drawn":
        send_batch(uow, batch.number, actor_id=None, now=now)
    if state == "returned":
        for row in uow.session.exec(select(PaymentRow).where(PaymentRow.batch_id == batch.key)):
            why = marks[side_of[row.organisation_id]]["subsidy_returned"]
            record_return(uow, batch.number, row.position, reason=why, by=(None, now))


def statement_records(uow: UnitOfWork, statements: Statements) -> Iterator[tuple[str, Record]]:
    """What addresses of statements can name."""
    ours, theirs = statements["ours"], statements["theirs"]

    def statement(state: str) -> Record:
        return each(ours[state], theirs[state], statements["guest"][state])

    yield "statements/{number}", statement("publicity")
    yield "verify/{number}", statement("locked")
    yield "verifications/{number}", statement("locked")
    yield "hashes/{number}", each(*(_hash(uow, statements[side]["locked"]) for side in _ORDER))
    yield "statement-exports/{export_id}", Record(_exported(uow))
    needed = {
        "lock": "draft",
        "publication": "locked",
        "approval": "ready",
        "payment": "approved",
        "withdrawal": "locked",
        "lines": "paid",
    }
    for step, state in needed.items():
        yield f"statements/{{number}}/{step}", statement(state)
    yield "budgets/{code}", Record("P", absent="NONE")
    kept = keep(uow, Asked(Period.parse("2026-05"), [programme()]), actor_id=None, now=NOW)
    yield "simulations/{simulation_id}", Record(kept.key)
    batches = {one.state: one.number for one in uow.session.exec(select(PaymentBatch))}
    for part, state in (
        ("", BatchState.PART_RETURNED),
        *(("/answers", BatchState.SENT), ("/rows", BatchState.SENT)),
        *(("/sending", BatchState.DRAWN), ("/dissolution", BatchState.DRAWN)),
    ):
        yield f"payment-batches/{{number}}{part}", Record(batches[state], absent="NONE-1")
    yield "rows/{position}", constant(1)
    yield "lines/{position}", constant(1)
    yield "years/{year}", constant(2026)
    found = uow.session.exec(select(Objection).order_by(col(Objection.statement_id)))
    by_side = dict(zip(SIDES, (one.key for one in found), strict=True))
    yield (
        "objections/{objection_id}",
        Record(by_side["ours"], other=by_side["theirs"], guest=by_side["guest"]),
    )


def _hash(uow: UnitOfWork, number: str) -> str:
    """Of the statement that was locked: whoever holds it is told of nothing else."""
    asked = select(StatementSnapshot.sha256).join(
        Statement, col(Statement.id) == col(StatementSnapshot.statement_id)
    )
    return uow.session.exec(asked.where(Statement.number == number)).one()


def _exported(uow: UnitOfWork) -> int:
    """A period whose statements lie there as one file; whose content is told elsewhere."""
    now = Period.parse(STEPS["locked"]).span.end + timedelta(days=1)
    made = ask_for_export(uow, STEPS["locked"], "zh", actor=HOUSE, now=now)
    end_export(uow, made.key, receive_file(uow), now=now)
    return made.key
