"""Who is told of applications, and of programmes that wait for a second person."""

from booking.access.roles import Role
from booking.accounts.queries.people import readers_with
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import OF_FINANCE, in_company
from booking.organisations.queries import organisation_summary
from booking.subsidies.events import (
    ApplicationHandedIn,
    ApplicationStepped,
    ApplicationWithdrawn,
    ProgrammeProposed,
    ProgrammeReturned,
)


def tell_of_application(uow: UnitOfWork, event: ApplicationStepped) -> None:
    """What became of it, to whoever administers the company; what it does itself, to finance."""
    place = event.organisation_id
    if isinstance(event, ApplicationWithdrawn) and event.never_seen:
        return
    if isinstance(event, ApplicationHandedIn | ApplicationWithdrawn):
        readers, standing = readers_with(uow.session, Role.FINANCE), OF_FINANCE
    else:
        readers = readers_with(uow.session, Role.COMPANY_ADMIN, place)
        standing = in_company(place)
    told = {
        "step": event.name,
        "application_id": event.application_id,
        "organisation": organisation_summary(uow.session, place).name,
        "programme": event.title["zh"],
        "programme_en": event.title["en"],
        "reason": event.cause,
    }
    for reader in readers:
        words = {**told, "name": reader.name}
        letter = addressed(reader, "application_step", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def tell_of_proposal(uow: UnitOfWork, event: ProgrammeProposed | ProgrammeReturned) -> None:
    """That a second person is needed, to the others of finance; that it went back, to the first."""
    told = {
        "step": event.name,
        "programme": event.programme,
        "version": event.version,
        "document": "" if isinstance(event, ProgrammeReturned) else event.document,
        "reason": event.reason if isinstance(event, ProgrammeReturned) else "",
    }
    for reader in readers_with(uow.session, Role.FINANCE):
        concerned = not isinstance(event, ProgrammeReturned) or reader.id == event.proposed_by
        if concerned and reader.id != event.actor_id:
            words = {**told, "name": reader.name}
            letter = addressed(reader, "programme_step", words, standing=OF_FINANCE)
            write_letter(uow, letter, now=event.at)
