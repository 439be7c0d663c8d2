"""Pictures as SVG on a field 1000 wide: shapes with classes, no words, no colours of their own.

What surrounds the shapes (words of the scale, key, table) comes beside them, so that pages say it
in HTML and papers in their own face. `ui.picture(columns(...))`
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from markupsafe import Markup, escape

from booking.web.charts import Bar, Fill, Number

WIDTH: Final = 1000
HEIGHT: Final = 240
_DAY_CELL: Final = 20
# Of a slot, what stays empty beside its columns.
_GAP: Final = Fraction(1, 5)
_NOWHERE: Final[Mapping[tuple[int, int], str]] = MappingProxyType({})
_OPENING: Final = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" preserveAspectRatio="none"'
    ' aria-hidden="true" focusable="false">'
)
_RECT: Final = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}">{}</rect>')
_LINE: Final = Markup('<line class="mark-line mark-{}" x1="0" x2="{}" y1="{}" y2="{}"/>')


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of every slot, as a number and as people read it; None where there is none."""

    name: str
    fill: Fill
    values: Sequence[Number | None]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A line to compare with."""

    words: str
    value: Number
    fill: Fill = "danger"


@dataclass(frozen=True, slots=True)
class Picture:
    """The shapes; words at the left from the top down and below from the left on; what each fill
    means; and the table that says the same."""

    svg: Markup
    left: tuple[str, ...]
    below: tuple[str, ...]
    key: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "columns"
    # Where figures of the table lead, by row and column.
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)


def columns(
    labels: Sequence[str],
    series: Sequence[Series],
    marks: Sequence[Mark] = (),
    *,
    of: str,
    top_text: str = "",
) -> Picture:
    """Columns beside one another in every slot, over lines to compare with."""
    values = [value for one in series for value in one.values if value is not None]
    top = max([*values, *(mark.value for mark in marks)], default=0)
    shapes = [*_beside(labels, series, top), *_lines(marks, top)]
    return Picture(
        _svg(WIDTH, HEIGHT, shapes),
        (top_text or _text_of(top, series), "0"),
        _some(labels),
        (
            *((f"fill-{one.fill}", one.name) for one in series),
            *((f"mark-{mark.fill}", mark.words) for mark in marks),
        ),
        (of, *(one.name for one in series)),
        _rows(labels, series),
    )


def stacked(labels: Sequence[str], series: Sequence[Series], *, of: str) -> Picture:
    """Each slot a whole, divided among the series: what share each has."""
    shapes: list[Markup] = []
    for slot, label in enumerate(labels):
        parts = [Fraction(one.values[slot] or 0) for one in series]
        floor, whole = Fraction(0), sum(parts)
        for one, part in zip(series, parts, strict=True):
            if whole:
                at = _slot(slot, len(labels))
                title = f"{label} · {one.name} {one.texts[slot]}"
                shapes.append(_column(at, floor / whole, part / whole, fill=one.fill, title=title))
                floor += part
    return Picture(
        _svg(WIDTH, HEIGHT, shapes),
        ("100%", "0"),
        _some(labels),
        tuple((f"fill-{one.fill}", one.name) for one in series),
        (of, *(one.name for one in series)),
        _rows(labels, series),
    )


@dataclass(frozen=True, slots=True)
class Day:
    """A day's figure, its words, and how deep its colour is (0 to 5; None: it does not count)."""

    on: date
    level: int | None
    text: str


def days(
    every: Sequence[Day],
    *,
    months: Sequence[str],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    links: Mapping[tuple[int, int], str] = _NOWHERE,
) -> Picture:
    """Weeks as columns from Monday down; `months` are the words below."""
    if not every:
        return Picture(Markup(""), (), (), (), tuple(head), (), "days")
    monday = every[0].on - timedelta(days=every[0].on.weekday())
    weeks = (every[-1].on - monday).days // 7 + 1
    shapes = [
        _rect(
            "heat-none" if one.level is None else f"heat-{one.level}",
            ((one.on - monday).days // 7 * _DAY_CELL, one.on.weekday() * _DAY_CELL),
            (_DAY_CELL - 2, _DAY_CELL - 2),
            title=one.text,
        )
        for one in every
    ]
    return Picture(
        _svg(weeks * _DAY_CELL, 7 * _DAY_CELL, shapes),
        (),
        tuple(months),
        (),
        tuple(head),
        tuple(tuple(row) for row in rows),
        "days",
        links,
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """From where to where on a line that runs from 0 to 1."""

    start: Fraction
    end: Fraction
    fill: Fill
    title: str


def timeline(
    stretches: Sequence[Stretch],
    labels: Sequence[str],
    key: Sequence[tuple[Fill, str]],
    *,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> Picture:
    """Stretches of time on one line; the shortest stays wide enough to be seen."""
    shapes = [_rect("fill-track", (0, 0), (WIDTH, 40), title="")]
    for one in stretches:
        width = max(Fraction(3), (one.end - one.start) * WIDTH)
        left = min(one.start * WIDTH, WIDTH - width)
        shapes.append(_rect(f"fill-{one.fill}", (left, 0), (width, 40), title=one.title))
    return Picture(
        _svg(WIDTH, 40, shapes),
        (),
        tuple(labels),
        tuple((f"fill-{fill}", words) for fill, words in key),
        tuple(head),
        tuple(tuple(row) for row in rows),
        "line",
    )


def _beside(labels: Sequence[str], series: Sequence[Series], top: Number) -> Iterator[Markup]:
    for slot, label in enumerate(labels):
        for place, one in enumerate(series):
            value = one.values[slot]
            if value is not None:
                at = _slot(slot, len(labels), place=place, places=len(series))
                share = Fraction(value) / Fraction(top) if top else Fraction(0)
                title = f"{label} · {one.name} {one.texts[slot]}"
                yield _column(at, Fraction(0), share, fill=one.fill, title=title)


def _slot(slot: int, slots: int, *, place: int = 0, places: int = 1) -> tuple[Fraction, Fraction]:
    """From where, and how wide, a column of a slot is."""
    width = Fraction(WIDTH, slots) * (1 - _GAP) / places
    return Fraction(WIDTH * slot, slots) + Fraction(WIDTH, slots) * _GAP / 2 + width * place, width


def _column(
    at: tuple[Fraction, Fraction], floor: Fraction, share: Fraction, *, fill: Fill, title: str
) -> Markup:
    height = share * HEIGHT
    top = HEIGHT - floor * HEIGHT - height
    return _rect(f"fill-{fill}", (at[0], top), (at[1], height), title=title)


def _lines(marks: Sequence[Mark], top: Number) -> Iterator[Markup]:
    for mark in marks:
        y = _number(HEIGHT - (Fraction(mark.value) / Fraction(top) if top else 0) * HEIGHT)
        yield _LINE.format(mark.fill, WIDTH, y, y)


def _rect(
    class_: str, at: tuple[Number, Number], size: tuple[Number, Number], *, title: str
) -> Markup:
    x, y, width, height = (_number(one) for one in (*at, *size))
    told = Markup("<title>{}</title>").format(title) if title else ""
    return _RECT.format(class_, x, y, width, height, told)


def _svg(width: int, height: int, shapes: Sequence[Markup]) -> Markup:
    return _OPENING.format(width, height) + Markup("").join(shapes) + Markup("</svg>")


def _number(value: Number) -> str:
    """To two places, without empty ones."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _text_of(top: Number, series: Sequence[Series]) -> str:
    for one in series:
        for value, text in zip(one.values, one.texts, strict=True):
            if value == top:
                return text
    return str(escape(_number(top)))


def _some(labels: Sequence[str]) -> tuple[str, ...]:
    """The first, the one in the middle and the last."""
    if len(labels) <= 4:
        return tuple(labels)
    return labels[0], labels[len(labels) // 2], labels[-1]


def _rows(labels: Sequence[str], series: Sequence[Series]) -> tuple[tuple[str, ...], ...]:
    return tuple((label, *(one.texts[slot] for one in series)) for slot, label in enumerate(labels))


def bar_svg(bar: Bar) -> Markup:
    """One bar of a chart, as `ui.bar_chart` draws it in its row."""
    shapes = [
        _rect("fill-track", (0, 0), (WIDTH, 18), title=""),
        _rect(f"fill-{bar.fill}", (bar.start, 0), (bar.length, 18), title=""),
    ]
    return _svg(WIDTH, 18, shapes)
