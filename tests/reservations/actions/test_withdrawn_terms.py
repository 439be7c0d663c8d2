"""Rules and prices taken back before they begin: what was booked under them stays as it was."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.set_policy import set_policy, withdraw_policy
from booking.instruments.actions.set_tariff import withdraw_tariff
from booking.instruments.errors import VersionBegun
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.terms import PolicyTerms
from booking.kernel.errors import Forbidden, NotFound
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.reschedule import reschedule
from booking.reservations.queries.loading import reservation_for_update
from tests.factories.instruments import add_policy, add_tariff
from tests.factories.reservation_values import at, between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.support.clock import FrozenClock

AHEAD = at("11-24 00:00")
AFTERNOON = between("11-24 15:00", "17:00")
MONDAY_NOON = between("11-23 12:00", "14:00")
LATE = at("11-24 11:00")


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    """Rules and prices of today, and others from tomorrow on."""
    made = make_scene(uow, policy={"late_cancel_percent": 10})
    add_policy(
        uow,
        made.instrument.key,
        valid_from=AHEAD,
        late_cancel_percent=50,
        follows_statutory_calendar=False,
    )
    add_tariff(
        uow, made.instrument.key, valid_from=AHEAD, classes={"enterprise": {"hour": "10.00"}}
    )
    return made


def withdraw(uow: UnitOfWork, scene: Scene, clock: FrozenClock) -> None:
    given = {"actor": scene.manager, "now": clock.now()}
    withdraw_policy(uow, scene.instrument.key, AHEAD, **given)  # type: ignore[arg-type]
    withdraw_tariff(uow, scene.instrument.key, AHEAD, **given)  # type: ignore[arg-type]


def test_what_was_booked_keeps_its_rules_and_its_price(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    made = make_reservation(uow, scene, now=clock.now())
    kept = (made.quote, made.quoted_fen, made.policy_id, made.tariff_id)
    withdraw(uow, scene, clock)
    read = reservation_for_update(uow.session, made.number).reservation
    assert (read.quote, read.quoted_fen, read.policy_id, read.tariff_id) == kept
    assert cancel(uow, made.number, actor=scene.member, now=LATE).fee_fen == 1_000


def test_who_books_afterwards_books_under_the_version_before(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    withdraw(uow, scene, clock)
    made = make_reservation(uow, scene, now=clock.now())
    assert made.quoted_fen == 160_000
    assert cancel(uow, made.number, actor=scene.member, now=LATE).fee_fen == 16_000


def test_a_move_agrees_anew_by_what_stands_at_the_new_time(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    made = make_reservation(uow, scene, now=clock.now())
    withdraw(uow, scene, clock)
    moved = reschedule(uow, made.number, AFTERNOON, actor=scene.member, now=clock.now())
    assert moved.quoted_fen == 160_000
    assert cancel(uow, made.number, actor=scene.member, now=LATE).fee_fen == 16_000


def test_a_move_over_the_start_of_a_version_changes_the_price_with_it(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    made = make_reservation(uow, scene, MONDAY_NOON, now=at("11-23 09:00"))
    assert made.quoted_fen == 160_000
    moved = reschedule(uow, made.number, NOON, actor=scene.member, now=at("11-23 09:00"))
    assert moved.quoted_fen == 2_000


def test_the_start_is_free_for_another_version(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    withdraw(uow, scene, clock)
    rules = PolicyTerms(longest_minutes=60)
    set_policy(
        uow, scene.instrument.key, rules, actor=scene.manager, now=clock.now(), valid_from=AHEAD
    )
    terms = booking_terms(uow.session, scene.instrument.key, NOON)
    assert terms.policy.longest_minutes == 60


def test_what_has_begun_or_is_not_there_cannot_be_taken_back(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    key = scene.instrument.key
    with pytest.raises(VersionBegun):
        withdraw_policy(uow, key, AHEAD, actor=scene.manager, now=AHEAD)
    withdraw_policy(uow, key, AHEAD, actor=scene.manager, now=AHEAD - timedelta(microseconds=1))
    with pytest.raises(NotFound):
        withdraw_policy(uow, key, AHEAD, actor=scene.manager, now=clock.now())


def test_only_who_keeps_the_instrument_takes_its_rules_back(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    stranger = make_scene(uow).manager
    with pytest.raises(Forbidden):
        withdraw_policy(uow, scene.instrument.key, AHEAD, actor=stranger, now=clock.now())


def test_the_database_keeps_one_standing_version_a_start(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    twice = {"instrument_id": scene.instrument.key, "valid_from": AHEAD, "created_at": clock.now()}
    uow.session.add(BookingPolicy.model_validate(twice))
    with pytest.raises(sa.exc.IntegrityError):
        uow.session.flush()


def test_a_withdrawal_has_the_figures_reckoned_again(
    uow: UnitOfWork, scene: Scene, clock: FrozenClock
) -> None:
    uow.session.execute(sa.text("DELETE FROM utilisation_mark"))
    withdraw(uow, scene, clock)
    marked = uow.session.execute(sa.text("SELECT instrument_id FROM utilisation_mark"))
    assert scene.instrument.key in marked.scalars().all()
