"""The one table of columns of instruments in sheets: the template, the import and the export.

Headings and words are part of the file's format, the same in every language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from booking.instruments.rules.categories import OtherScheme
from booking.instruments.rules.limits import LONGEST, MOST

FAULT_HEADING: Final = "错误说明"
SHEET_TITLE: Final = "仪器"
# Rows of one sheet, and how far down they may lie.
MOST_ROWS: Final = 20_000
LAST_LINE: Final = 200_000


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    CODE = "code"
    AMOUNT = "amount"
    COUNT = "count"
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    LIST = "list"
    HOURS = "hours"
    OTHER_CODE = "other_code"


class Need(StrEnum):
    """Whether a cell may stay empty."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A field of a card as a sheet has it; `words` maps what is stored to what is written."""

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    need: Need = Need.OPTIONAL
    words: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def longest(self) -> int | None:
        """Characters of a cell, or of one entry of a list."""
        return LONGEST.get(self.key)

    @property
    def most(self) -> int | None:
        """Entries of a list."""
        return MOST.get(self.key)


YES_NO: Final = {"yes": "是", "no": "否"}
KINDS: Final = {
    "instrument": "仪器",
    "pilot_line": "中试线",
    "poc_station": "概念验证平台",
    "testing_service": "检验检测服务",
}
SOURCES: Final = {"purchase": "购置", "made": "研制", "gift": "赠送", "other": "其他"}
SHARE_MODES: Final = {"internal": "内部共享", "external": "外部共享", "none": "不共享"}
SERVICE_MODES: Final = {
    "self_operated": "自主上机",
    "assisted": "协助上机",
    "entrusted": "委托送样",
    "remote": "远程共享",
}
DISTRICTS: Final = {
    "energy_trade": "能源金贸区",
    "fengdong": "沣东新城",
    "fengxi": "沣西新城",
    "qinhan": "秦汉新城",
    "konggang": "空港新城",
    "jinghe": "泾河新城",
    "outside": "新区以外",
}
SCHEMES: Final = {"nrii": "国家平台"}

LAB: Final = Column(
    key="lab",
    heading="实验室",
    note="名称或编号；只管理一个实验室时可不填；名称相同时写“名称#编号”",
)
PART_OF: Final = Column(
    key="part_of_id",
    heading="所属整机内部编号",
    note="同一实验室内整机的内部编号，整机可在同一文件的任何一行；整机与部件最多三级",
)
OPENING: Final = Column(
    key="opening",
    heading="开放时间",
    kind=Kind.HOURS,
    note="每周开放时间；不填不改变，新仪器沿用实验室的；法定节假日与单日另设",
)
_CODES: Final = {
    OtherScheme.MOE: ("教育部资产分类代码", "高等学校固定资产分类与编码，8 位数字"),
    OtherScheme.GBT_14885: ("GB/T 14885 代码", "一位字母加 7 位数字，如 A0210000"),
    OtherScheme.GBT_32847: ("GB/T 32847 代码", "数字或字母，2 至 8 位"),
}
CODES: Final = tuple(
    Column(key=f"code_{scheme}", heading=heading, kind=Kind.OTHER_CODE, note=note)
    for scheme, (heading, note) in _CODES.items()
)
SCHEME_OF: Final = {f"code_{scheme}": scheme for scheme in OtherScheme}
_REQUIRED, _WANTED = Need.REQUIRED, Need.RECOMMENDED
COLUMNS: Final = (
    Column(
        key="inner_id",
        heading="内部编号",
        need=_REQUIRED,
        note="在实验室内唯一；再次导入时按它找到同一台仪器",
    ),
    Column(key="name", heading="中文名称", need=_REQUIRED),
    LAB,
    Column(key="name_en", heading="英文名称", need=_WANTED),
    Column(
        key="category_code",
        heading="分类编码",
        kind=Kind.CODE,
        need=_WANTED,
        note="国家平台分类，2、4 或 6 位数字，前两位 01 至 15",
    ),
    Column(
        key="classification_scheme",
        heading="分类标准",
        words=SCHEMES,
        note="不填为国家平台；其他标准写其代号",
    ),
    *CODES,
    Column(key="resource_kind", heading="资源类型", kind=Kind.CHOICE, words=KINDS),
    Column(
        key="original_value",
        heading="原值（元）",
        kind=Kind.AMOUNT,
        need=_WANTED,
        note="最多两位小数；可写“398万元”",
    ),
    Column(key="source", heading="设备来源", kind=Kind.CHOICE, words=SOURCES),
    Column(key="origin_country", heading="产地国别", need=_WANTED),
    Column(key="manufacturer", heading="生产制造商", need=_WANTED),
    Column(key="model", heading="规格型号", need=_WANTED),
    Column(key="start_date", heading="启用日期", kind=Kind.DAY, need=_WANTED),
    Column(key="acceptance_date", heading="验收日期", kind=Kind.DAY, need=_WANTED),
    Column(key="general_purpose", heading="通用仪器", kind=Kind.YES_NO, note="是：通用；否：专用"),
    Column(key="customs_supervised", heading="海关监管", kind=Kind.YES_NO),
    Column(key="specs", heading="主要技术指标", need=_WANTED),
    Column(key="functions", heading="主要功能", need=_WANTED),
    Column(
        key="disciplines",
        heading="主要学科领域",
        kind=Kind.LIST,
        need=_WANTED,
        note="GB/T 13745 一级学科",
    ),
    Column(key="services", heading="服务内容", need=_WANTED),
    Column(key="typical_results", heading="服务典型成果"),
    Column(key="user_notes", heading="用户须知", need=_WANTED),
    Column(key="fee_notes", heading="参考收费标准", need=_WANTED),
    Column(
        key="district",
        heading="所在片区",
        kind=Kind.CHOICE,
        words=DISTRICTS,
        note="不填为实验室所在片区",
    ),
    Column(key="address", heading="安放地址", need=_WANTED),
    Column(key="province", heading="所在省", note="片区在新区内的不必填"),
    Column(key="city", heading="所在市", note="片区在新区内的不必填"),
    Column(key="postal_address", heading="通讯地址"),
    Column(key="postal_code", heading="邮政编码", note="6 位数字"),
    Column(key="funds", heading="主要购置经费来源"),
    Column(key="contact_name", heading="联系人", need=_WANTED),
    Column(key="contact_phone", heading="联系电话", need=_WANTED),
    Column(key="contact_email", heading="电子邮箱", need=_WANTED),
    Column(key="share_mode", heading="共享模式", kind=Kind.CHOICE, words=SHARE_MODES),
    Column(key="service_modes", heading="服务方式", kind=Kind.CHOICES, words=SERVICE_MODES),
    Column(key="units", heading="工位数", kind=Kind.COUNT, note="1 至 200；不填为 1"),
    OPENING,
    PART_OF,
    Column(key="aliases", heading="别名", kind=Kind.LIST, note="便于搜索的其他叫法"),
)
# What is no field of the card's form.
APART: Final = frozenset({LAB.key, PART_OF.key, OPENING.key, *SCHEME_OF})
BY_KEY: Final = {column.key: column for column in COLUMNS}
HEADINGS: Final = tuple(column.heading for column in COLUMNS)
REQUIRED_KEYS: Final = frozenset(c.key for c in COLUMNS if c.need is Need.REQUIRED)
