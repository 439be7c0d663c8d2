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
        ("hours without days", {"opening": "08:30-12:00"}, ("import.hours_no_days", "opening")),
        ("days without hours", {"opening": "周一至周五"}, ("import.hours_no_window", "opening")),
        ("no such hour", {"opening": "周一 25:00-26:00"}, ("import.hours_not_window", "opening")),
        (
            "a day twice",
            {"opening": "工作日 全天；周五 全天"},
            ("import.hours_day_twice", "opening"),
        ),
        ("never open", {"opening": "每天 休息"}, ("import.hours_none", "opening")),
        (
            "hours that overlap",
            {"opening": "周一 08:00-12:00 11:00-13:00"},
            ("import.hours_clash", "opening"),
        ),
        (
            "a night into the next morning's hours",
            {"opening": "周一 20:00-次日10:00；周二 09:00-12:00"},
            ("import.hours_night", "opening"),
        ),
        (
            "no code of theirs",
            {"code_gbt14885": "02100000"},
            ("instrument.not_a_code", "code_gbt14885"),
        ),
        ("whole of nobody", {"part_of_id": "X-9"}, ("import.whole_unknown", "part_of_id")),
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
