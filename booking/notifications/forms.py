"""What may be said about webhooks, on pages and in JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from booking.notifications.rules import LONGEST_ADDRESS, HookFact
from booking.web.texts import text


class WebhookForm(BaseModel):
    """Where to, and what it is to be told of."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, text(LONGEST_ADDRESS, shortest=1)]
    # A form that chooses none sends no such field at all.
    facts: Annotated[
        list[HookFact], Field(min_length=1, max_length=len(HookFact), validate_default=True)
    ] = []
