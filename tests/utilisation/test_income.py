"""Income is what charges come to as they stand, in every month and whenever they are corrected."""

from collections.abc import Callable

import pytest

from booking.billing.actions.adjust import adjust
from booking.kernel.periods import Period
from booking.reservations.actions.confirm import confirm
from booking.utilisation.actions.roll_up import rebuild, roll_up
from booking.utilisation.queries.recorded import month_records
from tests.factories.reservations import Scene, make_scene, make_use
from tests.support.clock import moment
from tests.utilisation.reading import figures, rows

MONDAY = moment("2026-11-23T09:00")
WEDNESDAY = moment("2026-11-25T09:00")
THURSDAY = moment("2026-11-26T09:00")
MONTH = "2026-11"
CHARGED, ADJUSTED = 184_000, 150_000


@pytest.fixture
def scene(uow) -> Scene:
    return make_scene(uow)


@pytest.fixture
def correct(uow, scene) -> Callable[[int], None]:
    """A use is charged at 1840.00; what is given back brings that to another amount."""
    made = make_use(uow, scene, now=MONDAY)
    for side in (scene.manager, scene.member):
        confirm(uow, made.number, actor=side, now=WEDNESDAY)

    def entered(to_fen: int) -> None:
        number = f"C-{made.number}"
        adjust(uow, number, to_fen, actor=scene.manager, now=THURSDAY, reason="样品损坏")

    return entered


def income(uow, scene) -> int:
    return int(rows(uow)[scene.instrument.key, MONTH].income_fen)


def recorded(uow, scene) -> int:
    """What a report finds that does not wait for the night."""
    one = scene.instrument.key
    (record,) = month_records(uow.session, Period.parse(MONTH), [one]).values()
    return sum(booking.income_fen for booking in record.bookings)


def test_a_correction_before_the_night_counts(uow, scene, correct):
    correct(ADJUSTED)
    assert recorded(uow, scene) == ADJUSTED
    roll_up(uow, now=THURSDAY)
    assert income(uow, scene) == ADJUSTED


def test_a_correction_after_the_night_has_its_month_counted_again(uow, scene, correct):
    roll_up(uow, now=WEDNESDAY)
    assert income(uow, scene) == recorded(uow, scene) == CHARGED
    correct(ADJUSTED)
    assert recorded(uow, scene) == ADJUSTED
    assert roll_up(uow, now=THURSDAY) == 1
    assert income(uow, scene) == ADJUSTED
    followed = figures(uow)
    rebuild(uow, now=THURSDAY)
    assert figures(uow) == followed


def test_a_use_corrected_twice_is_still_one_use(uow, scene, correct):
    correct(ADJUSTED)
    correct(140_000)
    roll_up(uow, now=THURSDAY)
    assert income(uow, scene) == recorded(uow, scene) == 140_000
    assert rows(uow)[scene.instrument.key, MONTH].uses == 1
