"""A provider's yearly report: what is missing first, then the paper."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.kernel.clock import local
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.utilisation.exports.year_paper import year_pdf
from booking.utilisation.forms import (
    GrantsDep,
    may_read,
    sheets_reach,
)
from booking.utilisation.forms.year import ProviderYear
from booking.utilisation.queries.kept import Sight
from booking.utilisation.queries.providers import providers_read_by
from booking.utilisation.queries.single_uses import GrantSource, NothingGranted
from booking.utilisation.report.pooled import Asked, By
from booking.utilisation.report.reading import sees_subsidy
from booking.utilisation.report.year import Year, year_of
from booking.utilisation.routes.year_words import gap_words, paper_of
from booking.web.clock import ClockDep
from booking.web.downloads import PDF, download, files_of
from booking.web.filters import localised
from booking.web.forms import blank
from booking.web.i18n import speak
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.UTILISATION_READ, Permission.ORGANISATION_MANAGE)]
Providers = Sequence[tuple[int, str, str]]


@router.get("/reports/provider-year", name="provider_year")
def provider_year(
    session: Reading,
    page: PageDep,
    clock: ClockDep,
    wanted: Annotated[ProviderYear, Query()],
    actor: Reader,
) -> Response:
    """Which provider and year, what its records lack, and the paper in both languages."""
    now = clock.now()
    known = providers_read_by(session, sheets_reach(actor))
    period = wanted.period_or_last(local(now).date())
    if not known and wanted.organisation is None:
        return page.render("utilisation/provider_year.html", year=None, period=period)
    chosen, name = _chosen(known, wanted.organisation)
    year = _year(session, chosen, period, now=now)
    return page.render(
        "utilisation/provider_year.html",
        year=year,
        period=period,
        organisation=chosen,
        name=name,
        known=known,
        reads=may_read(actor),
        missing=[(one, gap_words(one)) for one in year.missing],
        form=blank(organisation=chosen, period=period.code),
        years=_years(local(now).date().year),
    )


@router.get("/reports/provider-year.pdf", name="provider_year_pdf", responses=files_of(PDF))
def provider_year_pdf(
    session: Reading,
    clock: ClockDep,
    grants: GrantsDep,
    wanted: Annotated[ProviderYear, Query()],
    actor: Reader,
) -> Response:
    """The paper: the same figures make the same bytes."""
    now = clock.now()
    known = providers_read_by(session, sheets_reach(actor))
    chosen, name = _chosen(known, wanted.organisation)
    if wanted.language:
        speak(wanted.language)
    subsidy = sees_subsidy(actor)
    period = wanted.period_or_last(local(now).date())
    year = _year(session, chosen, period, now=now, grants=grants if subsidy else None)
    paper = paper_of(year, name, subsidy=subsidy)
    filename = f"utilisation-{chosen}-{period.code}-{paper.language[:2]}.pdf"
    return download(year_pdf(paper), filename=filename, media_type=PDF)


def _chosen(known: Providers, organisation: int | None) -> tuple[int, str]:
    for key, name, name_en in known:
        if organisation in {None, key}:
            return key, localised(name, name_en)
    raise NotFound(organisation_id=organisation)


def _year(
    session: Session,
    organisation: int,
    period: Period,
    *,
    now: datetime,
    grants: GrantSource | None = None,
) -> Year:
    asked = Asked(
        period=period,
        by=By.INSTRUMENT,
        sight=Sight(organisation_id=organisation),
        grants=grants or NothingGranted(),
    )
    return year_of(session, asked, now=now)


def _years(present: int) -> list[str]:
    calendar = [str(year) for year in range(present, present - 4, -1)]
    return calendar + [f"AY{year}" for year in range(present, present - 4, -1)]
