"""What a programme has given away so far."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from booking.organisations.models import Organisation
from booking.vouchers.queries.claims import VOUCHER
from booking.vouchers.rules.terms import Issued

# What expired counts no more.
_NET: Final = sa.func.coalesce(sa.func.sum(VOUCHER.c.face_fen - VOUCHER.c.expired_fen), 0)
_ID, _CONTROLLER = col(Organisation.id), col(Organisation.controller_key)


def issued_so_far(
    session: Session,
    programme: str,
    organisation_ids: Sequence[int],
    *,
    period: int,
    document: str,
) -> Mapping[int, Issued]:
    """What a programme has given to each of these and to its group in a period, and under a public
    document, whose the budget is, to everybody in all of them. Whoever counts has locked the
    programme."""
    of_it = VOUCHER.c.programme == programme
    of_budget = sa.select(_NET).where(of_it, VOUCHER.c.document == document)
    in_all = int(session.execute(of_budget).scalar_one())
    in_period = sa.and_(of_it, VOUCHER.c.period == period)
    asked = sa.select(_ID, _CONTROLLER).where(_ID.in_(organisation_ids))
    groups = {row[0]: row[1] or "" for row in session.execute(asked)}
    own = _by(session, VOUCHER.c.organisation_id, in_period, _ID.in_(organisation_ids))
    named = sorted({name for name in groups.values() if name})
    together = _by(session, _CONTROLLER, in_period, _CONTROLLER.in_(named))
    return {
        key: Issued(
            own.get(key, 0),
            in_all,
            together.get(name, 0) if (name := groups.get(key, "")) else own.get(key, 0),
            name,
        )
        for key in organisation_ids
    }


def _by(
    session: Session, key: sa.ColumnElement[Any] | Mapped[Any], *conditions: sa.ColumnElement[bool]
) -> Mapping[object, int]:
    query = (
        sa.select(key, _NET)
        .join_from(VOUCHER, Organisation, _ID == VOUCHER.c.organisation_id)
        .where(*conditions)
        .group_by(key)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}
