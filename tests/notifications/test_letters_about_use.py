"""Disputes and fees are told to those whom they concern, and to nobody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from booking.db.transactions import UnitOfWork
from booking.notifications.models import OutboxMessage
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from booking.reservations.actions.dispute import ask_centre, dispute, resolve, say
from booking.reservations.jobs import mark_no_shows
from booking.reservations.rules.use_record import UseRecord
from tests.factories.accounts import make_member, make_staff
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene, make_use
from tests.support.clock import FrozenClock

Deed = Callable[[UnitOfWork, str, Scene], None]
END = NOON.end
COSTLY: dict[str, object] = {
    "late_cancel_percent": 50,
    "no_show_percent": 100,
    "overrun_percent": 150,
}


def told(session: Session, fact: str) -> dict[int | None, list[str]]:
    """Who is told of which steps of it, by person."""
    asked = sa.select(col(OutboxMessage.user_id), col(OutboxMessage.params))
    rows = session.execute(asked.where(col(OutboxMessage.fact) == fact).order_by("id"))
    found: dict[int | None, list[str]] = {}
    for reader, params in rows:
        found.setdefault(reader, []).append(str(params.get("step", params.get("what"))))
    return found


def test_each_side_hears_what_the_other_does(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene, centre = make_scene(uow), make_staff(uow)
    number = make_use(uow, scene, now=clock.now()).number
    dispute(uow, number, actor=scene.member, now=END, reason="机时不符")
    say(uow, number, "日志是两小时", actor=scene.manager, now=END)
    ask_centre(uow, number, actor=scene.manager, now=END)
    resolve(uow, number, actor=centre, now=END, reason="以日志为准")
    assert told(uow.session, "dispute_step") == {
        scene.manager.id: ["use.disputed", "use.dispute_resolved"],
        scene.member.id: ["use.dispute_answered", "use.centre_asked", "use.dispute_resolved"],
        centre.id: ["use.centre_asked"],
    }


def test_a_holder_hears_what_the_company_does_in_their_place(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    number = make_use(uow, scene, now=clock.now()).number
    dispute(uow, number, actor=scene.admin, now=END, reason="机时不符")
    assert told(uow.session, "dispute_step") == {
        scene.member.id: ["use.disputed"],
        scene.manager.id: ["use.disputed"],
    }


def missed(uow: UnitOfWork, _number: str, _scene: Scene) -> None:
    mark_no_shows(uow, NOON.end)


def given_back_late(uow: UnitOfWork, number: str, scene: Scene) -> None:
    cancel(uow, number, actor=scene.member, now=NOON.start - timedelta(hours=1))


def ran_over(uow: UnitOfWork, number: str, scene: Scene) -> None:
    check_in(uow, number, actor=scene.manager, now=NOON.start)
    late = NOON.end + timedelta(minutes=50)
    record = UseRecord(test_minutes=60)
    check_out(uow, number, record, actor=scene.manager, now=late)


@pytest.mark.parametrize(
    ("deed", "what", "to_holder"),
    [
        (missed, "reservation.missed", True),
        (ran_over, "reservation.overran", True),
        # In the letter about the booking itself.
        (given_back_late, "reservation.cancelled", False),
    ],
)
def test_a_fee_is_told_to_the_holder_and_to_who_keeps_the_company(
    uow: UnitOfWork, clock: FrozenClock, deed: Deed, what: str, to_holder: bool
) -> None:
    scene = make_scene(uow, policy=COSTLY)
    make_member(uow, scene.company.key)
    deed(uow, make_reservation(uow, scene, now=clock.now()).number, scene)
    told_to_holder = {scene.member.id: [what]} if to_holder else {}
    assert told(uow.session, "booking_fee") == {scene.admin.id: [what], **told_to_holder}


def test_without_a_fee_only_who_did_not_come_is_told(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene = make_scene(uow)
    other = between("11-25 12:00", "14:00")
    given_back_late(uow, make_reservation(uow, scene, other, now=clock.now()).number, scene)
    make_reservation(uow, scene, now=clock.now())
    missed(uow, "", scene)
    assert told(uow.session, "booking_fee") == {scene.member.id: ["reservation.missed"]}


def test_the_letter_about_a_late_cancellation_names_the_fee(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow, policy=COSTLY)
    made = make_reservation(uow, scene, now=clock.now())
    given_back_late(uow, made.number, scene)
    rows = uow.session.execute(
        sa.select(col(OutboxMessage.params)).where(col(OutboxMessage.about) == made.number)
    ).scalars()
    fees = [row["fee_fen"] for row in rows if row["what"] == "reservation.cancelled"]
    assert fees == [made.quoted_fen // 2] * 2
    assert made.quoted_fen > 0
