"""A provider's year on paper: PDF by Typst, out of what it is given and nothing else.

The face is embedded and no clock is asked: the same figures and language give the same bytes for as
long as template and typesetter stay the same. Pictures are those of the pages; here they get their
colours.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import typst

from booking.settings import REPOSITORY
from booking.web.charts import Bar
from booking.web.i18n import Language
from booking.web.pictures import Picture, bar_svg

# An archive's standard, and tags that let a screen reader follow the tables whatever their length.
_STANDARDS: Final = ("a-2a", "ua-1")
TEMPLATE: Final = REPOSITORY / "templates" / "documents" / "provider_year.typ"
_FONTS: Final = REPOSITORY / "static" / "vendor" / "fonts"
_LANG: Final[dict[Language, tuple[str, str]]] = {"zh_CN": ("zh", "cn"), "en": ("en", "gb")}
_COLOURS: Final = (
    ".fill-accent{fill:#0b6e5a}.fill-soft{fill:#b5dacf}.fill-busy{fill:#c9d3d0}"
    ".fill-warn{fill:#c98a1b}.fill-danger{fill:#a8321e}.fill-idle{fill:#e4eae8}"
    ".fill-track{fill:#f1f4f3}.mark-line{stroke:#a8321e;stroke-width:2;stroke-dasharray:8 6}"
    ".mark-warn{stroke:#c98a1b}"
)

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with its title and what is said below it."""

    title: str
    picture: Picture
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPaper:
    """All that stands on the paper, already in the reader's language."""

    language: Language
    through: date
    heading: str
    name: str
    period: str
    facts: Sequence[tuple[str, str]]
    figures: Sequence[tuple[str, str]]
    figures_title: str
    water_title: str
    water: Sequence[Bar]
    pictures: Sequence[Drawn]
    table_title: str
    head: Cells
    rows: Sequence[Cells]
    total: Cells
    missing_title: str
    missing: Sequence[tuple[str, str]]
    nothing_missing: str
    page: str


def year_pdf(paper: YearPaper) -> bytes:
    """The paper as PDF."""
    made: bytes = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        pdf_standards=list(_STANDARDS),
        sys_inputs={"data": json.dumps(_data(paper), ensure_ascii=False)},
    )
    return made


def coloured(svg: str) -> str:
    """A picture that stands alone."""
    head, _, shapes = svg.partition(">")
    return f"{head}><style>{_COLOURS}</style>{shapes}"


def _data(paper: YearPaper) -> dict[str, object]:
    day = paper.through
    return {
        "lang": _LANG[paper.language],
        "date": (day.year, day.month, day.day),
        "heading": paper.heading,
        "name": paper.name,
        "period": paper.period,
        "facts": list(paper.facts),
        "figures_title": paper.figures_title,
        "figures": list(paper.figures),
        "water_title": paper.water_title,
        "water": [(bar.label, coloured(bar_svg(bar)), bar.text) for bar in paper.water],
        "pictures": [_drawn(one) for one in paper.pictures],
        "table_title": paper.table_title,
        "head": list(paper.head),
        "rows": [list(row) for row in paper.rows],
        "total": list(paper.total),
        "missing_title": paper.missing_title,
        "missing": list(paper.missing),
        "nothing_missing": paper.nothing_missing,
        "page": paper.page,
    }


def _drawn(one: Drawn) -> dict[str, object]:
    picture = one.picture
    return {
        "title": one.title,
        "note": one.note,
        "svg": coloured(picture.svg),
        "left": list(picture.left),
        "below": list(picture.below),
        "key": [(coloured(_sample(fill)), words) for fill, words in picture.key],
        "head": list(picture.head),
        "rows": [list(row) for row in picture.rows],
    }


def _sample(fill: str) -> str:
    opening = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 12">'
    if fill.startswith("mark-"):
        return f'{opening}<line class="mark-line {fill}" x1="0" x2="20" y1="6" y2="6"/></svg>'
    return f'{opening}<rect class="{fill}" width="20" height="12"/></svg>'
