"""JSON: programmes tried on a past period, and what was kept of that."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.subsidies.actions.simulate import AT_ONCE, Asked, asked_for, count_uses, keep, what_if
from booking.subsidies.api.answers import Answer, in_yuan
from booking.subsidies.errors import TooManyUses
from booking.subsidies.forms import WhatIfBody, read_period
from booking.subsidies.queries.simulations import SimulationRow, simulation_view, simulations
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import rfc3339
from booking.web.paging import WindowDep
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["subsidies"])

Keeper = Annotated[Actor, requires(Permission.PROGRAMME_MANAGE)]
Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]


@router.post("/what-ifs")
def try_out(body: WhatIfBody, session: Reading, clock: ClockDep, actor: Keeper) -> Answer:
    """Try programmes on a past period beside today's; nothing is stored.

    409 `simulation.too_many_uses` where it would take too long: keep it instead.
    """
    asked = _asked(session, body)
    uses = count_uses(session, asked, now=clock.now())
    if uses > AT_ONCE:
        raise TooManyUses(uses=uses, most=AT_ONCE)
    found: Answer = in_yuan(what_if(session, asked))
    return found


@router.post("/simulations", status_code=201)
def keep_one(
    body: WhatIfBody, uow: Transaction, once: Once, clock: ClockDep, actor: Keeper
) -> Response:
    """Try and keep; a large one is `queued` and reckoned in the background."""

    def deed() -> tuple[int, Answer]:
        row = keep(uow, _asked(uow.session, body), actor_id=actor.known_id, now=clock.now())
        view = simulation_view(uow.session, row.key)
        return 201, {**row_answer(view.row), "result": _result(view.result)}

    return once.answer(deed)


@router.get("/simulations")
def index(session: Reading, window: WindowDep, actor: Reader) -> Answer:
    """What was kept, newest first."""
    after = window.place(int)
    rows = simulations(session, limit=window.take, before=after[0] if after else None)
    cut = window.cut(rows, key=lambda row: (row.id,))
    return {"items": [row_answer(row) for row in cut.items], "next_cursor": cut.next_cursor}


@router.get("/simulations/{simulation_id}")
def show(simulation_id: int, session: Reading, actor: Reader) -> Answer:
    """One with its result, as soon as there is one."""
    view = simulation_view(session, simulation_id)
    return {**row_answer(view.row), "result": _result(view.result)}


def row_answer(row: SimulationRow) -> Answer:
    """One as lists tell it."""
    return {
        "id": row.id,
        "period": row.period,
        "programmes": row.asked["programmes"],
        "joint_caps": row.asked["joint_caps"],
        "state": row.state.value,
        "done": row.done,
        "total": row.total,
        "inputs_sha256": row.inputs_sha256 or None,
        "asked_by": row.asked_by,
        "asked_at": rfc3339(row.asked_at),
        "ended_at": rfc3339(row.ended_at) if row.ended_at else None,
    }


def _result(result: dict[str, Any] | None) -> Any:
    return None if result is None else in_yuan(result)


def _asked(session: Reading, body: WhatIfBody) -> Asked:
    return asked_for(session, read_period(body.period), body.programmes, joint_caps=body.joint_caps)
