"""Whose prices a firm pays on the day of use, and what is known to end before."""

from datetime import date

import pytest

from booking.instruments.rules.customer import Held, RunningOut, price_class, running_out

LISTED = frozenset({"enterprise", "academic", "tech_sme", "hnte"})
TODAY = date(2026, 11, 23)
LAST = date(2026, 12, 31)
THIS_YEAR = Held("tech_sme", date(2026, 1, 1), LAST)
NEXT_YEAR = Held("tech_sme", date(2027, 1, 1), date(2027, 12, 31))
FOR_GOOD = Held("hnte", date(2026, 1, 1), None)
UNPRICED = Held("sfui_sme", date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("held", "day", "pays", "ends"),
    [
        ((), LAST, "enterprise", None),
        # The last day counts, the day after does not.
        ((THIS_YEAR,), LAST, "tech_sme", None),
        ((THIS_YEAR,), date(2027, 1, 1), "enterprise", RunningOut("tech_sme", LAST)),
        # Prolonged without a gap, nothing ends.
        ((THIS_YEAR, NEXT_YEAR), date(2027, 1, 1), "tech_sme", None),
        # Only from next year on.
        ((NEXT_YEAR,), LAST, "enterprise", None),
        ((NEXT_YEAR,), date(2027, 1, 1), "tech_sme", None),
        # What the list has no prices for counts for nothing.
        ((UNPRICED,), LAST, "enterprise", None),
        # Of several the first in the order of the centre; when it ends, the next.
        ((FOR_GOOD, THIS_YEAR), LAST, "tech_sme", None),
        ((FOR_GOOD, THIS_YEAR), date(2027, 1, 1), "hnte", RunningOut("tech_sme", LAST)),
    ],
)
def test_the_class_is_that_of_the_day_of_use(
    held: tuple[Held, ...], day: date, pays: str, ends: RunningOut | None
) -> None:
    assert price_class("enterprise", held, priced=LISTED, day=day) == pays
    assert running_out("enterprise", held, priced=LISTED, today=TODAY, day=day) == ends


@pytest.mark.parametrize("named", ["internal", "academic"])
def test_own_people_and_science_pay_their_own_prices(named: str) -> None:
    assert price_class(named, (THIS_YEAR,), priced=LISTED, day=TODAY) == named
