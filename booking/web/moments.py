"""Instants and days from outside: read, and refused where nobody can mean them.

Half a day before the first and after the last moment of a calendar there is no local time any
more; centuries before that nothing of ours makes sense. So all that comes in lies between
`FIRST_DAY` and `LAST_DAY`, wherever it comes in.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from booking.kernel.clock import LOCAL
from booking.kernel.timespan import local_midnight

NOT_A_TIME: Final = "time.not_a_time"
NOT_A_DAY: Final = "form.value"
OUT_OF_RANGE: Final = "time.out_of_range"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2200, 12, 31)
# Whichever way the first and the last day are read, local or in UTC, they lie inside.
_FIRST: Final = local_midnight(FIRST_DAY)
_LAST: Final = datetime(2201, 1, 1, tzinfo=UTC)


def parsed(text: str) -> datetime:
    """The moment that a text says, with or without an offset."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError(NOT_A_TIME, "not a time") from None


def is_day(text: str) -> bool:
    """Whether a text says a day and no time."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def within_reach(moment: datetime) -> datetime:
    """The instant in UTC."""
    try:
        instant = moment.astimezone(UTC)
    except OverflowError:
        raise _out_of_range() from None
    if not _FIRST <= instant <= _LAST:
        raise _out_of_range()
    return instant


def _written_day(value: object) -> object:
    """A day is written as one: a number is none, although it could be read as seconds."""
    if isinstance(value, str) and not _DAY.fullmatch(value.strip()):
        raise PydanticCustomError(NOT_A_DAY, "not a day")
    if isinstance(value, int | float):
        raise PydanticCustomError(NOT_A_DAY, "not a day")
    return value


def day_within_reach(day: date) -> date:
    """The same day."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise _out_of_range()
    return day


def instant_in(text: str | None) -> datetime | None:
    """The instant in an address; None for whatever is none."""
    try:
        moment = datetime.fromisoformat(text or "")
        return within_reach(moment) if moment.tzinfo else None
    except ValueError:
        return None


def day_in(text: str | None) -> date | None:
    """The day in an address; None for whatever is none."""
    try:
        return day_within_reach(date.fromisoformat(text or ""))
    except ValueError:
        return None


def local_instant(moment: datetime) -> datetime:
    """A time without an offset is local."""
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


def _out_of_range() -> PydanticCustomError:
    return PydanticCustomError(
        OUT_OF_RANGE,
        "out of the calendar",
        {"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()},
    )


# A day in a body, a form or an address.
Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(day_within_reach)]
