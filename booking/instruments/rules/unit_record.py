"""A unit with what its instruments came to in a year: the national platform's record of type 7.

Rates as `policy-facts.md` §2.4 has them; instruments qualify from the value on that must be filed.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from booking.instruments.rules.columns import Need
from booking.instruments.rules.records import Field, Mend, in_hours, in_percent, in_wan

# Counts by the names of `queries.sheets.UnitCounts`; `external_seconds`, `income_fen` of a year.
Unit = Mapping[Any, Any]
_SHOULD: Final = Need.RECOMMENDED
# What the platform's form asks a unit to tell in words or count from papers that are not ours.
_TOLD_THERE: Final = (
    *("Innovation", "user", "Project", "Thesis", "Book", "Report", "Patent", "Output"),
    *("Achievements", "socialBenefit", "Remark"),
)


def _said(name: str) -> Callable[[Unit], str]:
    return lambda unit: str(unit[name] or "")


def _count(name: str) -> Callable[[Unit], str]:
    return lambda unit: str(unit[name])


def _share(part: str, whole: str) -> Callable[[Unit], str]:
    return lambda unit: in_percent(unit[part], unit[whole])


def _of_the_year(name: str, spelt: Callable[[int], str]) -> Callable[[Unit], str]:
    return lambda unit: "" if unit[name] is None else spelt(unit[name])


def _nothing(_unit: Unit) -> str:
    return ""


def _rate(name: str, heading: str, *, part: str, whole: str) -> Field:
    return Field(name, heading, _share(part, whole), _SHOULD, 0, name, Mend.CARD)


FIELDS: Final = (
    Field("name", "单位名称", _said("name")),
    Field(
        "uscc",
        "统一社会信用代码",
        _said("uscc"),
        Need.REQUIRED,
        18,
        "uscc",
        Mend.ORGANISATION,
    ),
    Field(
        "insCode",
        "单位标识",
        _said("national_code"),
        _SHOULD,
        0,
        "national_code",
        Mend.ORGANISATION,
    ),
    Field("labs", "实验室数", _count("labs")),
    Field("instruments", "仪器台数", _count("instruments")),
    Field("shared", "对外共享台数", _count("shared")),
    Field("worth", "原值合计（万元）", lambda unit: in_wan(unit["worth_fen"])),
    _rate("submittedRates", "入网比例（%）", part="filed", whole="qualifying"),
    _rate("activatedRates", "正常运行设备比例（%）", part="running", whole="filed"),
    _rate("totalShareRates", "参与共享比例（%）", part="taking_part", whole="qualifying"),
    _rate("externalShareRates", "外部共享比例（%）", part="serving_others", whole="qualifying"),
    Field(
        "serviceAmounts",
        "对外服务机时",
        _of_the_year("external_seconds", in_hours),
        _SHOULD,
        0,
        "service_seconds",
        Mend.USES,
    ),
    Field(
        "serviceIncome",
        "服务收入（万元）",
        _of_the_year("income_fen", in_wan),
        _SHOULD,
        0,
        "service_income",
        Mend.USES,
    ),
    *(Field(name, name, _nothing, _SHOULD, 0, "", Mend.ELSEWHERE) for name in _TOLD_THERE),
)
