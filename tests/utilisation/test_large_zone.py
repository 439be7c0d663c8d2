"""Reports of a large zone are reckoned once after each roll-up, and say what they lack."""

from booking.kernel.periods import Period
from booking.reservations.states import State
from booking.utilisation.actions.roll_up import roll_up
from booking.utilisation.report.pooled import Asked, By
from booking.utilisation.report.remembered import Reports
from tests.factories.instruments import span
from tests.factories.utilisation import Booked, Invented, Writer, write_instrument

ASKED = Asked(period=Period.parse("2026-11"), by=By.DISTRICT)


def use(day: str) -> Booked:
    at = span(f"2026-11-{day}T09:00", "12:00")
    return Booked(at, State.SETTLED, used=at, effective_minutes=180)


def test_a_large_zone_is_as_old_as_its_roll_up_and_a_small_one_is_not(engine, write, clock):
    zones = {many: Reports(many=many) for many in (1, 2)}

    def told(many: int) -> tuple[int, bool]:
        with write() as uow:
            report = zones[many].of(uow.session, ASKED, now=clock.now())
        return report.whole.effective // 3600, report.up_to_date

    with write() as uow:
        instrument = write_instrument(uow, Invented(bookings=[use("03")]))
        roll_up(uow, now=clock.now())
    assert told(1) == told(2) == (3, True)
    with write() as uow:
        Writer(uow, instrument).write(use("04"))
    assert told(2) == (6, True)
    assert told(1) == (3, False)
    clock.at("2026-11-24T03:30")
    with write() as uow:
        roll_up(uow, now=clock.now())
    assert told(1) == told(2) == (6, True)


def test_a_new_instrument_shows_at_once(engine, write, clock):
    large = Reports(many=1)

    def told() -> int:
        with write() as uow:
            return large.of(uow.session, ASKED, now=clock.now()).whole.instruments

    with write() as uow:
        write_instrument(uow, Invented())
        roll_up(uow, now=clock.now())
    assert told() == 1
    with write() as uow:
        write_instrument(uow, Invented())
    assert told() == 2
