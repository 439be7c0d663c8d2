"""How credit lines are repaid, and which overdue days were reckoned from it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.loans.models import CreditLine, OverdueSpell, RepaymentTerms
from booking.loans.rules.balances import Overdue
from booking.loans.rules.dues import Agreed

_TERMS, _SPELL, _LINE = RepaymentTerms, OverdueSpell, CreditLine
_LINES_AT_ONCE: Final = 200


def agreed_on(session: Session, ids: Collection[int]) -> dict[int, list[Agreed]]:
    """What was agreed about these credit lines, oldest first; those without are left out."""
    wanted = (
        sa.select(
            col(_TERMS.credit_line_id),
            col(_TERMS.valid_from),
            col(_TERMS.repaying),
            col(_TERMS.months),
            col(_TERMS.day_count),
            col(_TERMS.pay_day),
            col(_TERMS.grace_days),
        )
        .where(col(_TERMS.credit_line_id).in_(sorted(ids)))
        .order_by(col(_TERMS.valid_from))
    )
    found: defaultdict[int, list[Agreed]] = defaultdict(list)
    for key, first, repaying, months, day_count, pay_day, grace in session.execute(wanted):
        found[key].append(
            Agreed(
                valid_from=first,
                repaying=repaying,
                months=months,
                day_count=day_count,
                pay_day=pay_day,
                grace=grace,
            )
        )
    return dict(found)


def lines_with_terms(session: Session, *, after: int = 0) -> list[int]:
    """The next credit lines that are to be repaid by a schedule."""
    wanted = (
        sa.select(col(_TERMS.credit_line_id))
        .where(col(_TERMS.credit_line_id) > after)
        .distinct()
        .order_by(col(_TERMS.credit_line_id))
        .limit(_LINES_AT_ONCE)
    )
    return list(session.execute(wanted).scalars())


def reckoned_spells(session: Session, ids: Collection[int]) -> dict[int, dict[date, Overdue]]:
    """The overdue days of credit lines that were reckoned, by their first."""
    wanted = sa.select(col(_SPELL.credit_line_id), col(_SPELL.first), col(_SPELL.until)).where(
        col(_SPELL.credit_line_id).in_(sorted(ids)), col(_SPELL.reckoned)
    )
    found: defaultdict[int, dict[date, Overdue]] = defaultdict(dict)
    for key, first, until in session.execute(wanted):
        found[key][first] = Overdue(first, until)
    return dict(found)


class Borrower(NamedTuple):
    """Whose a credit line is, and who lends."""

    number: str
    organisation_id: int
    bank: str


def borrowers(session: Session, ids: Collection[int]) -> dict[int, Borrower]:
    """By credit line."""
    wanted = sa.select(
        col(_LINE.id), col(_LINE.number), col(_LINE.organisation_id), col(_LINE.bank)
    ).where(col(_LINE.id).in_(sorted(ids)))
    return {key: Borrower(*rest) for key, *rest in session.execute(wanted)}
