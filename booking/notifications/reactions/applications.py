"""Who is told of applications, and of programmes that wait for a second person."""

from collections.abc import Mapping

from booking.access.roles import Role
from booking.accounts.queries.people import readers_with, readers_with_each
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.rules.standing import OF_FINANCE, in_company
from booking.organisations.queries import organisation_summary
from booking.subsidies.events import (
    ApplicationHandedIn,
    ApplicationRevoked,
    ApplicationStepped,
    ApplicationWithdrawn,
    ProgrammeEnded,
    ProgrammeEndingAsked,
    ProgrammeEndingDeclined,
    ProgrammeProposed,
    ProgrammeReturned,
    ProgrammeWithdrawn,
)
from booking.subsidies.queries.ends import applicants_of


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
        **_of_programme(event.title),
        "reason": event.cause,
        "day": event.revoked_from.isoformat() if isinstance(event, ApplicationRevoked) else "",
        "document": "",
    }
    for reader in readers:
        words = {**told, "name": reader.name}
        letter = addressed(reader, "application_step", words, standing=standing)
        write_letter(uow, letter, now=event.at)


def tell_of_end(uow: UnitOfWork, event: ProgrammeEnded | ProgrammeWithdrawn) -> None:
    """To everybody who applied: from which day on nothing is paid any more; to those who wait, what
    they may do."""
    told = {
        **_of_programme(event.title),
        "reason": event.reason,
        "day": event.last_day.isoformat(),
        "document": event.document,
    }
    applicants = applicants_of(uow.session, event.version_id)
    places = [one.organisation_id for one in applicants]
    readers = readers_with_each(uow.session, Role.COMPANY_ADMIN, places)
    for one in applicants:
        place = one.organisation_id
        of_it = {
            "step": event.name if one.accepted else f"{event.name}_waiting",
            "application_id": one.application_id,
            "organisation": one.organisation,
        }
        for reader in readers[place]:
            words = {**told, **of_it, "name": reader.name}
            letter = addressed(reader, "application_step", words, standing=in_company(place))
            write_letter(uow, letter, now=event.at)


def tell_of_ending(uow: UnitOfWork, event: ProgrammeEndingAsked | ProgrammeEndingDeclined) -> None:
    """That a second person is needed, to the others of finance; that it goes on, to the first."""
    declined = isinstance(event, ProgrammeEndingDeclined)
    told = {
        "step": event.name.replace(".ending", ".withdrawal") if event.withdraws else event.name,
        "programme": event.programme,
        "version": event.version,
        "document": event.document,
        "day": event.last_day.isoformat(),
        "reason": event.reason,
    }
    for reader in readers_with(uow.session, Role.FINANCE):
        concerned = not declined or reader.id == event.asked_by
        if concerned and reader.id != event.actor_id:
            words = {**told, "name": reader.name}
            letter = addressed(reader, "programme_step", words, standing=OF_FINANCE)
            write_letter(uow, letter, now=event.at)


def _of_programme(title: Mapping[str, str]) -> dict[str, str]:
    return {"programme": title["zh"], "programme_en": title["en"]}


def tell_of_proposal(uow: UnitOfWork, event: ProgrammeProposed | ProgrammeReturned) -> None:
    """That a second person is needed, to the others of finance; that it went back, to the first."""
    told = {
        "step": event.name,
        "programme": event.programme,
        "version": event.version,
        "document": "" if isinstance(event, ProgrammeReturned) else event.document,
        "day": "",
        "reason": event.reason if isinstance(event, ProgrammeReturned) else "",
    }
    for reader in readers_with(uow.session, Role.FINANCE):
        concerned = not isinstance(event, ProgrammeReturned) or reader.id == event.proposed_by
        if concerned and reader.id != event.actor_id:
            words = {**told, "name": reader.name}
            letter = addressed(reader, "programme_step", words, standing=OF_FINANCE)
            write_letter(uow, letter, now=event.at)
