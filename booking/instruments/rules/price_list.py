"""Between the stored shape of a tariff (`api.md`, yuan as text) and the terms that price a span."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product
from typing import Final

from booking.instruments.rules.opening import DAY_MINUTES, minute_of_day
from booking.instruments.rules.tariff import Basis, ClassPrice, Consumable, Peak, Step, TariffTerms
from booking.kernel.errors import Violation
from booking.kernel.money import fen

# Different items in one list, whoever buys them.
MOST_ITEMS: Final = 30
_WEEK: Final = 7 * DAY_MINUTES

Stored = Mapping[str, object]  # JSON as it was entered and checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A tariff as it is entered: `peak` and `classes` in the shapes of `api.md`, yuan as text."""

    classes: Mapping[str, Stored]
    basis: Basis = Basis.RESERVED
    round_up_minutes: int = 15
    vat_rate: str = "0.06"
    vat_included: bool = True
    peak: Sequence[Stored] = ()


def tariff_terms(listed: Listed, *, tariff_id: int | None = None) -> TariffTerms:
    """A tariff as it was entered, as a value."""
    return TariffTerms(
        classes={name: _class_price(prices) for name, prices in listed.classes.items()},
        basis=listed.basis,
        round_up_minutes=listed.round_up_minutes,
        vat_rate=Decimal(listed.vat_rate),
        vat_included=listed.vat_included,
        peak=tuple(_peak(band) for band in listed.peak),
        tariff_id=tariff_id,
    )


def _class_price(stored: Stored) -> ClassPrice:
    day = stored.get("day")
    return ClassPrice(
        hour_fen=_fen(stored.get("hour")),
        steps=tuple(_step(step) for step in _listed(stored, "steps")),
        day_fen=None if day is None else _fen(day),
        sample_fen=_fen(stored.get("sample")),
        staff_hour_fen=_fen(stored.get("staff_hour")),
        minimum_fen=_fen(stored.get("minimum")),
        free_minutes=int(str(stored.get("free_minutes") or 0)),
        late_cancel_fen=_fen(stored.get("late_cancel")),
        no_show_fen=_fen(stored.get("no_show")),
        consumables=tuple(_consumable(item) for item in _listed(stored, "consumables")),
    )


def _listed(stored: Stored, name: str) -> list[Stored]:
    found = stored.get(name)
    return found if isinstance(found, list) else []


def _consumable(stored: Stored) -> Consumable:
    return Consumable(str(stored["name"]), _fen(stored["price"]), str(stored.get("unit") or ""))


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
    """What makes a price list ambiguous: nobody could say which factor, step or price counts."""
    for first, second in combinations(terms.peak, 2):
        if together := _both_hold(first, second):
            yield Violation("tariff.peaks_overlap", {"weekdays": together})
    for band in terms.peak:
        if band.from_minute == band.to_minute:
            yield Violation("tariff.peak_backwards")
    yield from _of_classes(terms.classes)


def _of_classes(classes: Mapping[str, ClassPrice]) -> Iterator[Violation]:
    bought = (prices.consumables for prices in classes.values())
    if len({(item.name, item.unit) for items in bought for item in items}) > MOST_ITEMS:
        yield Violation("tariff.items_too_many", {"limit": MOST_ITEMS})
    for name, prices in classes.items():
        if len({step.over_minutes for step in prices.steps}) < len(prices.steps):
            yield Violation("tariff.steps_repeat", {"customer_class": name})
        if len({item.name for item in prices.consumables}) < len(prices.consumables):
            yield Violation("tariff.items_repeat", {"customer_class": name})


def _both_hold(first: Peak, second: Peak) -> list[int]:
    """The ISO weekdays on which a stretch of the first begins that the second shares."""
    shared = (
        mine // DAY_MINUTES + 1
        for (mine, ends), (other, until) in product(_stretches(first), _stretches(second))
        for week in (-_WEEK, 0, _WEEK)
        if mine < until + week and other + week < ends
    )
    return sorted(set(shared))


def _stretches(band: Peak) -> list[tuple[int, int]]:
    """From which to which minute of the week it holds; a Sunday night ends after the week."""
    length = band.to_minute - band.from_minute + (DAY_MINUTES if band.over_midnight else 0)
    begins = [(day - 1) * DAY_MINUTES + band.from_minute for day in band.weekdays]
    return [(minute, minute + length) for minute in begins]
