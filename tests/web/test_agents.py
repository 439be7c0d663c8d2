"""Browsers by the names that people know them by."""

import pytest

from booking.web.agents import browser_text
from booking.web.i18n import begin_speaking

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Firefox/140.0", "Firefox · Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140.0 Safari/537.36", "Chrome · Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140.0 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 16) Chrome/140.0 MicroMessenger/8.0.60",
            "WeChat · Android",
        ),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) HuaweiBrowser/5", "Huawei Browser · HarmonyOS"),
        ("python-requests/2.32", "python-requests/2.32"),
        ("x" * 200, "x" * 40),
        ("", "未知"),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(agent: str, text: str) -> None:
    begin_speaking("zh_CN")
    assert browser_text(agent) == text
