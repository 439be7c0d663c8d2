"""What closes a whole counts on its parts, rebuilt as followed."""

from datetime import date

import pytest

from booking.instruments.actions.register import CardChanges, edit
from booking.instruments.models.calendar import ClosureKind
from booking.instruments.models.instrument import Instrument
from booking.utilisation.actions.roll_up import rebuild, roll_up
from tests.factories.instruments import (
    add_closure,
    add_zone_day,
    keeper_of_instrument,
    make_instrument,
    make_lab,
    span,
)
from tests.support.clock import moment
from tests.utilisation.reading import figures, hours_of, rows

NOW = moment("2026-11-23T09:00")


@pytest.fixture
def family(uow) -> list[int]:
    """A whole, its part, the part's part, and a stranger."""
    lab = make_lab(uow).key
    whole = make_instrument(uow, lab_id=lab).key
    part = make_instrument(uow, lab_id=lab, part_of_id=whole).key
    return [
        whole,
        part,
        make_instrument(uow, lab_id=lab, part_of_id=part).key,
        make_instrument(uow, lab_id=lab).key,
    ]


@pytest.mark.parametrize("crowded", [False, True])
def test_what_closes_a_whole_closes_its_parts(uow, family, crowded):
    """Crowded months are judged by the law, the others are summed in sets."""
    if crowded:
        add_zone_day(uow, date(2026, 11, 20))
    roll_up(uow, now=NOW)
    add_closure(uow, family[0], span("2026-11-02T00:00", "10:00"), kind=ClosureKind.FAULT)
    add_closure(uow, family[1], span("2026-11-03T00:00", "04:00"), kind=ClosureKind.MAINTENANCE)
    roll_up(uow, now=NOW)
    followed = figures(uow)
    of_it = [hours_of(uow, one) for one in family]
    assert [hours.get("fault", 0) for hours in of_it] == [10, 10, 10, 0]
    assert [hours.get("maintenance", 0) for hours in of_it] == [0, 4, 4, 0]
    assert [rows(uow)[one, "2026-11"].faults for one in family] == [1, 1, 1, 0]
    rebuild(uow, now=NOW)
    assert figures(uow) == followed


def test_a_part_that_goes_elsewhere_is_counted_anew(uow, family):
    whole, part, within, _ = family
    add_closure(uow, whole, span("2026-11-02T00:00", "10:00"), kind=ClosureKind.FAULT)
    roll_up(uow, now=NOW)
    keeper = keeper_of_instrument(uow, uow.session.get_one(Instrument, part))
    edit(uow, part, CardChanges(values={"part_of_id": None}), actor=keeper, now=NOW)
    roll_up(uow, now=NOW)
    assert ["fault" in hours_of(uow, one) for one in (whole, part, within)] == [True, False, False]
