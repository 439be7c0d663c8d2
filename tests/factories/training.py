"""Training as tests need it: an instrument that requires it, and people on their way to it."""

from datetime import date, datetime, timedelta

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.timespan import TimeSpan
from booking.training.actions.ask import ask
from booking.training.actions.grant import Terms, grant
from booking.training.actions.sessions import Plan, plan
from booking.training.models import TrainingGrant, TrainingRequest, TrainingSession
from tests.factories.reservation_values import between
from tests.factories.reservations import Scene, make_scene

REQUIRED = {"training_required": True}
TOMORROW = between("11-24 09:00", "11:00")


def training_scene(uow: UnitOfWork, *, unused_days: int | None = None) -> Scene:
    """A published instrument that nobody operates alone untrained."""
    return make_scene(uow, policy={**REQUIRED, "training_unused_days": unused_days})


def make_request(
    uow: UnitOfWork, scene: Scene, person: Actor | None = None, *, now: datetime
) -> TrainingRequest:
    """A request of the scene's member, unless of somebody else."""
    return ask(uow, scene.instrument.key, "做过断口", actor=person or scene.member, now=now)


def make_session(
    uow: UnitOfWork,
    scene: Scene,
    span: TimeSpan = TOMORROW,
    *,
    now: datetime,
    seats: int = 2,
    closes: bool = False,
) -> TrainingSession:
    """A session that the scene's manager plans."""
    wanted = Plan(span=span, seats=seats, place="一楼", trainer="培训员", closes=closes)
    return plan(uow, scene.instrument.key, wanted, actor=scene.manager, now=now)


def make_grant(
    uow: UnitOfWork,
    scene: Scene,
    person: Actor | None = None,
    *,
    now: datetime,
    valid_to: date | None = None,
) -> TrainingGrant:
    """A permission of the scene's member, unless of somebody else."""
    asked = make_request(uow, scene, person, now=now - timedelta(minutes=1))
    return grant(uow, asked.key, Terms(valid_to=valid_to), actor=scene.manager, now=now)
