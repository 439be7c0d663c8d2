"""Open figures for everybody: a page, the same as files for programs, and what columns mean."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from booking.access.actor import Actor
from booking.access.guards import PUBLIC
from booking.accounts.identity import settings_of
from booking.instruments.rules.categories import Category
from booking.organisations.rules import District
from booking.organisations.states import OrganisationKind
from booking.utilisation.forms import readable
from booking.utilisation.report.open_data import COLUMNS, OpenData, Value, open_data
from booking.utilisation.rules.indicators import HOUR
from booking.utilisation.rules.open_figures import Dimension
from booking.utilisation.rules.withholding import LEAST, RULE
from booking.web.downloads import CSV, JSON, csv_bytes, files_of
from booking.web.formats import hours_figure, period_text
from booking.web.forms import blank
from booking.web.i18n import LANGUAGES, Language, translations
from booking.web.ics import is_known
from booking.web.rendering import PageDep
from booking.web.transactions import Reading
from booking.web.words import code_of, words

router = APIRouter()

# They change once a night.
_KEPT = "public, max-age=3600"
_KEYS: Mapping[Dimension, tuple[Any, ...]] = {
    Dimension.DISTRICT: tuple(District),
    Dimension.INSTRUMENT_CLASS: tuple(Category),
    Dimension.PROVIDER_KIND: tuple(OrganisationKind),
}


class Asked(BaseModel):
    """What is wanted of the figures; everything without."""

    by: Dimension | None = None
    period: Annotated[str, Field(max_length=8)] = ""

    def of(self, session: Reading) -> OpenData:
        period = readable(self.period) if self.period else None
        return open_data(session, by=self.by, period=period)


Known = Annotated[str | None, Header(alias="if-none-match")]


@router.get("/open-figures", name="open_figures")
def page_of_figures(
    session: Reading,
    page: PageDep,
    request: Request,
    asked: Annotated[Asked, Query()],
    visitor: Annotated[Actor | None, PUBLIC],
) -> Response:
    """One division in one period, and the way to all of them."""
    every = open_data(session)
    by = asked.by or Dimension.DISTRICT
    code = readable(asked.period).code if asked.period else every.through or ""
    rows = [row for row in every.rows if row["by"] == by and row["period"] == code]
    is_published = code in every.periods or not every.periods
    return page.render(
        "utilisation/open_figures.html",
        status=200 if is_published else 404,
        is_published=is_published,
        rows=[(_key_words(by, str(row["key"])), row, _hours_words(row)) for row in rows],
        by=by,
        period=code,
        divisions=[(one, one is by) for one in Dimension],
        periods=[(one, period_text(one)) for one in reversed(every.periods)],
        form=blank(period=code, by=by.value),
        columns=COLUMNS,
        least=LEAST,
        published_at=every.published_at,
        licence=_licence(request),
    )


@router.get("/open-figures.csv", name="open_figures_csv", responses=files_of(CSV))
def as_csv(
    session: Reading,
    request: Request,
    asked: Annotated[Asked, Query()],
    visitor: Annotated[Actor | None, PUBLIC],
    known: Known = None,
) -> Response:
    """The figures as a table: an empty cell is withheld, as the column `state` says."""
    data = asked.of(session)
    rows = [list(row.values()) for row in data.rows]
    content = csv_bytes([column.name for column in COLUMNS], rows)
    return _kept(content, CSV, _tag(data, request), known)


@router.get("/open-figures.json", name="open_figures_json", responses=files_of(JSON))
def as_json(
    session: Reading,
    request: Request,
    asked: Annotated[Asked, Query()],
    visitor: Annotated[Actor | None, PUBLIC],
    known: Known = None,
) -> Response:
    """The same with where it comes from."""
    data = asked.of(session)
    told = {
        "licence": settings_of(request).open_data_licence or None,
        "dictionary": "/open-figures/dictionary.json",
        "through": data.through,
        "published_at": data.published_at.isoformat() if data.published_at else None,
        "rows": data.rows,
    }
    return _kept(_written(told), JSON, _tag(data, request), known)


@router.get("/open-figures/dictionary.json", name="open_figures_dictionary")
def dictionary(
    request: Request, visitor: Annotated[Actor | None, PUBLIC], known: Known = None
) -> Response:
    """Every column: its unit, what it means, where it comes from; every code in words."""
    zh, en = LANGUAGES
    told = {
        "title": _said("open_figures.title", en),
        "title_zh": _said("open_figures.title", zh),
        "licence": settings_of(request).open_data_licence or _said("open_figures.unlicensed", en),
        "least_users": LEAST,
        "columns": [
            {
                "name": column.name,
                "unit": column.unit,
                "definition": _said(f"open_figures.{column.name}", en),
                "definition_zh": _said(f"open_figures.{column.name}", zh),
                "source": column.source,
            }
            for column in COLUMNS
        ],
        "codes": {
            by.value: {
                key.value: {"zh": _said(code_of(key), zh), "en": _said(code_of(key), en)}
                for key in keys
            }
            for by, keys in _KEYS.items()
        },
    }
    content = _written(told)
    return _kept(content, JSON, sha256(content).hexdigest()[:32], known)


def _kept(content: bytes, media_type: str, tag: str, known: str | None) -> Response:
    """The file, unless its reader has it already; it is the same for everybody."""
    headers = {"etag": f'"{tag}"', "cache-control": _KEPT}
    if is_known(known, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def _tag(data: OpenData, request: Request) -> str:
    """Other figures, another rule by which they are withheld or another licence: another tag."""
    licence = settings_of(request).open_data_licence
    return sha256(f"{data.tag}/{RULE}/{licence}".encode()).hexdigest()[:32]


def _written(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _said(code: str, language: Language) -> str:
    return str(translations(language).gettext(f"code:{code}"))


def _key_words(by: Dimension, key: str) -> str:
    for one in _KEYS.get(by, ()):
        if one.value == key:
            return words(one)
    return words("open_figures.all") if by is Dimension.ZONE else key


def _hours_words(row: Mapping[str, Value]) -> dict[str, str]:
    return {
        name.removesuffix("_hours"): hours_figure(round(value * HOUR))
        for name, value in row.items()
        if name.endswith("_hours") and isinstance(value, (int, float))
    }


def _licence(request: Request) -> str:
    return settings_of(request).open_data_licence or words("open_figures.unlicensed")
