"""Applications of companies to a programme that asks for them, as far as a test wants them."""

from datetime import datetime
from typing import Any

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.subsidies.actions.apply import add_paper, begin_application, hand_in
from booking.subsidies.actions.judge_application import decide_application
from booking.subsidies.actions.revoke_application import revoke_application
from booking.subsidies.states import ApplicationState, ApplicationStep
from tests.factories.accounts import make_staff
from tests.factories.files import receive_file
from tests.subsidies.requests import programme

_APPLICANT = 900_003
_DECIDED = {
    ApplicationState.ACCEPTED: ApplicationStep.ACCEPT,
    ApplicationState.RETURNED: ApplicationStep.RETURN,
    ApplicationState.REFUSED: ApplicationStep.REFUSE,
    ApplicationState.REVOKED: ApplicationStep.ACCEPT,
}


def asking(code: str = "P", **terms: Any) -> dict[str, Any]:
    """A programme that pays nobody without an accepted application with a contract."""
    asked = {"application": "required", "evidence": [{"code": "contract"}]}
    return programme(code, **{**asked, **terms})


def make_application(
    uow: UnitOfWork,
    organisation_id: int,
    *,
    now: datetime,
    state: ApplicationState = ApplicationState.HANDED_IN,
    code: str = "P",
) -> int:
    """An application that has come so far."""
    by = (_APPLICANT, now)
    key = begin_application(uow, code, 1, organisation_id=organisation_id, by=by)
    add_paper(uow, key, receive_file(uow), code="contract", by=by)
    if state is ApplicationState.DRAFT:
        return key
    hand_in(uow, key, actor_id=_APPLICANT, now=now)
    if step := _DECIDED.get(state):
        judge = make_staff(uow, Role.FINANCE).id
        reason = "" if step is ApplicationStep.ACCEPT else "合同缺章"
        decide_application(uow, key, step, reason=reason, actor_id=judge, now=now)
        if state is ApplicationState.REVOKED:
            first = local(now).date()
            revoke_application(uow, key, first, reason="材料不实", actor_id=judge, now=now)
    return key
