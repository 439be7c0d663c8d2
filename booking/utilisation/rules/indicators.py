"""Ratios drawn from hours (`domain.md` §7). A ratio without a denominator is None, never zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from booking.kernel.periods import Period
from booking.utilisation.rules.waterfall import Waterfall

HOUR = 3600

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

    def seconds(self, period: Period, *, general: bool, units: int) -> int:
        """What one instrument is rated for in a period: a month is a twelfth of a year."""
        yearly = self.general if general else self.special
        return yearly * HOUR * units * len(period.months()) // 12


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


@dataclass(frozen=True, slots=True)
class Indicators:
    """The figures of a group and the ratios drawn from them."""

    instruments: int
    waterfall: Waterfall
    effective: int
    external: int
    utilisation_rated: Ratio
    utilisation_open: Ratio
    sharing_rate: Ratio
    sharing_rate_mean: Ratio
    average_effective: Ratio
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


def indicators(group: Sequence[Figures]) -> Indicators:
    """Pool a group: every instrument in scope counts, the unused ones too."""
    water = sum((each.waterfall for each in group), Waterfall())
    effective, external = _total(group, "effective"), _total(group, "external")
    faults, reservations = _total(group, "faults"), _total(group, "reservations")
    return Indicators(
        instruments=len(group),
        waterfall=water,
        effective=effective,
        external=external,
        utilisation_rated=_ratio(effective, _total(group, "rated")),
        utilisation_open=_ratio(effective, water.open),
        sharing_rate=_ratio(external, effective),
        sharing_rate_mean=_mean(_ratio(each.external, each.effective) for each in group),
        average_effective=_ratio(effective, len(group)),
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
        income_fen=_total(group, "income_fen"),
    )


def _total(group: Iterable[Figures], name: str) -> int:
    return sum(getattr(each, name) for each in group)


def _ratio(part: int, whole: int) -> Ratio:
    return Fraction(part, whole) if whole else None


def _mean(ratios: Iterable[Ratio]) -> Ratio:
    """Instruments without use have no ratio and do not pull the mean down."""
    known = [ratio for ratio in ratios if ratio is not None]
    return sum(known, Fraction(0)) / len(known) if known else None
