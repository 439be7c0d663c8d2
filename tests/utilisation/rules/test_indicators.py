"""Ratios: every instrument in scope counts, and nothing is divided by nothing."""

from fractions import Fraction

from booking.utilisation.rules.indicators import HOUR, Figures, RatedHours, indicators
from booking.utilisation.rules.waterfall import Waterfall


def figures(effective: int = 0, external: int = 0, *, rated: int = 1400) -> Figures:
    """An instrument open for 2000 hours; hours in, seconds out."""
    return Figures(
        waterfall=Waterfall(
            closed=6760 * HOUR, used=effective * HOUR, idle=(2000 - effective) * HOUR
        ),
        effective=effective * HOUR,
        external=external * HOUR,
        rated=rated * HOUR,
        bookable=True,
    )


def test_an_unused_instrument_lowers_the_average() -> None:
    pair = indicators([figures(1599), figures(0)])
    assert pair.average_effective == Fraction(1599, 2) * HOUR
    assert pair.utilisation_rated == Fraction(1599, 2800)
    assert pair.utilisation_open == Fraction(1599, 4000)


def test_sharing_is_pooled_and_the_mean_of_ratios_is_another_number() -> None:
    pair = indicators([figures(1000, 100), figures(100, 100), figures(0)])
    assert pair.sharing_rate == Fraction(200, 1100)
    assert pair.sharing_rate_mean == Fraction(11, 20)


def test_use_beyond_the_rated_hours_stays_beyond() -> None:
    assert indicators([figures(1527)]).utilisation_rated == Fraction(1527, 1400)


def test_openness_is_what_can_be_booked_of_all() -> None:
    assert indicators([figures(), Figures()]).openness == Fraction(1, 2)


def test_nothing_is_divided_by_nothing() -> None:
    empty = indicators([])
    assert empty.instruments == 0
    assert {empty.utilisation_rated, empty.sharing_rate, empty.average_effective} == {None}


def test_faults_give_time_between_and_time_to_repair() -> None:
    broken = Figures(waterfall=Waterfall(fault=6 * HOUR, idle=94 * HOUR), faults=2)
    group = indicators([broken])
    assert group.mean_between_faults == 47 * HOUR
    assert group.mean_repair == 3 * HOUR


def test_rated_hours_follow_the_kind_the_units_and_the_period() -> None:
    rated = RatedHours()
    assert rated.seconds(Fraction(12), general=True, units=1) == 1400 * HOUR
    assert rated.seconds(Fraction(3), general=False, units=2) == 400 * HOUR
    assert RatedHours.same(1600).seconds(Fraction(12), general=False, units=1) == 1600 * HOUR
