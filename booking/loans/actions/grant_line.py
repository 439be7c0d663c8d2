"""Enter a credit line that a bank granted, and what it is measured against."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import RulesBroken, Violation
from booking.loans.errors import CreditLineExists
from booking.loans.events import CreditLineGranted
from booking.loans.models import CreditLine, LineKind, OverdueSpell, ReferenceRateEntry
from booking.loans.queries.kinds import refused_kinds
from booking.organisations.queries import organisation_summary

LONGEST_DRAW_DAYS: Final = 3660


@dataclass(frozen=True, kw_only=True)
class LineTerms:
    """What bank and company agreed."""

    number: str
    organisation_id: int
    bank: str
    credit_limit_fen: int
    annual_rate: str
    valid_from: date
    valid_to: date
    contract_number: str = ""
    kind: LineKind = LineKind.USAGE
    purpose: str = ""
    draw_share: str = "1"
    draw_days: int | None = None


def grant_line(
    uow: UnitOfWork, terms: LineTerms, *, actor_id: int | None, now: datetime
) -> CreditLine:
    """Enter a new credit line."""
    faults = list(_faults(terms))
    if terms.kind in refused_kinds(uow.session):
        faults.append(Violation("loan.kind_refused", {"field": "kind"}))
    if faults:
        raise RulesBroken(faults)
    organisation_summary(uow.session, terms.organisation_id)
    row = {**vars(terms), "created_by": actor_id, "created_at": now}
    if not (written := insert_unless_exists(uow.session, CreditLine, [row])):
        raise CreditLineExists(number=terms.number)
    uow.announce(
        CreditLineGranted(
            at=now,
            subject=f"loan:{terms.number}",
            actor_id=actor_id,
            changes={
                "credit_limit_fen": (None, terms.credit_limit_fen),
                "annual_rate": (None, terms.annual_rate),
                "draw_share": (None, terms.draw_share),
                "draw_days": (None, terms.draw_days),
                "valid_from": (None, terms.valid_from),
                "valid_to": (None, terms.valid_to),
            },
            credit_line_id=written[0],
            organisation_id=terms.organisation_id,
        )
    )
    return CreditLine(id=written[0], **row)


def enter_reference_rates(uow: UnitOfWork, entries: Iterable[tuple[str, date, str, str]]) -> int:
    """Enter (term, first day, rate, source) of the LPR; known days keep what they had."""
    rows = [
        {"term": term, "valid_from": first, "rate": rate, "source": source}
        for term, first, rate, source in entries
    ]
    return len(insert_unless_exists(uow.session, ReferenceRateEntry, rows))


def enter_overdue(
    uow: UnitOfWork, credit_line_id: int, first: date, *, until: date | None, note: str = ""
) -> int:
    """Enter a spell in which a line was overdue; a known first day changes nothing."""
    row = {"credit_line_id": credit_line_id, "first": first, "until": until, "note": note}
    return len(insert_unless_exists(uow.session, OverdueSpell, [row]))


def _faults(terms: LineTerms) -> Iterable[Violation]:
    if not 0 <= _read(terms.annual_rate) <= 1:
        yield Violation("loan.rate_outside", {"field": "annual_rate"})
    if not 0 < _read(terms.draw_share) <= 1:
        yield Violation("loan.share_outside", {"field": "draw_share"})
    if terms.draw_days is not None and not 0 < terms.draw_days <= LONGEST_DRAW_DAYS:
        yield Violation("loan.draw_days_outside", {"field": "draw_days", "most": LONGEST_DRAW_DAYS})
    if terms.credit_limit_fen < 0:
        yield Violation("loan.limit_negative", {"field": "credit_limit"})
    if terms.valid_from > terms.valid_to:
        yield Violation("loan.ends_before_start", {"field": "valid_to"})


def _read(rate: str) -> Fraction:
    try:
        return Fraction(rate)
    except (ValueError, ZeroDivisionError):
        return Fraction(-1)
