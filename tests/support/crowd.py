"""Many programs asking one server at the same moment."""

import http.client
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from booking.kernel.errors import BookingError

Outcome = TypeVar("Outcome")
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any


@dataclass(frozen=True)
class Asking:
    """One request to be sent."""

    path: str
    body: object
    headers: Mapping[str, str]

    def send(self, url: str) -> Answer:
        """Ask, on a connection of its own."""
        where = urlsplit(url)
        connection = http.client.HTTPConnection(
            where.hostname or "", where.port, timeout=_PATIENCE_SECONDS
        )
        try:
            headers = {"content-type": "application/json", **self.headers}
            connection.request("POST", self.path, json.dumps(self.body), headers)
            answer = connection.getresponse()
            return Answer(answer.status, json.loads(answer.read() or b"null"))
        finally:
            connection.close()


def or_code(deed: Callable[[], str]) -> Callable[[], str]:
    """What a deed answers, or the code of the first rule that refuses it, or of the refusal."""

    def answered() -> str:
        try:
            return deed()
        except BookingError as refused:
            broken = refused.violations
            return broken[0].code if broken else refused.code

    return answered


def all_at_once(deeds: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
    """Start every deed behind one gate and open it."""
    gate = threading.Barrier(len(deeds))

    def through_the_gate(deed: Callable[[], Outcome]) -> Outcome:
        gate.wait(_PATIENCE_SECONDS)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(through_the_gate, deeds))
