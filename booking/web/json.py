"""How values are written in JSON, and the types that refuse what is ambiguous.

Times: RFC 3339, answered in UTC with `Z`, refused without an offset. Amounts: strings in yuan with
two decimals outside, integer fen inside.
"""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from booking.kernel.money import fen, yuan
from booking.kernel.timespan import TimeSpan
from booking.web.moments import NOT_A_TIME, parsed, within_reach

OFFSET_MISSING = "time.offset_missing"
NOT_AN_AMOUNT = "money.not_an_amount"


def rfc3339(moment: datetime) -> str:
    """`2026-11-23T06:00:00Z`; fractions of a second only where there are some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _aware(value: object) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str) and "T" in value.upper():
        moment = parsed(value)
    else:
        raise PydanticCustomError(NOT_A_TIME, "not a time in RFC 3339")
    if moment.tzinfo is None:
        raise PydanticCustomError(OFFSET_MISSING, "a time needs an offset")
    return moment


def _fen_of(value: object) -> int:
    if not isinstance(value, str):
        raise PydanticCustomError(NOT_AN_AMOUNT, "an amount is a string in yuan")
    try:
        amount = fen(value)
    except ValueError:
        raise PydanticCustomError(NOT_AN_AMOUNT, "an amount is a string in yuan") from None
    if abs(amount) >= 10**15:
        raise PydanticCustomError(NOT_AN_AMOUNT, "more than this platform can count")
    return amount


_YUAN_SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d{1,2})?$"})

# An instant in or out of JSON; numbers, naive times and other centuries are refused.
AwareMoment = Annotated[
    datetime,
    BeforeValidator(_aware),
    AfterValidator(within_reach),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
]
# Yuan as text coming in, fen inside, yuan going out.
YuanStr = Annotated[
    int,
    BeforeValidator(_fen_of),
    PlainSerializer(yuan, return_type=str, when_used="json"),
    _YUAN_SCHEMA,
]
# For answers only: made from fen, written in yuan.
YuanOut = Annotated[int, PlainSerializer(yuan, return_type=str, when_used="json"), _YUAN_SCHEMA]


def json_safe(value: object) -> object:
    """Anything a deed may say, as plain JSON values."""
    if isinstance(value, Mapping):
        return dict(_named(str(key), inner) for key, inner in value.items())
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple | set | frozenset):
        return [json_safe(inner) for inner in value]
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, TimeSpan | type):
        return json_safe({f.name: getattr(value, f.name) for f in dataclasses.fields(value)})
    return value if value is None or isinstance(value, bool | int | str | float) else _text(value)


def _named(key: str, value: object) -> tuple[str, object]:
    # The unit moves into the name or the form, so that a bare number is never ambiguous.
    if isinstance(value, timedelta):
        seconds = value // timedelta(seconds=1)
        unit = ("minutes", seconds // 60) if seconds % 60 == 0 else ("seconds", seconds)
        return f"{key}_{unit[0]}", unit[1]
    if key.endswith("_fen") and isinstance(value, int):
        return key.removesuffix("_fen"), yuan(value)
    return key, json_safe(value)


def _text(value: object) -> object:
    if isinstance(value, TimeSpan):
        return {"start": rfc3339(value.start), "end": rfc3339(value.end)}
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value.total_seconds()) if isinstance(value, timedelta) else str(value)
