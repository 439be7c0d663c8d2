"""How much of what may be asked for in a minute, and which kind of request each one is.

An address may be a whole campus, so it may do several times what one account may.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# Where secrets are tried, hashed, or letters sent to addresses that strangers type.
_SIGNING_IN: Final = frozenset(
    {
        "/api/v1/tokens",
        "/invitation/account",
        "/password/forgotten",
        "/password/new",
        "/register",
        "/register/confirmation",
        "/sign-in",
        "/sign-in/code",
    }
)
# Those knock often, and must never be turned away.
_FREE: Final = ("/static/", "/healthz", "/readyz")
_FILE: Final = re.compile(
    r"\.(csv|xlsx|pdf|zip|ics)$"
    r"|/(statements/[^/]+|account/data|manage/national/[a-z]+)\.json$"
)
_SEARCH: Final = frozenset({"/instruments", "/slots", "/api/v1/instruments", "/api/v1/slots"})


class Kind(StrEnum):
    """What a request costs the house."""

    READ = "read"
    VISIT = "visit"
    SEARCH = "search"
    EXPORT = "export"
    WRITE = "write"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class Budget:
    """`limit` requests a minute; `free` of them a process answers before it counts aloud, and then
    it takes `batch` at a time out of what all processes share.
    """

    limit: int
    free: int = 0
    batch: int = 1

    @classmethod
    def roomy(cls, limit: int) -> "Budget":
        """One that costs the database next to nothing: a twentieth free, a twentieth at a time."""
        return cls(limit, free=limit // 20, batch=max(1, limit // 20))


Budgets = Mapping[Kind, Budget]

OF_ADDRESS: Final[Budgets] = {
    Kind.READ: Budget.roomy(3000),
    Kind.VISIT: Budget.roomy(1200),
    Kind.SEARCH: Budget.roomy(600),
    Kind.EXPORT: Budget.roomy(120),
    Kind.WRITE: Budget.roomy(600),
    Kind.SIGN_IN: Budget(60),
}
OF_ACCOUNT: Final[Budgets] = {
    Kind.READ: Budget.roomy(600),
    Kind.VISIT: Budget.roomy(600),
    Kind.SEARCH: Budget.roomy(180),
    Kind.EXPORT: Budget.roomy(40),
    Kind.WRITE: Budget.roomy(180),
    Kind.SIGN_IN: Budget(20),
}


def kind_of(method: str, path: str, *, asks: bool, known: bool) -> Kind | None:
    """The kind of a request; None when nobody counts it.

    `asks` is whether its address carries a question, `known` whether it carries a cookie or token.
    """
    if path.startswith(_FREE):
        return None
    if method not in _SAFE:
        return Kind.SIGN_IN if path in _SIGNING_IN else Kind.WRITE
    if _FILE.search(path):
        return Kind.EXPORT
    if path in _SEARCH and asks:
        return Kind.SEARCH
    return Kind.READ if known else Kind.VISIT
