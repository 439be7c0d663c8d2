"""Statements of every side in every state, and what their addresses can name."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.subsidies.actions.export_statements import ask_for_export, end_export
from booking.subsidies.actions.objections import object_to
from booking.subsidies.actions.pay_statements import draw_batch, pay, send_batch
from booking.subsidies.actions.review_statement import approve, lock, publish
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.actions.simulate import Asked, keep
from booking.subsidies.models.payment import PaymentBatch
from booking.subsidies.models.statement import Objection
from booking.subsidies.states import BatchState
from tests.access.world.records import Record, constant
from tests.access.world.sides import (
    PERIODS,
    Customer,
)
from tests.factories.files import receive_file
from tests.factories.settled_uses import make_programme
from tests.subsidies.requests import programme

Statements = Mapping[str, Mapping[str, str]]
Marks = Mapping[str, Mapping[str, str]]
NOW = datetime(2026, 11, 23, tzinfo=UTC)
# Who is who: `ours` at our lab, a `guest` beside it, `theirs` at their lab.
SIDES = ("ours", "guest", "theirs")
STATES = ("paid", "sent", "drawn", "draft", "locked", "publicity", "ready", "approved")
APPROVED = frozenset({"paid", "sent", "drawn", "approved"})
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
                _lead(uow, row.number, state, settled, text=marks[side]["objection"])
        _gather(uow, state, settled + timedelta(days=31))
    return made


def _lead(uow: UnitOfWork, number: str, state: str, day: datetime, *, text: str) -> None:
    """Lead a statement to a state; the one in publicity has an objection."""
    if state == "draft":
        return
    lock(uow, number, actor_id=None, now=day)
    if state == "locked":
        return
    publish(uow, number, actor_id=None, now=day)
    if state == "publicity":
        object_to(uow, number, text, actor_id=None, now=day)
    if state in APPROVED:
        approve(uow, number, actor_id=None, now=day + timedelta(days=30))
    if state == "paid":
        pay(uow, number, "示例回单", actor_id=None, now=day + timedelta(days=31))


def _gather(uow: UnitOfWork, state: str, now: datetime) -> None:
    """A batch that the bank has, and one that it does not have yet."""
    if state in {"sent", "drawn"}:
        number = draw_batch(uow, actor_id=None, now=now).number
        if state == "sent":
            send_batch(uow, number, actor_id=None, now=now)


def statement_records(uow: UnitOfWork, statements: Statements) -> Iterator[tuple[str, Record]]:
    """What addresses of statements can name."""
    ours, theirs = statements["ours"], statements["theirs"]

    def statement(state: str) -> Record:
        return each(ours[state], theirs[state], statements["guest"][state])

    yield "statements/{number}", statement("publicity")
    yield "verify/{number}", statement("locked")
    yield "verifications/{number}", statement("locked")
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
    yield "payment-batches/{number}", Record(batches[BatchState.SENT], absent="NONE-1")
    for step in ("sending", "dissolution"):
        named = f"payment-batches/{{number}}/{step}"
        yield named, Record(batches[BatchState.DRAWN], absent="NONE-1")
    yield "rows/{position}", constant(1)
    yield "lines/{position}", constant(1)
    yield "years/{year}", constant(2026)
    found = uow.session.exec(select(Objection).order_by(col(Objection.statement_id)))
    by_side = dict(zip(SIDES, (one.key for one in found), strict=True))
    yield (
        "objections/{objection_id}",
        Record(by_side["ours"], other=by_side["theirs"], guest=by_side["guest"]),
    )


def _exported(uow: UnitOfWork) -> int:
    """A period whose statements lie there as one file; whose content is told elsewhere."""
    now = Period.parse(STEPS["locked"]).span.end + timedelta(days=1)
    made = ask_for_export(uow, STEPS["locked"], "zh", actor=HOUSE, now=now)
    end_export(uow, made.key, receive_file(uow), now=now)
    return made.key
