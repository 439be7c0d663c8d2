"""Which prices and horizons apply: own people, other science, everybody else."""

from booking.organisations.states import OrganisationKind

INTERNAL = "internal"
ACADEMIC = "academic"
ENTERPRISE = "enterprise"

_SCIENCE = frozenset({OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE})


def customer_class(kind: OrganisationKind, *, organisation_id: int, provider_id: int) -> str:
    """The class of an organisation at an instrument of a provider."""
    if organisation_id == provider_id:
        return INTERNAL
    return ACADEMIC if kind in _SCIENCE else ENTERPRISE
