"""Questions that taking and giving back units' time begin with; each is built once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import HOLD, UNIT

# Rows of holds refer to units; only takers of several units wait for each other here.
_IN_ORDER: Final = (
    sa.select(UNIT.c.id)
    .where(UNIT.c.id.in_(sa.bindparam("units", expanding=True, type_=sa.BigInteger())))
    .order_by(UNIT.c.id)
)
QUEUE: Final = _IN_ORDER.with_for_update(key_share=True)
QUEUE_NOW: Final = _IN_ORDER.with_for_update(key_share=True, skip_locked=True)
# Every check-out asks this, so it is built once.
HELD_FOR: Final = sa.select(HOLD.c.id, HOLD.c.unit_id, HOLD.c.starts_at, HOLD.c.ends_at).where(
    (HOLD.c.reservation_number == sa.bindparam("number"))
    | (HOLD.c.closure_id == sa.bindparam("closure"))
)


def closed_since(session: Session, unit_id: int, since: datetime) -> Sequence[sa.Row[Any]]:
    """When a unit is closed from a moment on, and by which closures."""
    closed = sa.select(HOLD.c.starts_at, HOLD.c.ends_at, HOLD.c.closure_id).where(
        HOLD.c.unit_id == unit_id, HOLD.c.closure_id.is_not(None), HOLD.c.ends_at > since
    )
    return session.execute(closed).all()
