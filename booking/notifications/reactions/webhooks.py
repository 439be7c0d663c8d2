"""Which programs are told, and who when one of them no longer answers."""

from booking.access.roles import Role
from booking.accounts.queries.people import readers_with
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.queue_messages import queue_messages
from booking.notifications.actions.write_letter import addressed, write_letter
from booking.notifications.composing import told_of
from booking.notifications.events import WebhookFailing
from booking.notifications.queries import listening
from booking.notifications.rules import PAUSED_AFTER
from booking.notifications.rules.standing import in_company
from booking.organisations.events import (
    OrganisationReinstated,
    OrganisationReturned,
    OrganisationSuspended,
    OrganisationVerified,
)
from booking.organisations.queries import organisation_summary
from booking.reservations.events import ReservationEvent
from booking.subsidies.events import StatementStepped


def tell_webhooks(
    uow: UnitOfWork,
    event: ReservationEvent
    | StatementStepped
    | OrganisationVerified
    | OrganisationReturned
    | OrganisationSuspended
    | OrganisationReinstated,
) -> None:
    """The programs of the organisation that a fact is about, and nobody else's."""
    place = event.organisation_id
    question = (listening, place, event.name)
    webhook_ids = uow.ask_once(question, lambda: listening(uow.session, place, event.name))
    if webhook_ids:
        queue_messages(
            uow,
            webhook_ids,
            fact=event.name,
            data=told_of(event),
            organisation_id=place,
            now=event.at,
        )


def tell_webhook_failing(uow: UnitOfWork, event: WebhookFailing) -> None:
    """Whoever administers the organisation has to look after the address."""
    organisation = organisation_summary(uow.session, event.organisation_id)
    for reader in readers_with(uow.session, Role.COMPANY_ADMIN, event.organisation_id):
        told = {
            "name": reader.name,
            "organisation": organisation.name,
            "host": event.host,
            "webhook_id": event.webhook_id,
            "days": PAUSED_AFTER.days,
        }
        standing = in_company(organisation.id)
        letter = addressed(reader, "webhook_failing", told, standing=standing)
        write_letter(uow, letter, now=event.at)
