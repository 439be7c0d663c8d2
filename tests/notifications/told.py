"""What the facts of several letters share."""

from collections.abc import Mapping
from typing import Final

from tests.support.clock import moment

NOW: Final = moment("2026-11-23T09:00")
NEW_START, NEW_END = "2026-11-25T01:00:00+00:00", "2026-11-25T03:00:00+00:00"
UNTIL: Final = "2026-11-24T02:00:00+00:00"
START, END = "2026-11-24T04:00:00+00:00", "2026-11-24T06:00:00+00:00"
SEM: Final = "场发射扫描电镜"
COMPANY: Final = "示例制造"
REASON: Final = "样品不合适"
Facts = Mapping[str, object]
NUMBER: Final = "R20261123-0001"
