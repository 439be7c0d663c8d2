"""Report a year: type what no record tells, name the school, hand the sheet in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.queries.cards import card_seen_by, instrument_for_update
from booking.kernel.errors import NotFound
from booking.kernel.periods import Period
from booking.utilisation.errors import NothingToHandIn, YearNotOver
from booking.utilisation.events import ReportUnitNamed, SheetHandedIn, YearlyEntryChanged
from booking.utilisation.models import ReportSubmission, ReportUnit, YearlyEntry
from booking.utilisation.queries.yearly_sheet import (
    all_of,
    entry_for_update,
    must_report,
    submissions_of,
    unit_for_update,
)
from booking.utilisation.report.sj3 import fingerprint, sheet_of


def enter_year(
    uow: UnitOfWork,
    instrument_id: int,
    period: Period,
    *,
    entered: Mapping[str, str | int],
    actor: Actor,
    now: datetime,
) -> YearlyEntry:
    """Keep what a lab says of an instrument's year; it takes the place of what it said before."""
    seen = card_seen_by(uow.session, instrument_id, actor)
    place = {"organisation_id": seen.organisation_id, "lab_id": seen.instrument.lab_id}
    actor.must(Permission.INSTRUMENT_MANAGE, **place)
    # The card's row keeps two who type for the first time apart.
    instrument_for_update(uow.session, instrument_id)
    row = entry_for_update(uow.session, period, instrument_id)
    before: Mapping[str, Any] = {} if row is None else row.entered
    if row is None:
        row = YearlyEntry(instrument_id=instrument_id, period=period.code, entered={})
        uow.session.add(row)
    row.entered = dict(entered)
    uow.session.flush()
    named = sorted(before.keys() | entered.keys())
    changes = {name: (before.get(name), entered.get(name)) for name in named}
    uow.announce(
        YearlyEntryChanged(
            at=now,
            subject=f"instrument:{instrument_id}",
            actor_id=actor.known_id,
            cause=period.code,
            instrument_id=instrument_id,
            changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]},
        )
    )
    return row


def name_school(
    uow: UnitOfWork, organisation_id: int, code: str, *, actor: Actor, now: datetime
) -> ReportUnit:
    """Say which school the ministry knows an organisation as."""
    _must_head(uow, organisation_id, actor)
    first = {"organisation_id": organisation_id, "school_code": code}
    is_new = insert_unless_exists(uow.session, ReportUnit, [first])
    row = unit_for_update(uow.session, organisation_id)
    before, row.school_code = "" if is_new else row.school_code, code
    uow.session.flush()
    uow.announce(
        ReportUnitNamed(
            at=now,
            subject=f"organisation:{organisation_id}",
            actor_id=actor.known_id,
            organisation_id=organisation_id,
            changes={"school_code": (before, code)},
        )
    )
    return row


def hand_in(
    uow: UnitOfWork, organisation_id: int, period: Period, *, actor: Actor, now: datetime
) -> ReportSubmission:
    """Freeze the sheet of a year that is over, as a further version."""
    _must_head(uow, organisation_id, actor)
    if now < period.span.end:
        raise YearNotOver(period=period.code)
    whole = all_of(organisation_id)
    sheet = sheet_of(uow.session, organisation_id, period, reach=whole, now=now)
    digest = fingerprint(sheet.rows)
    # Who hands in for an organisation does so one after the other.
    unit_for_update(uow.session, organisation_id)
    before = submissions_of(uow.session, organisation_id, period)
    if before and before[0].sha256 == digest:
        raise NothingToHandIn(period=period.code)
    made = ReportSubmission(
        organisation_id=organisation_id,
        period=period.code,
        version=before[0].version + 1 if before else 1,
        lines={str(key): dict(row) for key, row in sheet.rows.items()},
        sha256=digest,
        submitted_by=actor.known_id,
        submitted_at=now,
    )
    uow.session.add(made)
    uow.session.flush()
    uow.announce(
        SheetHandedIn(
            at=now,
            subject=f"organisation:{organisation_id}",
            actor_id=actor.known_id,
            cause=f"{period.code} v{made.version}",
            organisation_id=organisation_id,
            submission_id=made.key,
        )
    )
    return made


def _must_head(uow: UnitOfWork, organisation_id: int, actor: Actor) -> None:
    """Whoever does not run it is told the same as where there is nothing to report."""
    must_report(uow.session, organisation_id)
    if not actor.may_for(Permission.ORGANISATION_MANAGE, organisation_id=organisation_id):
        raise NotFound(organisation_id=organisation_id)
