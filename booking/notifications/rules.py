"""When a letter is tried again, when it is given up, how long it is kept."""

from datetime import timedelta
from typing import Final

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
# A day and a half of trying: a mail server that is away over a weekend night comes back in time.
MOST_ATTEMPTS: Final = 14
# Letters hold names and addresses; what was sent is needed for questions only.
KEPT_FOR: Final = timedelta(days=30)


def wait_after(attempts: int) -> timedelta:
    """How long a letter waits after so many attempts: twice as long each time."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)


def is_given_up(attempts: int) -> bool:
    """Whether trying again would only annoy."""
    return attempts >= MOST_ATTEMPTS
