"""JSON: programmes, and the engine as a pure function."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires, signed_in
from booking.access.permissions import Permission
from booking.kernel.errors import NotFound
from booking.subsidies.actions.activate_programme import Which, discard, return_proposal, sign
from booking.subsidies.actions.end_programme import decline_end, sign_end, sign_withdrawal
from booking.subsidies.actions.publish_programme import draft_programme, draft_version
from booking.subsidies.api.answers import Answer, version_answer
from booking.subsidies.forms import ActivationBody, EndBody, StepBody, WithdrawBody
from booking.subsidies.queries.programmes import versions
from booking.subsidies.rules.answer import JsonDict, evaluate_request
from booking.subsidies.states import EndState, ProgrammeState
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["subsidies"])

Document = Annotated[dict[str, object], Body()]
Keeper = Annotated[Actor, requires(Permission.PROGRAMME_MANAGE)]
Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]


@router.post("/subsidy-evaluations")
def evaluate(body: Document, actor: Annotated[Actor, signed_in]) -> JsonDict:
    """Evaluate programmes over lines and loans. Pure: nothing is stored, nothing is looked up."""
    return evaluate_request(body)


@router.get("/programmes")
def index(session: Reading, window: WindowDep, actor: Reader) -> Answer:
    """Every version of every programme, by id and version."""
    rows = versions(session)
    after = window.place(str, int)
    if after is not None:
        rows = [row for row in rows if (row.code, row.version) > after]
    cut = window.cut(rows[: window.take], key=lambda row: (row.code, row.version))
    return {
        "items": [version_answer(row.code, row) for row in cut.items],
        "next_cursor": cut.next_cursor,
    }


@router.get("/programmes/{code}")
def show(code: str, session: Reading, actor: Reader) -> Answer:
    """The versions of one programme."""
    rows = versions(session, code)
    if not rows:
        raise NotFound(programme=code)
    return {"id": code, "versions": [version_answer(code, row) for row in rows]}


@router.post("/programmes", status_code=201)
def create(
    body: Document, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper
) -> Response:
    """Enter a programme as a draft. 422 `programme.invalid` names the path of every fault."""

    def deed() -> tuple[int, Answer]:
        row = draft_programme(uow, body, actor_id=actor.known_id, now=clock.now())
        return 201, version_answer(str(body["id"]), row)

    return once.answer(deed)


@router.post("/programmes/{code}/versions", status_code=201)
def create_version(
    code: str, body: Document, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper
) -> Response:
    """Enter another version; it may not claim a day of another one."""

    def deed() -> tuple[int, Answer]:
        row = draft_version(uow, code, body, actor_id=actor.known_id, now=clock.now())
        return 201, version_answer(code, row)

    return once.answer(deed)


@router.post("/programmes/{code}/activation")
def make_active(
    code: str,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Keeper,
    body: ActivationBody | None = None,
) -> Response:
    """Stand for a version under its public document number. Two persons have to: the first call
    proposes it (202, `proposed`), that of another person lets it pay (200, `active`)."""
    asked = body or ActivationBody()

    def deed() -> tuple[int, Answer]:
        row = sign(
            uow,
            Which(code, asked.version),
            document=asked.document,
            actor_id=actor.id,
            now=clock.now(),
        )
        return 200 if row.state is ProgrammeState.ACTIVE else 202, version_answer(code, row)

    return once.answer(deed)


@router.post("/programmes/{code}/return")
def send_back(
    code: str, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper, body: StepBody
) -> Response:
    """Make what was proposed a draft again."""
    which = Which(code, body.version)

    def deed() -> tuple[int, Answer]:
        row = return_proposal(
            uow, which, reason=body.reason, actor_id=actor.known_id, now=clock.now()
        )
        return 200, version_answer(code, row)

    return once.answer(deed)


@router.post("/programmes/{code}/discarding")
def give_up(
    code: str, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper, body: StepBody
) -> Response:
    """Give a draft up; its days are free for another version."""
    which = Which(code, body.version)

    def deed() -> tuple[int, Answer]:
        row = discard(uow, which, actor_id=actor.known_id, now=clock.now())
        return 200, version_answer(code, row)

    return once.answer(deed)


@router.post("/programmes/{code}/ending")
def end(
    code: str, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper, body: EndBody
) -> Response:
    """End a version early, under a document. Two persons have to: the first call asks (202), that
    of another person with the same day and document lets it count (200). Drafts are drawn up anew;
    of what was locked, later statements correct the uses after the last day."""
    which = Which(code, body.version)

    def deed() -> tuple[int, Answer]:
        made = sign_end(
            uow,
            which,
            body.last_day,
            document=body.document,
            actor_id=actor.id,
            now=clock.now(),
        )
        return 200 if made.state is EndState.CONFIRMED else 202, _version(uow.session, which)

    return once.answer(deed)


@router.post("/programmes/{code}/withdrawal")
def withdraw(
    code: str, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper, body: WithdrawBody
) -> Response:
    """Take a version back before its first day, with a reason, by two persons: the first call asks
    (202), that of another person with the same words lets it count (200, `closed`). An earlier
    version that was ended to make way for it goes on."""
    which = Which(code, body.version)

    def deed() -> tuple[int, Answer]:
        made = sign_withdrawal(
            uow,
            which,
            document=body.document,
            reason=body.reason,
            actor_id=actor.id,
            now=clock.now(),
        )
        return 200 if made.state is EndState.CONFIRMED else 202, _version(uow.session, which)

    return once.answer(deed)


@router.post("/programmes/{code}/ending/refusal")
def keep(
    code: str, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper, body: StepBody
) -> Response:
    """Let a version go on as its document says."""
    which = Which(code, body.version)

    def deed() -> tuple[int, Answer]:
        decline_end(uow, which, reason=body.reason, actor_id=actor.id, now=clock.now())
        return 200, _version(uow.session, which)

    return once.answer(deed)


def _version(session: Session, which: Which) -> Answer:
    """The version that was named, or the newest that pays, or that was to."""
    rows = versions(session, which.code)
    named = [row for row in rows if which.version in {None, row.version}]
    concerned = [row for row in named if row.state is ProgrammeState.ACTIVE or row.withdrawing]
    return version_answer(which.code, concerned[-1])
