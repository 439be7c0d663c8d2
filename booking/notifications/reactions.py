"""Who is told what: one function per fact."""

from collections.abc import Mapping

from booking.accounts.events import PasswordChanged, PasswordLinkAsked, PersonInvited
from booking.accounts.queries.people import Reader, reader_of
from booking.accounts.rules import LinkPurpose
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.write_letter import Letter, write_letter


def send_password_link(uow: UnitOfWork, event: PasswordLinkAsked) -> None:
    """The way to a new password."""
    reader = reader_of(uow.session, event.user_id)
    told = {
        "name": reader.name,
        "link": [LinkPurpose.PASSWORD.value, event.link_id],
        "ends_at": event.expires_at.isoformat(),
    }
    write_letter(uow, _to(reader, "password_link", told), now=event.at)


def tell_password_changed(uow: UnitOfWork, event: PasswordChanged) -> None:
    """So that the owner notices when it was somebody else."""
    reader = reader_of(uow.session, event.user_id)
    told = {"name": reader.name, "changed_at": event.at.isoformat()}
    write_letter(uow, _to(reader, "password_changed", told), now=event.at)


def send_invitation(uow: UnitOfWork, event: PersonInvited) -> None:
    """To an address that may have no account yet, in the language of whoever invites."""
    told = {
        "inviter": event.inviter,
        "role": event.role,
        "organisation": event.organisation,
        "lab": event.lab,
        "link": [LinkPurpose.INVITATION.value, event.invitation_id],
        "ends_at": event.expires_at.isoformat(),
    }
    letter = Letter(fact="invitation", email=event.email, locale=event.locale, params=told)
    write_letter(uow, letter, now=event.at)


def _to(reader: Reader, fact: str, told: Mapping[str, object]) -> Letter:
    return Letter(
        fact=fact, email=reader.email, locale=reader.locale, user_id=reader.id, params=told
    )
