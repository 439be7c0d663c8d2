"""Charts as values: how far each bar reaches on a scale of 1000; the macros draw them.

ui.waterfall(waterfall([...]))  ui.bar_chart(bars([...]))  ui.line_chart(line([...]))
ui.heat_map(heat(rows, columns))  ui.sparkline(line([...]))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

Number = int | float | Decimal | Fraction
Fill = Literal["accent", "soft", "busy", "warn", "danger", "idle"]
SCALE: Final = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a waterfall: a total stands on the ground, the others are taken off the one before.

    `text` is the figure as people read it.
    """

    label: str
    value: Number
    text: str
    fill: Fill = "busy"
    total: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on the scale."""

    label: str
    text: str
    fill: Fill
    start: int
    length: int
    strong: bool = False
    mark: int | None = None


def waterfall(steps: Sequence[Step]) -> tuple[Bar, ...]:
    """Totals in full, and what is taken off between them hanging where it was taken."""
    largest = max((step.value for step in steps), default=0)
    drawn, top = [], largest
    for step in steps:
        if step.total:
            top = step.value
            start: Number = 0
        else:
            top = start = _less(top, step.value)
        drawn.append(_bar(step, start, largest))
    return tuple(drawn)


def bars(
    items: Sequence[Step], *, largest: Number | None = None, mark: Number | None = None
) -> tuple[Bar, ...]:
    """Plain bars from the ground, with a line at `mark` to compare with."""
    top = largest if largest is not None else max((i.value for i in items), default=0)
    top = max(top, mark) if mark is not None else top
    at = None if mark is None else _share(mark, top)
    return tuple(Bar(i.label, i.text, i.fill, 0, _share(i.value, top), i.total, at) for i in items)


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: its points on a field of 1000 × 100, and the words at its axes."""

    points: str
    area: str
    xs: tuple[str, ...]
    top: str
    middle: str
    rows: tuple[tuple[str, str], ...]


def line(
    items: Sequence[tuple[str, Number, str]], *, top: Number | None = None, top_text: str = ""
) -> Line:
    """A curve through (label, value, figure) in order; the scale starts at nothing."""
    highest = max([value for _, value, _ in items] or [0])
    ceiling = top if top is not None else highest
    width = max(len(items) - 1, 1)
    points = [
        f"{SCALE * i // width},{100 - _share(value, ceiling) // 10}"
        for i, (_, value, _) in enumerate(items)
    ]
    at_top = top_text or next((text for _, value, text in items if value == highest), "")
    labels = [label for label, _, _ in items]
    middle = labels[len(labels) // 2 : len(labels) // 2 + 1] if len(labels) > 2 else []
    return Line(
        " ".join(points),
        f"0,100 {' '.join(points)} {SCALE},100",
        (*labels[:1], *middle, *labels[1:][-1:]),
        at_top,
        "",
        tuple((label, text) for label, _, text in items),
    )


@dataclass(frozen=True, slots=True)
class Heat:
    """Rows of cells with a level of 0 (nothing) to 5, and where some of them lead, by row and
    column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)


def heat(rows: Sequence[tuple[str, Sequence[tuple[Number, str]]]], columns: Sequence[str]) -> Heat:
    """Cells of (value, figure), coloured by their share of the largest."""
    largest = max((value for _, cells in rows for value, _ in cells), default=0)
    return Heat(
        tuple(columns),
        tuple(
            (name, tuple((-(-_share(value, largest) * 5 // SCALE), text) for value, text in cells))
            for name, cells in rows
        ),
    )


def _bar(step: Step, start: Number, largest: Number) -> Bar:
    left = _share(start, largest)
    right = _share(_more(start, step.value), largest)
    return Bar(step.label, step.text, step.fill, left, right - left, step.total)


def _share(value: Number, largest: Number) -> int:
    if not largest:
        return 0
    return max(0, min(SCALE, round(SCALE * Fraction(value) / Fraction(largest))))


def _less(one: Number, other: Number) -> Fraction:
    return Fraction(one) - Fraction(other)


def _more(one: Number, other: Number) -> Fraction:
    return Fraction(one) + Fraction(other)
