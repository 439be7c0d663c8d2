"""The same things as they are filled in on pages: boxes not ticked are not sent, lists are text."""

import re
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any, Final, Protocol

from fastapi import UploadFile
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from booking.instruments.forms.card import CardPatch, code_of, customs_said
from booking.instruments.forms.terms import ClosureForm, WindowForm
from booking.instruments.forms.texts import (
    NOT_A_CLOCK,
    Hundred,
    Long,
    Name,
    Said,
    Short,
    clock_plainly,
)
from booking.instruments.rules.card import ResourceKind, ShareMode, Source
from booking.instruments.rules.categories import Category, OtherScheme
from booking.instruments.rules.customs import CustomsItem
from booking.instruments.rules.layers import DaySaid
from booking.instruments.rules.limits import MOST_UNITS
from booking.instruments.rules.opening import Hours, clock_text
from booking.instruments.rules.recurring import Frequency, Repeat
from booking.instruments.rules.statutory import text_of
from booking.instruments.rules.terms import ServiceMode
from booking.web.forms import Filled, LocalMoment, blank
from booking.web.moments import Day
from booking.web.texts import prose, text

# Characters, of a file bytes; a year has some forty rows.
LARGEST_SHEET: Final = 40_000
SHEET_TOO_LARGE: Final = "calendar.sheet_too_large"
_BLANKS: Final = re.compile(r"[\s,，、;；]+")
_DASH: Final = re.compile(r"\s*(?:-|–|—|－|~|～|至|到)\s*")
OTHER_CLASS: Final = "instrument.code_of_other_class"
_OF_THE_PAGE: Final = {
    # The page has no field for the scheme: what a program said of it stays.
    *("version", "lab_id", "category", "classification_scheme"),
    *(f"code_{scheme.value}" for scheme in OtherScheme),
    *(f"customs_{item.value}" for item in CustomsItem),
}
# The page does not show it: a card of another scheme keeps that.
_NOT_ON_IT: Final = frozenset({"classification_scheme"})
_SEPARATORS: Final = re.compile(r"[、,，;；\n]")


def _split(value: object) -> object:
    """One text with commas or lines, as people type several things into one field."""
    if not isinstance(value, list):
        return value
    pieces = [piece.strip() for typed in value for piece in _SEPARATORS.split(str(typed))]
    return [piece for piece in pieces if piece]


def _code(scheme: OtherScheme) -> AfterValidator:
    return AfterValidator(partial(code_of, scheme))


def _item(item: CustomsItem) -> AfterValidator:
    return AfterValidator(partial(customs_said, item))


class CardPage(CardPatch):
    """A card as it is filled in on a page: boxes not ticked are not sent, lists are one text.

    Who knows the class and not the code chooses the class alone.
    """

    # What the page always sends: a field that lost its content must not turn into its default.
    name: Name
    resource_kind: ResourceKind
    source: Source
    share_mode: ShareMode
    units: Annotated[int, Field(ge=1, le=MOST_UNITS)]
    service_modes: list[ServiceMode] = Field(default_factory=list)
    category: Category | None = None
    code_moe: Annotated[Short, _code(OtherScheme.MOE)] = ""
    code_gbt14885: Annotated[Short, _code(OtherScheme.GBT_14885)] = ""
    code_gbt32847: Annotated[Short, _code(OtherScheme.GBT_32847)] = ""
    customs_exemption: Annotated[Short, _item(CustomsItem.EXEMPTION)] = ""
    customs_exemption_line: Short = ""
    customs_declaration: Annotated[Short, _item(CustomsItem.DECLARATION)] = ""
    customs_contract: Hundred = ""
    customs_port: Hundred = ""
    customs_office: Hundred = ""
    customs_imported_on: Day | None = None
    customs_sharing_declared: Annotated[Short, _item(CustomsItem.SHARING_DECLARED)] = ""
    customs_fees_reviewed: Annotated[Short, _item(CustomsItem.FEES_REVIEWED)] = ""
    customs_hs_code: Annotated[Short, _item(CustomsItem.HS_CODE)] = ""
    customs_follow_up: Long = ""
    disciplines: Annotated[list[Hundred], BeforeValidator(_split), Field(max_length=4)] = Field(
        default_factory=list
    )
    aliases: Annotated[list[Name], BeforeValidator(_split), Field(max_length=20)] = Field(
        default_factory=list
    )
    general_purpose: bool = False
    version: int | None = None
    lab_id: int | None = None

    @field_validator("category")
    @classmethod
    def _has_the_code(cls, category: Category | None, told: ValidationInfo) -> Category | None:
        code = told.data.get("category_code", "")
        if category is not None and code and not code.startswith(category.value):
            raise PydanticCustomError(OTHER_CLASS, "of another class", {"category": category})
        return category

    def values(self) -> dict[str, object]:
        """Everything: what is empty on the page was emptied; without a district it is the lab's."""
        whole = self.model_copy()
        whole.model_fields_set.update(set(type(self).model_fields) - _OF_THE_PAGE - _NOT_ON_IT)
        told = {k: v for k, v in CardPatch.values(whole).items() if k not in _OF_THE_PAGE}
        codes = {scheme: getattr(self, f"code_{scheme.value}") for scheme in OtherScheme}
        told["district"] = self.district or ""
        told["category_code"] = self.category_code or self.category or ""
        told["other_codes"] = {scheme.value: code for scheme, code in codes.items() if code}
        items = {item: getattr(self, f"customs_{item.value}") for item in CustomsItem}
        told["customs"] = {item.value: str(said) for item, said in items.items() if said}
        return told


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
    for piece in _BLANKS.split(_plainly(" ".join(value)).strip()):
        opens, dash, closes = piece.partition("-")
        if piece and not dash:
            raise PydanticCustomError(NOT_A_CLOCK, "not a window")
        if piece:
            found.append({"opens": opens, "closes": closes})
    return found


def _plainly(typed: str) -> str:
    """Times of day as a keyboard has them, any dash as a hyphen."""
    # Single blanks first: between many of them a dash would be looked for again and again.
    return _DASH.sub("-", clock_plainly(typed))


Windows = Annotated[list[WindowForm], BeforeValidator(_windows)]


class Weekly(Protocol):
    """A window of some weekday."""

    @property
    def weekday(self) -> int: ...
    @property
    def hours(self) -> Hours: ...


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


def week_form(windows: Sequence[Weekly]) -> Filled[Any]:
    """The windows as they are typed: a line for each weekday."""
    week: dict[str, list[str]] = {}
    for one in windows:
        typed = f"{clock_text(one.hours.opens)}-{clock_text(one.hours.closes)}"
        week.setdefault(f"day_{one.weekday}", []).append(typed)
    return blank(**{name: " ".join(texts) for name, texts in week.items()})


class OwnDayPage(Said):
    """A day that differs, as it is filled in on a page; nothing in `windows` closes it."""

    day: Day
    windows: Windows = Field(default_factory=list)
    reason: Annotated[str, text(200)] = ""

    @property
    def said(self) -> DaySaid:
        return DaySaid(tuple(window.hours for window in self.windows), self.reason)


class RosterDaysPage(Said):
    """Duty on one day, or on every day until another; nothing in `windows`: absent."""

    day: Day
    until: Day | None = None
    windows: Windows = Field(default_factory=list)

    @property
    def days(self) -> tuple[date, date]:
        return self.day, self.until or self.day

    @property
    def hours(self) -> list[Hours]:
        return [window.hours for window in self.windows]


class YearSheetPage(Said):
    """A year's statutory calendar as a file, or its text in a field."""

    file: UploadFile | None = None
    sheet: Annotated[str, prose(LARGEST_SHEET)] = ""

    @field_validator("file")
    @classmethod
    def _of_a_year(cls, file: UploadFile | None) -> UploadFile | None:
        if file is not None and (file.size or 0) > LARGEST_SHEET:
            raise PydanticCustomError(SHEET_TOO_LARGE, "too large", {"most": LARGEST_SHEET})
        return file

    @property
    def told(self) -> str:
        return self.sheet if self.file is None else text_of(self.file.file.read())


class YearPage(Said):
    """A year's statutory calendar that was looked at and is to be entered."""

    sheet: Annotated[str, prose(LARGEST_SHEET, shortest=1)]
    provisional: bool = False


class FilingPage(Said):
    """When an instrument was filed with the national platform, and under which number."""

    filed_on: Day | None = None
    filing_number: Annotated[str, text(40)] = ""


class ExemptionPage(Said):
    """Why it is not filed, and by whose consent."""

    filing_exemption: Annotated[str, prose(300)] = ""
