"""Vouchers that end, or soon will, with something left."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from booking.vouchers.queries.claims import COLUMNS, VOUCHER


def ending(session: Session, *, before: date, limit: int | None) -> Sequence[sa.Row[Any]]:
    """Those whose last day was before a day; locked."""
    return _left(session, VOUCHER.c.valid_to < before, limit=limit)


def ending_soon(
    session: Session, *, today: date, until: date, limit: int | None
) -> Sequence[sa.Row[Any]]:
    """Those that end within these days and whose company has not been told; locked."""
    days = VOUCHER.c.valid_to.between(today, until)
    return _left(session, days, VOUCHER.c.warned_at.is_(None), limit=limit)


def _left(
    session: Session, *conditions: sa.ColumnElement[bool], limit: int | None
) -> Sequence[sa.Row[Any]]:
    query = (
        sa.select(*COLUMNS)
        .where(VOUCHER.c.available_fen > 0, *conditions)
        .order_by(VOUCHER.c.id)
        .limit(limit)
        .with_for_update()
    )
    return session.execute(query).all()
