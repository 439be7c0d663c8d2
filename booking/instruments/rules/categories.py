"""The fifteen classes of large instruments, and what other schemes call one (`policy-facts.md`
§6.2)."""

import re
from enum import StrEnum
from typing import Final

NATIONAL: Final = "nrii"
# Class, subclass, kind: two digits each; who does not know the last ones leaves them out.
_NATIONAL_CODE: Final = re.compile(r"[0-9]{2}(?:[0-9]{2}){0,2}")


class OtherScheme(StrEnum):
    """Schemes beside the national platform's: 高等学校固定资产分类与编码, GB/T 14885-2022,
    GB/T 32847-2016 (its number is not confirmed)."""

    MOE = "moe"
    GBT_14885 = "gbt14885"
    GBT_32847 = "gbt32847"


_OTHER_CODES: Final = {
    OtherScheme.MOE: re.compile(r"[0-9]{8}"),
    OtherScheme.GBT_14885: re.compile(r"[A-Z][0-9]{7}"),
    OtherScheme.GBT_32847: re.compile(r"[0-9A-Z]{2,8}"),
}


class Category(StrEnum):
    """大型科学仪器设备分类, first level."""

    ANALYTICAL = "01"
    PHYSICAL = "02"
    METROLOGY = "03"
    ELECTRONIC = "04"
    MARINE = "05"
    GEOLOGICAL = "06"
    ATMOSPHERIC = "07"
    SPECIAL_INSPECTION = "08"
    LASER = "09"
    PROCESS = "10"
    COMPUTING = "11"
    ASTRONOMICAL = "12"
    MEDICAL = "13"
    NUCLEAR = "14"
    OTHER = "15"


_BY_CODE: Final = {member.value: member for member in Category}


def category_of(code: str) -> Category | None:
    """The class that a code belongs to, if it is one of ours."""
    return _BY_CODE.get(code[:2])


def fits(code: str, scheme: str) -> bool:
    """Whether a scheme may have a code: the national one up to six digits below one of its classes.

    A card may wait for its code; other schemes are not ours to know.
    """
    if not code or scheme != NATIONAL:
        return True
    return bool(_NATIONAL_CODE.fullmatch(code)) and category_of(code) is not None


def other_fits(code: str, scheme: OtherScheme) -> bool:
    """Whether another scheme writes its codes so."""
    return bool(_OTHER_CODES[scheme].fullmatch(code))
