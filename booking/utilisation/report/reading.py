"""Who may read, complete and hand in what of a report."""

from collections.abc import Sequence
from dataclasses import replace

from booking.access.actor import Actor, Reach
from booking.access.permissions import Permission
from booking.utilisation.report.filed import Filed, Line, Sheet
from booking.utilisation.rules.service_record import CONTACTS
from booking.utilisation.rules.sheets import Difference, Report
from booking.utilisation.rules.templates import is_confidential


def may_file(actor: Actor, report: Report) -> bool:
    """Whoever runs the organisation; for the zone whoever runs all of them."""
    if report.owner is None:
        return actor.reach(Permission.ORGANISATION_MANAGE).everywhere
    return actor.may_for(Permission.ORGANISATION_MANAGE, organisation_id=report.owner)


def may_enter(actor: Actor, report: Report, line: Line) -> bool:
    """Whoever files it, and who keeps the lab that the record is about."""
    if may_file(actor, report):
        return True
    place = {"organisation_id": report.owner, "lab_id": line.lab_id}
    return line.lab_id is not None and actor.may_for(Permission.INSTRUMENT_MANAGE, **place)


def sees_subsidy(visitor: Actor | None) -> bool:
    """What programmes paid is told to those who read every statement: of an instrument with a
    single user, the sum is that user's."""
    return visitor is not None and visitor.reach(Permission.STATEMENT_READ).everywhere


def sees_whole(report: Report, reach: Reach) -> bool:
    """Whether somebody reads all of it, and what was handed in."""
    return reach.everywhere or report.owner in reach.organisation_ids


def is_told(code: str, report: Report, actor: Actor) -> bool:
    """Whether somebody reads a column in every record; how users are reached is the business of
    those who file it, and of who keeps the lab."""
    if is_confidential(code):
        return sees_subsidy(actor)
    return code not in CONTACTS or _keeps_all(actor, report)


def as_read(sheet: Sheet, actor: Actor) -> Filed:
    """The report as it stands, as somebody may read it."""
    report, told = sheet.report, sheet.written()
    bare = for_reader(told, report, actor)
    mine = {line.key for line in sheet.lines if may_enter(actor, report, line)}
    full = told if sees_subsidy(actor) else told.without(_confidential(told))
    return replace(
        bare, lines={key: (full if key in mine else bare).lines[key] for key in told.lines}
    )


def for_reader(filed: Filed, report: Report, actor: Actor) -> Filed:
    """The same of what was handed in."""
    hidden = [code for code, _ in filed.columns if not is_told(code, report, actor)]
    return filed.without(hidden) if hidden else filed


def differences_told(
    differing: Sequence[Difference], report: Report, actor: Actor
) -> Sequence[Difference]:
    """A record that came or went differs in how its user is reached as well."""
    return [one for one in differing if is_told(one.column, report, actor)]


def _confidential(filed: Filed) -> list[str]:
    return [code for code, _ in filed.columns if is_confidential(code)]


def _keeps_all(actor: Actor, report: Report) -> bool:
    keeps = actor.may_for(Permission.INSTRUMENT_MANAGE, organisation_id=report.owner)
    return may_file(actor, report) or keeps
