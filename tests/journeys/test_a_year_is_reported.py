"""A year is reported: faults are read, what no record tells is typed, the sheet is handed in."""

import pytest

from tests.conftest import Write
from tests.factories.yearly_sheets import TYPED, Place
from tests.journeys.people import ONE_EACH, Street, sit_down
from tests.support.clock import FrozenClock


@pytest.mark.browser
@ONE_EACH
def test_the_sheet_can_be_read_and_filled_in_by_everybody(
    street: Street, write: Write, clock: FrozenClock
) -> None:
    with write() as uow:
        place = Place(uow)
    head = sit_down(street, write, place.head, clock)
    head.open("/reports/sj3?period=AY2025")
    head.look("sheet-faults")
    head.page.fill("#school_code", "10698")
    head.follow("form[action$='/school'] button[type=submit]")
    keeper = sit_down(street, write, place.keeper, clock)
    keeper.open("/reports/sj3?period=AY2025")
    keeper.follow("main a[href*='/year']")
    for name, value in TYPED.items():
        keeper.page.fill(f"#{name}", str(value))
    keeper.look("sheet-entry")
    keeper.follow("main form button[type=submit]")
    head.open("/reports/sj3?period=AY2025")
    head.follow("form[action$='/submissions'] button[type=submit]")
    head.look("sheet-handed-in")
