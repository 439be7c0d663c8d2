"""The life of an appeal."""

from enum import StrEnum


class AppealState(StrEnum):
    """Waiting for the centre, or decided once and for all."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
