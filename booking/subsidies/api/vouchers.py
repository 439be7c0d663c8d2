"""JSON: give the vouchers of a programme."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.subsidies.actions.issue_vouchers import issue_vouchers
from booking.subsidies.forms import VouchersBody
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.transactions import Transaction

router = APIRouter(tags=["vouchers"])


@router.post("/vouchers", status_code=201)
def create(
    body: VouchersBody,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    actor: Annotated[Actor, requires(Permission.VOUCHER_ISSUE)],
) -> Response:
    """One for each company, or for nobody: 422 `voucher.not_issued` names every reason."""

    def deed() -> tuple[int, dict[str, object]]:
        keys = body.organisation_ids
        who, now = actor.known_id, clock.now()
        return 201, {"numbers": issue_vouchers(uow, body.programme, keys, actor_id=who, now=now)}

    return once.answer(deed)
