"""A report as data: what is asked, which figures are shown, which formulas are reckoned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final

from booking.utilisation.rules.formulas import Figures, Formula, FormulaUnreadable
from booking.utilisation.rules.sheets import Column, Mend, Need

TOTAL: Final = "total"
# What programmes paid, in yuan: for those alone who may read every statement. A column that tells
# of it has a code that begins with it, in what was handed in long ago too.
SUBSIDY: Final = "subsidy"


def is_confidential(code: str) -> bool:
    """Whether a column is only for those who may read every statement."""
    return code.startswith(SUBSIDY)


class TemplateInvalid(ValueError):
    """The file is no template of a report."""


@dataclass(frozen=True, slots=True)
class Item:
    """One reckoned column; with a weight it is a score and part of the total."""

    column: Column
    formula: Formula
    weight: Fraction | None
    most: Fraction | None

    def value(self, figures: Figures) -> Fraction | None:
        found = self.formula.value(figures)
        return found if found is None or self.most is None else min(found, self.most)


@dataclass(frozen=True, slots=True)
class Template:
    """A whole report."""

    name: str
    name_en: str
    source: str
    least_value_fen: int
    asks: Sequence[Column]
    shows: Sequence[Column]
    items: Sequence[Item]
    total: Column | None
    # What is asked only once for all of the zone.
    of_whole: frozenset[str]

    @property
    def columns(self) -> tuple[Column, ...]:
        total = () if self.total is None else (self.total,)
        return (*self.shows, *self.asks, *(item.column for item in self.items), *total)

    @property
    def tells_subsidy(self) -> bool:
        return any(is_confidential(column.code) for column in self.columns)

    def values(self, figures: Figures, typed: Mapping[str, str]) -> dict[str, str]:
        """One record: what is shown, what was typed, what follows."""
        known = {**figures, **{one.code: _number(typed.get(one.code, "")) for one in self.asks}}
        # Where single uses were not looked at, nothing is known of subsidies.
        found = {
            item.column.code: item.value(known) if item.formula.names <= known.keys() else None
            for item in self.items
        }
        out = {one.code: spelt(figures.get(one.code)) for one in self.shows}
        out |= {one.code: typed.get(one.code, "") for one in self.asks}
        out |= {code: spelt(value) for code, value in found.items()}
        if self.total is not None:
            out[TOTAL] = spelt(self._weighed(found))
        return out

    def _weighed(self, found: Mapping[str, Fraction | None]) -> Fraction:
        """A score of which nothing is known counts nought."""
        parts = (
            (found[item.column.code] or Fraction(0)) * item.weight / 100
            for item in self.items
            if item.weight is not None
        )
        return sum(parts, Fraction(0))


def spelt(value: Fraction | None) -> str:
    """Two decimals, rounded once at the end; whole numbers without."""
    if value is None:
        return ""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return str(rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded)


def _number(text: str) -> Fraction:
    try:
        return Fraction(text)
    except ValueError:
        return Fraction(0)


def template_of(document: Any, *, figures: frozenset[str]) -> Template:
    """Read the data; refused where a formula asks for a figure that is not known."""
    try:
        made = _template(document)
    except (KeyError, TypeError, AttributeError, ValueError) as broken:
        raise TemplateInvalid(str(broken)) from broken
    known = figures | {one.code for one in made.asks}
    unknown = [
        f"{item.column.code}: {name}"
        for item in made.items
        for name in sorted(item.formula.names - known)
    ]
    unknown += [one.code for one in made.shows if one.code not in figures]
    unknown += list(_untold(made))
    weights = [item.weight for item in made.items if item.weight is not None]
    if made.total is not None and sum(weights) != 100:
        unknown.append("weights")
    if unknown:
        raise TemplateInvalid(", ".join(unknown))
    return made


def _untold(made: Template) -> Iterator[str]:
    """What would tell of subsidies without saying so; a total tells everybody what is in it."""
    for item in made.items:
        told = is_confidential(item.column.code)
        if any(is_confidential(name) for name in item.formula.names) and not told:
            yield f"{item.column.code}: confidential"
        if told and item.weight is not None:
            yield f"{item.column.code}: weight"
    yield from (f"{one.code}: typed" for one in made.asks if is_confidential(one.code))


def _template(document: Mapping[str, Any]) -> Template:
    asks = tuple(_column(one, typed=True) for one in document.get("asks", ()))
    total = document.get("total")
    return Template(
        name=document["name"],
        name_en=document["name_en"],
        source=document["source"],
        least_value_fen=int(document.get("least_value_yuan", 0)) * 100,
        asks=asks,
        shows=tuple(_column(one) for one in document.get("shows", ())),
        items=tuple(_items(document)),
        total=None if total is None else _column({**total, "code": TOTAL}),
        of_whole=frozenset(
            one["code"] for one in document.get("asks", ()) if one.get("of") == "whole"
        ),
    )


def _items(document: Mapping[str, Any]) -> Iterator[Item]:
    for one in document["items"]:
        weight, most = one.get("weight"), one.get("most")
        if not one.get("source"):
            raise FormulaUnreadable(f"{one['code']}: no source")
        yield Item(
            column=_column(one),
            formula=Formula(str(one["formula"])),
            weight=None if weight is None else Fraction(str(weight)),
            most=None if most is None else Fraction(str(most)),
        )


def _column(one: Mapping[str, Any], *, typed: bool = False) -> Column:
    return Column(
        code=one["code"],
        heading=one["heading"],
        heading_en=one["heading_en"],
        need=Need.WANTED if typed else Need.OPTIONAL,
        longest=12 if typed else 0,
        mend=Mend.ENTRY if typed else Mend.USE,
        typed=typed,
        is_number=typed,
        source=one.get("source", ""),
        is_example=bool(one.get("example")),
    )
