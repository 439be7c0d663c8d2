"""Our card as a record of the national platform: field names, fixed words, what is missing.

Single instruments (type 4) and the unit itself; `policy-facts.md` §6.3. Field names follow the
dictionary that is public; whether today's interface takes them is not known, so files only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from booking.instruments.rules.categories import NATIONAL, fits
from booking.instruments.rules.columns import DISTRICTS, SHARE_MODES, SOURCES, Need

Card = Mapping[Any, Any]
# Given out by the platform when a unit registers there.
INS_CODE: Final = "待国家平台分配"
NOTHING: Final = "无"
DRAFT, SUBMITTED = "-1", "0"
_MUST, _MAY = Need.REQUIRED, Need.OPTIONAL
_WHOLE_CODE: Final = 6
_FEN_PER_WAN: Final = 1_000_000
_RUNNING: Final = {"suspended": "待修", "retired": "待报废"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of theirs, from which of our columns, and what it must be."""

    name: str
    heading: str
    value: Callable[[Card], str]
    need: Need = Need.OPTIONAL
    longest: int = 0
    # Whose words it says, where a form has them.
    source: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What keeps a record from being filed."""

    field: Field
    # Characters too many; none when it is missing.
    over: int = 0


def _said(column: str) -> Callable[[Card], str]:
    return lambda card: str(card[column] or "")


def _day(column: str) -> Callable[[Card], str]:
    return lambda card: card[column].isoformat() if card[column] else ""


def _word(column: str, words: Mapping[str, str]) -> Callable[[Card], str]:
    return lambda card: words.get(str(card[column]), "")


def _either(column: str, yes: str, no: str) -> Callable[[Card], str]:
    return lambda card: yes if card[column] else no


def _always(text: str) -> Callable[[Card], str]:
    return lambda _card: text


def in_wan(amount_fen: int) -> str:
    """Fen → 万元 with two decimals."""
    wan = Decimal(amount_fen) / _FEN_PER_WAN
    return str(wan.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _category(card: Card) -> str:
    code, scheme = card["category_code"], card["classification_scheme"]
    is_theirs = scheme == NATIONAL and fits(code, scheme) and len(code) == _WHOLE_CODE
    return code if is_theirs else ""


FIELDS: Final = (
    Field("cname", "中文名称", _said("name"), _MUST, 50, "name"),
    Field("ename", "英文名称", _said("name_en"), _MAY, 100, "name_en"),
    Field("innerId", "所在单位仪器内部编码", _said("inner_id"), _MUST, 0, "inner_id"),
    Field("insCode", "所属单位标识", _always(INS_CODE)),
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
    Field("status", "运行状态", lambda card: _RUNNING.get(str(card["state"]), "正常"), _MUST),
    Field("requirement", "对外开放共享规定", _said("user_notes"), _MUST, 500, "user_notes"),
    Field("fee", "参考收费标准", _said("fee_notes"), _MUST, 500, "fee_notes"),
    Field("county", "安放地址（区）", _word("district", DISTRICTS), _MUST, 0, "district"),
    Field("street", "安放地址", _said("address"), _MUST, 100, "address"),
    Field("contact", "联系人", _said("contact_name"), _MUST, 20, "contact_name"),
    Field("phone", "电话", _said("contact_phone"), _MUST, 20, "contact_phone"),
    Field("email", "电子邮箱", _said("contact_email"), _MUST, 50, "contact_email"),
    Field("shareMode", "共享模式", _word("share_mode", SHARE_MODES), _MUST, 0, "share_mode"),
)


def record(card: Card) -> dict[str, str]:
    """The record, with whether it may be submitted or has to stay a draft."""
    told = {field.name: field.value(card) for field in FIELDS}
    return told | {"auditStatus": DRAFT if flaws(card) else SUBMITTED}


def flaws(card: Card) -> tuple[Flaw, ...]:
    """Required fields that say nothing, and fields that say too much."""
    found = []
    for field in FIELDS:
        value = field.value(card)
        if field.need is Need.REQUIRED and not value:
            found.append(Flaw(field))
        elif field.longest and len(value) > field.longest:
            found.append(Flaw(field, len(value) - field.longest))
    return tuple(found)


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
    needed = {field.source for field in FIELDS if field.source and field.need is Need.REQUIRED}
    required = tuple(flaw.field.source for flaw in flaws(card) if flaw.field.source in needed)
    recommended = tuple(name for name in RECOMMENDED if not card[name])
    wanted = len(needed) + len(RECOMMENDED)
    return Completeness(required, recommended, wanted - len(required) - len(recommended), wanted)


def written_flaw(flaw: Flaw) -> str:
    """A flaw as the file says it."""
    return (
        f"{flaw.field.heading}：超出 {flaw.over} 字" if flaw.over else f"{flaw.field.heading}：缺"
    )
