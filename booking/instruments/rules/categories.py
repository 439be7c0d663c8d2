"""The fifteen classes of large instruments; a category's code begins with its class."""

import re
from enum import StrEnum
from typing import Final

NATIONAL: Final = "nrii"
_NATIONAL_CODE: Final = re.compile(r"[0-9]{6}")


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


def category_of(code: str) -> Category | None:
    """The class that a code belongs to, if it is one of ours."""
    known = {member.value: member for member in Category}
    return known.get(code[:2])


def fits(code: str, scheme: str) -> bool:
    """Whether a scheme may have a code: the national one six digits below one of its classes.

    A card may wait for its code; other schemes are not ours to know.
    """
    if not code or scheme != NATIONAL:
        return True
    return bool(_NATIONAL_CODE.fullmatch(code)) and category_of(code) is not None
