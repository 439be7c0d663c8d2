"""What a version of a price list changed, price by price, in the words it was entered in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from booking.instruments.rules.price_list import Listed, Stored

Prices = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Difference:
    """One price or rule, as it was and as it is; empty where there is none.

    `customer_class` is empty for what holds for everybody; `detail` tells several of a kind apart:
    the hours of a step, the name of a consumable, the days and hours of a band.
    """

    customer_class: str
    name: str
    detail: str
    before: str
    after: str


def differences(before: Listed, after: Listed) -> tuple[Difference, ...]:
    """Everything that is not the same in both."""
    was, becomes = _flat(before), _flat(after)
    keys = dict.fromkeys((*becomes, *was))
    return tuple(
        Difference(*key, was.get(key, ""), becomes.get(key, ""))
        for key in keys
        if was.get(key, "") != becomes.get(key, "")
    )


def _flat(listed: Listed) -> dict[tuple[str, str, str], str]:
    told = {
        ("", "basis", ""): listed.basis.value,
        ("", "round_up_minutes", ""): str(listed.round_up_minutes),
        ("", "vat_rate", ""): listed.vat_rate,
        ("", "vat_included", ""): "yes" if listed.vat_included else "no",
    }
    for band in listed.peak:
        told["", "peak", _band_text(band)] = str(band["factor"])
    for name, prices in listed.classes.items():
        told |= _flat_class(name, prices)
    return told


def _flat_class(name: str, prices: Prices) -> dict[tuple[str, str, str], str]:
    plain = {
        (name, price, ""): str(value)
        for price, value in prices.items()
        if value is not None and not isinstance(value, list)
    }
    steps = {
        (name, "steps", f"{step['over_hours']}"): str(step["hour"])
        for step in _rows(prices, "steps")
    }
    items = {
        (name, "consumables", str(item["name"])): str(item["price"])
        for item in _rows(prices, "consumables")
    }
    return plain | steps | items


def _rows(prices: Prices, name: str) -> Sequence[Stored]:
    found = prices.get(name)
    return found if isinstance(found, list) else ()


def _band_text(band: Stored) -> str:
    days = band["weekdays"]
    numbers = ",".join(str(day) for day in sorted(days)) if isinstance(days, list) else ""
    return f"{numbers} {band['from']}–{band['to']}"
