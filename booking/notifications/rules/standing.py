"""Who is told of something, and what they must (still) be to be told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Audience(StrEnum):
    """Who is told: the one it is about, or whoever holds a role in the place it is about."""

    HOLDER = "holder"
    COMPANY = "company_admin"
    LAB = "lab_manager"
    FINANCE = "finance"
    CENTRE = "centre_admin"


@dataclass(frozen=True, slots=True)
class Standing:
    """By what role somebody is told, and in which lab or organisation they must hold it."""

    audience: Audience = Audience.HOLDER
    place_id: int | None = None


ONESELF: Final = Standing()
OF_CENTRE: Final = Standing(Audience.CENTRE)
OF_FINANCE: Final = Standing(Audience.FINANCE)


def in_lab(lab_id: int) -> Standing:
    """Whoever keeps a lab."""
    return Standing(Audience.LAB, lab_id)


def in_company(organisation_id: int) -> Standing:
    """Whoever administers an organisation."""
    return Standing(Audience.COMPANY, organisation_id)
