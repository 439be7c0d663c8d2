"""What people may say to be let in, about themselves, and about each other."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from booking.access.permissions import Permission
from booking.access.roles import Role
from booking.accounts.rules import TOKEN_LIFE, TOKEN_LONGEST_LIFE
from booking.files.forms import ChosenFile
from booking.organisations.rules import District
from booking.organisations.states import OrganisationKind
from booking.web.i18n import Language
from booking.web.moments import Day
from booking.web.texts import text, title

Email = Annotated[str, title(254)]
# Not stripped, and longer than any password may be: the rules say what is wrong with it.
Password = Annotated[str, StringConstraints(max_length=1024)]
# Six digits of a telephone, or a recovery code, with whatever blanks or dashes.
Code = Annotated[str, text(64, shortest=1)]
Name = Annotated[str, title(100)]
TokenDays = Annotated[int, Field(ge=1, le=TOKEN_LONGEST_LIFE.days)]
Phone = Annotated[str, text(32)]
# An address to go on to may bring along a booking that was filled in, in Chinese.
LONGEST_WAY = 4000


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInForm(_Said):
    """A login, and where to go on to."""

    email: Email
    password: Password
    next: Annotated[str, text(LONGEST_WAY)] = ""


class CodeForm(_Said):
    """The second step: a code, and where to go on to."""

    otp: Code
    next: Annotated[str, text(LONGEST_WAY)] = ""


class ConfirmationForm(_Said):
    """The code that shows that the telephone has the key."""

    otp: Code


class CurrentPasswordForm(_Said):
    """The password, asked again."""

    current_password: Password


class BothFactorsForm(_Said):
    """The password and a code, asked again."""

    current_password: Password
    otp: Code


class ReasonForm(_Said):
    """Why something is done to somebody else."""

    reason: Annotated[str, text(200, shortest=1)]


class TokenRequest(_Said):
    """A program asks for a token with its owner's password, and code where one is set."""

    email: Email
    password: Password
    otp: Code | None = None
    name: Name
    scopes: Annotated[list[str], Field(max_length=100)] | None = None
    days: TokenDays = TOKEN_LIFE.days


class TokenForm(_Said):
    """A token made on one's own page."""

    token_name: Name
    scopes: list[Permission] = []
    days: TokenDays = TOKEN_LIFE.days


class ProfileForm(_Said):
    """What people say about themselves."""

    name: Name
    locale: Language
    phone: Phone = ""


class PasswordForm(_Said):
    """The old password and the new one."""

    current_password: Password
    new_password: Password


class SignUpForm(_Said):
    """An organisation, and who speaks for it."""

    organisation_name: Annotated[str, title(200)]
    kind: OrganisationKind
    district: District
    uscc: Annotated[str, text(100)] | None = None
    licence: ChosenFile | None = None
    name: Name
    email: Email
    phone: Annotated[str, text(32, shortest=5)]
    new_password: Password


class InvitationForm(_Said):
    """Who is to become what."""

    guest: Email
    guest_role: Role
    guest_lab: int | None = None


class DelegationForm(_Said):
    """Who exercises which role in one's place, and on which days."""

    membership: int
    delegate: Email
    first: Day
    last: Day
    delegation_reason: Annotated[str, text(200, shortest=1)]


class WelcomeForm(_Said):
    """A new account, made by whoever was invited."""

    name: Name
    new_password: Password


class ForgottenForm(_Said):
    """Whose password is forgotten."""

    email: Email


class NewPasswordForm(_Said):
    """The password to go on with."""

    new_password: Password


class MemberForm(_Said):
    """Somebody to bring into an organisation or a lab, or onto the staff of the centre."""

    email: Email
    name: Name
    role: Role
    lab_id: int | None = None
    password: Password | None = None
