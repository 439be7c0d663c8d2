"""What every way out must do, and which one an installation has."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from booking.notifications.channels.email import mail_server
from booking.notifications.channels.folder import Folder
from booking.settings import Settings


class Channel(Protocol):
    """Somewhere a letter goes; whatever it raises means that it did not."""

    def send(self, message: EmailMessage) -> None: ...


def channel_of(settings: Settings) -> AbstractContextManager[Channel]:
    """The way out named by `mail_url`: `smtp`, `smtps` (TLS from the start) or `file`."""
    if settings.mail_url is None:
        raise RuntimeError("BOOKING_MAIL_URL is not set")
    target = urlsplit(settings.mail_url.get_secret_value())
    if target.scheme == "file":
        return _always(Folder(Path(unquote(target.path))))
    if target.scheme in {"smtp", "smtps"} and target.hostname:
        return mail_server(target)
    raise RuntimeError("BOOKING_MAIL_URL begins with smtp://, smtps:// or file://")


@contextmanager
def _always(channel: Channel) -> Iterator[Channel]:
    yield channel
