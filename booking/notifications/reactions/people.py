"""Who is told what of accounts: mostly their owners."""

from booking.accounts.events import (
    AccountClosed,
    GuiseTaken,
    IdentityLinked,
    MemberLeft,
    PasswordChanged,
    PasswordLinkAsked,
    PersonAnonymised,
    PersonInvited,
    RecoveryCodeUsed,
    RoleDelegated,
    SecondFactorRemoved,
    SecondFactorSetUp,
    SignUpAsked,
    SignUpKnown,
    TokenExpiring,
)
from booking.accounts.queries.people import reader_of
from booking.accounts.rules import ANONYMISED_AFTER, LinkPurpose
from booking.db.transactions import UnitOfWork
from booking.notifications.actions.forget_letters import forget_letters_of
from booking.notifications.actions.write_letter import Letter, addressed, write_letter
from booking.organisations.queries import organisation_summary


def send_password_link(uow: UnitOfWork, event: PasswordLinkAsked) -> None:
    """The way to a new password."""
    reader = reader_of(uow.session, event.user_id)
    told = {
        "name": reader.name,
        "link": [LinkPurpose.PASSWORD.value, event.link_id],
        "ends_at": event.expires_at.isoformat(),
    }
    write_letter(uow, addressed(reader, "password_link", told), now=event.at)


def tell_password_changed(uow: UnitOfWork, event: PasswordChanged) -> None:
    """So that the owner notices when it was somebody else."""
    reader = reader_of(uow.session, event.user_id)
    told = {"name": reader.name, "changed_at": event.at.isoformat()}
    write_letter(uow, addressed(reader, "password_changed", told), now=event.at)


def tell_token_expiring(uow: UnitOfWork, event: TokenExpiring) -> None:
    """So that a program does not stop one morning."""
    reader = reader_of(uow.session, event.user_id)
    told = {"name": reader.name, "token": event.token, "ends_at": event.expires_at.isoformat()}
    write_letter(uow, addressed(reader, "token_expiring", told), now=event.at)


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


def send_sign_up_link(uow: UnitOfWork, event: SignUpAsked) -> None:
    """To an address that has to be confirmed."""
    told = {
        "name": event.person,
        "organisation": event.organisation,
        "link": [LinkPurpose.SIGN_UP.value, event.sign_up_id],
        "ends_at": event.expires_at.isoformat(),
    }
    letter = Letter(fact="sign_up", email=event.email, locale=event.locale, params=told)
    write_letter(uow, letter, now=event.at)


def tell_sign_up_known(uow: UnitOfWork, event: SignUpKnown) -> None:
    """To the owner of an account, whose address somebody registers with once more."""
    reader = reader_of(uow.session, event.user_id)
    told = {"name": reader.name, "organisation": event.organisation}
    write_letter(uow, addressed(reader, "sign_up_known", told), now=event.at)


def tell_of_sign_in(
    uow: UnitOfWork,
    event: SecondFactorSetUp | SecondFactorRemoved | RecoveryCodeUsed | IdentityLinked,
) -> None:
    """What opens an account has changed: its owner notices when it was somebody else."""
    reader = reader_of(uow.session, event.user_id)
    told = {"name": reader.name, "what": event.name, "changed_at": event.at.isoformat()}
    write_letter(uow, addressed(reader, "sign_in_changed", told), now=event.at)


def tell_account_closed(uow: UnitOfWork, event: AccountClosed) -> None:
    """To whoever had it: a way back, and until when."""
    reader = reader_of(uow.session, event.user_id)
    until = event.at + ANONYMISED_AFTER
    told = {"name": reader.name, "until_at": until.isoformat(), "unused": event.actor_id is None}
    write_letter(uow, addressed(reader, "account_closed", told), now=event.at)


def forget_letters_to(uow: UnitOfWork, event: PersonAnonymised) -> None:
    """Their letters hold what the account no longer does."""
    forget_letters_of(uow, event.user_id, event.email)


def tell_of_departure(uow: UnitOfWork, event: MemberLeft) -> None:
    """To whoever left, and to whoever takes over."""
    leaver = reader_of(uow.session, event.user_id)
    successor = reader_of(uow.session, event.successor_id) if event.successor_id else None
    told = {
        "who": leaver.name,
        "organisation": organisation_summary(uow.session, event.organisation_id).name,
        "successor": successor.name if successor and event.gone else "",
    }
    for reader in (leaver, successor) if successor and event.gone else (leaver,):
        words = {**told, "name": reader.name, "taking_over": reader is successor}
        write_letter(uow, addressed(reader, "departure", words), now=event.at)


def tell_delegate(uow: UnitOfWork, event: RoleDelegated) -> None:
    """To whoever stands in."""
    reader = reader_of(uow.session, event.delegate_id)
    told = {
        "name": reader.name,
        "who": reader_of(uow.session, event.delegator_id).name,
        "role": event.role,
        "first": event.first.isoformat(),
        "last": event.last.isoformat(),
        "reason": event.cause,
    }
    write_letter(uow, addressed(reader, "delegation", told), now=event.at)


def tell_viewed_as(uow: UnitOfWork, event: GuiseTaken) -> None:
    """To the person whose account it is, when it is over in any case."""
    reader = reader_of(uow.session, event.user_id)
    told = {
        "name": reader.name,
        "viewer": reader_of(uow.session, event.viewer_id).name,
        "reason": event.cause,
        "from_at": event.at.isoformat(),
        "until_at": event.until.isoformat(),
    }
    letter = addressed(reader, "viewed_as", told)
    write_letter(uow, letter, now=event.at, due_at=event.until)
