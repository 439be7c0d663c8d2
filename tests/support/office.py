"""LibreOffice, which opens our sheets as many who receive them do."""

import os
import shutil
import subprocess
from pathlib import Path

MISSING = (
    "no LibreOffice: set SOFFICE_PATH"
    " or apt-get install --no-install-recommends libreoffice-calc-nogui"
)
# Comma, double quote, UTF-8, from the first line, every cell as it is shown.
_AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1"


def soffice_path() -> str | None:
    """The program to drive, if the machine has one."""
    return shutil.which(os.environ.get("SOFFICE_PATH") or "soffice")


def as_shown(soffice: str, sheet: Path, directory: Path) -> str:
    """The first sheet of a file as LibreOffice shows it, as CSV."""
    command = [
        soffice,
        f"-env:UserInstallation=file://{directory / 'profile'}",
        "--headless",
        *("--convert-to", _AS_SHOWN),
        *("--outdir", str(directory), str(sheet)),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (directory / sheet.with_suffix(".csv").name).read_text("utf-8")
