"""One settled use as the national platform's service record (type 6; `policy-facts.md` §6.3).

Field names follow the dictionary that is public; the codes of later fields are not, so those are
left out. Which fields must be said is our reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from booking.instruments.rules.terms import ServiceMode
from booking.kernel.clock import local
from booking.kernel.money import yuan
from booking.reservations.rules.feedback import Grade
from booking.utilisation.rules.sheets import Column, Mend, Need, Values

NOTHING: Final = "无"
WAYS: Final[Mapping[ServiceMode, str]] = {
    ServiceMode.SELF_OPERATED: "占用共享",
    ServiceMode.ASSISTED: "技术共享",
    ServiceMode.ENTRUSTED: "委托共享",
    ServiceMode.REMOTE: "远程共享",
}
COMMENTS: Final[Mapping[Grade, str]] = {
    Grade.VERY_GOOD: "非常满意",
    Grade.GOOD: "基本满意",
    Grade.FAIR: "一般",
    Grade.POOR: "不满意",
    Grade.VERY_POOR: "极差",
}
_MUST, _SHOULD = Need.REQUIRED, Need.WANTED

COLUMNS: Final = (
    Column("innerId", "所在单位仪器内部编码", need=_MUST, mend=Mend.CARD),
    Column("instrument", "仪器名称", need=_MUST, longest=50, mend=Mend.CARD),
    Column("amounts", "服务金额（元）", need=_MUST, is_number=True),
    Column("serviceStart", "服务开始时间", need=_MUST),
    Column("serviceEnd", "服务结束时间", need=_MUST),
    Column("serviceContent", "服务内容", need=_MUST, longest=200, mend=Mend.ENTRY, typed=True),
    Column("serviceWay", "服务方式", need=_MUST),
    Column("serviceAmount", "服务量（机时）", need=_MUST, is_number=True),
    Column("subjectName", "课题名称", longest=100, mend=Mend.ENTRY, typed=True),
    Column("subjectIncome", "课题经费来源", longest=50, mend=Mend.ENTRY, typed=True),
    Column("subjectArea", "课题主要学科领域", longest=100, mend=Mend.ENTRY, typed=True),
    Column("applicant", "申请人", need=_MUST, longest=20, mend=Mend.ENTRY, compared=False),
    Column(
        *("phone", "联系电话"),
        need=_SHOULD,
        longest=20,
        mend=Mend.ENTRY,
        typed=True,
        compared=False,
    ),
    # Said only where a lab types it: nobody's address leaves the house unasked.
    Column("email", "电子邮箱", longest=50, mend=Mend.ENTRY, typed=True, compared=False),
    Column("applicantUnit", "申请人单位", need=_MUST, longest=100, mend=Mend.ORGANISATION),
    Column("comment", "用户评价"),
)


# Only for those who keep the lab, or file for it.
CONTACTS: Final = frozenset({"phone", "email"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedUse:
    """A use that was settled, with all that its record says."""

    reservation_id: int
    number: str
    instrument_id: int
    lab_id: int
    inner_id: str
    instrument_name: str
    mode: ServiceMode
    purpose: str
    started_at: datetime
    ended_at: datetime
    effective_minutes: int
    applicant: str
    phone: str
    applicant_unit: str
    unit_id: int
    amount_fen: int
    grade: Grade | None
    instrument_name_en: str = ""
    applicant_unit_en: str = ""


def record_of(use: ServedUse, typed: Mapping[str, str]) -> Values:
    """The record; what was typed betters what the booking says."""
    told = {
        "innerId": use.inner_id,
        "instrument": use.instrument_name,
        "amounts": yuan(use.amount_fen),
        "serviceStart": _minute(use.started_at),
        "serviceEnd": _minute(use.ended_at),
        "serviceContent": use.purpose,
        "serviceWay": WAYS[use.mode],
        "serviceAmount": f"{use.effective_minutes / 60:.2f}",
        "subjectName": NOTHING,
        "subjectIncome": "",
        "subjectArea": "",
        "applicant": use.applicant,
        "phone": use.phone,
        "email": "",
        "applicantUnit": use.applicant_unit,
        "comment": COMMENTS[use.grade] if use.grade else "",
    }
    return {**told, **{code: value for code, value in typed.items() if value}}


def _minute(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"
