"""A price list as it is filled in on a page: a card for each class, rows for steps, bands, items.

The three base classes always stand there, those of a qualification where the list has them. A form
has no lists, so each row has names of its own (`peak2_from`, `item1_name`). How many rows a page
shows follows from what was sent: those that were there, or one more.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Self

from pydantic import Field, StringConstraints, create_model, model_validator
from pydantic_core import PydanticCustomError

from booking.instruments.forms.texts import (
    Fen,
    ItemName,
    Over,
    PriceClass,
    Said,
    Short,
    Start,
    TypedBegin,
    TypedClock,
)
from booking.instruments.rules.customer import ENTERPRISE, PRICE_CLASSES, RULE_CLASSES
from booking.instruments.rules.price_list import MOST_ITEMS, Listed, Stored
from booking.instruments.rules.tariff import Basis
from booking.web.forms import Filled, LocalMoment
from booking.web.texts import text

# Kind of row → how many stand on an empty page, and how many there can be.
ROWS: Final = {"peak": (2, 20), "step": (2, 10), "item": (3, MOST_ITEMS)}
_PLAIN: Final = ("hour", "day", "sample", "staff_hour", "minimum", "late_cancel", "no_show")
_Factor = Annotated[str, StringConstraints(pattern=r"^\d{1,3}(\.\d{1,4})?$")]
_Weekday = Annotated[int, Field(ge=1, le=7)]
_FreeMinutes = Annotated[int, Field(ge=0, le=1440)]


class _Draft(Said):
    """What is the same for everybody, and the example that somebody wants reckoned."""

    valid_from: Start | None = None
    basis: Basis = Basis.RESERVED
    round_up_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    vat_rate: Annotated[str, StringConstraints(pattern=r"^0(\.\d{1,4})?$")] = "0.06"
    vat_included: bool = True
    more: Annotated[str, text(20)] = ""
    example_start: LocalMoment | None = None
    example_end: LocalMoment | None = None
    example_class: PriceClass = ENTERPRISE
    example_samples: Annotated[int, Field(ge=0, le=100_000)] = 0

    @model_validator(mode="after")
    def _rows_whole(self) -> Self:
        told = self.model_dump()
        for fields in _needed_together():
            given = [told[name] not in (None, []) for name in fields]
            if any(given) and not all(given):
                raise PydanticCustomError("tariff.row_incomplete", "half a row")
        for n in _numbers("item"):
            prices = [told[f"{name}_item{n}"] for name in PRICE_CLASSES]
            is_priced = any(price is not None for price in prices)
            is_named = told[f"item{n}_name"] is not None
            if is_priced != is_named or (told[f"item{n}_unit"] and not is_named):
                raise PydanticCustomError("tariff.row_incomplete", "half a row")
        return self

    @model_validator(mode="after")
    def _time_said(self) -> Self:
        """Who has prices has one for the hour, or it is said that the time costs nothing."""
        told = self.model_dump()
        for name in PRICE_CLASSES:
            is_timed, is_untimed = told[f"{name}_hour"] is not None, told[f"{name}_untimed"]
            if is_timed and is_untimed:
                raise PydanticCustomError("tariff.hour_and_untimed", "an hour costs and does not")
            if not is_timed and not is_untimed and any(_own(told, name)):
                raise PydanticCustomError("tariff.class_without_hour", "prices without an hour")
        if not any(_is_there(told, name) for name in PRICE_CLASSES):
            raise PydanticCustomError("tariff.no_class", "no class has prices")
        return self

    def listed(self) -> Listed:
        """The price list in the shape in which it is kept; what is empty is not there."""
        told = self.model_dump(mode="json")
        return Listed(
            basis=self.basis,
            round_up_minutes=self.round_up_minutes,
            vat_rate=self.vat_rate,
            vat_included=self.vat_included,
            peak=[_band(told, n) for n in _numbers("peak") if told[f"peak{n}_from"]],
            classes={n: _prices(told, n) for n in PRICE_CLASSES if _is_there(told, n)},
        )


def _row_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in PRICE_CLASSES:
        plain = [f"{name}_{price}" for price in _PLAIN]
        fields.update(dict.fromkeys(plain, (Fen | None, None)))
        fields[f"{name}_untimed"] = (bool, False)
        fields[f"{name}_free_minutes"] = (_FreeMinutes | None, None)
        for n in _numbers("step"):
            fields[f"{name}_step{n}_over"] = (Over | None, None)
            fields[f"{name}_step{n}_hour"] = (Fen | None, None)
        for n in _numbers("item"):
            fields[f"{name}_item{n}"] = (Fen | None, None)
    for n in _numbers("item"):
        fields[f"item{n}_name"] = (ItemName | None, None)
        fields[f"item{n}_unit"] = (Short, "")
    for n in _numbers("peak"):
        fields[f"peak{n}_weekdays"] = (list[_Weekday], Field(default_factory=list))
        fields[f"peak{n}_from"] = (TypedBegin | None, None)
        fields[f"peak{n}_to"] = (TypedClock | None, None)
        fields[f"peak{n}_factor"] = (_Factor | None, None)
    return fields


def _numbers(kind: str) -> range:
    return range(1, ROWS[kind][1] + 1)


def _needed_together() -> Iterator[tuple[str, ...]]:
    """Fields of a row that mean nothing without each other."""
    for n in _numbers("peak"):
        yield tuple(f"peak{n}_{part}" for part in ("weekdays", "from", "to", "factor"))
    for name in PRICE_CLASSES:
        for n in _numbers("step"):
            yield f"{name}_step{n}_over", f"{name}_step{n}_hour"


def _is_there(told: Mapping[str, Any], name: str) -> bool:
    return told[f"{name}_hour"] is not None or told[f"{name}_untimed"]


def _own(told: Mapping[str, Any], name: str) -> Iterator[bool]:
    """Whether anything is said about a class."""
    fields = [f"{name}_{price}" for price in (*_PLAIN, "free_minutes")]
    fields += [f"{name}_step{n}_over" for n in _numbers("step")]
    fields += [f"{name}_item{n}" for n in _numbers("item")]
    return (told[field] is not None for field in fields)


def _band(told: Mapping[str, Any], n: int) -> Stored:
    return {part: told[f"peak{n}_{part}"] for part in ("weekdays", "from", "to", "factor")}


def _prices(told: Mapping[str, Any], name: str) -> dict[str, object]:
    steps = [
        {"over_hours": told[f"{name}_step{n}_over"], "hour": told[f"{name}_step{n}_hour"]}
        for n in _numbers("step")
        if told[f"{name}_step{n}_over"]
    ]
    items = [
        {
            "name": told[f"item{n}_name"],
            "unit": told[f"item{n}_unit"],
            "price": told[f"{name}_item{n}"],
        }
        for n in _numbers("item")
        if told[f"{name}_item{n}"] is not None
    ]
    prices = {price: told[f"{name}_{price}"] for price in (*_PLAIN, "free_minutes")}
    listed = {"steps": steps, "consumables": items}
    return {price: value for price, value in prices.items() if value is not None} | {
        kind: found for kind, found in listed.items() if found
    }


TariffDraft = create_model("TariffDraft", __base__=_Draft, **_row_fields())


def classes_shown(form: Filled[Any]) -> tuple[str, ...]:
    """The base classes, those of a qualification that were sent, and the one that is wanted."""
    more = form.value("more")
    sent = {name for name in PRICE_CLASSES if any(f.startswith(f"{name}_") for f in form.typed)}
    return tuple(n for n in PRICE_CLASSES if n in RULE_CLASSES or n in sent or n == more)


def rows_shown(form: Filled[Any], *, more: str = "") -> dict[str, range]:
    """The numbers of the rows to show of each kind: as many as were sent, `more` of one kind."""
    shown: dict[str, range] = {}
    for kind, (usual, most) in ROWS.items():
        sent = max((n for n in range(1, most + 1) if _stands(form, kind, n)), default=0)
        wanted = max(usual, sent + (1 if more == kind else 0))
        shown[kind] = range(1, min(wanted, most) + 1)
    return shown


def _stands(form: Filled[Any], kind: str, n: int) -> bool:
    row = {"peak": [f"peak{n}_from"], "item": [f"item{n}_name"]}
    fields = row.get(kind) or [f"{name}_step{n}_over" for name in PRICE_CLASSES]
    return any(field in form.typed for field in fields)


def as_typed(listed: Listed) -> dict[str, object]:
    """A kept price list as the fields of the page."""
    fields: dict[str, object] = {
        "basis": listed.basis,
        "round_up_minutes": listed.round_up_minutes,
        "vat_rate": listed.vat_rate,
        "vat_included": "true" if listed.vat_included else "false",
    }
    for n, band in enumerate(listed.peak, 1):
        fields |= {f"peak{n}_{part}": value for part, value in band.items()}
    classes = {name: listed.classes[name] for name in PRICE_CLASSES if name in listed.classes}
    named = (_named(item) for prices in classes.values() for item in _items(prices))
    numbers = {item: n for n, item in enumerate(dict.fromkeys(named), 1)}
    for (called, unit), n in numbers.items():
        fields |= {f"item{n}_name": called, f"item{n}_unit": unit}
    for name, prices in classes.items():
        fields[f"{name}_untimed"] = prices.get("hour") is None
        fields |= {f"{name}_{price}": prices.get(price) for price in (*_PLAIN, "free_minutes")}
        for n, step in enumerate(_listed(prices, "steps"), 1):
            fields |= {f"{name}_step{n}_over": step["over_hours"]}
            fields |= {f"{name}_step{n}_hour": step["hour"]}
        for item in _items(prices):
            fields[f"{name}_item{numbers[_named(item)]}"] = item["price"]
    return fields


def _named(item: Stored) -> tuple[str, str]:
    """What tells items apart; classes may be sold the same by another measure."""
    return str(item["name"]), str(item.get("unit") or "")


def _items(prices: Stored) -> list[Stored]:
    return _listed(prices, "consumables")


def _listed(prices: Stored, name: str) -> list[Stored]:
    found = prices.get(name)
    return found if isinstance(found, list) else []
