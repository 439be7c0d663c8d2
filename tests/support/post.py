"""The post of a test: letters really leave, into a folder or to a mail server of the test's own."""

import re
from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Visit
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from booking.db.outside import Outside, Sent
from booking.kernel.clock import Clock
from booking.notifications.jobs import deliver_letters
from booking.settings import Settings
from booking.wiring import REACTIONS


@dataclass
class Post:
    """The outbox of a database, and the folder its letters go to."""

    engine: Engine
    clock: Clock
    settings: Settings
    folder: Path

    def deliver(self) -> Sent:
        """What the clock does every minute."""
        return deliver_letters(Outside(self.engine, REACTIONS, self.settings), self.clock.now())

    def letters(self, *, to: str) -> list[EmailMessage]:
        """Everything that has come for somebody, in order."""
        self.deliver()
        paths = sorted(
            self.folder.glob("*.eml"), key=lambda path: int(path.stem.rpartition("-")[2])
        )
        read = [read_letter(path.read_bytes()) for path in paths]
        return [letter for letter in read if letter["To"] == to]

    def link(self, *, to: str) -> str:
        """The path of the link in the last letter to somebody."""
        return link_in(self.letters(to=to)[-1])


def by_folder(engine: Engine, clock: Clock, settings: Settings, folder: Path) -> Post:
    """A post that puts letters into a folder."""
    url = SecretStr(folder.as_uri())
    return Post(engine, clock, settings.model_copy(update={"mail_url": url}), folder)


def read_letter(raw: bytes) -> EmailMessage:
    """A letter as a mail program reads it."""
    read = message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def link_in(letter: EmailMessage) -> str:
    """The path of the one signed link in a letter."""
    (found,) = re.findall(r"https?://[^/\s]+(/links/\S+)", letter.get_content())
    return str(found)


@dataclass
class Mailbox:
    """What a mail server received; `refuses` is what it says instead."""

    refuses: str = ""
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Visit, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's names
        if self.refuses:
            return self.refuses
        assert isinstance(envelope.content, bytes)
        self.letters.append(read_letter(envelope.content))
        return "250 OK"


class AnyPort(Controller):
    """On whatever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[str]:
    """The address of a mail server on loopback, as `mail_url` names it."""
    controller = AnyPort(mailbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@pytest.fixture
def post(engine: Engine, clock: Clock, client: TestClient, tmp_path: Path) -> Post:
    """The letters that this application writes, as they arrive."""
    state = cast("FastAPI", client.app).state
    made = by_folder(engine, clock, state.settings, tmp_path / "letters")
    state.settings = made.settings
    return made
