"""Made-up values that show every part once, on `/styleguide`."""

from datetime import datetime


def samples(now: datetime) -> dict[str, object]:
    """The context of the style guide."""
    return {"now_there": now}
