"""File a report: type what no record tells, hand it in as it stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlmodel import Session

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import NotFound
from booking.reservations.actions.give_feedback import keep_as_reported
from booking.utilisation.errors import FiguresBehind, NothingNew, PeriodRuns
from booking.utilisation.events import ReportEntered, ReportFiled
from booking.utilisation.models import ReportEntry, ReportFiling
from booking.utilisation.queries.filings import (
    entry_for_update,
    filings_of,
    providers_in,
    queue_to_file,
)
from booking.utilisation.queries.single_uses import GrantSource, NothingGranted
from booking.utilisation.queries.yearly_sheet import all_of
from booking.utilisation.report.filed import Filed, Line, Sheet, is_over
from booking.utilisation.report.filing import EVERYTHING, sheet_of
from booking.utilisation.report.reading import may_enter, may_file
from booking.utilisation.rules.service_record import CONTACTS
from booking.utilisation.rules.sheets import Kind, Report

_NOTHING: Final = NothingGranted()


def enter_line(
    uow: UnitOfWork,
    report: Report,
    line: Line,
    *,
    entered: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> ReportEntry:
    """Keep what is said of one record; it takes the place of what was said before."""
    if not may_enter(actor, report, line):
        raise NotFound(record=line.key)
    queue_to_file(uow.session, report.owner)
    row = entry_for_update(uow.session, report, line.key)
    before: Mapping[str, str] = {} if row is None else row.entered
    if row is None:
        row = ReportEntry(
            kind=report.kind,
            organisation_id=report.owner,
            period=report.period.code,
            subject=line.key,
            entered={},
        )
        uow.session.add(row)
    row.entered = {code: value for code, value in entered.items() if value}
    uow.session.flush()
    named = sorted(before.keys() | row.entered.keys())
    changes = {name: (before.get(name), row.entered.get(name)) for name in named}
    uow.announce(
        ReportEntered(
            at=now,
            subject=_subject(report),
            actor_id=actor.known_id,
            cause=f"{report.kind.value} {report.period.code} {line.key}",
            organisation_id=report.owner,
            changes={
                name: _unsaid(pair) if name in CONTACTS else pair
                for name, pair in changes.items()
                if pair[0] != pair[1]
            },
        )
    )
    return row


def _unsaid(pair: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    """That it changed, but not to what: the trail is kept for ever, and others read it."""
    before, after = ("…" if value else value for value in pair)
    return before, after


def file_report(
    uow: UnitOfWork,
    report: Report,
    *,
    actor: Actor,
    now: datetime,
    grants: GrantSource = _NOTHING,
) -> ReportFiling:
    """Freeze a report of a period that is over, as a further version."""
    if not (may_file(actor, report) and _reports(uow, report)):
        raise NotFound(organisation_id=report.owner or 0)
    if not is_over(report, now):
        raise PeriodRuns(period=report.period.code)
    queue_to_file(uow.session, report.owner)
    sheet = whole_sheet(uow.session, report, now=now, grants=grants)
    if not sheet.up_to_date:
        raise FiguresBehind(period=report.period.code)
    filed = sheet.as_filed()
    before = filings_of(uow.session, report)
    if not sheet.says_something or (before and before[0].sha256 == filed.fingerprint):
        raise NothingNew(period=report.period.code)
    made = _row(report, filed, now=now)
    made.version = before[0].version + 1 if before else 1
    made.submitted_by = actor.known_id
    uow.session.add(made)
    uow.session.flush()
    _keep_words(uow, sheet, now=now)
    uow.announce(
        ReportFiled(
            at=now,
            subject=_subject(report),
            actor_id=actor.known_id,
            cause=f"{report.kind.value} {report.period.code} v{made.version}",
            organisation_id=report.owner,
            filing_id=made.key,
        )
    )
    return made


def whole_sheet(
    session: Session, report: Report, *, now: datetime, grants: GrantSource = _NOTHING
) -> Sheet:
    """All of it, whoever hands it in."""
    reach = EVERYTHING if report.owner is None else all_of(report.owner)
    return sheet_of(session, report, reach=reach, now=now, grants=grants)


def _reports(uow: UnitOfWork, report: Report) -> bool:
    """Whether there is anything to report of whoever it is."""
    return report.owner is None or bool(providers_in(uow.session, all_of(report.owner)))


def _row(report: Report, filed: Filed, *, now: datetime) -> ReportFiling:
    return ReportFiling(
        kind=report.kind,
        organisation_id=report.owner,
        period=report.period.code,
        version=1,
        columns=[list(column) for column in filed.columns],
        lines={key: dict(values) for key, values in filed.lines.items()},
        corrections=[list(one) for one in filed.corrections],
        sha256=filed.fingerprint,
        submitted_at=now,
    )


def _keep_words(uow: UnitOfWork, sheet: Sheet, *, now: datetime) -> None:
    """What users said of these uses went with their records."""
    if sheet.report.kind is Kind.SERVICE:
        reported = [line.reservation_id for line in sheet.lines if line.reservation_id is not None]
        keep_as_reported(uow, reported, now=now)


def _subject(report: Report) -> str:
    return "zone:all" if report.owner is None else f"organisation:{report.owner}"
