"""What happened to organisations, their labs and their qualifications."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganisationRegistered(Event):
    name: ClassVar[str] = "organisation.registered"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationEdited(Event):
    name: ClassVar[str] = "organisation.edited"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationVerified(Event):
    name: ClassVar[str] = "organisation.verified"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationReturned(Event):
    name: ClassVar[str] = "organisation.returned"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationResubmitted(Event):
    name: ClassVar[str] = "organisation.resubmitted"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class LicenceHandedIn(Event):
    name: ClassVar[str] = "organisation.licence_handed_in"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationSuspended(Event):
    name: ClassVar[str] = "organisation.suspended"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationReinstated(Event):
    name: ClassVar[str] = "organisation.reinstated"
    organisation_id: int


@dataclass(frozen=True, kw_only=True)
class QualificationAdded(Event):
    name: ClassVar[str] = "organisation.qualification_added"
    organisation_id: int
    qualification_id: int


@dataclass(frozen=True, kw_only=True)
class QualificationVerified(Event):
    name: ClassVar[str] = "organisation.qualification_verified"
    organisation_id: int
    qualification_id: int


@dataclass(frozen=True, kw_only=True)
class LabOpened(Event):
    name: ClassVar[str] = "organisation.lab_opened"
    organisation_id: int
    lab_id: int


@dataclass(frozen=True, kw_only=True)
class LabEdited(Event):
    name: ClassVar[str] = "organisation.lab_edited"
    organisation_id: int
    lab_id: int


@dataclass(frozen=True, kw_only=True)
class OrganisationsRelated(Event):
    name: ClassVar[str] = "organisation.related"
    organisation_id: int
    other_id: int


@dataclass(frozen=True, kw_only=True)
class QualificationReturned(Event):
    name: ClassVar[str] = "organisation.qualification_returned"
    organisation_id: int
    qualification_id: int


@dataclass(frozen=True, kw_only=True)
class QualificationReplaced(Event):
    name: ClassVar[str] = "organisation.qualification_replaced"
    organisation_id: int
    qualification_id: int


@dataclass(frozen=True, kw_only=True)
class EvidenceHandedIn(Event):
    name: ClassVar[str] = "organisation.evidence_handed_in"
    organisation_id: int
    qualification_id: int


@dataclass(frozen=True, kw_only=True)
class QualificationExpiring(Event):
    """It ends within `days`; said once for each step of 60, 30 and 7."""

    name: ClassVar[str] = "organisation.qualification_expiring"
    organisation_id: int
    qualification_id: int
    code: str
    valid_to: date
    days: int
