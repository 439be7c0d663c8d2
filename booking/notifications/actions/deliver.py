"""Send what is due: claimed before, recorded after, with no transaction open while sending.

A process that dies in between leaves a letter that is sent again later: at least once.
"""

import logging
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from time import monotonic
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.db.outside import Outside, Sent
from booking.db.types import UtcDateTime
from booking.notifications.actions.claim import Claimed, claim
from booking.notifications.channels.base import Channel, channel_of
from booking.notifications.composing import compose, compose_daily
from booking.notifications.models import OutboxMessage
from booking.notifications.rules import is_given_up

# Under the lease of a job; what does not fit in waits for the next minute.
_TIME_SECONDS: Final = 30

_log = logging.getLogger(__name__)


def deliver(outside: Outside, now: datetime) -> Sent:
    """Every letter that is due, as far as time and the mail server allow."""
    ends, sent, failures = monotonic() + _TIME_SECONDS, 0, []
    with ExitStack() as stack:
        desk = _Desk(outside, stack, now)
        while monotonic() < ends and not desk.closed and (claimed := _claimed(outside, now)):
            if not claimed.letters:
                continue
            if error := desk.send(claimed):
                failures.append(f"letter {claimed.letters[0].key}: {error}")
            else:
                sent += 1
    return Sent(sent, tuple(failures))


def _claimed(outside: Outside, now: datetime) -> Claimed | None:
    with outside.deed() as uow:
        return claim(uow, now)


@dataclass(slots=True)
class _Desk:
    """Where letters are handed over; the connection is made for the first one."""

    outside: Outside
    stack: ExitStack
    now: datetime
    channel: Channel | None = None
    closed: bool = False

    def send(self, claimed: Claimed) -> str:
        """Why it could not be sent, or nothing."""
        error = self._error(claimed)
        over = [one.key for one in claimed.letters if error and is_given_up(one.attempts)]
        keys = [one.key for one in claimed.letters]
        given_up = sa.case((col(OutboxMessage.id).in_(over), sa.literal(self.now, UtcDateTime())))
        with self.outside.deed() as uow:
            uow.session.execute(
                sa.update(OutboxMessage)
                .where(col(OutboxMessage.id).in_(keys))
                .values(error=error, sent_at=None if error else self.now, given_up_at=given_up)
            )
        return error

    def _error(self, claimed: Claimed) -> str:
        first, settings = claimed.letters[0], self.outside.settings
        try:
            if claimed.daily:
                message = compose_daily(claimed.letters, settings, claimed.known)
            else:
                message = compose(first, settings, claimed.known[first.key])
            self._hand_over(message)
        except Exception as fault:  # noqa: BLE001 - a mail server fails in any way
            # Its text may repeat the address it was for; its kind is enough.
            _log.warning("letter %s not sent: %s", first.key, type(fault).__name__)
            return type(fault).__name__
        return ""

    def _hand_over(self, message: EmailMessage) -> None:
        channel = self._open()
        try:
            channel.send(message)
        except Exception:
            # It may be broken from now on; the next letter gets another.
            self._hang_up()
            raise

    def _open(self) -> Channel:
        """Where nobody answers, nobody will in this run: the other letters wait, untried."""
        if self.channel is None:
            self.closed = True
            self.channel = self.stack.enter_context(channel_of(self.outside.settings))
            self.closed = False
        return self.channel

    def _hang_up(self) -> None:
        self.channel = None
        with suppress(Exception):
            self.stack.close()
