"""Which prices and horizons apply: own people, other science, everybody else."""

from dataclasses import dataclass

from booking.organisations.states import OrganisationKind

INTERNAL = "internal"
ACADEMIC = "academic"
ENTERPRISE = "enterprise"

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
