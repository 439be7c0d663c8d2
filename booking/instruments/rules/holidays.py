"""What the holidays of a statutory calendar are called in English.

Notices name them in Chinese; which there are is fixed by law (全国年节及纪念日放假办法), so that
the names are known and need not be entered.
"""

from typing import Final

_ENGLISH: Final = {
    "元旦": "New Year",
    "春节": "Spring Festival",
    "除夕": "Spring Festival Eve",
    "清明节": "Qingming Festival",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
}
_MAKEUP: Final = "调休上班"
_BETWEEN: Final = "、"


def english_holiday(name: str) -> str:
    """A holiday's English name, also of several that fall together and of the days worked instead;
    the name as it is where a part of it is not known."""
    worked = name.endswith(_MAKEUP)
    parts = name.removesuffix(_MAKEUP).split(_BETWEEN)
    if any(part not in _ENGLISH for part in parts):
        return name
    said = " and ".join(_ENGLISH[part] for part in parts)
    return f"{said} make-up workday" if worked else said
