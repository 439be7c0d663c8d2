"""Who is told of reports that come due."""

from booking.access.roles import Role
from booking.accounts.queries.people import readers_with
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import OF_CENTRE, in_company
from booking.organisations.queries import organisation_summary
from booking.utilisation.events import ReportDue


def tell_of_report(uow: UnitOfWork, event: ReportDue) -> None:
    """A provider's to who runs it, the zone's to the centre."""
    told: dict[str, str | int] = {
        "kind": event.kind,
        "period": event.period,
        "due": event.due.isoformat(),
        "organisation": "",
        "organisation_id": event.organisation_id or 0,
    }
    if event.organisation_id is None:
        readers, standing = readers_with(uow.session, Role.CENTRE_ADMIN), OF_CENTRE
    else:
        told["organisation"] = organisation_summary(uow.session, event.organisation_id).name
        readers = readers_with(uow.session, Role.COMPANY_ADMIN, event.organisation_id)
        standing = in_company(event.organisation_id)
    for reader in readers:
        words = {**told, "name": reader.name}
        write_letter(uow, addressed(reader, "report_due", words, standing=standing), now=event.at)
