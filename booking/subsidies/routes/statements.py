"""Pages: statements, one unfolded to bookings and rule steps, its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.accounts.identity import settings_of
from booking.kernel.clock import local
from booking.subsidies.actions.objections import answer_objection, object_to
from booking.subsidies.actions.pay_statements import pay
from booking.subsidies.actions.redraw import withdraw_and_redraw
from booking.subsidies.actions.review_statement import approve, lock, publish
from booking.subsidies.exports.files import statement_file
from booking.subsidies.exports.paper import paper_for
from booking.subsidies.exports.tables import difference_in, records
from booking.subsidies.forms import ObjectionBody, PaymentBody, ReasonBody, read_period
from booking.subsidies.queries.clawbacks import clawbacks_of
from booking.subsidies.queries.statements import (
    StatementFilter,
    StatementRow,
    objections_of,
    statement_seen_by,
    statements_visible_to,
)
from booking.subsidies.routes import evidence
from booking.subsidies.routes.desk import remarks_of
from booking.subsidies.rules.explanation import said, tongue_of
from booking.subsidies.statements import content_of, document_of, steps_of
from booking.subsidies.states import STATEMENT_TRANSITIONS, StatementState, StatementStep
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, JSON, PDF, XLSX, download
from booking.web.forms import Filled, blank, filled_in
from booking.web.i18n import language
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()
router.include_router(evidence.router)

Reader = Annotated[Actor, requires(Permission.STATEMENT_READ)]
Manager = Annotated[Actor, requires(Permission.SETTLEMENT_MANAGE)]
Approver = Annotated[Actor, requires(Permission.SETTLEMENT_APPROVE)]
MEDIA = {"pdf": PDF, "xlsx": XLSX, "csv": CSV, "json": JSON}


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step in the reader's words, with its amount where it has one."""

    words: str
    amount_fen: int | None
    weight: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with the way it came about."""

    facts: Mapping[str, object]
    steps: Sequence[ShownStep]
    # "correction" or "recovery" where it is a difference to an earlier statement.
    difference: str = ""


@router.get("/statements", name="statements")
def index(
    session: Reading,
    page: PageDep,
    window: WindowDep,
    actor: Reader,
    period: Annotated[str, Query(max_length=10)] = "",
    state: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Statements that you may see."""
    after = window.place(str)
    known = state if state in set(StatementState) else ""
    asked = StatementFilter(
        read_period(period).code if period else None, None, StatementState(known) if known else None
    )
    rows = statements_visible_to(
        session, actor, asked, after=after[0] if after else None, take=window.take
    )
    cut = window.cut(rows, key=lambda row: (row.number,))
    return page.render(
        "subsidies/statements.html",
        cut=cut,
        remarks={row.number: remarks_of(row) for row in cut.items},
        period=period,
        state=known,
        states=list(StatementState),
        paging_on=after is not None,
    )


@router.get("/statements/{number}.{kind}", name="statement_file")
def file(number: str, kind: str, session: Reading, page: PageDep, actor: Reader) -> Response:
    """The statement as a file."""
    row = statement_seen_by(session, number, actor)
    paper = paper_for(row, settings_of(page.request).public_url, tongue_of(language()))
    name, content = statement_file(number, content_of(session, row), kind, paper=paper)
    return download(content, filename=name, media_type=MEDIA[kind])


@router.get("/statements/{number}", name="statement")
def show(number: str, session: Reading, page: PageDep, clock: ClockDep, actor: Reader) -> Response:
    """One statement; every line unfolds to what it came from."""
    row = statement_seen_by(session, number, actor)
    document = document_of(session, row)
    manages = actor.may(Permission.SETTLEMENT_MANAGE)
    return page.render(
        "subsidies/statement.html",
        row=row,
        remarks=remarks_of(row),
        lines=[_shown(line) for line in records(document, "lines")],
        totals=document["totals"],
        programmes=document["programmes"],
        steps=_open_to(row, actor, today=local(clock.now()).date()),
        objections=objections_of(session, row.id),
        recovered=clawbacks_of(session, row.id),
        recovers=manages and row.state is StatementState.PAID,
        manages=manages,
        form=blank(),
    )


@router.post("/statements/{number}/lock", name="lock_statement")
def lock_one(
    number: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    """Freeze it."""
    lock(uow, number, actor_id=actor.known_id, now=clock.now())
    return page.redirect("statement", number)


@router.post("/statements/{number}/publication", name="publish_statement")
def publish_one(
    number: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Manager
) -> Response:
    """Put it up for objections."""
    publish(uow, number, actor_id=actor.known_id, now=clock.now())
    return page.redirect("statement", number)


@router.post("/statements/{number}/objection", name="object_to_statement")
def object_to_one(
    number: str,
    form: Annotated[Filled[ObjectionBody], filled_in(ObjectionBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.STATEMENT_OBJECT)],
) -> Response:
    """Say something against it."""
    statement_seen_by(uow.session, number, actor)
    object_to(uow, number, form.checked.text, actor_id=actor.known_id, now=clock.now())
    return page.redirect("statement", number)


@router.post("/statements/{number}/objections/{objection_id}/answer", name="answer_objection")
def answer_one(
    number: str,
    objection_id: int,
    form: Annotated[Filled[ObjectionBody], filled_in(ObjectionBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Answer an objection."""
    text, now = form.checked.text, clock.now()
    answer_objection(uow, number, objection_id, text=text, actor_id=actor.known_id, now=now)
    return page.redirect("statement", number)


@router.post("/statements/{number}/approval", name="approve_statement")
def approve_one(
    number: str, uow: Transaction, page: PageDep, clock: ClockDep, actor: Approver
) -> Response:
    """Let it be paid."""
    approve(uow, number, actor_id=actor.known_id, now=clock.now())
    return page.redirect("statement", number)


@router.post("/statements/{number}/payment", name="pay_statement")
def pay_one(
    number: str,
    form: Annotated[Filled[PaymentBody], filled_in(PaymentBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Record the payment."""
    reference = form.checked.reference
    pay(uow, number, reference, actor_id=actor.known_id, now=clock.now())
    return page.redirect("statement", number)


@router.post("/statements/{number}/withdrawal", name="withdraw_statement")
def withdraw_one(
    number: str,
    form: Annotated[Filled[ReasonBody], filled_in(ReasonBody)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Take it back, with a reason."""
    reason = form.checked.reason
    withdraw_and_redraw(uow, number, reason, actor_id=actor.known_id, now=clock.now())
    return page.redirect("statement", number)


def _shown(line: Mapping[str, object]) -> ShownLine:
    taken = steps_of(line)
    tongue = tongue_of(language())
    return ShownLine(
        line,
        [
            ShownStep(
                said(step, tongue, with_amount=False),
                step.amount,
                "total" if step.code == "payable" else "",
            )
            for step in taken
        ],
        difference_in(line),
    )


def _open_to(row: StatementRow, actor: Actor, *, today: date) -> list[StatementStep]:
    """The steps that the table of states, the day and this person's permissions allow."""
    manages = actor.may(Permission.SETTLEMENT_MANAGE)
    is_over = row.publicity_to is not None and row.publicity_to < today
    approves = actor.may(Permission.SETTLEMENT_APPROVE) and is_over
    return [
        step
        for step in StatementStep
        # What the bank returned is recorded with its batch.
        if step is not StatementStep.RETURN
        and (row.state, step) in STATEMENT_TRANSITIONS
        and (approves if step is StatementStep.APPROVE else manages)
    ]
