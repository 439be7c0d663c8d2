"""Who is told what became of organisations and their qualifications."""

from booking.access.roles import Role
from booking.accounts.events import (
    SignUpConfirmed,
)
from booking.accounts.queries.people import readers_with
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import OF_CENTRE, in_company
from booking.organisations.events import (
    OrganisationReinstated,
    OrganisationReturned,
    OrganisationSuspended,
    OrganisationVerified,
    QualificationExpiring,
    QualificationReturned,
    QualificationVerified,
)
from booking.organisations.queries import organisation_summary
from booking.organisations.report.qualifications import qualification_row


def tell_centre_of_registration(uow: UnitOfWork, event: SignUpConfirmed) -> None:
    """Somebody at the centre has to look at it."""
    organisation = organisation_summary(uow.session, event.organisation_id)
    for reader in readers_with(uow.session, Role.CENTRE_ADMIN):
        told = {"name": reader.name, "organisation": organisation.name}
        letter = addressed(reader, "registration_waiting", told, standing=OF_CENTRE)
        write_letter(uow, letter, now=event.at)


def tell_organisation(
    uow: UnitOfWork,
    event: OrganisationVerified
    | OrganisationReturned
    | OrganisationSuspended
    | OrganisationReinstated,
) -> None:
    """What the centre decided, to whoever administers the organisation."""
    organisation = organisation_summary(uow.session, event.organisation_id)
    for reader in readers_with(uow.session, Role.COMPANY_ADMIN, event.organisation_id):
        told = {
            "name": reader.name,
            "organisation": organisation.name,
            "organisation_id": organisation.id,
            "state": organisation.state.value,
            "reason": event.cause,
        }
        standing = in_company(organisation.id)
        letter = addressed(reader, "organisation_state", told, standing=standing)
        write_letter(uow, letter, now=event.at)


def tell_of_qualification(
    uow: UnitOfWork, event: QualificationVerified | QualificationReturned | QualificationExpiring
) -> None:
    """What became of a certificate, or that it ends soon, to whoever administers its holder."""
    row = qualification_row(uow.session, event.qualification_id)
    organisation = organisation_summary(uow.session, event.organisation_id)
    told = {
        "organisation": organisation.name,
        "organisation_id": organisation.id,
        "code": row.code,
        "number": row.number,
        "valid_to": row.valid_to.isoformat() if row.valid_to else "",
        "days": event.days if isinstance(event, QualificationExpiring) else None,
        "state": row.state.value,
        "reason": event.cause,
    }
    for reader in readers_with(uow.session, Role.COMPANY_ADMIN, event.organisation_id):
        told["name"] = reader.name
        standing = in_company(organisation.id)
        letter = addressed(reader, "qualification", told, standing=standing)
        write_letter(uow, letter, now=event.at)
