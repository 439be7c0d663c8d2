"""What one row of the table of notices says: of which facts, to whom, and how."""

from dataclasses import dataclass
from enum import StrEnum

from booking.notifications.rules import HookFact
from booking.notifications.rules.standing import Audience


class Mail(StrEnum):
    """When a letter leaves: at once, in the daily letter, or not at all."""

    NOW = "now"
    DAILY = "daily"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A row of the table.

    `facts` are names of events, none where only the clock tells; `path` (of a lab `lab_path`, where
    it has another) is filled in from what the letter tells. What is `fixed`
    nobody can switch off; what is `urgent` passes quiet hours and waits for no daily letter.
    """

    facts: tuple[str, ...]
    to: tuple[Audience, ...] = (Audience.HOLDER,)
    path: str = ""
    lab_path: str = ""
    mail: Mail = Mail.NOW
    in_app: bool = True
    fixed: bool = False
    urgent: bool = False

    @property
    def hooks(self) -> tuple[HookFact, ...]:
        """Which of its facts a webhook can tell as well."""
        return tuple(fact for fact in HookFact if fact.value in self.facts)
