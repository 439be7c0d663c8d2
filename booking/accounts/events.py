"""What happened to people, their roles, sessions and tokens; never with a secret in it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    name: ClassVar[str] = "user.created"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    name: ClassVar[str] = "user.profile_changed"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    name: ClassVar[str] = "user.password_changed"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PasswordLinkAsked(Event):
    name: ClassVar[str] = "user.password_link_asked"
    user_id: int
    link_id: int
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    name: ClassVar[str] = "user.role_granted"
    user_id: int
    role: str
    organisation_id: int | None
    lab_id: int | None


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Event):
    name: ClassVar[str] = "user.role_revoked"
    user_id: int
    role: str
    organisation_id: int | None
    lab_id: int | None


@dataclass(frozen=True, kw_only=True)
class MemberLeft(Event):
    """Somebody's roles in a place ended; `gone` when none is left there at all."""

    name: ClassVar[str] = "user.left"
    user_id: int
    organisation_id: int
    successor_id: int | None
    gone: bool
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SignUpAsked(Event):
    """Somebody wants to register an organisation; whether the address is theirs is not known."""

    name: ClassVar[str] = "sign_up.asked"
    sign_up_id: int
    person: str
    email: str
    locale: str
    organisation: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class SignUpKnown(Event):
    """The same, with the address of somebody who has an account."""

    name: ClassVar[str] = "sign_up.known"
    user_id: int
    organisation: str


@dataclass(frozen=True, kw_only=True)
class SignUpConfirmed(Event):
    name: ClassVar[str] = "sign_up.confirmed"
    user_id: int
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class PersonInvited(Event):
    """`locale` is the inviter's: nothing else is known of the guest."""

    name: ClassVar[str] = "invitation.made"
    invitation_id: int
    email: str
    locale: str
    role: str
    organisation: str
    lab: str
    inviter: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Event):
    name: ClassVar[str] = "invitation.withdrawn"
    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(Event):
    name: ClassVar[str] = "invitation.accepted"
    invitation_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    name: ClassVar[str] = "user.signed_in"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    """`user_id` is None when there is no such account; what was typed is not kept."""

    name: ClassVar[str] = "user.sign_in_failed"
    user_id: int | None
    address: str


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    """One session ended, or all of them."""

    name: ClassVar[str] = "user.signed_out"
    user_id: int
    sessions: int


@dataclass(frozen=True, kw_only=True)
class CodeRefused(Event):
    """The password was right and the code was not."""

    name: ClassVar[str] = "user.code_refused"
    user_id: int
    address: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorSetUp(Event):
    name: ClassVar[str] = "user.second_factor_set_up"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(Event):
    """By its owner, or by an administrator who says why."""

    name: ClassVar[str] = "user.second_factor_removed"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class IdentityLinked(Event):
    name: ClassVar[str] = "user.identity_linked"
    user_id: int
    issuer: str


@dataclass(frozen=True, kw_only=True)
class IdentityUnlinked(Event):
    name: ClassVar[str] = "user.identity_unlinked"
    user_id: int
    issuer: str


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Event):
    name: ClassVar[str] = "user.recovery_code_used"
    user_id: int
    left: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesRenewed(Event):
    name: ClassVar[str] = "user.recovery_codes_renewed"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class TokenMade(Event):
    name: ClassVar[str] = "user.token_made"
    user_id: int
    token_id: int


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    name: ClassVar[str] = "user.token_revoked"
    user_id: int
    token_id: int


@dataclass(frozen=True, kw_only=True)
class RoleDelegated(Event):
    """A colleague exercises a role from a day to a day; the clock ends it."""

    name: ClassVar[str] = "delegation.made"
    delegation_id: int
    delegator_id: int
    delegate_id: int
    role: str
    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class DelegationEnded(Event):
    """Before its day."""

    name: ClassVar[str] = "delegation.ended"
    delegation_id: int


@dataclass(frozen=True, kw_only=True)
class GuiseTaken(Event):
    """Somebody of the centre views the site as somebody else from now on."""

    name: ClassVar[str] = "guise.taken"
    user_id: int
    viewer_id: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class GuiseEnded(Event):
    """Before its time; what ends by the clock is told by `until` of its beginning."""

    name: ClassVar[str] = "guise.ended"
    user_id: int
    viewer_id: int


@dataclass(frozen=True, kw_only=True)
class GuiseUsed(Event):
    """A page was asked for, or a deed, while viewing as somebody else; `cause` says which."""

    name: ClassVar[str] = "guise.used"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class TokenExpiring(Event):
    """It ends within a week, and somebody may depend on it."""

    name: ClassVar[str] = "user.token_expiring"
    user_id: int
    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class AccountClosed(Event):
    """By its owner, by the centre, or by the clock when nobody used it."""

    name: ClassVar[str] = "user.closed"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class AccountReopened(Event):
    name: ClassVar[str] = "user.reopened"
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PersonAnonymised(Event):
    """Name and address are gone from the account; `email` lets other rooms find what they hold."""

    name: ClassVar[str] = "user.anonymised"
    user_id: int
    email: str
