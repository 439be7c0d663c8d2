"""Take name and address away from closed accounts; numbers stay, and all records with them."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.events import PersonAnonymised
from booking.accounts.models import (
    ApiToken,
    Credential,
    Delegation,
    HalfSignIn,
    IdentityLink,
    Invitation,
    LoginSession,
    MailedLink,
    RecoveryCode,
    SecondFactor,
    SignUp,
    User,
)
from booking.accounts.queries.closing import to_be_anonymised
from booking.accounts.queries.people import user_for_update
from booking.accounts.rules import anonymous_email, anonymous_name
from booking.db.sweeps import swept
from booking.db.transactions import UnitOfWork

# What served only to open the account.
_KEYS: Final = (
    (ApiToken, col(ApiToken.user_id)),
    (Credential, col(Credential.user_id)),
    (HalfSignIn, col(HalfSignIn.user_id)),
    (IdentityLink, col(IdentityLink.user_id)),
    (LoginSession, col(LoginSession.user_id)),
    (MailedLink, col(MailedLink.user_id)),
    (RecoveryCode, col(RecoveryCode.user_id)),
    (SecondFactor, col(SecondFactor.user_id)),
)
# What was written to the address.
_ADDRESSED: Final = ((Invitation, col(Invitation.email)), (SignUp, col(SignUp.email)))


def anonymise_closed(uow: UnitOfWork, *, now: datetime) -> int:
    """Everybody whose account was closed long enough ago, each for themselves."""

    def anonymise(user_id: int) -> None:
        user = user_for_update(uow.session, user_id)
        # Asked again under the lock: it may have been opened again.
        if not user.active and user.anonymised_at is None:
            _anonymise(uow, user, now=now)

    waiting = to_be_anonymised(uow.session, now)
    return swept(uow, waiting, anonymise, name=lambda user_id: f"user {user_id}")


def _anonymise(uow: UnitOfWork, user: User, *, now: datetime) -> None:
    known_as = user.email
    for table, owner in _KEYS:
        uow.session.execute(sa.delete(table).where(owner == user.key))
    for waiting, address in _ADDRESSED:
        uow.session.execute(sa.delete(waiting).where(address == known_as))
    absences = sa.update(Delegation).where(col(Delegation.delegator_id) == user.key)
    uow.session.execute(absences.values(reason=""))
    viewings = sa.update(LoginSession).where(col(LoginSession.guise_id) == user.key)
    uow.session.execute(viewings.values(guise_reason=""))
    user.name, user.email = anonymous_name(user.key), anonymous_email(user.key)
    user.phone, user.email_confirmed_at, user.anonymised_at = "", None, now
    uow.session.flush()
    uow.announce(
        PersonAnonymised(
            at=now, actor_id=None, subject=f"user:{user.key}", user_id=user.key, email=known_as
        )
    )
