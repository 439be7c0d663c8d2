"""Passwords, secrets, and the waits that slow guessing without shutting the owner out."""

import re
import secrets
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

from booking.access.actor import Actor, Grant
from booking.access.permissions import Permission
from booking.access.roles import CENTRE_ROLES, COMPANY_ROLES, Role
from booking.kernel.errors import Violation
from booking.kernel.timespan import TimeSpan, local_midnight

PASSWORD_SHORTEST = 10
# Argon2 reads everything it is given; a bound keeps a megabyte from costing a second.
PASSWORD_LONGEST = 256

# `last seen` is for people to recognise a session by; written on every request it would cost one.
SEEN_EVERY = timedelta(minutes=5)
TOKEN_PREFIX = "ibk_"  # noqa: S105 - lets a leaked token be recognised for what it is
TOKEN_LIFE = timedelta(days=90)
TOKEN_LONGEST_LIFE = timedelta(days=365)
# So long before its end the owner of a token is told, once.
TOKEN_WARNED_BEFORE = timedelta(days=7)

# What people append to a word when they are asked for more.
_APPENDED = "0123456789!@#$%^&*.?_-~+= "

_EMAIL = re.compile(r"[^@\s<>\"',;:\\()\[\]]+@[^@\s<>\"',;:\\()\[\]]+")


def folded_email(text: str) -> str:
    """An address as the key of an account: no blanks around it, one case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def unmistakable_email(text: str) -> str | None:
    """The same for an address that somebody else vouches for; nothing where folding changes signs.

    `ſ` folds to `s`, a wide `ａ` to `a`: to a mail server these are other addresses.
    """
    folded = folded_email(text)
    return folded if text.isascii() or folded == text.strip() else None


def email_violations(text: str) -> Iterator[Violation]:
    """One @ with something on both sides; whether it exists only a letter can tell."""
    if len(text) > 254 or not _EMAIL.fullmatch(text.strip()):
        yield Violation("email.malformed")


def password_violations(
    password: str, *, email: str, well_known: Container[str] = frozenset()
) -> Iterator[Violation]:
    """Length over complexity: long, not the address, not one sign repeated, not guessed first.

    `well_known` holds what guessers try first, in lower case; a year or a few signs behind such a
    word make it no better (NIST SP 800-63B §5.1.1.2: compare with known values, no composition).
    """
    if len(password) < PASSWORD_SHORTEST:
        yield Violation("password.too_short", {"shortest": PASSWORD_SHORTEST})
    if len(password) > PASSWORD_LONGEST:
        yield Violation("password.too_long", {"longest": PASSWORD_LONGEST})
    if len(password) >= PASSWORD_SHORTEST and len(set(password)) < 4:
        yield Violation("password.too_uniform")
    if password.casefold() in {email.casefold(), email.casefold().partition("@")[0]}:
        yield Violation("password.is_email")
    folded = password.casefold()
    if folded in well_known or folded.rstrip(_APPENDED) in well_known:
        yield Violation("password.well_known")


class LinkPurpose(StrEnum):
    """What a link in a letter opens."""

    PASSWORD = "password"  # noqa: S105 - a purpose, not a password
    INVITATION = "invitation"
    # The same invitation, handed over by its maker: whoever follows it has not shown that the
    # address is theirs.
    HANDED_INVITATION = "handed"
    SIGN_UP = "sign_up"


LINK_LIFE = timedelta(hours=1)
SIGN_UP_LIFE = timedelta(days=2)
INVITATION_LIFE = timedelta(days=7)
# Long enough to see what somebody sees.
GUISE_LIFE = timedelta(minutes=30)
# Who is away for longer gives the role up.
DELEGATION_LONGEST = timedelta(days=90)
# Nobody brings in more people by hand; more would be somebody else's mailboxes filled.
MOST_INVITATIONS = 50
INVITATIONS_COUNTED_FOR = timedelta(days=1)
# More letters an hour would only fill somebody's mailbox.
MOST_LINKS = 3
LINKS_COUNTED_FOR = timedelta(hours=1)

KNOWN_ADDRESS_FOR = timedelta(days=90)
# Past their end, for questions only, and so the letters they came with.
LINKS_KEPT_FOR = timedelta(days=30)

# Time to come back, and to answer questions about what was done last.
ANONYMISED_AFTER = timedelta(days=180)
# Without a role and without signing in, nobody needs an account for longer.
CLOSED_UNUSED_AFTER = timedelta(days=365)


class ThrottleScope(StrEnum):
    """What failed sign-ins are counted by."""

    PAIR = "pair"
    ADDRESS = "address"
    LOGIN = "login"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Patience:
    """So many failures are free; each further one doubles the wait, up to a ceiling."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta

    def wait_after(self, failures: int) -> timedelta:
        beyond = failures - self.free
        if beyond <= 0:
            return timedelta(0)
        return min(self.first_wait * (1 << min(beyond - 1, 20)), self.longest_wait)


# One person at one address may err a little; one address may serve a whole campus; one login tried
# from many addresses is an attack, and only addresses that never succeeded before are slowed by it.
PATIENCE = {
    ThrottleScope.PAIR: Patience(5, timedelta(seconds=2), timedelta(minutes=15)),
    ThrottleScope.ADDRESS: Patience(30, timedelta(seconds=2), timedelta(minutes=15)),
    ThrottleScope.LOGIN: Patience(20, timedelta(seconds=2), timedelta(minutes=5)),
    # Whoever guesses codes has the password already, and of a million codes three are right: a
    # quarter of an hour between guesses leaves three chances in ten thousand a day.
    ThrottleScope.CODE: Patience(10, timedelta(seconds=2), timedelta(minutes=15)),
}
# What a known address of the owner is spared.
FROM_ANYWHERE = frozenset({ThrottleScope.LOGIN, ThrottleScope.CODE})
# Between the password and the code.
HALFWAY_FOR = timedelta(minutes=5)
# Between the picture and the code that confirms it.
ENROL_WITHIN = timedelta(minutes=15)
# Whose word moves money or opens doors to others.
SECOND_FACTOR_ROLES = frozenset({Role.FINANCE, Role.CENTRE_ADMIN})
# A day without a failure and the slate is clean.
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a key failed, and when last."""

    count: int = 0
    last_at: datetime | None = None

    def one_more(self, now: datetime) -> "Failures":
        """Counted on, or afresh when the last one is long ago."""
        stale = self.last_at is None or now - self.last_at >= FORGET_AFTER
        return Failures(1 if stale else self.count + 1, now)


def blocked_until(scope: ThrottleScope, failures: Failures) -> datetime | None:
    """The moment before which this key may not try again, or nothing."""
    wait = PATIENCE[scope].wait_after(failures.count)
    if failures.last_at is None or not wait:
        return None
    return failures.last_at + wait


class Ended(StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    PASSWORD = "password"  # noqa: S105 - a reason
    SECOND_FACTOR = "second_factor"
    ROLES = "roles"
    CLOSED = "closed"


def anonymous_name(user_id: int) -> str:
    """What records show in place of a name, in any language: which person, and no more."""
    return f"已注销 {user_id}"


def anonymous_email(user_id: int) -> str:
    """An address that nobody can have (RFC 2606) and that stays one of its own."""
    return f"anonymous-{user_id}@example.invalid"


def may_appoint(actor: Actor, grant: Grant) -> bool:
    """Company administrators in their company, lab managers in their lab, the centre everywhere."""
    if grant.role in CENTRE_ROLES:
        return actor.reach(Permission.PEOPLE_MANAGE).everywhere
    place = grant.organisation_id if grant.role in COMPANY_ROLES else None
    return actor.may_for(Permission.PEOPLE_MANAGE, organisation_id=place, lab_id=grant.lab_id)


def delegation_span(first: date, last: date) -> TimeSpan:
    """Both days whole, as they are here."""
    return TimeSpan(local_midnight(first), local_midnight(last + timedelta(days=1)))


def delegation_violations(first: date, last: date, *, today: date) -> Iterator[Violation]:
    """An absence from today on, with an end that is not far."""
    if last < first:
        yield Violation("delegation.not_in_order")
    elif last - first >= DELEGATION_LONGEST:
        yield Violation("delegation.too_long", {"days": DELEGATION_LONGEST.days})
    if first < today:
        yield Violation("delegation.in_the_past")


def seal_purpose(user_id: int) -> str:
    """What the key of a second factor is sealed for: this person's, and nobody else's."""
    return f"second factor of person {user_id}"


def safe_next(target: str | None) -> str | None:
    """A path of this site to go on to; nothing for another host, a scheme, a trick of slashes."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(sign) < 0x21 or ord(sign) == 0x7F for sign in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def new_secret(prefix: str = "") -> str:
    """256 random bits as text that fits into a cookie or a header."""
    return prefix + secrets.token_urlsafe(32)


def digest_of(*parts: str) -> str:
    """What is stored of a secret. It has 256 random bits, so no salt or slow hash is needed."""
    return sha256("\0".join(parts).encode()).hexdigest()
