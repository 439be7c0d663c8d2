"""Passwords: Argon2 hashes, checked at the same cost whether the login exists or not."""

import secrets
from dataclasses import dataclass
from functools import cache
from importlib import resources
from threading import BoundedSemaphore
from typing import Literal

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

Cost = Literal["recommended", "cheapest"]

# One hash takes 64 MiB; a flood of sign-ins must not take them all at once.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether the password was right, and a stronger hash to keep when the stored one is dated."""

    right: bool
    replacement: str | None = None


class Passwords:
    """Makes and checks hashes at one cost."""

    def __init__(self, hasher: PasswordHash) -> None:
        self._hasher = hasher
        self._gate = BoundedSemaphore(_AT_ONCE)
        self._decoy = hasher.hash(secrets.token_urlsafe())

    def hashed(self, password: str) -> str:
        with self._gate:
            return self._hasher.hash(password)

    def check(self, password: str, stored: str | None) -> Checked:
        """Compare with the stored hash; without one, with a decoy that nothing matches."""
        with self._gate:
            right, replacement = self._hasher.verify_and_update(password, stored or self._decoy)
        return Checked(right and stored is not None, replacement if stored else None)


@cache
def well_known_passwords() -> frozenset[str]:
    """What guessers try first: a short list of our own, whole passwords and stems."""
    text = resources.files(__package__).joinpath("well_known.txt").read_text("utf-8")
    return frozenset(text.split())


@cache
def passwords(cost: Cost) -> Passwords:
    """The one checker of this process for a cost."""
    if cost == "cheapest":
        hasher = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
        return Passwords(PasswordHash((hasher,)))
    return Passwords(PasswordHash.recommended())
