"""JSON and files: settlements, statements, payment lists."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.accounts.identity import settings_of
from booking.subsidies.actions.objections import answer_objection, object_to
from booking.subsidies.actions.pay_statements import pay
from booking.subsidies.actions.redraw import withdraw_and_redraw
from booking.subsidies.actions.review_statement import approve, lock, lock_settlement, publish
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.api import evidence
from booking.subsidies.api.answers import (
    Answer,
    listed,
    settlement_answer,
    statement_answer,
    statement_in_full,
    tag_of,
)
from booking.subsidies.exports.files import payments_file, statement_file
from booking.subsidies.exports.paper import paper_for
from booking.subsidies.forms import (
    ObjectionBody,
    PaymentBody,
    ReasonBody,
    SettlementBody,
    read_period,
)
from booking.subsidies.queries.settlements import settlement_view
from booking.subsidies.queries.statements import (
    StatementFilter,
    objections_of,
    statement_for_update,
    statement_row,
    statement_seen_by,
    statements_visible_to,
)
from booking.subsidies.rules.explanation import tongue_of
from booking.subsidies.statements import content_of, document_of
from booking.subsidies.states import StatementState
from booking.web.clock import ClockDep
from booking.web.downloads import CSV, JSON, PDF, XLSX, download, files_of
from booking.web.i18n import language
from booking.web.idempotency import Once
from booking.web.json import rfc3339
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction
from booking.web.versions import tag_header

router = APIRouter(tags=["settlements"])
router.include_router(evidence.router)

Manager = Annotated[Actor, requires(Permission.SETTLEMENT_MANAGE)]
Approver = Annotated[Actor, requires(Permission.SETTLEMENT_APPROVE)]
Reader = Annotated[Actor, requires(Permission.STATEMENT_READ)]
MEDIA = {"pdf": PDF, "xlsx": XLSX, "csv": CSV, "json": JSON}


@router.post("/settlements")
def settle(
    body: SettlementBody, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Draw up the statements of a period; asking again replaces drafts and nothing else."""
    period = read_period(body.period)

    def deed() -> tuple[int, Answer]:
        view = settle_period(uow, period, actor_id=actor.known_id, now=clock.now())
        return 200, settlement_answer(view)

    return once.answer(deed)


@router.get(
    "/settlements/{period}/payments.{kind}", response_class=Response, responses=files_of(CSV, XLSX)
)
def payments(period: str, kind: str, session: Reading, actor: Manager) -> Response:
    """兑付清单: every statement of a period that was locked, as XLSX or CSV."""
    view = settlement_view(session, read_period(period).code)
    name, content = payments_file(view, kind)
    return download(content, filename=name, media_type=MEDIA[kind])


@router.get("/settlements/{period}")
def show_settlement(
    period: str, session: Reading, actor: Annotated[Actor, requires(Permission.PROGRAMME_READ)]
) -> Answer:
    """A settlement with its statements."""
    return settlement_answer(settlement_view(session, read_period(period).code))


@router.post("/settlements/{period}/lock")
def lock_all(
    period: str, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Lock every draft of a period."""
    code = read_period(period).code

    def deed() -> tuple[int, Answer]:
        lock_settlement(uow, code, actor_id=actor.known_id, now=clock.now())
        return 200, settlement_answer(settlement_view(uow.session, code))

    return once.answer(deed)


@router.get("/statements")
def index(
    session: Reading,
    window: WindowDep,
    actor: Reader,
    period: Annotated[str | None, Query(max_length=10)] = None,
    organisation_id: int | None = None,
    state: StatementState | None = None,
) -> Answer:
    """Statements that you may see, by number."""
    after = window.place(str)
    rows = statements_visible_to(
        session,
        actor,
        StatementFilter(read_period(period).code if period else None, organisation_id, state),
        after=after[0] if after else None,
        take=window.take,
    )
    cut = window.cut(rows, key=lambda row: (row.number,))
    return listed(cut.items, cut.next_cursor)


@router.get(
    "/statements/{number}.{kind}",
    response_class=Response,
    responses=files_of(PDF, XLSX, CSV, JSON),
)
def file(
    number: str,
    kind: str,
    session: Reading,
    request: Request,
    actor: Reader,
    lang: Literal["zh", "en"] | None = None,
) -> Response:
    """The statement as PDF, XLSX, CSV or JSON; a locked one always gives the same bytes.

    A PDF speaks the language of `lang`, or of `Accept-Language`.
    """
    row = statement_seen_by(session, number, actor)
    paper = paper_for(row, settings_of(request).public_url, lang or tongue_of(language()))
    name, content = statement_file(number, content_of(session, row), kind, paper=paper)
    return download(content, filename=name, media_type=MEDIA[kind])


@router.get("/statements/{number}")
def show(number: str, session: Reading, actor: Reader) -> Response:
    """A statement with its lines, unfolded to the steps of the calculation."""
    row = statement_seen_by(session, number, actor)
    objections = [
        {
            "id": said.id,
            "raised_at": rfc3339(said.raised_at),
            "text": said.text,
            "answer": said.answer,
            "answered_at": rfc3339(said.answered_at) if said.answered_at else None,
        }
        for said in objections_of(session, row.id)
    ]
    answer = {**statement_in_full(row, document_of(session, row)), "objections": objections}
    return JSONResponse(answer, headers=tag_header(tag_of(statement_answer(row))))


@router.post("/statements/{number}/lock")
def lock_one(
    number: str, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Freeze a draft: its bytes are kept and hashed."""
    now = clock.now()
    return _told(uow, once, number, lambda: lock(uow, number, actor_id=actor.known_id, now=now))


@router.post("/statements/{number}/publication")
def publish_one(
    number: str, uow: Transaction, once: Once, clock: ClockDep, actor: Manager
) -> Response:
    """Put it up for objections."""
    now = clock.now()
    return _told(uow, once, number, lambda: publish(uow, number, actor_id=actor.known_id, now=now))


@router.post("/statements/{number}/objection")
def object_to_one(
    number: str,
    body: ObjectionBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.STATEMENT_OBJECT)],
) -> Response:
    """Say something against it while it is in publicity."""
    statement_seen_by(uow.session, number, actor)
    now = clock.now()
    return _told(
        uow,
        once,
        number,
        lambda: object_to(uow, number, body.text, actor_id=actor.known_id, now=now),
    )


@router.post("/statements/{number}/objections/{objection_id}/answer")
def answer_one(
    number: str,
    objection_id: int,
    body: ObjectionBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Answer an objection; an open one stands in the way of approval."""
    now = clock.now()
    return _told(
        uow,
        once,
        number,
        lambda: answer_objection(
            uow, number, objection_id, text=body.text, actor_id=actor.known_id, now=now
        ),
    )


@router.post("/statements/{number}/approval")
def approve_one(
    number: str, uow: Transaction, once: Once, clock: ClockDep, actor: Approver
) -> Response:
    """Let it be paid: by another person than who locked it, after publicity."""
    now = clock.now()
    return _told(uow, once, number, lambda: approve(uow, number, actor_id=actor.known_id, now=now))


@router.post("/statements/{number}/payment")
def pay_one(
    number: str,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Manager,
    body: PaymentBody | None = None,
) -> Response:
    """Record that the bank paid it."""
    reference, now = (body or PaymentBody()).reference, clock.now()
    return _told(
        uow, once, number, lambda: pay(uow, number, reference, actor_id=actor.known_id, now=now)
    )


@router.post("/statements/{number}/withdrawal")
def withdraw_one(
    number: str,
    body: ReasonBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Manager,
) -> Response:
    """Take it back to a draft of the next revision, with a reason, and draw it up again."""
    now = clock.now()
    return _told(
        uow,
        once,
        number,
        lambda: withdraw_and_redraw(uow, number, body.reason, actor_id=actor.known_id, now=now),
    )


def _told(uow: Transaction, once: Once, number: str, deed: Callable[[], object]) -> Response:
    """Do it once, and answer with what became of the statement."""

    def stands() -> str:
        statement_for_update(uow.session, number)
        return tag_of(statement_answer(statement_row(uow.session, number)))

    def act() -> tuple[int, Answer]:
        deed()
        uow.session.flush()
        return 200, statement_answer(statement_row(uow.session, number))

    return once.answer(act, tag=tag_of, stands=stands)
