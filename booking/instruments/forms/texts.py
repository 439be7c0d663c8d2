"""Lengths, amounts, times of day: what the fields of forms are made of."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Annotated, Final
from unicodedata import normalize

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from booking.instruments.rules.customer import PRICE_CLASSES, RULE_CLASSES
from booking.instruments.rules.opening import DAY_MINUTES, minute_of_day
from booking.kernel.timespan import local_midnight
from booking.web.json import AwareMoment, YuanStr
from booking.web.moments import day_within_reach, parsed
from booking.web.texts import prose, text, title

NOT_A_CLOCK: Final = "time.not_a_clock"
BEGINS_AT_END: Final = "time.begins_at_end"
NO_SUCH_CLASS: Final = "tariff.class_unknown"
PART_OF_MINUTE: Final = "tariff.step_within_minute"
# Where a nought is missing before a single digit of an hour.
_SHORT_HOUR: Final = re.compile(r"(?<!\d)(?=\d:)")
_LONGEST_CLOCK: Final = 20
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


Short = Annotated[str, text(20)]
Fifty = Annotated[str, text(50)]
Hundred = Annotated[str, text(100)]
Long = Annotated[str, prose(500)]
Name = Annotated[str, title(50)]
ItemName = Annotated[str, text(40, shortest=1)]
Origin = Annotated[str, text(200, shortest=1)]
Fen = Annotated[YuanStr, Field(ge=0)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 366)]
Percent = Annotated[int, Field(ge=0, le=100)]


def clock_plainly(typed: str) -> str:
    """In the letters of a keyboard: wide digits and colons as narrow ones, 8:30 as 08:30."""
    return _SHORT_HOUR.sub("0", " ".join(normalize("NFKC", typed).split()))


def _clock(value: object) -> str:
    try:
        minute_of_day(str(value))
    except ValueError:
        raise PydanticCustomError(NOT_A_CLOCK, "not a time of day") from None
    return str(value)


def _typed_clock(value: object) -> str:
    return clock_plainly(str(value)[:_LONGEST_CLOCK])


def _begins(clock: str) -> str:
    if minute_of_day(clock) == DAY_MINUTES:
        raise PydanticCustomError(BEGINS_AT_END, "begins at the end of the day")
    return clock


def _one_of(known: Sequence[str], name: str) -> str:
    if name not in known:
        told = {"customer_class": name, "known": list(known)}
        raise PydanticCustomError(NO_SUCH_CLASS, "no such class", told)
    return name


def _whole_minutes(hours: Decimal) -> Decimal:
    if (hours * 60) % 1:
        raise PydanticCustomError(PART_OF_MINUTE, "not whole minutes")
    return hours


def _start(value: object) -> object:
    """A day means its first moment in local time."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        return local_midnight(day_within_reach(parsed(value).date()))
    return value


# A time of day, `08:30`; 24:00 ends a day, and nothing begins then.
ClockText = Annotated[str, BeforeValidator(_clock)]
BeginText = Annotated[ClockText, AfterValidator(_begins)]
# The same as people type them: `8:30`, wide digits.
TypedClock = Annotated[ClockText, BeforeValidator(_typed_clock)]
TypedBegin = Annotated[BeginText, BeforeValidator(_typed_clock)]
# After how many hours another price begins: whole minutes.
Over = Annotated[
    Decimal,
    Field(gt=0, le=24 * 62, max_digits=6, decimal_places=2),
    AfterValidator(_whole_minutes),
]
# Who has rules of his own, and who has prices of his own.
RuleClass = Annotated[
    str,
    Field(max_length=32, json_schema_extra={"enum": list(RULE_CLASSES)}),
    AfterValidator(partial(_one_of, RULE_CLASSES)),
]
PriceClass = Annotated[
    str,
    Field(max_length=32, json_schema_extra={"enum": list(PRICE_CLASSES)}),
    AfterValidator(partial(_one_of, PRICE_CLASSES)),
]
# A moment, or a day for its first moment.
Start = Annotated[AwareMoment, BeforeValidator(_start)]


class Said(BaseModel):
    """Whatever is said; what nobody asked for is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
