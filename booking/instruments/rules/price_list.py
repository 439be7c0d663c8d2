"""Between the stored shape of a tariff (`api.md`, yuan as text) and the terms that price a span."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from booking.instruments.rules.opening import minute_of_day
from booking.instruments.rules.pricing import Basis, ClassPrice, Peak, Step, TariffTerms
from booking.kernel.errors import Violation
from booking.kernel.money import fen

Stored = Mapping[str, object]  # JSON as it was entered and checked


def tariff_terms(
    *,
    tariff_id: int | None,
    basis: Basis,
    round_up_minutes: int,
    vat_rate: str,
    peak: Sequence[Stored],
    classes: Mapping[str, Stored],
) -> TariffTerms:
    """A stored tariff as a value."""
    return TariffTerms(
        classes={name: _class_price(prices) for name, prices in classes.items()},
        basis=basis,
        round_up_minutes=round_up_minutes,
        vat_rate=Decimal(vat_rate),
        peak=tuple(_peak(band) for band in peak),
        tariff_id=tariff_id,
    )


def _class_price(stored: Stored) -> ClassPrice:
    steps = stored.get("steps") or ()
    day = stored.get("day")
    return ClassPrice(
        hour_fen=_fen(stored.get("hour")),
        steps=tuple(_step(step) for step in steps) if isinstance(steps, list) else (),
        day_fen=None if day is None else _fen(day),
        sample_fen=_fen(stored.get("sample")),
        staff_hour_fen=_fen(stored.get("staff_hour")),
        minimum_fen=_fen(stored.get("minimum")),
    )


def _step(stored: Stored) -> Step:
    return Step(int(Decimal(str(stored["over_hours"])) * 60), _fen(stored["hour"]))


def _peak(stored: Stored) -> Peak:
    weekdays = stored["weekdays"]
    return Peak(
        frozenset(weekdays if isinstance(weekdays, list) else ()),
        minute_of_day(str(stored["from"])),
        minute_of_day(str(stored["to"])),
        Decimal(str(stored["factor"])),
    )


def _fen(stored: object) -> int:
    return 0 if stored is None else fen(str(stored))


def contradictions(terms: TariffTerms) -> Iterator[Violation]:
    """What makes a price list ambiguous: nobody could say which factor or step counts."""
    for first, second in combinations(terms.peak, 2):
        together = first.weekdays & second.weekdays
        apart = first.to_minute <= second.from_minute or second.to_minute <= first.from_minute
        if together and not apart:
            yield Violation("tariff.peaks_overlap", {"weekdays": sorted(together)})
    if any(band.from_minute >= band.to_minute for band in terms.peak):
        yield Violation("tariff.peak_backwards")
    for name, prices in terms.classes.items():
        if len({step.over_minutes for step in prices.steps}) < len(prices.steps):
            yield Violation("tariff.steps_repeat", {"customer_class": name})
