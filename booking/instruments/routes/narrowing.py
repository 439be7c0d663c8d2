"""Filters in addresses: read as far as they make sense; facets as links to narrower pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from booking.instruments.forms.finding import Filters
from booking.instruments.queries.facets import Facets
from booking.web.forms import Filled, parse
from booking.web.rendering import Page

F = TypeVar("F", bound=Filters)


def as_far_as_readable(model: type[F], request: Request) -> tuple[Filled[F], F]:
    """An address as typed, and the filters that make sense.

    A wrong one narrows nothing, and its field says so.
    """
    typed: list[tuple[str, str | UploadFile]] = list(request.query_params.multi_items())
    form = parse(model, FormData(typed))
    if form.model is not None:
        return form, form.model
    kept = [(name, form.value(name)) for name in form.typed if name not in form.faults]
    return form, parse(model, FormData(list(kept))).model or model()


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A value of a filter, how many cards it leaves, and whether it is chosen."""

    value: str
    number: int
    chosen: bool
    url: str


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A filter with its values; `at_least` when more cards were found than are counted."""

    name: str
    family: str
    links: Sequence[FacetLink]
    at_least: bool


def facet_rows(counted: Facets, page: Page, asked: Mapping[str, str]) -> Sequence[FacetRow]:
    """The counts as links from a page to its narrower versions; `asked` is what it asks now."""
    rows = (
        ("category", "instruments.category", counted.categories),
        ("district", "organisations.district", counted.districts),
        ("mode", "instruments.service_mode", counted.modes),
        ("price", "instruments.price_band", counted.prices),
    )
    return [
        FacetRow(
            name,
            family,
            [
                FacetLink(value, number, value == asked[name], _narrowed(page, asked, name, value))
                for value, number in values.items()
            ],
            counted.at_least,
        )
        for name, family, values in rows
        if values
    ]


def _narrowed(page: Page, asked: Mapping[str, str], name: str, value: str) -> str:
    """The address with this value chosen, or without it where it was."""
    return page.url("instruments", **{**asked, name: "" if asked[name] == value else value})
