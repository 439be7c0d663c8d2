"""What may be said about webhooks, and about how one is told, on pages and in JSON."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from booking.notifications.rules import LONGEST_ADDRESS, HookFact
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.notice import Mail
from booking.notifications.rules.timing import (
    LONGEST_REMINDER_HOURS,
    USUAL_DAILY_HOUR,
    USUAL_REMINDER_HOURS,
    Times,
)
from booking.web.texts import text


class WebhookForm(BaseModel):
    """Where to, and what it is to be told of."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, text(LONGEST_ADDRESS, shortest=1)]
    # A form that chooses none sends no such field at all.
    facts: Annotated[
        list[HookFact], Field(min_length=1, max_length=len(HookFact), validate_default=True)
    ] = []


Hour = Annotated[int, Field(ge=0, le=23)]


class NoticesForm(BaseModel):
    """How and when one is told; a fact that is in no list is told in no such way."""

    model_config = ConfigDict(extra="forbid")

    in_app: Annotated[list[NoticeFact], Field(max_length=len(NoticeFact))] = []
    at_once: Annotated[list[NoticeFact], Field(max_length=len(NoticeFact))] = []
    daily: Annotated[list[NoticeFact], Field(max_length=len(NoticeFact))] = []
    daily_hour: Hour = USUAL_DAILY_HOUR
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None
    reminder_hours: Annotated[int, Field(ge=1, le=LONGEST_REMINDER_HOURS)] = USUAL_REMINDER_HOURS

    @model_validator(mode="after")
    def _both_ends(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise PydanticCustomError("notices.quiet_one_end", "one end")
        return self

    def mail_of(self, fact: NoticeFact) -> Mail:
        """When a letter about it leaves: at once counts before daily."""
        if fact in self.at_once:
            return Mail.NOW
        return Mail.DAILY if fact in self.daily else Mail.NONE

    @property
    def times(self) -> Times:
        return Times(self.daily_hour, self.quiet_from, self.quiet_until, self.reminder_hours)
