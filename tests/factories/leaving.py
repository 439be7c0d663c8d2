"""Somebody leaves, and a colleague takes what they had ahead."""

from datetime import datetime

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.reservations.actions.hand_over import hand_over
from tests.factories.accounts import make_member
from tests.factories.reservations import Scene


def leave_to_heir(uow: UnitOfWork, scene: Scene, *, now: datetime) -> Actor:
    """The scene's member leaves, let go by its administrator; who takes their place."""
    heir = make_member(uow, scene.company.key)
    hand_over(
        uow,
        scene.member.id,
        scene.company.key,
        successor_id=heir.id,
        actor_id=scene.admin.id,
        now=now,
    )
    return heir
