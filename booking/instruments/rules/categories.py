"""The fifteen classes of large instruments; a category's code begins with its class."""

from enum import StrEnum


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
