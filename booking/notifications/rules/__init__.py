"""When something is tried again, given up, forgotten; what webhooks tell, and to what address."""

import hmac
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import AddressValueError, IPv4Address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from booking.access.permissions import Permission
from booking.accounts.rules import LINKS_KEPT_FOR
from booking.kernel.errors import Violation

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
# A day and a half of trying: a mail server that is away over a weekend night comes back in time.
MOST_ATTEMPTS: Final = 14
# Letters hold names and addresses; what was sent is needed for questions only.
KEPT_FOR: Final = LINKS_KEPT_FOR


def wait_after(attempts: int) -> timedelta:
    """How long a letter waits after so many attempts: twice as long each time."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)


def is_given_up(attempts: int) -> bool:
    """Whether trying again would only annoy."""
    return attempts >= MOST_ATTEMPTS


class HookFact(StrEnum):
    """What a webhook can tell of, by the names that the audit trail has for it."""

    RESERVATION_REQUESTED = "reservation.requested"
    RESERVATION_CONFIRMED = "reservation.confirmed"
    RESERVATION_REJECTED = "reservation.rejected"
    RESERVATION_EXPIRED = "reservation.expired"
    RESERVATION_MOVED = "reservation.moved"
    RESERVATION_CANCELLED = "reservation.cancelled"
    RESERVATION_MISSED = "reservation.missed"
    USE_STARTED = "use.started"
    USE_ENDED = "use.ended"
    USE_SETTLED = "use.settled"
    STATEMENT_PUBLISHED = "statement.published"
    STATEMENT_PAID = "statement.paid"
    ORGANISATION_VERIFIED = "organisation.verified"
    ORGANISATION_RETURNED = "organisation.returned"
    ORGANISATION_SUSPENDED = "organisation.suspended"
    ORGANISATION_REINSTATED = "organisation.reinstated"


# Sent when somebody asks for it, chosen by nobody.
TEST_FACT: Final = "webhook.test"


class HookFailure(StrEnum):
    """Why a message did not arrive."""

    NO_HOST = "no_host"
    ADDRESS = "address"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    STATUS = "status"
    SECRET = "secret"  # noqa: S105 - a reason
    OTHER = "other"


MOST_WEBHOOKS: Final = 10
HOOK_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - lets a leaked one be recognised
# An address that takes nothing for so long is left alone until somebody looks after it.
PAUSED_AFTER: Final = timedelta(days=3)
LONGEST_ADDRESS: Final = 500

_NEEDED: Final = {
    "reservation": Permission.RESERVATION_READ,
    "use": Permission.RESERVATION_READ,
    "statement": Permission.STATEMENT_READ,
    "organisation": Permission.ORGANISATION_READ,
}
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)


def needed_for(fact: HookFact) -> Permission:
    """What somebody must be allowed to read to have a program told of it."""
    return _NEEDED[fact.value.partition(".")[0]]


def address_violations(text: str, *, http_allowed: bool) -> Iterator[Violation]:
    """What speaks against sending to an address, as far as it can be read from it.

    Where its name leads is judged each time something is sent.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        yield Violation("webhook.malformed")
        return
    if parts.scheme != "https" and not (http_allowed and parts.scheme == "http"):
        yield Violation("webhook.not_https")
    if parts.username is not None or parts.password is not None:
        yield Violation("webhook.userinfo")
    if not _is_well_formed(text, parts):
        yield Violation("webhook.malformed")
    if port is not None and port not in {80, 443} and port < 1024:
        yield Violation("webhook.port", {"port": port})


def _is_well_formed(text: str, parts: SplitResult) -> bool:
    """One way to read it: plain signs, a name or an address in its usual form, no fragment."""
    plain = text.isascii() and not any(sign <= " " or sign in "\\\x7f" for sign in text)
    host = parts.netloc.rpartition("@")[2]
    host = host if host.startswith("[") and host.endswith("]") else re.sub(r":[0-9]*$", "", host)
    if not plain or parts.fragment or len(text) > LONGEST_ADDRESS or not _HOST.fullmatch(host):
        return False
    last = host.rstrip(".").rpartition(".")[2]
    return not _NUMBER.fullmatch(last) or _is_usual(host)


def _is_usual(host: str) -> bool:
    """Four decimal numbers: not one, not octal, not hexadecimal."""
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True


def signature(secret: str, *, reference: str, moment: datetime, body: str) -> str:
    """What shows the receiver that we sent this, now: `v1=` and HMAC-SHA256 in hex."""
    signed = f"{reference}.{int(moment.timestamp())}.{body}".encode()
    return "v1=" + hmac.new(secret.encode(), signed, sha256).hexdigest()


def hook_purpose(webhook_id: int) -> str:
    """What the secret of a webhook is sealed for: this one, and no other."""
    return f"webhook {webhook_id}"


# Letters about bookings, and what whoever no longer holds one is told.
BOOKING_LETTER: Final = "booking"
# Not about one fact: everything since the one before.
DAILY_LETTER: Final = "daily"
HANDED_ON: Final = "reservation.handed_on"
ALL_HANDED_ON: Final = "bookings.handed_on"
# Whatever else happens to a booking, it stays in its reader's calendar.
TAKES_OUT: Final = frozenset(
    {HANDED_ON, "reservation.cancelled", "reservation.expired", "reservation.rejected"}
)
