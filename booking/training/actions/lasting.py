"""What keeps a permission alive, and telling in time that it ends."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.db.transactions import UnitOfWork
from booking.training.actions.keeping import about
from booking.training.events import TrainingEnding
from booking.training.models import TrainingGrant
from booking.training.queries.standing import grants_for_update, lasting
from booking.training.rules import reminder_due
from booking.training.states import GrantState


def practised(uow: UnitOfWork, instrument_id: int, person_id: int, *, until: datetime) -> None:
    """Somebody operated it alone until this moment: disuse counts from then."""
    uow.session.execute(
        sa.update(TrainingGrant)
        .where(
            col(TrainingGrant.instrument_id) == instrument_id,
            col(TrainingGrant.person_id) == person_id,
            col(TrainingGrant.state) == GrantState.IN_FORCE,
            col(TrainingGrant.practised_at) < until,
        )
        .values(practised_at=until)
        .execution_options(synchronize_session=False)
    )


def remind_of_ends(uow: UnitOfWork, now: datetime) -> int:
    """Tell whoever's permission ends soon, or has ended: once per step and end, also late."""
    due = {
        one.grant_id: (one.end, step)
        for one in lasting(uow.session, now)
        if (step := reminder_due(one.end.at, now, told=one.told_days)) is not None
    }
    for grant in grants_for_update(uow.session, list(due)):
        end, step = due[grant.key]
        if grant.state is not GrantState.IN_FORCE:
            continue
        grant.told_end, grant.told_days = end.at, step
        uow.announce(
            TrainingEnding(
                **about(grant, actor=None, now=now),
                changes={"valid_to": (end.last_day, end.last_day)},
                last_day=end.last_day,
                days=step,
                by=end.by,
            )
        )
    uow.session.flush()
    return len(due)
