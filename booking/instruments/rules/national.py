"""Our card as a record of the national platform: field names, fixed words, what is missing.

Single instruments (type 4); `policy-facts.md` §6.3. Field names follow the dictionary that is
public; whether today's interface takes them is not known, so files only. Which fields must be said
is our reading. Disciplines are not compared with GB/T 13745: its list is not known here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from booking.instruments.rules.categories import NATIONAL, fits
from booking.instruments.rules.columns import DISTRICTS, SHARE_MODES, SOURCES, Need
from booking.instruments.rules.records import (
    Field,
    Flaw,
    Mend,
    flaws_of,
    in_hours,
    in_wan,
    told_by,
)

# By the names of its columns. `record` also reads what is not on the card: `owner_code`,
# `service_url`, `image_url`, `out_of_order`, and `run_seconds`, `service_seconds` of a year.
Card = Mapping[Any, Any]
# Given out by the platform when a unit registers there.
INS_CODE: Final = "待国家平台分配"
NOTHING: Final = "无"
DRAFT, SUBMITTED = "-1", "0"
# The zone lies in one province and is run by one city; its districts are not the state's.
PROVINCE, CITY, OUTSIDE = "陕西省", "西安市", "outside"
_MUST, _SHOULD, _MAY = Need.REQUIRED, Need.RECOMMENDED, Need.OPTIONAL
_WHOLE_CODE: Final = 6
# The platform's words; how often a fault is "often" it does not say, so those are not used.
RUNS, STANDS_BY, TO_REPAIR, TO_SCRAP = "正常", "待机", "待修", "待报废"
_RUNNING: Final = {"suspended": STANDS_BY, "retired": TO_SCRAP}


def _said(column: str) -> Callable[[Card], str]:
    return lambda card: str(card.get(column) or "")


def _day(column: str) -> Callable[[Card], str]:
    return lambda card: card[column].isoformat() if card[column] else ""


def _word(column: str, words: Mapping[str, str]) -> Callable[[Card], str]:
    return lambda card: words.get(str(card[column]), "")


def _either(column: str, yes: str, no: str) -> Callable[[Card], str]:
    return lambda card: yes if card[column] else no


def _always(text: str) -> Callable[[Card], str]:
    return lambda _card: text


def _hours(name: str) -> Callable[[Card], str]:
    return lambda card: "" if card.get(name) is None else in_hours(card[name])


def _zone(column: str, of_the_zone: str) -> Callable[[Card], str]:
    def value(card: Card) -> str:
        is_ours = card["district"] in DISTRICTS and card["district"] != OUTSIDE
        return str(card[column] or (of_the_zone if is_ours else ""))

    return value


def running(card: Card) -> str:
    """How it runs, in the platform's words."""
    if card.get("out_of_order"):
        return TO_REPAIR
    return _RUNNING.get(str(card["state"]), RUNS)


def _category(card: Card) -> str:
    code, scheme = card["category_code"], card["classification_scheme"]
    is_theirs = scheme == NATIONAL and fits(code, scheme) and len(code) == _WHOLE_CODE
    return code if is_theirs else ""


FIELDS: Final = (
    Field("cname", "中文名称", _said("name"), _MUST, 50, "name"),
    Field("ename", "英文名称", _said("name_en"), _MAY, 100, "name_en"),
    Field("innerId", "所在单位仪器内部编码", _said("inner_id"), _MUST, 0, "inner_id"),
    Field(
        "insCode",
        "所属单位标识",
        _said("owner_code"),
        _SHOULD,
        0,
        "national_code",
        Mend.ORGANISATION,
    ),
    Field("instrBelongsType", "所属资源载体类型", _always(NOTHING)),
    Field("instrBelongsName", "所属资源载体", _always(NOTHING)),
    Field("instrCategory", "设备分类编码", _category, _MUST, 6, "category_code"),
    Field("instrSource", "设备来源", _word("source", SOURCES), _MUST, 0, "source"),
    Field(
        "instrSupervise",
        "海关监管",
        _either("customs_supervised", "是", "否"),
        _MUST,
    ),
    Field(
        "worth",
        "原值（万元）",
        lambda card: in_wan(card["original_value_fen"]) if card["original_value_fen"] else "",
        _MUST,
        0,
        "original_value",
    ),
    Field("nation", "产地国别", _said("origin_country"), _MUST, 0, "origin_country"),
    Field("manufacturer", "生产制造商", _said("manufacturer"), _MUST, 100, "manufacturer"),
    Field("instrVersion", "规格型号", _said("model"), _MUST, 100, "model"),
    Field("beginDate", "启用日期", _day("start_date"), _MUST, 0, "start_date"),
    Field("type", "仪器设备类别", _either("general_purpose", "通用", "专用"), _MUST),
    Field("technical", "主要技术指标", _said("specs"), _MUST, 500, "specs"),
    Field("function", "主要功能", _said("functions"), _MUST, 300, "functions"),
    Field("subject", "主要学科领域", lambda c: ",".join(c["disciplines"]), _MUST, 0, "disciplines"),
    Field("serviceContent", "服务内容", _said("services"), _MUST, 200, "services"),
    Field(
        "achievement",
        "服务典型成果",
        lambda card: card["typical_results"] or NOTHING,
        _MAY,
        500,
        "typical_results",
    ),
    Field("status", "运行状态", running, _MUST),
    Field("requirement", "对外开放共享规定", _said("user_notes"), _MUST, 500, "user_notes"),
    Field("fee", "参考收费标准", _said("fee_notes"), _MUST, 500, "fee_notes"),
    Field("serviceUrl", "预约服务网址", _said("service_url"), _SHOULD, 150, "service_url"),
    Field("province", "安放地址（省）", _zone("province", PROVINCE), _MUST, 0, "province"),
    Field("city", "安放地址（市）", _zone("city", CITY), _MUST, 0, "city"),
    Field("county", "安放地址（区）", _word("district", DISTRICTS), _MUST, 0, "district"),
    Field("street", "安放地址", _said("address"), _MUST, 100, "address"),
    Field("contact", "联系人", _said("contact_name"), _MUST, 20, "contact_name"),
    Field("phone", "电话", _said("contact_phone"), _MUST, 20, "contact_phone"),
    Field("email", "电子邮箱", _said("contact_email"), _MUST, 50, "contact_email"),
    Field("address", "通讯地址", _said("postal_address"), _SHOULD, 100, "postal_address"),
    Field("postalcode", "邮政编码", _said("postal_code"), _SHOULD, 6, "postal_code"),
    Field("shareMode", "共享模式", _word("share_mode", SHARE_MODES), _MUST, 0, "share_mode"),
    Field("image", "图片", _said("image_url"), _SHOULD, 0, "image_url", Mend.PICTURES),
    Field(
        "run_machine",
        "年总运行机时",
        _hours("run_seconds"),
        _SHOULD,
        0,
        "run_seconds",
        Mend.USES,
    ),
    Field(
        "service_machine",
        "年服务机时",
        _hours("service_seconds"),
        _SHOULD,
        0,
        "service_seconds",
        Mend.USES,
    ),
    Field("funds", "主要购置经费来源", _said("funds"), _SHOULD, 0, "funds"),
)
# What a form of ours asks for and the platform must have.
_ASKED: Final = tuple(field for field in FIELDS if field.source and field.need is _MUST)


def record(card: Card) -> dict[str, str]:
    """The record, with whether it may be submitted or has to stay a draft."""
    blocked = any(flaw.blocks for flaw in flaws(card))
    return told_by(FIELDS, card) | {"auditStatus": DRAFT if blocked else SUBMITTED}


def flaws(card: Card) -> tuple[Flaw, ...]:
    """What the record lacks, or says too long."""
    return flaws_of(FIELDS, card)


# What the platform does without, and users do not like to.
RECOMMENDED: Final = ("name_en", "acceptance_date", "typical_results", "aliases")


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far a card is filled in: required fields that keep it from being filed, recommended
    ones that say nothing, both by the name of our field, and how many fields say something."""

    required: tuple[str, ...]
    recommended: tuple[str, ...]
    filled: int
    wanted: int


def completeness(card: Card) -> Completeness:
    """The meter of a card: the national dictionary's fields, and what is recommended besides."""
    required = tuple(flaw.field.source for flaw in flaws_of(_ASKED, card))
    recommended = tuple(name for name in RECOMMENDED if not card[name])
    wanted = len(_ASKED) + len(RECOMMENDED)
    return Completeness(required, recommended, wanted - len(required) - len(recommended), wanted)
