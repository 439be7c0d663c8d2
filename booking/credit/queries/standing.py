"""Scores: the rules that hold at a moment, what counts then, and both as parts of other questions.

Booking reads a company's score with everything else about it, so the sums are offered as columns.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.credit.models import CreditEntry, CreditRules
from booking.credit.rules import RESTORING, Credit, Terms, credit_of
from booking.db.types import UtcDateTime

ENTRY: Final[sa.Table] = CreditEntry.__table__  # type: ignore[attr-defined]  # by SQLModel
RULES: Final[sa.Table] = CreditRules.__table__  # type: ignore[attr-defined]  # by SQLModel
NOW: Final = sa.bindparam("now", type_=UtcDateTime())
_RESTORING: Final = ENTRY.c.cause.in_(sorted(RESTORING))
_TERMS: Final = (
    *(RULES.c.start_score, RULES.c.loss_days, RULES.c.gain_days, RULES.c.restore_most),
    *(RULES.c.approval_below, RULES.c.refuse_below, RULES.c.late_start_minutes),
    *(RULES.c.publishes_labs, RULES.c.points),
)
_LATER: Final = RULES.alias()
_LAST: Final = (
    sa.select(_LATER.c.id)
    .where(_LATER.c.valid_from <= NOW)
    .order_by(_LATER.c.valid_from.desc(), _LATER.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
# Joined by whoever asks for a score, without a row where no rules hold.
IN_FORCE: Final = sa.and_(RULES.c.id == _LAST, RULES.c.active)


def score_columns(subject: sa.ColumnElement[bool]) -> tuple[sa.ColumnElement[Any], ...]:
    """What `read_credit` reads: what was lost, what good use gave back, and the rules."""
    counting = sa.and_(subject, ENTRY.c.lapses_at > NOW)
    points = sa.func.coalesce(sa.func.sum(ENTRY.c.points), 0)
    lost = sa.select(-points).where(counting, ~_RESTORING).scalar_subquery()
    restored = sa.select(points).where(counting, _RESTORING).scalar_subquery()
    return lost, restored, *_TERMS


def read_credit(row: tuple[Any, ...]) -> Credit | None:
    """The columns above as a score; None where no rules are in force."""
    lost, restored, *terms = row
    return None if terms[0] is None else credit_of(int(lost), int(restored), _terms(terms))


_IN_FORCE: Final = sa.select(RULES.c.id, *_TERMS).where(IN_FORCE)
_ORGANISATION: Final = sa.bindparam("organisation", type_=sa.BigInteger())
_LAB: Final = sa.bindparam("lab", type_=sa.BigInteger())
_OF_ORGANISATION: Final = sa.select(*score_columns(ENTRY.c.organisation_id == _ORGANISATION)).where(
    IN_FORCE
)
_OF_LAB: Final = sa.select(*score_columns(ENTRY.c.lab_id == _LAB)).where(IN_FORCE)


def terms_in_force(session: Session, now: datetime) -> tuple[int, Terms] | None:
    """The rules that hold now, with their number; None where there are none."""
    row = session.execute(_IN_FORCE, {"now": now}).one_or_none()
    return None if row is None else (row.id, _terms(list(row[1:])))


def credit_of_organisation(session: Session, organisation_id: int, now: datetime) -> Credit | None:
    """A company's score; None where no rules are in force."""
    asked = {"organisation": organisation_id, "now": now}
    row = session.execute(_OF_ORGANISATION, asked).one_or_none()
    return None if row is None else read_credit(tuple(row))


def credit_of_lab(session: Session, lab_id: int, now: datetime) -> Credit | None:
    """A lab's score; nothing follows from it."""
    row = session.execute(_OF_LAB, {"lab": lab_id, "now": now}).one_or_none()
    return None if row is None else read_credit(tuple(row))


def credits_of(
    session: Session, organisation_ids: Sequence[int], lab_ids: Sequence[int], *, now: datetime
) -> dict[tuple[int | None, int | None], Credit]:
    """Several scores at once, by organisation and lab; those to whom nothing happened are left
    out, and everybody where no rules are in force."""
    in_force = terms_in_force(session, now)
    if in_force is None:
        return {}
    subject = (ENTRY.c.organisation_id, ENTRY.c.lab_id)
    lost = sa.func.sum(sa.case((_RESTORING, 0), else_=-ENTRY.c.points))
    restored = sa.func.sum(sa.case((_RESTORING, ENTRY.c.points), else_=0))
    asked = (
        sa.select(*subject, lost, restored)
        .where(
            sa.or_(ENTRY.c.organisation_id.in_(organisation_ids), ENTRY.c.lab_id.in_(lab_ids)),
            ENTRY.c.lapses_at > NOW,
        )
        .group_by(*subject)
    )
    return {
        (organisation, lab): credit_of(int(gone), int(back), in_force[1])
        for organisation, lab, gone, back in session.execute(asked, {"now": now})
    }


def _terms(values: list[Any]) -> Terms:
    start, loss, gain, most, approval, refuse, late_start, publishes, points = values
    return Terms(
        start=start,
        loss_days=loss,
        gain_days=gain,
        restore_most=most,
        approval_below=approval,
        refuse_below=refuse,
        late_start_minutes=late_start,
        publishes_labs=publishes,
        points=points,
    )
