"""What may be said about organisations, labs and qualifications, on pages and in JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from booking.files.forms import ChosenFile
from booking.organisations.rules import District
from booking.organisations.states import OrganisationKind, OrganisationStep
from booking.web.moments import Day
from booking.web.texts import prose, text, title

Name = Annotated[str, title(200)]
NameOrNone = Annotated[str, title(200, shortest=0)]
Text = Annotated[str, text(200)]
Reason = Annotated[str, prose(500)]
Key = Annotated[str, text(64)]
Account = Annotated[str, text(40)]
# Longer than any code, so that its length is told by the rule and not by the form.
Uscc = Annotated[str, text(100)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OrganisationForm(_Said):
    """A whole registration."""

    name: Name
    kind: OrganisationKind
    district: District
    uscc: Uscc | None = None
    name_en: NameOrNone = ""
    actual_controller: Key | None = None
    bank_account_name: NameOrNone = ""
    bank_name: NameOrNone = ""
    bank_account_no: Account = ""
    national_code: Account = ""


class OrganisationPatch(_Said):
    """Some fields of it; what is not said stays."""

    name: Name = ""
    kind: OrganisationKind = OrganisationKind.ENTERPRISE
    district: District = District.OUTSIDE
    uscc: Uscc | None = None
    name_en: NameOrNone = ""
    actual_controller: Key | None = None
    bank_account_name: NameOrNone = ""
    bank_name: NameOrNone = ""
    bank_account_no: Account = ""
    national_code: Account = ""


class OwnOrganisationForm(_Said):
    """What an organisation corrects by itself."""

    district: District
    name_en: NameOrNone = ""
    bank_account_name: NameOrNone = ""
    bank_name: NameOrNone = ""
    bank_account_no: Account = ""
    national_code: Account = ""


class ReturnedOrganisationForm(OwnOrganisationForm):
    """What it corrects besides while its registration lies returned."""

    name: Name
    kind: OrganisationKind
    uscc: Uscc | None = None


class StepForm(_Said):
    """A step in an organisation's life, and why."""

    step: OrganisationStep = OrganisationStep.VERIFY
    reason: Reason = ""


class LicenceForm(_Said):
    """A business licence."""

    licence: ChosenFile


class QualificationForm(_Said):
    """What a certificate says; its days are both included."""

    code: Slug
    valid_from: Day
    valid_to: Day | None = None
    number: Account = ""
    evidence: Reason = ""


class QualificationSheet(QualificationForm):
    """The same with its file, as a page sends it; and which earlier claim it corrects."""

    file: ChosenFile | None = None
    replaces: int | None = None


class QualificationBody(QualificationForm):
    """The same in JSON."""

    replaces: int | None = None


class ReturnForm(_Said):
    """Why a claim goes back."""

    reason: Annotated[str, prose(500, shortest=1)]


class LabForm(_Said):
    """The card of a lab."""

    name: Name
    district: District
    name_en: NameOrNone = ""
    address: Text = ""


def as_columns(told: BaseModel, *, whole: bool = False) -> dict[str, str | None]:
    """What was said under the table's names: on a whole form an empty field says "nothing"."""
    said = told.model_dump(exclude_unset=not whole)
    if "actual_controller" in said:
        said["controller_key"] = said.pop("actual_controller")
    return said
