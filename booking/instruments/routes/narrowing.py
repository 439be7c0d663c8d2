"""Facets as links: the same page with one filter more, or without the one that is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from booking.instruments.queries.facets import Facets
from booking.web.rendering import Page


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
