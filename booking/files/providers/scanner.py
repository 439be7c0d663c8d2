"""The virus scanner: a command of the installation's own, told the path of a file."""

import logging
import shlex
import subprocess
from pathlib import Path
from typing import Final

from booking.files.errors import ScanRefused, ScanUnavailable
from booking.files.models import ScanState

SECONDS: Final = 60.0
_log = logging.getLogger(__name__)


def scanned(command: str, path: Path, *, seconds: float = SECONDS) -> ScanState:
    """Run it without a shell: 0 says clean, anything else refuses; without one nothing is seen."""
    words = shlex.split(command)
    if not words:
        return ScanState.NOT_SCANNED
    try:
        done = subprocess.run(  # noqa: S603 - the installation's own command
            [*words, str(path)],
            check=False,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.exception("the scanner did not answer")
        raise ScanUnavailable from error
    if done.returncode:
        _log.warning("the scanner refused a file: exit code %s", done.returncode)
        raise ScanRefused
    return ScanState.CLEAN
