"""How the house listens: whom it believes, how much of a head it reads, how long it waits.

uvicorn waits without end for the head of a request and for whoever does not read the answer; a few
hundred such connections would use up what a process may hold open.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from booking.settings import Settings

LARGEST_HEAD: Final = 64 * 1024
HEAD_SECONDS: Final = 15.0
IDLE_SECONDS: Final = 15
UNREAD_SECONDS: Final = 60.0
DRAIN_SECONDS: Final = 5
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Patience:
    """A wait that ends with a deed unless it is called off."""

    def __init__(self, seconds: float, then: Callable[[], None]) -> None:
        self._seconds = seconds
        self._then = then
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Wait, if nobody does yet."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._then)

    def end(self) -> None:
        """What was waited for has come, or never will."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class ImpatientProtocol(H11Protocol):
    """Ends connections whose head does not come, and those whose answer is not read."""

    head_seconds = HEAD_SECONDS
    unread_seconds = UNREAD_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._for_head = Patience(self.head_seconds, self._give_up)
        self._for_reader = Patience(self.unread_seconds, self._drop)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._for_head.begin()

    def data_received(self, data: bytes) -> None:
        """Go on waiting, from when the head began to come, until all of it is there."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._for_head.begin()
        else:
            self._for_head.end()

    def pause_writing(self) -> None:
        """The other side reads more slowly than we write: for so long, and not longer."""
        super().pause_writing()
        self._for_reader.begin()

    def resume_writing(self) -> None:
        """It has read."""
        super().resume_writing()
        self._for_reader.end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        self._for_head.end()
        self._for_reader.end()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if self.conn.trailing_data[0]:
            self.transport.write(_TOO_SLOW)
        self.transport.close()

    def _drop(self) -> None:
        self.transport.abort()


def configured(app: Any, settings: Settings, **options: Any) -> uvicorn.Config:
    """What uvicorn is told, for one process or for several."""
    return uvicorn.Config(
        app,
        http=ImpatientProtocol,
        ws="none",
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        **options,
    )
