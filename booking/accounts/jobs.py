"""What the clock does with people's traces and keys: forget them, say when they end."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from booking.accounts.actions.anonymise import anonymise_closed
from booking.accounts.actions.close_account import close_unused
from booking.accounts.actions.make_token import warn_of_ends
from booking.accounts.models import (
    HalfSignIn,
    Invitation,
    LoginSession,
    MailedLink,
    SignInThrottle,
    SignUp,
)
from booking.accounts.rules import FORGET_AFTER, KNOWN_ADDRESS_FOR, LINKS_KEPT_FOR
from booking.db.transactions import UnitOfWork


def forget_old_sign_ins(uow: UnitOfWork, now: datetime) -> int:
    """Drop sessions, counted failures, links and invitations that no rule asks for any more."""
    ended = sa.delete(LoginSession).where(
        col(LoginSession.expires_at) <= now,
        col(LoginSession.created_at) <= now - KNOWN_ADDRESS_FOR,
    )
    given_up = sa.delete(HalfSignIn).where(col(HalfSignIn.expires_at) <= now)
    calm = sa.delete(SignInThrottle).where(col(SignInThrottle.failed_at) <= now - FORGET_AFTER)
    unanswered = sa.delete(SignUp).where(col(SignUp.expires_at) <= now)
    followed = sa.delete(MailedLink).where(col(MailedLink.expires_at) <= now - LINKS_KEPT_FOR)
    offered = sa.delete(Invitation).where(col(Invitation.expires_at) <= now - LINKS_KEPT_FOR)
    gone = [
        uow.session.execute(followed.returning(col(MailedLink.id))).all(),
        uow.session.execute(offered.returning(col(Invitation.id))).all(),
        uow.session.execute(ended.returning(col(LoginSession.id))).all(),
        uow.session.execute(given_up.returning(col(HalfSignIn.id))).all(),
        uow.session.execute(calm.returning(col(SignInThrottle.id))).all(),
        uow.session.execute(unanswered.returning(col(SignUp.id))).all(),
    ]
    return sum(len(rows) for rows in gone)


def close_and_anonymise(uow: UnitOfWork, now: datetime) -> int:
    """Close accounts that nobody uses; make people anonymous whose account was closed long ago."""
    return close_unused(uow, now=now) + anonymise_closed(uow, now=now)


def warn_of_token_ends(uow: UnitOfWork, now: datetime) -> int:
    """Tell owners of tokens that end within a week; a day that was missed is made good for."""
    return warn_of_ends(uow, now=now)
