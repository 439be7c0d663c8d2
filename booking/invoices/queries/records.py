"""What settlement reads: of each charge, how much was invoiced and paid, and when last.

Only what is checked counts. Credit notes and refunds lessen amounts and move no date. What was
paid of an invoice falls to its charges in proportion, whole fen rounded down: never more than was
paid. Days are expressions, so that a question about charges can ask for them; amounts of many
charges are one question more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.billing.models import ChargeKind
from booking.invoices.models import INVOICE, INVOICE_MATCH, KEEPING, PAYMENT, PAYMENT_MATCH
from booking.invoices.queries.invoices import total_of
from booking.invoices.queries.matches import CHARGE, STANDS_AT
from booking.invoices.rules.matching import part_of
from booking.invoices.states import PaperState
from booking.kernel.timespan import local_midnight

_CHECKED: Final = PaperState.CHECKED


@dataclass(slots=True)
class Recorded:
    """What records say of a charge, in fen."""

    invoiced_fen: int = 0
    paid_fen: int = 0


@dataclass(frozen=True, slots=True)
class KeepingRow:
    """An entry of since when invoices are kept here."""

    first_day: date | None
    reason: str
    set_at: datetime


def kept_since(session: Session) -> date | None:
    """From which day on uses need invoices here; None: no use does."""
    asked = sa.select(KEEPING.c.first_day).order_by(KEEPING.c.id.desc()).limit(1)
    found: date | None = session.execute(asked).scalar_one_or_none()
    return found


def keeping_entries(session: Session) -> Sequence[KeepingRow]:
    """What was set, the latest first."""
    asked = sa.select(KEEPING.c.first_day, KEEPING.c.reason, KEEPING.c.set_at)
    return [KeepingRow(*row) for row in session.execute(asked.order_by(KEEPING.c.id.desc()))]


def first_recorded(session: Session, *, paid: bool) -> date | None:
    """The day of the first checked invoice, or payment."""
    table, day = (PAYMENT, PAYMENT.c.paid_on) if paid else (INVOICE, INVOICE.c.issued_on)
    found: date | None = session.execute(
        sa.select(sa.func.min(day)).where(table.c.state == _CHECKED)
    ).scalar_one()
    return found


def invoiced_on(charge_id: sa.SQLColumnExpression[Any]) -> sa.ScalarSelect[date]:
    """The day of a charge's latest checked invoice; NULL when it has none."""
    return (
        sa.select(sa.func.max(INVOICE.c.issued_on))
        .join_from(INVOICE_MATCH, INVOICE, INVOICE.c.id == INVOICE_MATCH.c.invoice_id)
        .where(_counts(charge_id))
        .scalar_subquery()
    )


def paid_on(charge_id: sa.SQLColumnExpression[Any]) -> sa.ScalarSelect[date]:
    """The day of the latest checked payment of those invoices; NULL when it has none."""
    return (
        sa.select(sa.func.max(PAYMENT.c.paid_on))
        .join_from(INVOICE_MATCH, INVOICE, INVOICE.c.id == INVOICE_MATCH.c.invoice_id)
        .join(PAYMENT_MATCH, PAYMENT_MATCH.c.invoice_id == INVOICE.c.id)
        .join(PAYMENT, PAYMENT.c.id == PAYMENT_MATCH.c.payment_id)
        .where(
            _counts(charge_id),
            PAYMENT_MATCH.c.live,
            PAYMENT.c.state == _CHECKED,
            PAYMENT.c.amount_fen > 0,
        )
        .scalar_subquery()
    )


def _counts(charge_id: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(
        INVOICE_MATCH.c.charge_id == charge_id,
        INVOICE_MATCH.c.live,
        INVOICE.c.state == _CHECKED,
        INVOICE.c.total_fen > 0,
    )


_PAID: Final = (
    sa.select(total_of(PAYMENT_MATCH.c.amount_fen))
    .join_from(PAYMENT_MATCH, PAYMENT, PAYMENT.c.id == PAYMENT_MATCH.c.payment_id)
    .where(
        PAYMENT_MATCH.c.invoice_id == INVOICE.c.id,
        PAYMENT_MATCH.c.live,
        PAYMENT.c.state == _CHECKED,
    )
    .scalar_subquery()
)


def recorded_of(session: Session, charge_ids: sa.Select[Any]) -> dict[int, Recorded]:
    """What records say of these charges, in one question; those without records are left out.

    A charge that was taken back in part was not paid beyond what is left of it.
    """
    rows = session.execute(
        sa.select(
            INVOICE_MATCH.c.charge_id,
            INVOICE_MATCH.c.amount_fen,
            INVOICE.c.total_fen,
            _PAID.label("paid_fen"),
        )
        .join_from(INVOICE_MATCH, INVOICE, INVOICE.c.id == INVOICE_MATCH.c.invoice_id)
        .where(
            INVOICE_MATCH.c.live,
            INVOICE.c.state == _CHECKED,
            INVOICE_MATCH.c.charge_id.in_(charge_ids),
        )
    )
    found: dict[int, Recorded] = {}
    for charge_id, share_fen, total_fen, paid_fen in rows:
        one = found.setdefault(charge_id, Recorded())
        one.invoiced_fen += share_fen
        one.paid_fen += part_of(paid_fen, share_fen, total_fen)
    for one in found.values():
        one.invoiced_fen = max(one.invoiced_fen, 0)
        one.paid_fen = max(min(one.paid_fen, one.invoiced_fen), 0)
    return found


def record_moments() -> sa.CompoundSelect[Any]:
    """By charge every moment at which what records say of it may have changed: `charge_id`, `at`.
    For whoever settled by them before."""
    invoiced = INVOICE_MATCH.join(INVOICE, INVOICE.c.id == INVOICE_MATCH.c.invoice_id)
    paid = INVOICE_MATCH.join(
        PAYMENT_MATCH, PAYMENT_MATCH.c.invoice_id == INVOICE_MATCH.c.invoice_id
    ).join(PAYMENT, PAYMENT.c.id == PAYMENT_MATCH.c.payment_id)
    found = (
        sa.select(INVOICE_MATCH.c.charge_id, moment.label("at"))
        .select_from(source)
        .where(moment.is_not(None))
        for source, papers, matches in (
            (invoiced, INVOICE, INVOICE_MATCH),
            (paid, PAYMENT, PAYMENT_MATCH),
        )
        for moment in (
            *(papers.c.checked_at, papers.c.voided_at),
            *(matches.c.matched_at, matches.c.ended_at),
        )
    )
    return sa.union_all(*found)


def keeping_moved(session: Session) -> datetime | None:
    """When it was last said since when invoices are kept."""
    found: datetime | None = session.execute(sa.select(sa.func.max(KEEPING.c.set_at))).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class Uninvoiced:
    """How many charges wait for invoices, and how much of them is not invoiced."""

    count: int = 0
    open_fen: int = 0


def uninvoiced(session: Session, *, before: datetime) -> Uninvoiced:
    """The uses confirmed before a moment that checked invoices do not cover; none where no
    invoices are kept."""
    since = kept_since(session)
    if since is None:
        return Uninvoiced()
    left = _uncovered(since, before).subquery()
    row = session.execute(sa.select(sa.func.count(), total_of(left.c.open_fen))).one()
    return Uninvoiced(*row)


def first_uninvoiced(session: Session, *, before: datetime, limit: int) -> Sequence[str]:
    """The numbers of some of them, those that wait longest first."""
    since = kept_since(session)
    if since is None:
        return ()
    oldest = _uncovered(since, before).order_by(CHARGE.c.confirmed_at, CHARGE.c.id).limit(limit)
    return [row.number for row in session.execute(oldest)]


def _uncovered(since: date, before: datetime) -> sa.Select[Any]:
    """What is open of uses; nobody invoices himself."""
    one = CHARGE.c
    covered = (
        sa.select(total_of(INVOICE_MATCH.c.amount_fen))
        .join_from(INVOICE_MATCH, INVOICE, INVOICE.c.id == INVOICE_MATCH.c.invoice_id)
        .where(
            INVOICE_MATCH.c.charge_id == one.id,
            INVOICE_MATCH.c.live,
            INVOICE.c.state == _CHECKED,
        )
        .scalar_subquery()
    )
    open_fen = STANDS_AT - covered
    return sa.select(one.number, open_fen.label("open_fen")).where(
        one.kind == ChargeKind.USE,
        one.organisation_id != one.provider_id,
        one.confirmed_at >= local_midnight(since),
        one.confirmed_at < before,
        open_fen > 0,
    )
