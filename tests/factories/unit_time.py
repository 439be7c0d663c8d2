"""One unit's recorded time for properties, and the reference that divides it minute by minute."""

from collections import Counter
from datetime import timedelta

from hypothesis import strategies as st

from booking.kernel.timespan import TimeSpan
from booking.utilisation.rules.waterfall import UnitTime
from tests.factories.spans import FIRST

MINUTE = timedelta(minutes=1)


@st.composite
def crowded_units(draw: st.DrawFn, *, minutes: int = 400) -> UnitTime:
    """Layers that lie over one another in every way within a few hours."""

    def layer(most: int) -> tuple[TimeSpan, ...]:
        pairs = draw(
            st.lists(
                st.tuples(st.integers(-60, minutes), st.integers(1, minutes // 2)), max_size=most
            )
        )
        return tuple(
            TimeSpan(FIRST + start * MINUTE, FIRST + (start + length) * MINUTE)
            for start, length in pairs
        )

    return UnitTime(
        opening=layer(4),
        closures=layer(2),
        maintenance=layer(2),
        faults=layer(2),
        booked=layer(4),
        used=layer(4),
    )


def divided_by_hand(period: TimeSpan, unit: UnitTime) -> Counter[str]:
    """Ask of every minute by itself what it was; seconds by name."""
    counted: Counter[str] = Counter()
    minute = period.start
    while minute < period.end:
        counted[_what_it_was(TimeSpan(minute, minute + MINUTE), unit)] += 60
        minute += MINUTE
    return counted


def _what_it_was(minute: TimeSpan, unit: UnitTime) -> str:
    def within(spans: tuple[TimeSpan, ...]) -> bool:
        return any(span.contains(minute) for span in spans)

    offered = within(unit.opening) and not within(unit.closures)
    if within(unit.faults):
        return "fault" if offered else "closed"
    if within(unit.used):
        return "used"
    if within(unit.maintenance):
        return "maintenance" if offered else "closed"
    if within(unit.booked) and not within(unit.closures):
        return "booked_unused"
    return "idle" if offered else "closed"
