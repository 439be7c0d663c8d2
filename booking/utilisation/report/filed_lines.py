"""The records of each kind of report, out of what is recorded and what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Protocol

from sqlmodel import Session

from booking.access.actor import Reach
from booking.instruments.platform import units_with
from booking.instruments.queries.cards import Insider
from booking.instruments.queries.sheets import Wish, owners_of, units_of
from booking.instruments.rules import records, unit_record
from booking.instruments.rules.columns import Need as CardNeed
from booking.instruments.states import FINAL
from booking.utilisation.queries.filings import entries_of
from booking.utilisation.queries.service_uses import served_uses
from booking.utilisation.queries.yearly import KeptFigures
from booking.utilisation.report.evaluated import efficiency_lines, monitoring_lines
from booking.utilisation.report.filed import Line
from booking.utilisation.report.templates import template
from booking.utilisation.rules import service_record
from booking.utilisation.rules.sheets import Column, Kind, Mend, Need, Report


class _Builder(Protocol):
    def __call__(
        self, session: Session, report: Report, reach: Reach, *, now: datetime
    ) -> Sequence[Line]: ...


def _service(session: Session, report: Report, reach: Reach, *, now: datetime) -> Sequence[Line]:  # noqa: ARG001 - a builder's shape
    typed = entries_of(session, report)
    return [
        Line(
            key=use.number,
            name=f"{use.instrument_name} · {use.applicant_unit}",
            name_en=(
                f"{use.instrument_name_en or use.instrument_name}"
                f" · {use.applicant_unit_en or use.applicant_unit}"
            ),
            values=service_record.record_of(use, typed.get(use.number, {})),
            columns=service_record.COLUMNS,
            lab_id=use.lab_id,
            instrument_id=use.instrument_id,
            user_id=use.unit_id,
            reservation_id=use.reservation_id,
        )
        for use in served_uses(session, report, reach)
    ]


_NEEDS: Final = {
    CardNeed.REQUIRED: Need.REQUIRED,
    CardNeed.RECOMMENDED: Need.WANTED,
    CardNeed.OPTIONAL: Need.OPTIONAL,
}
_MENDS: Final = {records.Mend.ORGANISATION: Mend.ORGANISATION, records.Mend.ELSEWHERE: Mend.ENTRY}
UNIT_COLUMNS: Final = tuple(
    Column(
        one.name,
        one.heading,
        need=_NEEDS[one.need],
        longest=500 if one.mend is records.Mend.ELSEWHERE else one.longest,
        mend=_MENDS.get(one.mend, Mend.CARD),
        typed=one.mend is records.Mend.ELSEWHERE,
    )
    for one in unit_record.FIELDS
)


def _unit(session: Session, report: Report, reach: Reach, *, now: datetime) -> Sequence[Line]:  # noqa: ARG001 - a builder's shape
    if report.owner is None or not _sees_whole(report, reach):
        return []
    insider = Insider(organisation_ids=frozenset({report.owner}))
    wish = Wish(insider, leaving_out=FINAL)
    owners = owners_of(session, replace(wish, leaving_out=frozenset()))
    figures = KeptFigures().of_year(session, report.period.first.year, list(owners))
    typed = entries_of(session, report)
    return [
        Line(
            key=str(unit["id"]),
            name=unit["name"],
            name_en="",
            values=_told(unit, typed.get(str(unit["id"]), {})),
            columns=UNIT_COLUMNS,
        )
        for unit in units_with(units_of(session, wish), owners, figures)
    ]


def _told(unit: Mapping[Any, Any], typed: Mapping[str, str]) -> dict[str, str]:
    return {**records.told_by(unit_record.FIELDS, unit), **typed}


def _sees_whole(report: Report, reach: Reach) -> bool:
    return reach.everywhere or report.owner in reach.organisation_ids


_BUILDERS: Final[Mapping[Kind, _Builder]] = {
    Kind.SERVICE: _service,
    Kind.UNIT: _unit,
    Kind.EFFICIENCY: efficiency_lines,
    Kind.MONITORING: monitoring_lines,
}


def lines_of(session: Session, report: Report, *, reach: Reach, now: datetime) -> Sequence[Line]:
    """Every record of a report that its reader may see."""
    return _BUILDERS[report.kind](session, report, reach, now=now)


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """The fields of a report."""
    match kind:
        case Kind.SERVICE:
            return service_record.COLUMNS
        case Kind.UNIT:
            return UNIT_COLUMNS
        case _:
            return template(kind).columns
