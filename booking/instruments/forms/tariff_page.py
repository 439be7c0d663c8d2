"""A price list as it is filled in on a page: classes side by side, rows for steps, bands and items.

A form has no lists, so each row has names of its own (`peak2_from`, `item1_name`). How many rows a
page shows follows from what was sent: those that were there, or one more.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Self

from pydantic import Field, StringConstraints, create_model, model_validator
from pydantic_core import PydanticCustomError

from booking.instruments.forms.texts import ClockText, Fen, ItemName, Said, Short, Start
from booking.instruments.rules.price_list import Listed, Stored
from booking.instruments.rules.tariff import Basis
from booking.web.forms import Filled, LocalMoment
from booking.web.texts import text

CLASSES: Final = ("enterprise", "academic", "internal")
# Kind of row → how many stand on an empty page, and how many there can be.
ROWS: Final = {"peak": (2, 20), "step": (2, 10), "item": (3, 30)}
_PLAIN: Final = ("hour", "day", "sample", "staff_hour", "minimum", "late_cancel", "no_show")
_Over = Annotated[Decimal, Field(gt=0, le=24 * 62, max_digits=6, decimal_places=2)]
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
    enterprise_hour: Fen
    more: Annotated[str, text(10)] = ""
    example_start: LocalMoment | None = None
    example_end: LocalMoment | None = None
    example_class: Annotated[str, StringConstraints(pattern="^(enterprise|academic|internal)$")] = (
        "enterprise"
    )
    example_samples: Annotated[int, Field(ge=0, le=100_000)] = 0

    @model_validator(mode="after")
    def _rows_whole(self) -> Self:
        told = self.model_dump()
        for fields in _needed_together():
            given = [told[name] not in (None, []) for name in fields]
            if any(given) and not all(given):
                raise PydanticCustomError("tariff.row_incomplete", "half a row")
        for name in CLASSES[1:]:
            if told[f"{name}_hour"] is None and any(_own(told, name)):
                raise PydanticCustomError("tariff.class_without_hour", "prices without an hour")
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
            classes={name: _prices(told, name) for name in CLASSES if told[f"{name}_hour"]},
        )


def _row_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in CLASSES:
        plain = [f"{name}_{price}" for price in _PLAIN if f"{name}_{price}" != "enterprise_hour"]
        fields.update(dict.fromkeys(plain, (Fen | None, None)))
        fields[f"{name}_free_minutes"] = (_FreeMinutes | None, None)
        for n in _numbers("step"):
            fields[f"{name}_step{n}_over"] = (_Over | None, None)
            fields[f"{name}_step{n}_hour"] = (Fen | None, None)
        for n in _numbers("item"):
            fields[f"{name}_item{n}"] = (Fen | None, None)
    for n in _numbers("item"):
        fields[f"item{n}_name"] = (ItemName | None, None)
        fields[f"item{n}_unit"] = (Short, "")
    for n in _numbers("peak"):
        fields[f"peak{n}_weekdays"] = (list[_Weekday], Field(default_factory=list))
        fields[f"peak{n}_from"] = (ClockText | None, None)
        fields[f"peak{n}_to"] = (ClockText | None, None)
        fields[f"peak{n}_factor"] = (_Factor | None, None)
    return fields


def _numbers(kind: str) -> range:
    return range(1, ROWS[kind][1] + 1)


def _needed_together() -> Iterator[tuple[str, ...]]:
    """Fields of a row that mean nothing without each other."""
    for n in _numbers("peak"):
        yield tuple(f"peak{n}_{part}" for part in ("weekdays", "from", "to", "factor"))
    for n in _numbers("item"):
        yield f"item{n}_name", f"enterprise_item{n}"
    for name in CLASSES:
        for n in _numbers("step"):
            yield f"{name}_step{n}_over", f"{name}_step{n}_hour"


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
    fields = row.get(kind) or [f"{name}_step{n}_over" for name in CLASSES]
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
    items = {
        item["name"]: item for name in CLASSES for item in _items(listed.classes.get(name, {}))
    }
    numbers = {name: n for n, name in enumerate(items, 1)}
    for n, item in enumerate(items.values(), 1):
        fields |= {f"item{n}_name": item["name"], f"item{n}_unit": item.get("unit") or ""}
    for name in CLASSES:
        prices = listed.classes.get(name, {})
        fields |= {f"{name}_{price}": prices.get(price) for price in (*_PLAIN, "free_minutes")}
        for n, step in enumerate(_listed(prices, "steps"), 1):
            fields |= {f"{name}_step{n}_over": step["over_hours"]}
            fields |= {f"{name}_step{n}_hour": step["hour"]}
        for item in _items(prices):
            fields[f"{name}_item{numbers[item['name']]}"] = item["price"]
    return fields


def _items(prices: Stored) -> list[Stored]:
    return _listed(prices, "consumables")


def _listed(prices: Stored, name: str) -> list[Stored]:
    found = prices.get(name)
    return found if isinstance(found, list) else []
