"""Change one's own name, language or password."""

from dataclasses import asdict, dataclass
from datetime import datetime

from booking.access.actor import Actor
from booking.accounts.actions.sign_in import Refusal, admit, sign_out_everywhere
from booking.accounts.errors import NotByToken, NotWellFormed
from booking.accounts.events import PasswordChanged, ProfileChanged
from booking.accounts.identity import Proof
from booking.accounts.models import User
from booking.accounts.providers.local import well_known_passwords
from booking.accounts.queries.people import user_for_update
from booking.accounts.queries.sign_ins import credential_of
from booking.accounts.rules import Ended, password_violations
from booking.db.transactions import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileCard:
    """What people say about themselves."""

    name: str
    locale: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """A new password, already hashed outside the transaction, and the session that asked."""

    text: str
    hashed: str
    session_secret: str | None


def change_profile(uow: UnitOfWork, card: ProfileCard, *, actor: Actor, now: datetime) -> User:
    """Correct what others see of oneself."""
    if not actor.in_person:
        raise NotByToken
    user = user_for_update(uow.session, actor.id)
    told = asdict(card)
    changes = {
        name: (getattr(user, name), value)
        for name, value in told.items()
        if getattr(user, name) != value
    }
    if changes:
        user.sqlmodel_update(told)
        uow.session.flush()
        uow.announce(
            ProfileChanged(
                at=now,
                actor_id=actor.id,
                subject=f"user:{actor.id}",
                # The values are personal; that they changed is enough.
                changes=dict.fromkeys(changes, ("…", "…")),
                user_id=actor.id,
            )
        )
    return user


def change_password(
    uow: UnitOfWork, proof: Proof, new: NewPassword, *, actor: Actor, now: datetime
) -> Refusal | None:
    """Replace the password after the old one was proved; every other session ends."""
    if not actor.in_person:
        raise NotByToken
    broken = tuple(
        password_violations(new.text, email=actor.email, well_known=well_known_passwords())
    )
    if broken:
        raise NotWellFormed(broken)
    admitted = admit(uow, proof, now=now)
    if not isinstance(admitted, int):
        return admitted
    credential = credential_of(uow.session, actor.id)
    if credential is not None:
        credential.password_hash, credential.changed_at = new.hashed, now
        uow.session.flush()
    sign_out_everywhere(
        uow, actor=actor, now=now, but_not=new.session_secret, because=Ended.PASSWORD
    )
    subject = f"user:{actor.id}"
    uow.announce(PasswordChanged(at=now, actor_id=actor.id, subject=subject, user_id=actor.id))
    return None
