"""What is to be told → a letter in its reader's language, or a message to a program.

Each fact has `templates/email/<fact>/subject.txt` and `body.txt`. Links are signed here, so that
neither the table nor a copy of it can open anything.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypedDict, cast
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from booking.kernel.clock import local
from booking.kernel.events import Event
from booking.kernel.money import yuan
from booking.notifications.models import OutboxMessage, WebhookDelivery
from booking.notifications.queries.words import Occurrence
from booking.notifications.rules import BOOKING_LETTER, DAILY_LETTER, TAKES_OUT, signature
from booking.notifications.rules.standing import Audience
from booking.notifications.rules.table import NOTICES, fact_named
from booking.reservations.events import (
    ReservationCancelled,
    ReservationEvent,
    ReservationMissed,
)
from booking.reservations.states import State
from booking.settings import Settings
from booking.subsidies.events import StatementStepped
from booking.web.filters import plain_filters
from booking.web.i18n import (
    DEFAULT,
    LANGUAGES,
    begin_speaking,
    gettext,
    language,
    ngettext,
)
from booking.web.ics import Entry, Method, Parties, Status, publication, uid_of
from booking.web.ics import letter as ics_letter
from booking.web.json import rfc3339
from booking.web.signed import signed_link, signed_token
from booking.web.telling import told_in_words

# Programs that answer letters by themselves leave these alone (RFC 3834).
_AUTOMATIC: Final = {"Auto-Submitted": "auto-generated"}
_LINK: Final = "link"
_STATUSES: Final = {State.REQUESTED: Status.TENTATIVE, State.CONFIRMED: Status.CONFIRMED}


def compose(
    letter: OutboxMessage, settings: Settings, known: Mapping[str, object] = MappingProxyType({})
) -> EmailMessage:
    """The letter itself; the same one again has the same Message-ID."""
    _speak(letter.locale)
    message = _addressed(letter, settings, reference=f"letter-{letter.key}")
    words = _words(letter, settings, known)
    _write(message, letter.fact, settings, words=words)
    if letter.fact == BOOKING_LETTER:
        _enclose(message, letter, settings, known=known)
    if occurrences := known.get("occurrences"):
        _enclose_all(message, settings, cast("Sequence[Occurrence]", occurrences))
    return message


def compose_daily(
    letters: Sequence[OutboxMessage], settings: Settings, known: Mapping[int, Mapping[str, object]]
) -> EmailMessage:
    """One letter with a line for each of them, in the order in which they came about."""
    first, last = letters[0], letters[-1]
    _speak(last.locale)
    message = _addressed(last, settings, reference=f"daily-{first.key}-{last.key}")
    lines = [(headline(one, settings, known[one.key]), path_of(one)) for one in letters]
    words = {"name": known[last.key]["name"], "lines": lines, "centre": settings.public_url}
    _write(message, DAILY_LETTER, settings, words=words)
    return message


def headline(
    letter: OutboxMessage, settings: Settings, known: Mapping[str, object] = MappingProxyType({})
) -> str:
    """What a letter is about in one line, in the language that is being spoken."""
    template = _environment(settings.templates).get_template(f"{letter.fact}/subject.txt")
    return " ".join(template.render(_words(letter, settings, known)).split())


def path_of(letter: OutboxMessage) -> str:
    """Which page shows what a letter is about; empty where none does."""
    fact = fact_named(letter.fact)
    if fact is None:
        return ""
    notice = NOTICES[fact]
    to_lab = letter.audience is Audience.LAB and notice.lab_path
    return (to_lab or notice.path).format_map(letter.params)


def _speak(locale: str) -> None:
    begin_speaking(next((known for known in LANGUAGES if known == locale), DEFAULT))


def _words(
    letter: OutboxMessage, settings: Settings, known: Mapping[str, object]
) -> dict[str, object]:
    return {
        **known,
        **_read(letter.params, settings, this_year=local(letter.created_at).year),
        "centre": settings.public_url,
        "signed": partial(signed_token, settings),
    }


def _addressed(letter: OutboxMessage, settings: Settings, *, reference: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{reference}@{_host(settings)}>"
    message["Date"] = format_datetime(letter.created_at)
    message["From"] = settings.mail_from
    message["To"] = letter.email
    for name, value in _AUTOMATIC.items():
        message[name] = value
    return message


def _write(
    message: EmailMessage, fact: str, settings: Settings, *, words: Mapping[str, object]
) -> None:
    texts = _environment(settings.templates)
    subject = texts.get_template(f"{fact}/subject.txt").render(words)
    message["Subject"] = " ".join(subject.split())
    body = texts.get_template(f"{fact}/body.txt").render(words)
    message.set_content(body.strip() + "\n", charset="utf-8", cte="base64")


def _enclose(
    message: EmailMessage,
    letter: OutboxMessage,
    settings: Settings,
    *,
    known: Mapping[str, object],
) -> None:
    """What the reader's calendar makes of a booking (RFC 6047)."""
    method = Method.CANCEL if letter.params["what"] in TAKES_OUT else Method.REQUEST
    parties = Parties(_organiser(settings), letter.email, str(known["name"]))
    content = ics_letter(_entry(letter, settings, known), method=method, parties=parties)
    _attach(message, content, method)


def _enclose_all(
    message: EmailMessage, settings: Settings, occurrences: Sequence[Occurrence]
) -> None:
    """Several bookings, each under the name that its own letters give it."""
    entries = [
        Entry(
            uid=uid_of(settings, "reservation", one.number),
            sequence=one.version,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            changed_at=one.changed_at,
            status=_STATUSES.get(one.state, Status.CANCELLED),
            **_where(settings, one.number, asdict(one)),
        )
        for one in occurrences
    ]
    _attach(message, publication(entries, organiser=_organiser(settings)), Method.PUBLISH)


def _attach(message: EmailMessage, content: bytes, method: Method) -> None:
    message.add_attachment(
        content,
        maintype="text",
        subtype="calendar",
        filename="booking.ics",
        params={"method": method.value, "charset": "utf-8"},
    )


def _organiser(settings: Settings) -> str:
    return parseaddr(settings.mail_from)[1]


class _Where(TypedDict):
    summary: str
    place: str
    text: str
    url: str


def _where(settings: Settings, number: str, known: Mapping[str, object]) -> _Where:
    english = language() == "en" and known["instrument_en"]
    return _Where(
        summary=str(english or known["instrument"]),
        place=gettext(", ").join(str(known[part]) for part in ("lab", "address") if known[part]),
        text=number,
        url=f"{settings.public_url.rstrip('/')}/reservations/{number}",
    )


def _entry(letter: OutboxMessage, settings: Settings, known: Mapping[str, object]) -> Entry:
    told, number = letter.params, str(letter.params["number"])
    waits = known["state"] is State.REQUESTED
    status = Status.TENTATIVE if waits else Status.CONFIRMED
    return Entry(
        uid=uid_of(settings, "reservation", number),
        sequence=cast("int", told["version"]),
        starts_at=datetime.fromisoformat(str(told["starts_at"])),
        ends_at=datetime.fromisoformat(str(told["ends_at"])),
        changed_at=letter.created_at,
        status=Status.CANCELLED if told["what"] in TAKES_OUT else status,
        **_where(settings, number, known),
    )


def _read(params: Mapping[str, object], settings: Settings, *, this_year: int) -> dict[str, object]:
    """Parameters as templates use them: links signed, moments in words."""
    read = told_in_words(params, this_year=this_year)
    if _LINK in read:
        purpose, key = cast("list[str | int]", params[_LINK])
        read[_LINK] = signed_link(settings, str(purpose), int(key))
    return read


@cache
def _environment(templates: Path) -> Environment:
    made = Environment(
        loader=FileSystemLoader(templates / "email"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        autoescape=False,  # noqa: S701 - plain text: escaping would spoil it
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(plain_filters())
    return made


def _host(settings: Settings) -> str:
    return urlsplit(settings.public_url).hostname or "localhost"


def told_of(event: Event) -> dict[str, object]:
    """What the organisation of a fact learns of it: what it may read here anyway."""
    if isinstance(event, ReservationEvent):
        told: dict[str, object] = {
            "number": event.number,
            "instrument_id": event.instrument_id,
            "starts_at": rfc3339(event.span.start),
            "ends_at": rfc3339(event.span.end),
        }
        if isinstance(event, ReservationCancelled | ReservationMissed):
            told["fee"] = yuan(event.fee_fen)
        return told
    if isinstance(event, StatementStepped):
        return {"number": event.number, "payable": yuan(event.payable_fen)}
    return {}


def message_body(
    reference: str, fact: str, data: Mapping[str, object], *, organisation_id: int, at: datetime
) -> str:
    """The body of a message to a webhook; every attempt sends these same bytes."""
    told = {"id": reference, "fact": fact, "at": rfc3339(at), "organisation_id": organisation_id}
    return json.dumps({**told, "data": data}, ensure_ascii=False, separators=(",", ":"))


def message_headers(delivery: WebhookDelivery, secret: str, now: datetime) -> dict[str, str]:
    """What goes with it, so that the receiver can tell that it is ours, new, and which it is."""
    return {
        "content-type": "application/json",
        "user-agent": "instrument-booking",
        "x-booking-delivery": delivery.reference,
        "x-booking-timestamp": str(int(now.timestamp())),
        "x-booking-signature": signature(
            secret, reference=delivery.reference, moment=now, body=delivery.body
        ),
    }
