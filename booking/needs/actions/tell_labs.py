"""Tell labs of the needs that their instruments fit: one fact a day for each lab."""

from datetime import datetime

import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.kernel.clock import local
from booking.kernel.timespan import local_midnight
from booking.needs.events import NeedsFitLab
from booking.needs.models import NEED
from booking.needs.queries.needs import untold
from booking.needs.report import labs_for

_AT_ONCE = 200


def tell_labs(uow: UnitOfWork, *, now: datetime) -> int:
    """Of what was published on earlier days, so that however often this is called nobody is told
    twice on one day; how many labs."""
    needs = untold(uow.session, local_midnight(local(now).date()), limit=_AT_ONCE)
    if not needs:
        return 0
    told = labs_for(uow.session, needs)
    for lab_id, need_ids in told.items():
        uow.announce(
            NeedsFitLab(
                at=now,
                actor_id=None,
                subject=f"lab:{lab_id}",
                changes={"needs": (None, len(need_ids))},
                lab_id=lab_id,
                need_ids=tuple(need_ids),
            )
        )
    ids = [need.id for need in needs]
    uow.session.execute(sa.update(NEED).where(NEED.c.id.in_(ids)).values(told_at=now))
    return len(told)
