"""Reading single values: amounts, rates, days, moments, words. Nothing is rounded or guessed."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from booking.kernel.clock import local
from booking.subsidies.rules.faults import Bad

T = TypeVar("T")

# Rates are whole numbers of 10⁻¹²: exact for every rate that a document can state, and an integer
# product costs a fraction of a Decimal one.
RATE_DIGITS = 12
RATE_ONE: int = 10**RATE_DIGITS

_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,15})(?:\.(\d{1,2}))?", re.ASCII)
_RATE = re.compile(rf"([01])(?:\.(\d{{1,{RATE_DIGITS}}}))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)


# Beyond these no document of ours can mean anything, and calendars and databases come to an end.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 12, 31)
LONGEST_TEXT = 200
MOST_DAYS = 36_600
MOST_VERSIONS = 1_000_000
# Control characters, and halves of characters that cannot be written down.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def amount(value: object) -> int:
    """Yuan, as text with at most two decimals (or a whole number), in fen."""
    text = _digits(value, "not_an_amount")
    if match := _AMOUNT.fullmatch(text):
        whole, cents = match.groups()
        return int(whole) * 100 + (int(cents.ljust(2, "0")) if cents else 0)
    if not _NUMBER.fullmatch(text):
        raise Bad("not_an_amount")
    raise Bad("negative" if text.startswith("-") else "too_fine")


def rate(value: object) -> int:
    """A share from 0 to 1 as decimal text, in 10⁻¹²."""
    text = _digits(value, "not_a_rate")
    if match := _RATE.fullmatch(text):
        whole, rest = match.groups()
        scaled = int(whole) * RATE_ONE + int((rest or "").ljust(RATE_DIGITS, "0"))
        if scaled <= RATE_ONE:
            return scaled
        raise Bad("rate_outside")
    if not _NUMBER.fullmatch(text):
        raise Bad("not_a_rate")
    raise Bad("too_fine" if text[:2] in {"0.", "1."} else "rate_outside")


def _digits(value: object, fault: str) -> str:
    # A binary fraction is not the number that was written; only text and whole numbers are exact.
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Bad(fault)
    return value if isinstance(value, str) else str(value)


def day(value: object) -> date:
    """A calendar day, ISO."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return _within(value)
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise Bad("not_a_date")
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise Bad("not_a_date") from None
    return _within(found)


def service_day(value: object) -> date:
    """A day, or a moment whose local day counts."""
    if isinstance(value, datetime) or (isinstance(value, str) and "T" in value):
        return local(moment(value)).date()
    return day(value)


def moment(value: object) -> datetime:
    """An instant: ISO, with an offset."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise Bad("not_a_moment") from None
    if not isinstance(value, datetime):
        raise Bad("not_a_moment")
    if value.tzinfo is None:
        raise Bad("offset_missing")
    _within(value.date())
    return value


def _within(found: date) -> date:
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Bad("day_outside", first=FIRST_DAY, last=LAST_DAY)
    return found


def month_day(value: object) -> tuple[int, int]:
    """A day of every year, `MM-DD`."""
    match = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise Bad("not_a_month_day")
    month, number = int(match[1]), int(match[2])
    try:
        date(2001, month, number)  # not a leap year: a period may not start on 29 February
    except ValueError:
        raise Bad("not_a_month_day") from None
    return month, number


def text(value: object) -> str:
    """Text as it stands, perhaps empty."""
    if not isinstance(value, str):
        raise Bad("not_text")
    if len(value) > LONGEST_TEXT:
        raise Bad("too_long", most=LONGEST_TEXT)
    if _UNPRINTABLE.search(value):
        raise Bad("not_printable")
    return value


def word(value: object) -> str:
    """Text that says something."""
    found = text(value).strip()
    if not found:
        raise Bad("empty")
    return found


def identifier(value: object) -> str:
    """A name that others use: text, or a whole number written without quotes."""
    return word(_written(value))


def slug(value: object) -> str:
    """A name that stands in addresses and in names of files."""
    found = identifier(value)
    if not _SLUG.fullmatch(found):
        raise Bad("not_a_slug")
    return found


def _written(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def optional_identifier(value: object) -> str:
    """A name, or nothing."""
    return "" if value == "" else identifier(value)


def count(most: int) -> Callable[[object], int]:
    """A reader for a whole number from 1 on."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Bad("not_a_whole_number")
        if value < 1:
            raise Bad("below_one")
        if value > most:
            raise Bad("above_most", most=most)
        return value

    return read


def truth(value: object) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Bad("not_yes_or_no")
    return value


def words(value: object) -> tuple[str, ...]:
    """A list of words, each once, in the given order."""
    if not isinstance(value, list | tuple):
        raise Bad("not_a_list")
    return tuple(dict.fromkeys(word(item) for item in value))


def some_of(choices: Mapping[str, str]) -> Callable[[object], tuple[str, ...]]:
    """A reader for a list of a few words."""
    one = one_of(choices)
    return lambda value: tuple(one(each) for each in words(value))


def one_of(choices: Mapping[str, T]) -> Callable[[object], T]:
    """A reader for one of a few words."""

    def read(value: object) -> T:
        if not isinstance(value, str) or value not in choices:
            raise Bad("not_one_of", allowed=", ".join(choices))
        return choices[value]

    return read
