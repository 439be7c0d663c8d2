"""Ratios drawn from hours (`domain.md` §7). A ratio without a denominator is None, never zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from booking.utilisation.rules.waterfall import Waterfall

HOUR = 3600
_PLACES: Final = 10**12
_SHARES: Final = Waterfall.__slots__

# Yearly averages of the national evaluation of 2025, drawn as lines (科技部, 344 institutions).
NATIONAL_EFFECTIVE_HOURS = 1599
NATIONAL_EXTERNAL_HOURS = 273

Ratio = Fraction | None


@dataclass(frozen=True, slots=True)
class RatedHours:
    """定额机时 of a year: the education ministry's 1400 for general and 800 for special equipment,
    unless the report says otherwise (1600 in a ministry survey)."""

    general: int = 1400
    special: int = 800

    @classmethod
    def same(cls, hours: int) -> "RatedHours":
        return cls(hours, hours)

    def seconds(self, months: Fraction, *, general: bool, units: int) -> int:
        """What one instrument is rated for in some months: a month is a twelfth of a year."""
        yearly = self.general if general else self.special
        return yearly * HOUR * units * months.numerator // (12 * months.denominator)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of one instrument in a period; seconds, fen and numbers."""

    waterfall: Waterfall = field(default_factory=Waterfall)
    effective: int = 0
    external: int = 0
    rated: int = 0
    bookable: bool = False
    reservations: int = 0
    missed: int = 0
    uses: int = 0
    samples: int = 0
    faults: int = 0
    income_fen: int = 0
    subsidy_fen: int = 0
    # Seconds of the period, and those after it came and before it retired.
    length: int = 1
    in_service: int = 1
    # Whether it had to be filed with the national platform by the end of the period, and was.
    filing_due: bool = False
    filed: bool = False


@dataclass(frozen=True, slots=True)
class Indicators:
    """The figures of a group and the ratios drawn from them.

    `…_mean` is the mean of the instruments' ratios, its namesake the ratio of the sums. Of what is
    counted from single uses (`users`, `subsidy…`) nothing is known where there are too many.
    """

    instruments: int
    waterfall: Waterfall
    effective: int
    external: int
    utilisation_rated: Ratio
    utilisation_rated_mean: Ratio
    utilisation_open: Ratio
    utilisation_open_mean: Ratio
    sharing_rate: Ratio
    sharing_rate_mean: Ratio
    average_effective: Ratio
    average_in_service: Ratio
    average_external: Ratio
    openness: Ratio
    booked_used: Ratio
    no_show_rate: Ratio
    mean_between_faults: Ratio
    mean_repair: Ratio
    reservations: int
    missed: int
    uses: int
    samples: int
    faults: int
    income_fen: int
    income_per_hour: Ratio
    filing_due: int
    filed: int
    filing_rate: Ratio
    users: int | None = None
    subsidy_fen: int | None = None
    subsidy_per_hour: Ratio = None


def indicators(
    group: Sequence[Figures], *, cap: bool = False, users: int | None = None
) -> Indicators:
    """Pool a group: every instrument in scope counts, the unused ones too.

    With `cap`, utilisation ends at 100 %, as some regions publish it. Without `users`, single uses
    were not looked at, and neither were subsidies.
    """
    waters = [each.waterfall for each in group]
    water = Waterfall(*(sum(getattr(one, name) for one in waters) for name in _SHARES))
    effective, external = _total(group, "effective"), _total(group, "external")
    faults, reservations = _total(group, "faults"), _total(group, "reservations")
    due, filed = _total(group, "filing_due"), sum(each.filing_due and each.filed for each in group)
    income, subsidy = _total(group, "income_fen"), _total(group, "subsidy_fen")
    most = 1 if cap else None
    return Indicators(
        instruments=len(group),
        waterfall=water,
        effective=effective,
        external=external,
        utilisation_rated=_capped(_ratio(effective, _total(group, "rated")), most),
        utilisation_rated_mean=_mean(((e.effective, e.rated) for e in group), most),
        utilisation_open=_capped(_ratio(effective, water.open), most),
        utilisation_open_mean=_mean(((e.effective, e.waterfall.open) for e in group), most),
        sharing_rate=_ratio(external, effective),
        sharing_rate_mean=_mean(((e.external, e.effective) for e in group), None),
        average_effective=_ratio(effective, len(group)),
        average_in_service=_ratio(
            effective * max((e.length for e in group), default=0), _total(group, "in_service")
        ),
        average_external=_ratio(external, len(group)),
        openness=_ratio(_total(group, "bookable"), len(group)),
        booked_used=_ratio(water.used, water.used + water.booked_unused),
        no_show_rate=_ratio(_total(group, "missed"), reservations),
        mean_between_faults=_ratio(water.open, faults),
        mean_repair=_ratio(water.fault, faults),
        reservations=reservations,
        missed=_total(group, "missed"),
        uses=_total(group, "uses"),
        samples=_total(group, "samples"),
        faults=faults,
        income_fen=income,
        income_per_hour=_ratio(income * HOUR, effective),
        filing_due=due,
        filed=filed,
        filing_rate=_ratio(filed, due),
        users=users,
        subsidy_fen=None if users is None else subsidy,
        subsidy_per_hour=None if users is None else _ratio(subsidy * HOUR, effective),
    )


def _total(group: Iterable[Figures], name: str) -> int:
    return sum(getattr(each, name) for each in group)


def _ratio(part: int, whole: int) -> Ratio:
    return Fraction(part, whole) if whole else None


def _capped(ratio: Ratio, most: int | None) -> Ratio:
    return ratio if ratio is None or most is None else min(ratio, Fraction(most))


def _mean(pairs: Iterable[tuple[int, int]], most: int | None) -> Ratio:
    """Instruments without use have no ratio and do not pull the mean down.

    Each ratio is taken to twelve places: a sum of ten thousand different fractions has thousands
    of digits and takes seconds.
    """
    top = None if most is None else most * _PLACES
    known = [part * _PLACES // whole for part, whole in pairs if whole]
    if top is not None:
        known = [min(one, top) for one in known]
    return Fraction(sum(known), len(known) * _PLACES) if known else None
