"""Take on loans of a kind, or refuse new ones; those that are there run out."""

from datetime import datetime

from booking.db.transactions import UnitOfWork
from booking.kernel.errors import RulesBroken, Violation
from booking.loans.events import LoanKindChosen
from booking.loans.models import LineKind
from booking.loans.models.kinds import LoanKindSetting
from booking.loans.queries.kinds import refused_kinds


def choose_kind(
    uow: UnitOfWork,
    kind: LineKind,
    reason: str = "",
    *,
    accepted: bool,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Set whether new lines and draws of a kind are taken; a refusal says why."""
    said = reason.strip()
    if not accepted and not said:
        raise RulesBroken([Violation("loan.kind_reason", {"field": "reason"})])
    before = kind not in refused_kinds(uow.session)
    row = LoanKindSetting(kind=kind, accepted=accepted, reason=said, set_by=actor_id, set_at=now)
    uow.session.add(row)
    uow.session.flush()
    uow.announce(
        LoanKindChosen(
            at=now,
            subject=f"loans:{kind.value}",
            actor_id=actor_id,
            cause=said,
            changes={"accepted": (before, accepted)},
        )
    )
