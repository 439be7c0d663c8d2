"""Filters in addresses: read as far as they make sense; facets as links to narrower pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from fastapi import Request
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile

from booking.instruments.forms.finding import Filters
from booking.instruments.queries.facets import Facets
from booking.organisations.queries import labs_by_id
from booking.web.forms import Filled, parse
from booking.web.i18n import language
from booking.web.rendering import Page

F = TypeVar("F", bound=Filters)
# How many labs are offered as filters.
_LABS: Final = 12


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
    label: str = ""


@dataclass(frozen=True, slots=True)
class FacetRow:
    """A filter with its values; `at_least` when more cards were found than are counted."""

    name: str
    family: str
    links: Sequence[FacetLink]
    at_least: bool


def facet_rows(
    session: Session, counted: Facets, page: Page, asked: Mapping[str, str]
) -> Sequence[FacetRow]:
    """The counts as links from a page to its narrower versions; `asked` is what it asks now."""
    labs = _most(counted.labs, asked["lab"])
    named = _named(session, labs)
    rows = (
        ("category", "instruments.category", counted.categories),
        ("district", "organisations.district", counted.districts),
        ("mode", "instruments.service_mode", counted.modes),
        ("price", "instruments.price_band", counted.prices),
        ("lab", "", labs),
    )
    return [
        FacetRow(
            name,
            family,
            [
                FacetLink(
                    value,
                    number,
                    value == asked[name],
                    _narrowed(page, asked, name, value),
                    named.get(value, "") if name == "lab" else "",
                )
                for value, number in values.items()
            ],
            counted.at_least,
        )
        for name, family, values in rows
        if values
    ]


def _most(labs: Mapping[str, int], chosen: str) -> Mapping[str, int]:
    """The labs with the most cards, and the one that is chosen."""
    shown = list(labs)[:_LABS]
    return {one: number for one, number in labs.items() if one in shown or one == chosen}


def _named(session: Session, labs: Iterable[str]) -> Mapping[str, str]:
    english = language() == "en"
    known = labs_by_id(session, [int(one) for one in labs])
    return {str(lab.id): (english and lab.name_en) or lab.name for lab in known.values()}


def _narrowed(page: Page, asked: Mapping[str, str], name: str, value: str) -> str:
    """The address with this value chosen, or without it where it was."""
    return page.url("instruments", **{**asked, name: "" if asked[name] == value else value})
