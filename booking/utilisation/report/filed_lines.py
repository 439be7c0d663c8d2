"""The records of each kind of report, out of what is recorded and what was typed."""

from collections.abc import Mapping
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
from booking.utilisation.queries.kept import Sight
from booking.utilisation.queries.service_uses import served_uses
from booking.utilisation.queries.single_uses import GrantSource
from booking.utilisation.report.evaluated import efficiency, monitoring
from booking.utilisation.report.filed import Drawn, Line
from booking.utilisation.report.templates import template
from booking.utilisation.report.year_figures import counted_year
from booking.utilisation.rules import service_record
from booking.utilisation.rules.sheets import Column, Kind, Mend, Need, Report


class _Builder(Protocol):
    def __call__(
        self, session: Session, report: Report, reach: Reach, *, now: datetime, grants: GrantSource
    ) -> Drawn: ...


def _service(
    session: Session,
    report: Report,
    reach: Reach,
    *,
    now: datetime,  # noqa: ARG001 - a builder's shape
    grants: GrantSource,  # noqa: ARG001 - a builder's shape
) -> Drawn:
    typed = entries_of(session, report)
    lines = [
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
    return Drawn(lines)


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


def _unit(
    session: Session,
    report: Report,
    reach: Reach,
    *,
    now: datetime,
    grants: GrantSource,  # noqa: ARG001 - a builder's shape
) -> Drawn:
    if report.owner is None or not _sees_whole(report, reach):
        return Drawn()
    insider = Insider(organisation_ids=frozenset({report.owner}))
    wish = Wish(insider, leaving_out=FINAL)
    owners = owners_of(session, replace(wish, leaving_out=frozenset()))
    sight = Sight(organisation_id=report.owner)
    year = counted_year(session, report.period.first.year, sight, now=now)
    typed = entries_of(session, report)
    lines = [
        Line(
            key=str(unit["id"]),
            name=unit["name"],
            name_en=unit["name_en"],
            values=_told(unit, typed.get(str(unit["id"]), {})),
            columns=UNIT_COLUMNS,
        )
        for unit in units_with(units_of(session, wish), owners, year.figures)
    ]
    return Drawn(lines, year.up_to_date)


def _told(unit: Mapping[Any, Any], typed: Mapping[str, str]) -> dict[str, str]:
    return {**records.told_by(unit_record.FIELDS, unit), **typed}


def _sees_whole(report: Report, reach: Reach) -> bool:
    return reach.everywhere or report.owner in reach.organisation_ids


_BUILDERS: Final[Mapping[Kind, _Builder]] = {
    Kind.SERVICE: _service,
    Kind.UNIT: _unit,
    Kind.EFFICIENCY: efficiency,
    Kind.MONITORING: monitoring,
}


def drawn_up(
    session: Session, report: Report, *, reach: Reach, now: datetime, grants: GrantSource
) -> Drawn:
    """Every record of a report that its reader may see."""
    return _BUILDERS[report.kind](session, report, reach, now=now, grants=grants)


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """The fields of a report."""
    match kind:
        case Kind.SERVICE:
            return service_record.COLUMNS
        case Kind.UNIT:
            return UNIT_COLUMNS
        case _:
            return template(kind).columns
