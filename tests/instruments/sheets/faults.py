"""Kinds of faults in a row: what to write where, and what must be found."""

from collections.abc import Mapping
from typing import Final

Faulty = dict[str, object]
# What is written instead, and the codes with their columns that come back for it.
KINDS: Final[Mapping[str, tuple[Faulty, frozenset[tuple[str, str]]]]] = {
    name: (dict[str, object](row), frozenset(found))
    for name, row, *found in (
        ("no name", {"name": None}, ("form.missing", "name")),
        ("no inner id", {"inner_id": None}, ("form.missing", "inner_id")),
        ("name too long", {"name": "镜" * 51}, ("form.too_long", "name")),
        ("English name too long", {"name_en": "x" * 101}, ("form.too_long", "name_en")),
        ("inner id too long", {"inner_id": "A" * 41}, ("form.too_long", "inner_id")),
        (
            "code of no class",
            {"category_code": "990101"},
            ("instrument.category_unknown", "category_code"),
        ),
        (
            "code too short",
            {"category_code": "0101010"},
            ("instrument.category_unknown", "category_code"),
        ),
        ("code with signs", {"category_code": "01-01"}, ("form.pattern", "category_code")),
        ("amount in words", {"original_value": "面议"}, ("import.not_amount", "original_value")),
        ("amount below nothing", {"original_value": "-1"}, ("form.too_small", "original_value")),
        ("amount too fine", {"original_value": "1.005"}, ("money.not_an_amount", "original_value")),
        ("no such day", {"start_date": "2022-02-30"}, ("import.not_day", "start_date")),
        ("day before our time", {"start_date": "1912-01-01"}, ("time.out_of_range", "start_date")),
        ("unknown share mode", {"share_mode": "随便"}, ("import.not_choice", "share_mode")),
        (
            "unknown service mode",
            {"service_modes": "自主上机、邮寄"},
            ("import.not_choices", "service_modes"),
        ),
        ("no places", {"units": 0}, ("form.too_small", "units")),
        ("too many places", {"units": 201}, ("form.too_large", "units")),
        ("half a place", {"units": 1.5}, ("import.not_count", "units")),
        (
            "five disciplines",
            {"disciplines": "一、二、三、四、五"},
            ("form.too_many", "disciplines"),
        ),
        ("an error of the sheet", {"manufacturer": "#N/A"}, ("import.cell_error", "manufacturer")),
        (
            "signs that nobody sees",
            {"manufacturer": "示例\x07公司"},
            ("text.unreadable", "manufacturer"),
        ),
        ("lab of nobody", {"lab": "没有的实验室"}, ("import.lab_unknown", "lab")),
        (
            "several at once",
            {"name": None, "units": "许多", "start_date": "昨天"},
            ("form.missing", "name"),
            ("import.not_count", "units"),
            ("import.not_day", "start_date"),
        ),
    )
}
