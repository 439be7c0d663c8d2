"""Whose settled uses may come to something else, because a fact about them is younger than they.

A use was settled when its statement was drawn up, at the earliest when the first one of that period
was; drawing it up again settles only what was not locked. Facts a day older count too: whoever
entered one may have waited for the settlement to end.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.billing.models import Charge
from booking.billing.queries.standing import adjusted_charges, correction_moments
from booking.db.types import UtcDateTime
from booking.invoices.queries.records import keeping_moved, kept_since, record_moments
from booking.organisations.models import Qualification
from booking.organisations.states import QualificationState
from booking.subsidies.models.application import ProgrammeApplication
from booking.subsidies.models.programme import ProgrammeEnd, ProgrammeEntry, ProgrammeVersion
from booking.subsidies.models.statement import Statement, StatementLine
from booking.subsidies.queries.settled import of_uses
from booking.subsidies.states import APPLICATION_COUNTS, EndState

_LINE = StatementLine
_WAITED: Final = timedelta(days=1)


def users_with_late_facts(
    session: Session, programmes: Iterable[str], settlement_id: int
) -> set[str]:
    """Whose uses have an amount, a record, or what counts for them, that came afterwards."""
    codes = sorted(programmes)
    settled_at = _settled_at(session, settlement_id)
    if settled_at is None:
        return set()
    late = [
        _qualified_since(codes, settled_at),
        _accepted_since(codes, settled_at),
        _ended_since(codes, settled_at),
        _entered_since(correction_moments(), codes, settled_at),
    ]
    since = kept_since(session)
    if since is None:
        late.append(_with_other_amounts(codes))
    if since is not None or keeping_moved(session) is not None:
        late.append(_entered_since(record_moments(), codes, settled_at))
    moved = keeping_moved(session)
    if moved is not None:
        late.append(_since(codes, settled_at, sa.literal(moved, UtcDateTime)))
    return set(session.execute(sa.union(*late)).scalars())


def _settled_at(session: Session, settlement_id: int) -> sa.ColumnElement[Any] | None:
    """When at the earliest what a line says was drawn up, by its settlement; None: nothing was."""
    rows = session.execute(
        sa.select(col(Statement.settlement_id), sa.func.min(col(Statement.created_at)))
        .where(col(Statement.settlement_id) != settlement_id)
        .group_by(col(Statement.settlement_id))
    ).all()
    if not rows:
        return None
    moments = {key: sa.literal(at - _WAITED, UtcDateTime) for key, at in rows}
    return sa.case(moments, value=col(_LINE.settlement_id))


def _since(
    codes: Iterable[str], settled_at: sa.ColumnElement[Any], at: sa.SQLColumnExpression[Any]
) -> sa.Select[Any]:
    return sa.select(col(_LINE.user_key)).where(of_uses(codes), at >= settled_at)


def _entered_since(
    moments: sa.Select[Any] | sa.CompoundSelect[Any],
    codes: Iterable[str],
    settled_at: sa.ColumnElement[Any],
) -> sa.Select[Any]:
    entered = moments.subquery()
    found = _since(codes, settled_at, entered.c.at)
    return found.join(entered, entered.c.charge_id == col(_LINE.charge_id))


def _qualified_since(codes: Iterable[str], settled_at: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return (
        _since(codes, settled_at, col(Qualification.verified_at))
        .join(Charge, col(Charge.id) == col(_LINE.charge_id))
        .join(Qualification, col(Qualification.organisation_id) == col(Charge.organisation_id))
        .where(col(Qualification.state) == QualificationState.VERIFIED)
    )


def _accepted_since(codes: Iterable[str], settled_at: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Whose application was accepted since, or whose acceptance was taken back."""
    decided_at = sa.func.coalesce(
        col(ProgrammeApplication.revoked_at), col(ProgrammeApplication.decided_at)
    )
    return (
        _since(codes, settled_at, decided_at)
        .join(Charge, col(Charge.id) == col(_LINE.charge_id))
        .join(
            ProgrammeApplication,
            col(ProgrammeApplication.organisation_id) == col(Charge.organisation_id),
        )
        .where(col(ProgrammeApplication.state).in_(APPLICATION_COUNTS))
    )


def _ended_since(codes: Iterable[str], settled_at: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Whose uses lie after the last day of a version that was ended early since."""
    return (
        _since(codes, settled_at, col(ProgrammeEnd.decided_at))
        .join(ProgrammeEntry, col(ProgrammeEntry.code) == col(_LINE.programme))
        .join(
            ProgrammeVersion,
            sa.and_(
                col(ProgrammeVersion.programme_id) == col(ProgrammeEntry.id),
                col(ProgrammeVersion.version) == col(_LINE.version),
            ),
        )
        .join(ProgrammeEnd, col(ProgrammeEnd.programme_version_id) == col(ProgrammeVersion.id))
        .where(
            col(ProgrammeEnd.state) == EndState.CONFIRMED,
            col(_LINE.day) > col(ProgrammeEnd.last_day),
        )
    )


def _with_other_amounts(codes: Iterable[str]) -> sa.Select[Any]:
    """Whose uses cost something else today; where records are kept, lines say what was paid."""
    now = adjusted_charges()
    return (
        sa.select(col(_LINE.user_key))
        .join(now, now.c.charge_id == col(_LINE.charge_id))
        .where(of_uses(codes))
        .group_by(col(_LINE.user_key), col(_LINE.programme), now.c.charge_id, now.c.adjusted_fen)
        .having(sa.func.sum(col(_LINE.amount_fen)) != now.c.adjusted_fen)
    )
