"""One-time codes: those of a telephone (RFC 6238, RFC 4226) and those on a sheet of paper."""

import secrets
import unicodedata
from datetime import datetime
from hmac import compare_digest
from typing import Final

import pyotp

from booking.accounts.rules import digest_of

_STEP_SECONDS: Final = 30
# A telephone's clock may be half a minute off, either way.
_DRIFT: Final = (-1, 0, 1)

RECOVERY_CODES: Final = 10
# Without signs that are taken for one another; 16 of them are some 79 random bits.
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 4, 4


def new_key() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return pyotp.random_base32()


def step_of(code: str, key: str, *, now: datetime) -> int | None:
    """The half minute that a code belongs to; nothing when it is none of the present ones."""
    told, codes = _spoken(code), pyotp.HOTP(key)
    present = int(now.timestamp()) // _STEP_SECONDS
    # All are compared, whichever matches: how long it takes says nothing.
    found = [
        step
        for step in (present + drift for drift in _DRIFT)
        if compare_digest(codes.at(step).encode(), told.encode())
    ]
    return found[0] if found else None


def enrolment_address(key: str, *, email: str, issuer: str) -> str:
    """What a picture tells an authenticator app."""
    return pyotp.TOTP(key).provisioning_uri(name=email, issuer_name=issuer)


def new_recovery_codes() -> list[str]:
    """Codes for paper, in groups that can be read out."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(user_id: int, code: str) -> str:
    """What is kept of a recovery code, however it was typed."""
    return digest_of("recovery", str(user_id), _spoken(code).casefold())


def _spoken(code: str) -> str:
    # Chinese keyboards write wide digits.
    return "".join(sign for sign in unicodedata.normalize("NFKC", code) if sign.isalnum())
