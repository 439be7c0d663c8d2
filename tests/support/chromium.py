"""Chromium for the browser tests: Debian's, with our own Chinese font and no way out."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

MISSING = "no Chromium: set CHROMIUM_PATH or apt-get install --no-install-recommends chromium"
_FONTS = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def chromium_path() -> str | None:
    """The browser to drive, if the machine has one."""
    names = (os.environ.get("CHROMIUM_PATH") or "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def launch(playwright: Playwright, path: str, directory: Path) -> Browser:
    """A headless browser that draws Chinese on a bare machine and reaches loopback only."""
    fontconfig = directory / "fonts.conf"
    fontconfig.write_text(_FONTCONFIG.format(fonts=_FONTS, cache=directory / "fonts"), "utf-8")
    arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return playwright.chromium.launch(
        executable_path=path,
        args=arguments,
        env={**os.environ, "FONTCONFIG_FILE": str(fontconfig)},
    )
