"""Sealing what must be readable again and may not be read from a copy of the database.

The key comes from `secret_key`, which is in no table; every purpose has a key of its own, so that
what was sealed for one person or one use opens for no other.
"""

import base64
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Seal:
    """Closes and opens text under keys derived from one secret."""

    def __init__(self, secret_key: str) -> None:
        self._secret = secret_key.encode()

    def sealed(self, text: str, *, purpose: str, now: datetime) -> str:
        return self._under(purpose).encrypt_at_time(text.encode(), _seconds(now)).decode()

    def opened(
        self, sealed: str, *, purpose: str, now: datetime, within: timedelta | None = None
    ) -> str | None:
        """The text; nothing when another key, another purpose or another hand made this."""
        fernet = self._under(purpose)
        try:
            if within is None:
                return fernet.decrypt(sealed).decode()
            ttl = int(within.total_seconds())
            return fernet.decrypt_at_time(sealed, ttl, _seconds(now)).decode()
        except InvalidToken:
            return None

    def _under(self, purpose: str) -> Fernet:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode())
        return Fernet(base64.urlsafe_b64encode(derived.derive(self._secret)))


def _seconds(now: datetime) -> int:
    return int(now.timestamp())
