"""Put rules of credit into force, or out of it; what was entered before stays as it was."""

from dataclasses import dataclass
from datetime import datetime

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.credit.errors import RulesBackdated, RulesContradict
from booking.credit.events import CreditRulesSet
from booking.credit.models import CreditRules
from booking.credit.rules import Terms, terms_violations
from booking.db.transactions import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Rules, from when on (None: from now on), whether they count at all, and why."""

    terms: Terms
    valid_from: datetime | None = None
    active: bool = True
    note: str = ""


def set_rules(uow: UnitOfWork, version: Version, *, actor: Actor, now: datetime) -> CreditRules:
    """A version more; nothing is entered for what happened before it."""
    actor.must(Permission.CREDIT_MANAGE)
    terms, valid_from = version.terms, version.valid_from or now
    if valid_from < now:
        raise RulesBackdated
    if broken := tuple(terms_violations(terms)):
        raise RulesContradict(broken)
    row = CreditRules(
        valid_from=valid_from,
        active=version.active,
        start_score=terms.start,
        loss_days=terms.loss_days,
        gain_days=terms.gain_days,
        restore_most=terms.restore_most,
        approval_below=terms.approval_below,
        refuse_below=terms.refuse_below,
        late_start_minutes=terms.late_start_minutes,
        publishes_labs=terms.publishes_labs,
        points={str(cause): points for cause, points in terms.points.items()},
        note=version.note,
        set_by=actor.known_id,
        set_at=now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.announce(
        CreditRulesSet(
            at=now,
            actor_id=actor.known_id,
            subject=f"credit_rules:{row.key}",
            cause=version.note,
            changes={
                "active": (None, row.active),
                "valid_from": (None, valid_from.isoformat()),
                "start_score": (None, row.start_score),
                "loss_days": (None, row.loss_days),
                "gain_days": (None, row.gain_days),
                "restore_most": (None, row.restore_most),
                "approval_below": (None, row.approval_below),
                "refuse_below": (None, row.refuse_below),
                "late_start_minutes": (None, row.late_start_minutes),
                "publishes_labs": (None, row.publishes_labs),
                "points": (None, row.points),
            },
        )
    )
    return row
