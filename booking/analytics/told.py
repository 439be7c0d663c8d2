"""What a row of each fact table is, and what its columns mean where names do not say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class About:
    """A table in words."""

    zh: str
    en: str
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_INSTRUMENT: Final = ("仪器，见 instruments.id", "the instrument, see instruments.id")
_DAY: Final = (
    "使用结束的当地日期，零点结束的属前一日",
    "the local day on which the use ended; midnight is the end of a day",
)
_EFFECTIVE: Final = (
    "已确认使用的有效机时：开机准备、测试、后处理（秒）",
    "effective seconds of confirmed uses: preparation, test, post-processing",
)
ABOUT: Final[Mapping[str, About]] = {
    "organisations": About("一个单位", "an organisation"),
    "labs": About("一个实验室", "a lab of an organisation"),
    "instruments": About("一台仪器的卡片现状", "an instrument's card as it stands"),
    "reservations": About("一条预约", "a booking"),
    "uses": About("一次使用", "a use of a booking"),
    "charges": About("一笔应收", "a charge as it was first reckoned"),
    "charge_corrections": About("对应收的一次更正", "a correction of a charge"),
    "subsidy_lines": About("结算单的一行", "a line of a statement of subsidies"),
    "refusals": About(
        "一次未得到的申请；同一单位对同一时段只记一次",
        "a request that was refused; the same wish of an organisation is noted once",
        {
            "id": ("编号", "its number"),
            "instrument_id": _INSTRUMENT,
            "organisation_id": ("申请单位，见 organisations.id", "who asked, see organisations.id"),
            "external": ("是否仪器所有单位以外的用户", "whether a user other than the owner"),
            "starts_at": ("申请时段开始", "from when the time was wanted"),
            "ends_at": ("申请时段结束", "until when the time was wanted"),
            "lack": (
                "原因：occupied 被占用、closed 未开放、broken 故障、other 其他规则",
                "why: occupied, closed, broken, or another rule",
            ),
            "asked_at": ("申请时刻", "when it was asked for"),
            "codes": (
                "未通过的规则代码（JSON 列表）",
                "codes of the rules against it, a JSON list",
            ),
        },
    ),
    "utilisation_days": About(
        "一台仪器在一天内结束的全部使用；跨午夜的使用计入结束之日，未结束的不计",
        "all uses of an instrument that ended on a day; one over midnight is of the day it ended",
        {
            "instrument_id": _INSTRUMENT,
            "day": _DAY,
            "uses": ("使用次数", "how many uses"),
            "used_seconds": ("使用时长，含空载（秒）", "seconds used, idle running included"),
            "effective_seconds": _EFFECTIVE,
            "external_seconds": ("其中对外服务机时（秒）", "of these, for others than the owner"),
            "samples": ("测样数", "samples"),
            "income_fen": ("应收，含更正（分）", "charges with their corrections, in fen"),
        },
    ),
    "utilisation_months": About(
        "一台仪器一个月的机时分解", "the hours of an instrument in a month, share by share"
    ),
}
