"""What customs keep of a supervised instrument: the national platform's record of type 5
(`policy-facts.md` §6.3). Only the Chinese names of its fields are known."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from booking.instruments.rules.columns import Need
from booking.instruments.rules.records import Field


class CustomsItem(StrEnum):
    """An item of the record, in its order."""

    EXEMPTION = "exemption"
    EXEMPTION_LINE = "exemption_line"
    DECLARATION = "declaration"
    CONTRACT = "contract"
    PORT = "port"
    OFFICE = "office"
    IMPORTED_ON = "imported_on"
    SHARING_DECLARED = "sharing_declared"
    FEES_REVIEWED = "fees_reviewed"
    HS_CODE = "hs_code"
    FOLLOW_UP = "follow_up"


HEADINGS: Final = {
    CustomsItem.EXEMPTION: "征免税证明编号",
    CustomsItem.EXEMPTION_LINE: "序号",
    CustomsItem.DECLARATION: "进口报关单编号",
    CustomsItem.CONTRACT: "合同号",
    CustomsItem.PORT: "进口口岸",
    CustomsItem.OFFICE: "主管海关",
    CustomsItem.IMPORTED_ON: "进口日期",
    CustomsItem.SHARING_DECLARED: "申报共享标志",
    CustomsItem.FEES_REVIEWED: "收费标准已评议标志",
    CustomsItem.HS_CODE: "HS编码",
    CustomsItem.FOLLOW_UP: "后续管理记录",
}


class Mark(StrEnum):
    """Whether a mark is set."""

    YES = "yes"
    NO = "no"


MARKS: Final = {Mark.YES: "是", Mark.NO: "否"}
FLAGS: Final = (CustomsItem.SHARING_DECLARED, CustomsItem.FEES_REVIEWED)
# Of the two numbers the platform says how long they are; the other limits are ours.
_FORMS: Final = {
    CustomsItem.EXEMPTION: re.compile(r"[0-9A-Za-z]{12}"),
    CustomsItem.DECLARATION: re.compile(r"[0-9A-Za-z]{18}"),
    CustomsItem.HS_CODE: re.compile(r"[0-9.]{4,14}"),
    **dict.fromkeys(FLAGS, re.compile("|".join(MARKS))),
}


def says(item: CustomsItem, said: str) -> bool:
    """Whether an item may say so; nothing may always be said."""
    if said and item is CustomsItem.IMPORTED_ON:
        return _is_day(said)
    form = _FORMS.get(item)
    return not said or form is None or bool(form.fullmatch(said))


def _is_day(said: str) -> bool:
    try:
        return date.fromisoformat(said).isoformat() == said
    except ValueError:
        return False


def _said(item: CustomsItem) -> Callable[[Mapping[Any, Any]], str]:
    def value(card: Mapping[Any, Any]) -> str:
        said = str(card["customs"].get(item, ""))
        return MARKS[Mark(said)] if said and item in FLAGS else said

    return value


# Which instrument it is, then the items.
FIELDS: Final = (
    Field("innerId", "所在单位仪器内部编码", lambda card: str(card["inner_id"])),
    *(
        Field(heading, heading, _said(item), Need.RECOMMENDED, 0, f"customs_{item}")
        for item, heading in HEADINGS.items()
    ),
)
