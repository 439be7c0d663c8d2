"""What statements already hold of loans' interest, stretch by stretch."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.subsidies.models.statement import StatementLine
from booking.subsidies.rules.caps import Stretches
from booking.subsidies.rules.cycles import Days
from booking.subsidies.rules.discounts import Held
from booking.subsidies.rules.programme import Programme

_LINE = StatementLine
_DAY = timedelta(days=1)


def interest_held(
    session: Session, versions: Sequence[Programme]
) -> dict[tuple[int, int, Days], Held]:
    """The sums of all live lines of a programme, by credit line, version and settlement cycle."""
    query = (
        sa.select(
            col(_LINE.credit_line_id),
            col(_LINE.version),
            col(_LINE.span_until),
            sa.func.sum(col(_LINE.amount_fen)),
            sa.func.sum(col(_LINE.base_fen)),
            sa.func.sum(col(_LINE.before_fen)),
            sa.func.sum(col(_LINE.payable_fen)),
        )
        .where(
            col(_LINE.live),
            col(_LINE.programme) == versions[0].id,
            col(_LINE.credit_line_id).is_not(None),
        )
        .group_by(col(_LINE.credit_line_id), col(_LINE.version), col(_LINE.span_until))
    )
    terms = {version.version: version for version in versions}
    found: dict[tuple[int, int, Days], Held] = {}
    for key, version, until, *sums in session.execute(query):
        if version in terms:
            cycle = terms[version].cycle_span(until - _DAY)
            before = found.get((key, version, cycle), Held())
            held = Held(*(a + int(b) for a, b in zip(before, sums, strict=True)))
            found[key, version, cycle] = held
    return found


def interest_before(session: Session) -> dict[str, Stretches]:
    """What live lines of all programmes pay for each loan, by the days that they are for."""
    query = (
        sa.select(
            col(_LINE.reference),
            col(_LINE.span_from),
            col(_LINE.span_until),
            sa.func.sum(col(_LINE.payable_fen)),
        )
        .where(col(_LINE.live), col(_LINE.credit_line_id).is_not(None))
        .group_by(col(_LINE.reference), col(_LINE.span_from), col(_LINE.span_until))
    )
    found: defaultdict[str, Stretches] = defaultdict(dict)
    for number, first, until, paid in session.execute(query):
        found[f"loan:{number}"][first, until] = int(paid)
    return dict(found)
