"""Lengths, amounts, times of day: what the fields of forms are made of."""

import re
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from booking.instruments.rules.opening import minute_of_day
from booking.kernel.timespan import local_midnight
from booking.web.json import AwareMoment, YuanStr
from booking.web.moments import day_within_reach, parsed
from booking.web.texts import prose, text, title

NOT_A_CLOCK: Final = "time.not_a_clock"
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


Short = Annotated[str, text(20)]
Fifty = Annotated[str, text(50)]
Hundred = Annotated[str, text(100)]
Long = Annotated[str, prose(500)]
Name = Annotated[str, title(50)]
Origin = Annotated[str, text(200, shortest=1)]
Fen = Annotated[YuanStr, Field(ge=0)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 366)]
Percent = Annotated[int, Field(ge=0, le=100)]
ClassName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}$")]


def _clock(value: object) -> str:
    try:
        minute_of_day(str(value))
    except ValueError:
        raise PydanticCustomError(NOT_A_CLOCK, "not a time of day") from None
    return str(value)


def _start(value: object) -> object:
    """A day means its first moment in local time."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        return local_midnight(day_within_reach(parsed(value).date()))
    return value


# A time of day, `08:30`; 24:00 ends a day.
ClockText = Annotated[str, BeforeValidator(_clock)]
# A moment, or a day for its first moment.
Start = Annotated[AwareMoment, BeforeValidator(_start)]


class Said(BaseModel):
    """Whatever is said; what nobody asked for is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
