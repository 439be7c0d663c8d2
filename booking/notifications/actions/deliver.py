"""Send what is due: claimed before, recorded after, with no transaction open while sending.

A process that dies in between leaves a letter that is sent again later: at least once.
"""

import logging
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from time import monotonic
from typing import Final

import sqlalchemy as sa
from sqlmodel import col

from booking.db.outside import Outside, Sent
from booking.notifications.channels.base import Channel, channel_of
from booking.notifications.composing import compose
from booking.notifications.models import OutboxMessage
from booking.notifications.queries import booking_words, next_letter
from booking.notifications.rules import BOOKING_LETTER, is_given_up, wait_after

# Under the lease of a job; what does not fit in waits for the next minute.
_TIME_SECONDS: Final = 30

_log = logging.getLogger(__name__)


def deliver(outside: Outside, now: datetime) -> Sent:
    """Every letter that is due, as far as time and the mail server allow."""
    ends, sent, failures = monotonic() + _TIME_SECONDS, 0, []
    with ExitStack() as stack:
        desk = _Desk(outside, stack, now)
        while monotonic() < ends and not desk.closed and (claimed := _claimed(outside, now)):
            if error := desk.send(claimed):
                failures.append(f"letter {claimed.letter.key}: {error}")
            else:
                sent += 1
    return Sent(sent, tuple(failures))


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A letter, and what it says that its row does not hold."""

    letter: OutboxMessage
    known: Mapping[str, object]


def _claimed(outside: Outside, now: datetime) -> _Claimed | None:
    """The next letter, counted as tried: a crash while sending does not make it endless."""
    with outside.deed() as uow:
        letter = next_letter(uow.session, now)
        if letter is None:
            return None
        letter.attempts += 1
        letter.due_at = now + wait_after(letter.attempts)
        if letter.fact != BOOKING_LETTER:
            return _Claimed(letter, {})
        return _Claimed(letter, booking_words(uow.session, letter.params["number"], letter.user_id))


@dataclass(slots=True)
class _Desk:
    """Where letters are handed over; the connection is made for the first one."""

    outside: Outside
    stack: ExitStack
    now: datetime
    channel: Channel | None = None
    closed: bool = False

    def send(self, claimed: _Claimed) -> str:
        """Why it could not be sent, or nothing."""
        error, letter = self._error(claimed), claimed.letter
        over = bool(error) and is_given_up(letter.attempts)
        with self.outside.deed() as uow:
            uow.session.execute(
                sa.update(OutboxMessage)
                .where(col(OutboxMessage.id) == letter.key)
                .values(
                    error=error,
                    sent_at=None if error else self.now,
                    given_up_at=self.now if over else None,
                )
            )
        return error

    def _error(self, claimed: _Claimed) -> str:
        letter = claimed.letter
        try:
            self._hand_over(compose(letter, self.outside.settings, claimed.known))
        except Exception as fault:  # noqa: BLE001 - a mail server fails in any way
            # Its text may repeat the address it was for; its kind is enough.
            _log.warning("letter %s not sent: %s", letter.key, type(fault).__name__)
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
