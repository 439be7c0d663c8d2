"""The same things as they are filled in on pages: boxes not ticked are not sent, lists are text."""

import re
from typing import Annotated, Final

from fastapi import UploadFile
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from booking.instruments.forms.card import CardPatch
from booking.instruments.forms.terms import ClosureForm, PolicyForm, WindowForm
from booking.instruments.forms.texts import NOT_A_CLOCK, Fen, Hundred, Name, Said, Start
from booking.instruments.rules.layers import DaySaid
from booking.instruments.rules.opening import Hours
from booking.instruments.rules.pricing import Basis
from booking.instruments.rules.recurring import Frequency, Repeat
from booking.instruments.rules.statutory import text_of
from booking.instruments.rules.terms import PolicyTerms
from booking.web.forms import LocalMoment
from booking.web.moments import Day
from booking.web.texts import prose, text

# Characters; a year has some forty rows.
LARGEST_SHEET: Final = 40_000
_BLANKS: Final = re.compile(r"[\s,，、;；]+")
_DASH: Final = re.compile(r"\s*(?:-|–|—|－|~|～|至|到)\s*")
_SEPARATORS: Final = re.compile(r"[、,，;；\n]")


def _split(value: object) -> object:
    """One text with commas or lines, as people type several things into one field."""
    if not isinstance(value, list):
        return value
    pieces = [piece.strip() for typed in value for piece in _SEPARATORS.split(str(typed))]
    return [piece for piece in pieces if piece]


class CardPage(CardPatch):
    """A card as it is filled in on a page: boxes not ticked are not sent, lists are one text."""

    name: Name
    disciplines: Annotated[list[Hundred], BeforeValidator(_split), Field(max_length=4)] = Field(
        default_factory=list
    )
    aliases: Annotated[list[Name], BeforeValidator(_split), Field(max_length=20)] = Field(
        default_factory=list
    )
    general_purpose: bool = False
    version: int | None = None
    lab_id: int | None = None

    def values(self) -> dict[str, object]:
        """Everything: what is empty on the page was emptied."""
        whole = self.model_copy()
        whole.model_fields_set.update(set(type(self).model_fields) - {"version", "lab_id"})
        told = CardPatch.values(whole)
        told.pop("version", None)
        return told


class PolicyPage(PolicyForm):
    """A policy as it is filled in on a page: one horizon per class, boxes not ticked not sent."""

    follows_statutory_calendar: bool = False
    horizon_internal: Annotated[int, Field(ge=0, le=3660)] | None = None
    horizon_academic: Annotated[int, Field(ge=0, le=3660)] | None = None
    horizon_enterprise: Annotated[int, Field(ge=0, le=3660)] | None = None

    def terms(self) -> PolicyTerms:
        told = self.model_dump()
        horizon = {
            name.removeprefix("horizon_"): told.pop(name)
            for name in list(told)
            if name.startswith("horizon_") and name != "horizon_days"
        }
        told["horizon_days"] = {name: days for name, days in horizon.items() if days is not None}
        return PolicyForm(**told).terms()


class TariffPage(Said):
    """A price list as it is filled in on a page: three classes side by side."""

    valid_from: Start
    basis: Basis = Basis.RESERVED
    round_up_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    enterprise_hour: Fen
    academic_hour: Fen | None = None
    internal_hour: Fen | None = None
    enterprise_sample: Fen | None = None
    academic_sample: Fen | None = None
    internal_sample: Fen | None = None
    enterprise_staff_hour: Fen | None = None
    academic_staff_hour: Fen | None = None
    internal_staff_hour: Fen | None = None
    enterprise_minimum: Fen | None = None
    academic_minimum: Fen | None = None
    internal_minimum: Fen | None = None

    def stored_classes(self) -> dict[str, dict[str, object]]:
        """A class with no price per hour has no prices of its own."""
        told = self.model_dump(mode="json")
        classes = {
            name: {
                price: told[f"{name}_{price}"]
                for price in ("hour", "sample", "staff_hour", "minimum")
                if told[f"{name}_{price}"] is not None
            }
            for name in ("enterprise", "academic", "internal")
        }
        return {name: prices for name, prices in classes.items() if "hour" in prices}


class ClosurePage(ClosureForm):
    """A closure as it is filled in on a page: in local time."""

    starts_at: LocalMoment
    ends_at: LocalMoment


class SeriesPage(ClosurePage):
    """A closure that comes again: the first one, how often, until when."""

    frequency: Frequency
    every: Annotated[int, Field(ge=1, le=52)] = 1
    until: Day
    only_free: bool = False

    @property
    def repeat(self) -> Repeat:
        return Repeat(self.frequency, self.every, self.until)


def _windows(value: object) -> object:
    """`08:30-12:00 13:00-18:00`, as people type several windows into one field."""
    if not isinstance(value, list) or not all(isinstance(typed, str) for typed in value):
        return value
    found = []
    for piece in _BLANKS.split(_one_dash(" ".join(value)).strip()):
        opens, dash, closes = piece.partition("-")
        if piece and not dash:
            raise PydanticCustomError(NOT_A_CLOCK, "not a window")
        if piece:
            found.append({"opens": opens, "closes": closes})
    return found


def _one_dash(typed: str) -> str:
    return _DASH.sub("-", typed.replace("：", ":"))


Windows = Annotated[list[WindowForm], BeforeValidator(_windows)]


class WeekPage(Said):
    """The weekly hours as they are filled in on a page: a line for each weekday."""

    day_1: Windows = Field(default_factory=list)
    day_2: Windows = Field(default_factory=list)
    day_3: Windows = Field(default_factory=list)
    day_4: Windows = Field(default_factory=list)
    day_5: Windows = Field(default_factory=list)
    day_6: Windows = Field(default_factory=list)
    day_7: Windows = Field(default_factory=list)

    def week(self) -> dict[int, list[Hours]]:
        return {
            day: [window.hours for window in getattr(self, f"day_{day}")] for day in range(1, 8)
        }


class OwnDayPage(Said):
    """A day that differs, as it is filled in on a page; nothing in `windows` closes it."""

    day: Day
    windows: Windows = Field(default_factory=list)
    reason: Annotated[str, text(200)] = ""

    @property
    def said(self) -> DaySaid:
        return DaySaid(tuple(window.hours for window in self.windows), self.reason)


class YearSheetPage(Said):
    """A year's statutory calendar as a file, or its text in a field."""

    file: UploadFile | None = None
    sheet: Annotated[str, prose(LARGEST_SHEET)] = ""

    @property
    def told(self) -> str:
        return self.sheet if self.file is None else text_of(self.file.file.read(LARGEST_SHEET))


class YearPage(Said):
    """A year's statutory calendar that was looked at and is to be entered."""

    sheet: Annotated[str, prose(LARGEST_SHEET, shortest=1)]
    provisional: bool = False
