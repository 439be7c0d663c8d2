"""Messages to addresses of organisations: exactly to a place that was judged, or not at all.

A name is resolved once, every address that it has is judged, and the connection goes to one of
those: whoever changes the name in between gains nothing. No proxy, no redirection, no cookie; of
the answer only the status is read. All of a batch leave at once, so that nobody waits for a slow
one, and each ends in time whatever the other side does.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from time import monotonic
from typing import Final

import httpx

from booking.kernel.networks import Address, Network, is_among, is_public
from booking.notifications.rules import HookFailure

# From resolving the name to the status of the answer.
PATIENCE_SECONDS: Final = 10
_EACH_WAIT_SECONDS: Final = 5
# All of a batch wait for the slowest.
SLOW_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to go."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of it: no failure says that it was taken; `slow`, that others waited for it."""

    status: int | None = None
    failure: HookFailure | None = None
    slow: bool = False


class _Unsendable(Exception):
    """The name leads to a place that nothing is sent to."""


def send_all(parcels: Sequence[Parcel], allowed: Sequence[Network]) -> Sequence[Receipt]:
    """Send them side by side; answers in the same order."""
    # In a thread of its own: whoever calls may stand in a loop already.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, _send_all(parcels, allowed)).result()


@dataclass(frozen=True, slots=True)
class _Way:
    """What all of a batch are sent by."""

    client: httpx.AsyncClient
    lookups: ThreadPoolExecutor
    allowed: Sequence[Network]


async def _send_all(parcels: Sequence[Parcel], allowed: Sequence[Network]) -> list[Receipt]:
    secure = ssl.create_default_context()
    # A thread for each: nobody's name waits behind one that nobody answers for, and neither does
    # the end, as it would with the threads of the loop.
    lookups = ThreadPoolExecutor(max(len(parcels), 1))
    try:
        # The environment may name a proxy, which would connect to whatever it likes.
        async with httpx.AsyncClient(
            verify=secure, trust_env=False, follow_redirects=False, timeout=_EACH_WAIT_SECONDS
        ) as client:
            way = _Way(client, lookups, allowed)
            return await asyncio.gather(*(_send(way, parcel) for parcel in parcels))
    finally:
        lookups.shutdown(wait=False, cancel_futures=True)


async def _send(way: _Way, parcel: Parcel) -> Receipt:
    began = monotonic()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            status = await _posted(way, parcel)
    except Exception as fault:  # noqa: BLE001 - the other side fails in any way
        return Receipt(failure=_failure(fault))
    failure = None if 200 <= status < 300 else HookFailure.STATUS
    return Receipt(status, failure, slow=monotonic() - began > SLOW_SECONDS)


async def _posted(way: _Way, parcel: Parcel) -> int:
    url = httpx.URL(parcel.url)
    address = await _judged(url, way)
    request = way.client.build_request(
        "POST",
        url.copy_with(host=str(address)),
        content=parcel.body,
        headers={**parcel.headers, "host": url.netloc.decode("ascii"), "connection": "close"},
        # The certificate must be that of the name, not of the address.
        extensions={**_waits(), "sni_hostname": url.host},
    )
    response = await way.client.send(request, stream=True)
    await response.aclose()
    return response.status_code


def _waits() -> dict[str, object]:
    return {"timeout": httpx.Timeout(_EACH_WAIT_SECONDS).as_dict()}


async def _judged(url: httpx.URL, way: _Way) -> Address:
    """Where to connect; nothing goes to a name that also leads to a forbidden place."""
    port = url.port or (443 if url.scheme == "https" else 80)
    asked = partial(socket.getaddrinfo, url.host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(way.lookups, asked)
    addresses = [ip_address(str(place[4][0]).partition("%")[0]) for place in found]
    if not all(is_public(one) or is_among(one, way.allowed) for one in addresses):
        raise _Unsendable
    # IPv4 first: of the places that run this, not all reach the other.
    return min(addresses, key=lambda one: one.version)


def _failure(fault: BaseException) -> HookFailure:
    kinds = {
        _Unsendable: HookFailure.ADDRESS,
        ssl.SSLError: HookFailure.TLS,
        socket.gaierror: HookFailure.NO_HOST,
        UnicodeError: HookFailure.NO_HOST,
        TimeoutError: HookFailure.TIMEOUT,
        httpx.TimeoutException: HookFailure.TIMEOUT,
        httpx.TransportError: HookFailure.CONNECT,
    }
    causes = list(_causes(fault))
    return next(
        (told for kind, told in kinds.items() if any(isinstance(one, kind) for one in causes)),
        HookFailure.OTHER,
    )


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
