"""What may be said about organisations, labs and qualifications, on pages and in JSON."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from booking.organisations.rules import District
from booking.organisations.states import OrganisationKind, OrganisationStep

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Account = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
# Longer than any code, so that its length is told by the rule and not by the form.
Uscc = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OrganisationForm(_Said):
    """A whole registration."""

    name: Name
    kind: OrganisationKind
    district: District
    uscc: Uscc | None = None
    name_en: Text = ""
    actual_controller: Key | None = None
    bank_account_name: Text = ""
    bank_name: Text = ""
    bank_account_no: Account = ""


class OrganisationPatch(_Said):
    """Some fields of it; what is not said stays."""

    name: Name = ""
    kind: OrganisationKind = OrganisationKind.ENTERPRISE
    district: District = District.OUTSIDE
    uscc: Uscc | None = None
    name_en: Text = ""
    actual_controller: Key | None = None
    bank_account_name: Text = ""
    bank_name: Text = ""
    bank_account_no: Account = ""


class OwnOrganisationForm(_Said):
    """What an organisation corrects by itself."""

    district: District
    name_en: Text = ""
    bank_account_name: Text = ""
    bank_name: Text = ""
    bank_account_no: Account = ""


class StepForm(_Said):
    """A step in an organisation's life, and why."""

    step: OrganisationStep = OrganisationStep.VERIFY
    reason: Reason = ""


class QualificationForm(_Said):
    """What a certificate says; its days are both included."""

    code: Slug
    valid_from: date
    valid_to: date | None = None
    number: Account = ""
    evidence: Reason = ""


class LabForm(_Said):
    """The card of a lab."""

    name: Name
    district: District
    name_en: Text = ""
    address: Text = ""


def as_columns(told: BaseModel, *, whole: bool = False) -> dict[str, str | None]:
    """What was said under the table's names: on a whole form an empty field says "nothing"."""
    said = told.model_dump(exclude_unset=not whole)
    if "actual_controller" in said:
        said["controller_key"] = said.pop("actual_controller")
    return said
