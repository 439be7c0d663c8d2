"""What a version changed, price by price or rule by rule, in the words it was entered in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from booking.instruments.rules.price_list import Listed, Stored
from booking.instruments.rules.terms import PER_CLASS, PolicyTerms, QuotaTerms

Prices = Mapping[str, object]
# (customer class, name, detail) → value.
Flat = Mapping[tuple[str, str, str], str]
_OF_MANY: Final = frozenset({"policy_id", "horizon_days", "quotas", "peak_hours", "per_class"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One price or rule, as it was and as it is; empty where there is none.

    `customer_class` is empty for what holds for everybody; `detail` tells several of a kind apart:
    the hours of a step, the name of a consumable, the days and hours of a band, whose what in
    which time a limit counts.
    """

    customer_class: str
    name: str
    detail: str
    before: str
    after: str


def differences(before: Listed, after: Listed) -> tuple[Difference, ...]:
    """Everything that is not the same in both price lists."""
    return _compared(_flat(before), _flat(after))


def policy_differences(before: PolicyTerms, after: PolicyTerms) -> tuple[Difference, ...]:
    """Every rule that is not the same in both policies; lengths in minutes."""
    return _compared(_flat_policy(before), _flat_policy(after))


def _compared(was: Flat, becomes: Flat) -> tuple[Difference, ...]:
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


def _flat_policy(terms: PolicyTerms) -> dict[tuple[str, str, str], str]:
    told = {
        ("", name, ""): _plain(getattr(terms, name))
        for name in PolicyTerms.__dataclass_fields__
        if name not in _OF_MANY
    }
    if terms.peak_hours:
        told["", "peak_hours", ""] = "; ".join(_band_text(band.stored) for band in terms.peak_hours)
    told |= {(name, "horizon_days", ""): str(days) for name, days in terms.horizon_days.items()}
    for name, own in terms.per_class.items():
        told |= {(name, rule, ""): str(own[rule]) for rule in PER_CLASS if rule in own}
    for quota in sorted(terms.quotas, key=lambda quota: quota.limit):
        # Of two limits on the same, the lower one binds.
        told.setdefault((quota.customer_class, "quotas", _counted(quota)), str(quota.limit))
    return told


def _counted(quota: QuotaTerms) -> str:
    return f"{quota.per} {quota.measure} {quota.period}"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    return "" if value is None else str(value)


def _rows(prices: Prices, name: str) -> Sequence[Stored]:
    found = prices.get(name)
    return found if isinstance(found, list) else ()


def _band_text(band: Stored) -> str:
    days = band["weekdays"]
    numbers = ",".join(str(day) for day in sorted(days)) if isinstance(days, list) else ""
    return f"{numbers} {band['from']}–{band['to']}"
