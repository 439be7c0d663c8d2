"""Which prices and horizons apply: own people, other science, everybody else.

A price list may have prices for firms of a qualification. Whether a firm has it is judged on the
day of use, never on the day of booking; the other rules know no qualifications.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from booking.organisations.rules import QualificationCode
from booking.organisations.states import OrganisationKind

INTERNAL = "internal"
ACADEMIC = "academic"
ENTERPRISE = "enterprise"

# Whom rules can tell apart, and whose prices can be told: qualifications change prices alone.
RULE_CLASSES = (ENTERPRISE, ACADEMIC, INTERNAL)
PRICE_CLASSES = (*RULE_CLASSES, *(code.value for code in QualificationCode))

_SCIENCE = frozenset({OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE})


def customer_class(kind: OrganisationKind, *, organisation_id: int, provider_id: int) -> str:
    """The class of an organisation at an instrument of a provider."""
    return Customer.of(kind, organisation_id).class_at(provider_id)


@dataclass(frozen=True, slots=True)
class Customer:
    """For whom time is looked for: an organisation, and its class where it is a guest."""

    organisation_id: int | None = None
    elsewhere: str = ENTERPRISE

    @classmethod
    def of(cls, kind: OrganisationKind, organisation_id: int) -> "Customer":
        return cls(organisation_id, ACADEMIC if kind in _SCIENCE else ENTERPRISE)

    def class_at(self, provider_id: int) -> str:
        """The class at an instrument of a provider."""
        return INTERNAL if provider_id == self.organisation_id else self.elsewhere


# Who is not known is a company from outside.
SOMEBODY = Customer()


@dataclass(frozen=True, slots=True)
class Held:
    """A verified qualification, and the local days on which it counts; no end means without one."""

    code: str
    valid_from: date
    valid_to: date | None

    def counts_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class RunningOut:
    """A class whose prices would hold today, and its last day."""

    code: str
    last_day: date


def price_class(named: str, held: Sequence[Held], *, priced: Collection[str], day: date) -> str:
    """Whose prices a class pays on a day: of the qualifications that count then and are in the
    price list, the first in the order of the centre; else its own."""
    if named != ENTERPRISE:
        return named
    counting = {one.code for one in held if one.counts_on(day)}
    priced_too = (code.value for code in QualificationCode if code in counting and code in priced)
    return next(priced_too, named)


def running_out(
    named: str, held: Sequence[Held], *, priced: Collection[str], today: date, day: date
) -> RunningOut | None:
    """The class of today that is known to have ended by a later day."""
    now = price_class(named, held, priced=priced, day=today)
    if price_class(named, held, priced=priced, day=day) == now:
        return None
    ends = [one.valid_to for one in held if one.code == now and one.counts_on(today)]
    known = [end for end in ends if end is not None and end < day]
    return RunningOut(now, max(known)) if known else None
