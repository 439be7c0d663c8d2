"""Letters by SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final
from urllib.parse import SplitResult, unquote

_PATIENCE_SECONDS: Final = 10
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """A connection that is open for some letters."""

    connection: smtplib.SMTP

    def send(self, message: EmailMessage) -> None:
        self.connection.send_message(message)


@contextmanager
def mail_server(target: SplitResult) -> Iterator[MailServer]:
    """Connect, encrypted except on this machine, and sign in where a name is given."""
    host, secure = target.hostname or "", ssl.create_default_context()
    if target.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            host, target.port or 465, timeout=_PATIENCE_SECONDS, context=secure
        )
    else:
        connection = smtplib.SMTP(host, target.port or 587, timeout=_PATIENCE_SECONDS)
    with connection:
        if target.scheme == "smtp" and host not in _LOOPBACK:
            connection.starttls(context=secure)
        if target.username:
            connection.login(unquote(target.username), unquote(target.password or ""))
        yield MailServer(connection)
