"""The card of an instrument, and why a step of its life is taken."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from booking.instruments.forms.texts import Fen, Hundred, Long, Name, Said
from booking.instruments.rules.card import Card, ResourceKind, ShareMode, Source
from booking.instruments.rules.categories import OtherScheme, other_fits
from booking.instruments.rules.customs import CustomsItem, says
from booking.instruments.rules.limits import LONGEST, MOST, MOST_UNITS
from booking.instruments.rules.terms import ServiceMode
from booking.kernel.ids import reference
from booking.organisations.rules import District
from booking.web.moments import Day
from booking.web.texts import prose, text, title

NOT_A_CODE: Final = "instrument.not_a_code"
NOT_OF_CUSTOMS: Final = "instrument.not_of_customs"


def code_of(scheme: OtherScheme, code: str) -> str:
    """A code of another scheme, or nothing; a fault for what it would not write so."""
    if code and not other_fits(code, scheme):
        raise PydanticCustomError(NOT_A_CODE, "no code of this scheme", {"scheme": scheme})
    return code


def _codes(codes: dict[OtherScheme, str]) -> dict[str, str]:
    told = {scheme: code_of(scheme, code) for scheme, code in codes.items()}
    return {scheme.value: code for scheme, code in told.items() if code}


def customs_said(item: CustomsItem, said: str) -> str:
    """What customs papers say of an item; a fault for what does not fit."""
    if not says(item, said):
        raise PydanticCustomError(NOT_OF_CUSTOMS, "not what customs write", {"item": item})
    return said


def _customs(items: dict[CustomsItem, str]) -> dict[str, str]:
    return {item.value: customs_said(item, said) for item, said in items.items() if said}


def _each_once(modes: list[ServiceMode]) -> list[ServiceMode]:
    return list(dict.fromkeys(modes))


class CardPatch(Said):
    """Fields of a card to be changed; what is not said stays."""

    name: Name = "?"
    name_en: Annotated[str, title(LONGEST["name_en"], shortest=0)] = ""
    inner_id: Annotated[str, text(LONGEST["inner_id"])] = ""
    category_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{0,8}$")] = ""
    classification_scheme: Annotated[str, text(LONGEST["classification_scheme"])] = "nrii"
    other_codes: Annotated[dict[OtherScheme, str], AfterValidator(_codes)] = Field(
        default_factory=dict
    )
    resource_kind: ResourceKind = ResourceKind.INSTRUMENT
    original_value: Fen = 0
    source: Source = Source.PURCHASE
    origin_country: Annotated[str, text(LONGEST["origin_country"])] = ""
    manufacturer: Annotated[str, text(LONGEST["manufacturer"])] = ""
    model: Annotated[str, text(LONGEST["model"])] = ""
    start_date: Day | None = None
    acceptance_date: Day | None = None
    general_purpose: bool = True
    customs_supervised: bool = False
    specs: Annotated[str, prose(LONGEST["specs"])] = ""
    functions: Annotated[str, prose(LONGEST["functions"])] = ""
    disciplines: Annotated[list[Hundred], Field(max_length=MOST["disciplines"])] = Field(
        default_factory=list
    )
    services: Annotated[str, prose(LONGEST["services"])] = ""
    typical_results: Annotated[str, prose(LONGEST["typical_results"])] = ""
    user_notes: Annotated[str, prose(LONGEST["user_notes"])] = ""
    fee_notes: Annotated[str, prose(LONGEST["fee_notes"])] = ""
    address: Annotated[str, text(LONGEST["address"])] = ""
    district: District | None = None
    province: Annotated[str, text(LONGEST["province"])] = ""
    city: Annotated[str, text(LONGEST["city"])] = ""
    postal_address: Annotated[str, text(LONGEST["postal_address"])] = ""
    postal_code: Annotated[str, StringConstraints(pattern=r"^([0-9]{6})?$")] = ""
    funds: Annotated[str, text(LONGEST["funds"])] = ""
    customs: Annotated[dict[CustomsItem, Long], AfterValidator(_customs)] = Field(
        default_factory=dict
    )
    contact_name: Annotated[str, title(LONGEST["contact_name"], shortest=0)] = ""
    contact_phone: Annotated[str, text(LONGEST["contact_phone"])] = ""
    contact_email: Annotated[str, text(LONGEST["contact_email"])] = ""
    share_mode: ShareMode = ShareMode.EXTERNAL
    service_modes: Annotated[list[ServiceMode], AfterValidator(_each_once)] = Field(
        default_factory=lambda: [ServiceMode.SELF_OPERATED]
    )
    units: Annotated[int, Field(ge=1, le=MOST_UNITS)] = 1
    part_of_id: int | None = None
    aliases: Annotated[list[Name], Field(max_length=MOST["aliases"])] = Field(default_factory=list)

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
