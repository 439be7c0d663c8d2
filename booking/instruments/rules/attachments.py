"""Which papers hang on a card, and who may read them."""

from enum import StrEnum
from typing import Final

# More says no more about an instrument.
MOST_PICTURES: Final = 8
MOST_PAPERS: Final = 20


class PaperKind(StrEnum):
    """What a paper is: 操作规程, 说明书, 校准证书."""

    SOP = "sop"
    MANUAL = "manual"
    CERTIFICATE = "certificate"
    OTHER = "other"


class Audience(StrEnum):
    """For whom a paper is meant."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed_in"
    LAB = "lab"


def may_read(audience: Audience, *, signed_in: bool, insider: bool) -> bool:
    """Whether somebody who sees the card may read a paper of it."""
    return (
        insider or audience is Audience.EVERYBODY or (audience is Audience.SIGNED_IN and signed_in)
    )
