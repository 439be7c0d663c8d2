"""A report with what it corrects of those that were handed in before."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session

from booking.access.actor import Reach
from booking.kernel.periods import Period
from booking.utilisation.models import ReportFiling
from booking.utilisation.queries.filings import all_filings, filings_of
from booking.utilisation.queries.service_uses import unsettled_uses
from booking.utilisation.queries.single_uses import GrantSource, NothingGranted
from booking.utilisation.report.filed import Drawn, Sheet, filing_corrections
from booking.utilisation.report.filed_lines import columns_of, drawn_up
from booking.utilisation.report.templates import template
from booking.utilisation.rules.sheets import (
    OF_THE_ZONE,
    Column,
    Difference,
    Kind,
    Report,
    corrected,
    differences,
)

# So many periods back what changed is still told.
LOOKED_BACK: Final = 4
EVERYTHING: Final = Reach(everywhere=True, organisation_ids=frozenset(), lab_ids=frozenset())
_SHOWN: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.SERVICE: frozenset(
        {"serviceEnd", "serviceWay", "serviceAmount", "amounts", "comment"},
    ),
    Kind.UNIT: frozenset(
        {"instruments", "shared", "submittedRates", "externalShareRates"}
        | {"serviceAmounts", "serviceIncome"}
    ),
}
_TEMPLATES: Final = (Kind.EFFICIENCY, Kind.MONITORING)
_NOTHING: Final = NothingGranted()


def sheet_of(
    session: Session,
    report: Report,
    *,
    reach: Reach,
    now: datetime,
    grants: GrantSource = _NOTHING,
) -> Sheet:
    """The report as it stands now, for somebody who sees so far."""
    whole = _whole_is_seen(report, reach)
    form = template(report.kind) if report.kind in _TEMPLATES else None
    is_service = report.kind is Kind.SERVICE
    drawn = drawn_up(session, report, reach=reach, now=now, grants=grants)
    corrections = corrections_of(session, report, now=now, grants=grants) if whole else ()
    return Sheet(
        report=report,
        columns=columns_of(report.kind),
        lines=drawn.lines,
        corrections=tuple(corrections),
        up_to_date=drawn.up_to_date,
        unsettled=unsettled_uses(session, report, reach) if is_service else 0,
        title=form.name if form else "",
        title_en=form.name_en if form else "",
        source=form.source if form else "",
    )


def _whole_is_seen(report: Report, reach: Reach) -> bool:
    return reach.everywhere or report.owner in reach.organisation_ids


def corrections_of(
    session: Session, report: Report, *, now: datetime, grants: GrantSource = _NOTHING
) -> Iterator[Difference]:
    """What records say otherwise by now than was told of earlier periods, in any report since."""
    filings = all_filings(session, report.kind, report.owner)
    earlier = {
        row.period for row in filings if Period.parse(row.period).first < report.period.first
    }
    for period in sorted(earlier, key=lambda code: Period.parse(code).first)[-LOOKED_BACK:]:
        about = Report(report.kind, report.owner, Period.parse(period))
        before = _as_told(filings, about, until=report)
        stands = _whole(session, about, now=now, grants=grants)
        yield from differences(
            columns_of(report.kind),
            before,
            {line.key: line.values for line in stands.lines},
            period=period,
        )


def _as_told(
    filings: Sequence[ReportFiling], about: Report, *, until: Report
) -> dict[str, dict[str, str]]:
    """The last version of a period with what other reports corrected of it afterwards.

    Versions of the report in question tell nothing: a further version takes their place.
    """
    last = next(row for row in filings if row.period == about.period.code)
    since = [
        one
        for row in reversed(filings)
        if row.submitted_at > last.submitted_at and row.period != until.period.code
        for one in filing_corrections(row)
        if one.period == about.period.code
    ]
    return corrected(last.lines, since)


def since_filed(
    session: Session, report: Report, sheet: Sheet
) -> Sequence[tuple[ReportFiling, Sequence[Difference]]]:
    """Each version that was handed in, and what the report says otherwise by now."""
    now = {line.key: line.values for line in sheet.lines}
    return [
        (row, list(differences(sheet.columns, row.lines, now, period=row.period)))
        for row in filings_of(session, report)
    ]


def _whole(session: Session, report: Report, *, now: datetime, grants: GrantSource) -> Drawn:
    if report.owner is None:
        return drawn_up(session, report, reach=EVERYTHING, now=now, grants=grants)
    mine = Reach(
        everywhere=report.kind in OF_THE_ZONE,
        organisation_ids=frozenset({report.owner}),
        lab_ids=frozenset(),
    )
    return drawn_up(session, report, reach=mine, now=now, grants=grants)


def shown_first(columns: Sequence[Column], kind: Kind) -> Sequence[Column]:
    """What a page has room for; files have everything."""
    if kind in _TEMPLATES:
        return [column for column in columns if not column.typed]
    return [column for column in columns if column.code in _SHOWN[kind]]
