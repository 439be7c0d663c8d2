"""What a browser calls itself, as its owner would call it: "Firefox · Windows"."""

from collections.abc import Sequence
from typing import Final

from booking.web.i18n import gettext

# The first that occurs counts: most browsers also claim to be the ones below them.
_BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("QQBrowser", "QQ Browser"),
    ("UCBrowser", "UC Browser"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_LONGEST: Final = 40


def browser_text(agent: str) -> str:
    """Browser and system; what says neither is shown as it is, cut short."""
    known = [name for table in (_BROWSERS, _SYSTEMS) if (name := _first(table, agent))]
    if known:
        return " · ".join(known)
    return agent[:_LONGEST] or gettext("unknown")


def _first(table: Sequence[tuple[str, str]], agent: str) -> str:
    return next((name for sign, name in table if sign in agent), "")
