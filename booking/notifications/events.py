"""What happened to webhooks, never with a secret in it, and to what people want to be told."""

from dataclasses import dataclass
from typing import ClassVar

from booking.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class NoticesChosen(Event):
    """Somebody chose how and when to be told."""

    name: ClassVar[str] = "user.notices_chosen"


@dataclass(frozen=True, kw_only=True)
class WebhookEvent(Event):
    """Something about one webhook."""

    organisation_id: int
    webhook_id: int


@dataclass(frozen=True, kw_only=True)
class WebhookAdded(WebhookEvent):
    name: ClassVar[str] = "webhook.added"


@dataclass(frozen=True, kw_only=True)
class WebhookPaused(WebhookEvent):
    name: ClassVar[str] = "webhook.paused"


@dataclass(frozen=True, kw_only=True)
class WebhookFailing(WebhookEvent):
    """It took nothing for days, and was paused by the clock."""

    name: ClassVar[str] = "webhook.failing"

    host: str


@dataclass(frozen=True, kw_only=True)
class WebhookResumed(WebhookEvent):
    name: ClassVar[str] = "webhook.resumed"


@dataclass(frozen=True, kw_only=True)
class WebhookSecretRenewed(WebhookEvent):
    name: ClassVar[str] = "webhook.secret_renewed"


@dataclass(frozen=True, kw_only=True)
class WebhookRemoved(WebhookEvent):
    name: ClassVar[str] = "webhook.removed"
