"""Calendars for other programs (RFC 5545, 5546): entries in UTC, with names that stay the same.

An entry keeps its UID for life; whatever changes raises its SEQUENCE. Nothing here depends on when
it is written, so the same entries are the same bytes.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from booking.settings import Settings
from booking.web.downloads import attachment

ICS: Final = "text/calendar; charset=utf-8"
_PRODUCT: Final = "-//instrument-booking//calendar//"
# How often programs are asked to look again.
_LOOK_AGAIN: Final = timedelta(minutes=15)


class Status(StrEnum):
    """Whether it takes place."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Method(StrEnum):
    """What a letter asks a calendar to do."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    # Several entries with names of their own: the other methods know only one name (RFC 5546).
    PUBLISH = "PUBLISH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry; `starts_at`, `ends_at` and `changed_at` are instants."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    summary: str
    status: Status = Status.CONFIRMED
    place: str = ""
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who writes a letter and who gets it, by address."""

    organiser: str
    attendee: str
    attendee_name: str = ""


def uid_of(settings: Settings, noun: str, key: str | int) -> str:
    """What the whole world calls an entry; two centres never say the same."""
    return f"{noun}-{key}@{_host(settings)}"


def veiled_uid(settings: Settings, noun: str, key: str | int) -> str:
    """The same for those who may not know which record it is: nobody else can work it out."""
    secret = f"calendar:{settings.signing_key}".encode()
    veiled = hmac.new(secret, f"{noun}:{key}".encode(), hashlib.sha256).hexdigest()
    return uid_of(settings, "taken", veiled[:32])


def feed(entries: Iterable[Entry], *, name: str) -> bytes:
    """A calendar that programs fetch again and again."""
    calendar = _calendar()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _LOOK_AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for entry in entries:
        calendar.add_component(_event(entry))
    return _written(calendar)


def letter(entry: Entry, *, method: Method, parties: Parties) -> bytes:
    """What a letter brings along: an entry for its reader's calendar, or its end."""
    calendar = _calendar()
    calendar.add("method", method.value)
    event = _event(entry)
    event.add("organizer", vCalAddress(f"mailto:{parties.organiser}"))
    reader = vCalAddress(f"mailto:{parties.attendee}")
    reader.params["CN"] = vText(parties.attendee_name or parties.attendee)
    reader.params["ROLE"] = vText("REQ-PARTICIPANT")
    reader.params["PARTSTAT"] = vText("ACCEPTED")
    reader.params["RSVP"] = vText("FALSE")
    event.add("attendee", reader, encode=False)
    calendar.add_component(event)
    return _written(calendar)


def publication(entries: Iterable[Entry], *, organiser: str) -> bytes:
    """Several entries in one letter, each as it stands; nobody is invited (RFC 5546, 3.2.1)."""
    calendar = _calendar()
    calendar.add("method", Method.PUBLISH.value)
    for entry in entries:
        event = _event(entry)
        event.add("organizer", vCalAddress(f"mailto:{organiser}"))
        calendar.add_component(event)
    return _written(calendar)


def tag_of(content: bytes) -> str:
    """Which version of a feed this is, for `ETag`."""
    return hashlib.sha256(content).hexdigest()[:32]


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether a program has this version already (`If-None-Match`, RFC 9110)."""
    told = [one.strip().removeprefix("W/") for one in (if_none_match or "").split(",")]
    return "*" in told or f'"{tag}"' in told


def feed_headers(tag: str) -> Mapping[str, str]:
    """A feed may be kept by its reader alone, who asks each time whether it is still the same."""
    named = attachment("calendar.ics")["content-disposition"].replace("attachment", "inline", 1)
    return {"etag": f'"{tag}"', "cache-control": "private, no-cache", "content-disposition": named}


def _written(calendar: Calendar) -> bytes:
    content: bytes = calendar.to_ical()
    return content


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.summary)
    event.add("status", entry.status.value)
    gone = entry.status is Status.CANCELLED
    event.add("transp", "TRANSPARENT" if gone else "OPAQUE")
    for name, text in (("location", entry.place), ("description", entry.text), ("url", entry.url)):
        if text:
            event.add(name, text)
    return event


def _host(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or "localhost"
