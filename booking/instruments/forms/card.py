"""The card of an instrument, and why a step of its life is taken."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from booking.instruments.forms.texts import Fen, Fifty, Hundred, Long, Name, Said, Short
from booking.instruments.rules.card import Card, ResourceKind, ShareMode, Source
from booking.instruments.rules.categories import OtherScheme, other_fits
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.ids import reference
from booking.organisations.rules import District
from booking.web.moments import Day
from booking.web.texts import prose, text, title

NOT_A_CODE: Final = "instrument.not_a_code"


def code_of(scheme: OtherScheme, code: str) -> str:
    """A code of another scheme, or nothing; a fault for what it would not write so."""
    if code and not other_fits(code, scheme):
        raise PydanticCustomError(NOT_A_CODE, "no code of this scheme", {"scheme": scheme})
    return code


def _codes(codes: dict[OtherScheme, str]) -> dict[str, str]:
    told = {scheme: code_of(scheme, code) for scheme, code in codes.items()}
    return {scheme.value: code for scheme, code in told.items() if code}


class CardPatch(Said):
    """Fields of a card to be changed; what is not said stays."""

    name: Name = "?"
    name_en: Annotated[str, title(100, shortest=0)] = ""
    inner_id: Annotated[str, text(40)] = ""
    category_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{0,8}$")] = ""
    classification_scheme: Annotated[str, text(16)] = "nrii"
    other_codes: Annotated[dict[OtherScheme, str], AfterValidator(_codes)] = Field(
        default_factory=dict
    )
    resource_kind: ResourceKind = ResourceKind.INSTRUMENT
    original_value: Fen = 0
    source: Source = Source.PURCHASE
    origin_country: Fifty = ""
    manufacturer: Hundred = ""
    model: Hundred = ""
    start_date: Day | None = None
    acceptance_date: Day | None = None
    general_purpose: bool = True
    customs_supervised: bool = False
    specs: Long = ""
    functions: Annotated[str, prose(300)] = ""
    disciplines: Annotated[list[Hundred], Field(max_length=4)] = Field(default_factory=list)
    services: Annotated[str, prose(200)] = ""
    typical_results: Long = ""
    user_notes: Long = ""
    fee_notes: Long = ""
    address: Hundred = ""
    district: District | None = None
    contact_name: Annotated[str, title(20, shortest=0)] = ""
    contact_phone: Short = ""
    contact_email: Fifty = ""
    share_mode: ShareMode = ShareMode.EXTERNAL
    service_modes: list[ServiceMode] = Field(default_factory=lambda: [ServiceMode.SELF_OPERATED])
    units: Annotated[int, Field(ge=1, le=200)] = 1
    aliases: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)

    def values(self) -> dict[str, object]:
        """What was said, under the card's names; the number of places is no part of the card."""
        told: dict[str, object] = {name: getattr(self, name) for name in self.model_fields_set}
        told.pop("units", None)
        told.pop("lab_id", None)
        if "original_value" in told:
            told["original_value_fen"] = told.pop("original_value")
        if told.get("district", "") is None:
            del told["district"]
        return {
            name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
        }


class CardForm(CardPatch):
    """A whole card."""

    name: Name
    lab_id: int

    def card(self, now: datetime) -> Card:
        """The card; one without an inner id gets a number."""
        values = self.values()
        values["inner_id"] = values.get("inner_id") or reference("I", now)
        return Card(**values)  # type: ignore[arg-type]  # checked by the fields


class ReasonForm(Said):
    """Why a step is taken."""

    reason: Long = ""
