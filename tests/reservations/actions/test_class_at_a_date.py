"""The class whose prices hold is judged on the day of use, by booking, moving, panel and quote."""

from datetime import date

import pytest

from booking.db.transactions import UnitOfWork
from booking.reservations.actions.reschedule import reschedule
from tests.factories.instruments import add_tariff
from tests.factories.organisations import make_qualification
from tests.factories.reservation_values import at, between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

CLASSES = {"enterprise": {"hour": "800.00"}, "tech_sme": {"hour": "500.00"}}
LAST = date(2026, 11, 24)
AFTER = between("11-25 12:00", "14:00")


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    """A firm that is a tech_sme until tomorrow, the day of NOON, where that is cheaper."""
    made = make_scene(uow, policy={"horizon_days": {"enterprise": 2}})
    add_tariff(uow, made.instrument.key, valid_from=at("11-23 00:00"), classes=CLASSES)
    make_qualification(uow, made.company.key, valid_to=LAST)
    return made


@pytest.mark.parametrize(
    ("span", "paying", "fen"),
    [
        (NOON, "tech_sme", 100_000),
        (AFTER, "enterprise", 160_000),
        # It begins on the last day.
        (between("11-24 23:00", "11-25 01:00"), "tech_sme", 100_000),
    ],
)
def test_booking_takes_the_class_of_the_day_on_which_the_span_begins(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock, span: object, paying: str, fen: int
) -> None:
    made = make_reservation(uow, scene, span, now=clock.now())  # type: ignore[arg-type]  # a span
    assert (made.customer_class, made.quoted_fen) == (paying, fen)


def test_moving_takes_the_class_of_the_new_day(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    made = make_reservation(uow, scene, now=clock.now())
    moved = reschedule(uow, made.number, AFTER, actor=scene.member, now=clock.now())
    assert (moved.customer_class, moved.quoted_fen) == ("enterprise", 160_000)
    back = reschedule(uow, made.number, NOON, actor=scene.member, now=clock.now())
    assert (back.customer_class, back.quoted_fen) == ("tech_sme", 100_000)
