"""Letters: they leave after the deed, once or again, in the reader's language, or are given up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import Engine
from sqlmodel import col, select

from booking.db.outside import Outside, Sent
from booking.jobs.runner import Runner
from booking.jobs.schedule import job_named
from booking.notifications.actions.deliver import deliver
from booking.notifications.actions.write_letter import Letter, write_letter
from booking.notifications.jobs import forget_letters
from booking.notifications.models import OutboxMessage
from booking.notifications.rules import KEPT_FOR, MOST_ATTEMPTS
from booking.settings import Settings
from booking.web.signed import opened
from booking.wiring import REACTIONS
from tests.factories.door import Write
from tests.support.clock import FrozenClock
from tests.support.post import Mailbox, Post, by_folder, link_in, mail_server
from tests.support.serving import test_settings as settings_for

TO = "owner@example.com"
LETTER = Letter(
    fact="password_link",
    email=TO,
    locale="zh_CN",
    params={"name": "实验员甲", "link": ["password", 7], "ends_at": "2026-11-23T02:00:00+00:00"},
)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def settings(engine: Engine, mailbox: Mailbox) -> Iterator[Settings]:
    with mail_server(mailbox) as url:
        yield settings_for(str(engine.url)).model_copy(update={"mail_url": SecretStr(url)})


@pytest.fixture
def post(engine: Engine, clock: FrozenClock, settings: Settings, tmp_path) -> Post:
    return Post(engine, clock, settings, tmp_path)


def written(write: Write, now: datetime, letter: Letter = LETTER) -> None:
    with write() as uow:
        write_letter(uow, letter, now=now)


def stored(write: Write) -> OutboxMessage:
    with write() as uow:
        return uow.session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id).desc())).one()


def test_a_letter_reaches_the_mail_server_once(post, write, clock, mailbox) -> None:
    written(write, clock.now())
    result = post.deliver()
    clock.advance(hours=1)
    post.deliver()
    (letter,) = mailbox.letters
    assert result == Sent(1)
    assert (letter["To"], letter["Auto-Submitted"]) == (TO, "auto-generated")
    assert letter["Subject"] == "重设大型仪器共享平台的密码"
    assert "实验员甲，您好" in letter.get_content()
    assert "11月23日 周一 10:00" in letter.get_content()


def test_it_is_written_in_its_readers_language(post, write, clock, mailbox) -> None:
    written(write, clock.now(), replace(LETTER, locale="en"))
    post.deliver()
    assert mailbox.letters[0]["Subject"] == "A new password for Shared Instruments"
    assert "Hello 实验员甲," in mailbox.letters[0].get_content()


def test_the_link_is_signed_when_the_letter_is_sent_and_lies_nowhere_before(
    post, write, clock, mailbox, settings
) -> None:
    written(write, clock.now())
    assert "links/" not in str(stored(write).model_dump())
    post.deliver()
    token = link_in(mailbox.letters[0]).rpartition("/")[2]
    assert opened(settings, "password", token) == 7
    assert opened(settings, "invitation", token) is None
    other = settings.model_copy(update={"secret_key": SecretStr("another centre")})
    assert opened(other, "password", token) is None


def test_a_refused_letter_is_tried_again_later_and_the_run_says_so(
    post, write, clock, mailbox
) -> None:
    mailbox.refuses = "451 come back later"
    written(write, clock.now())
    assert post.deliver().failures == (f"letter {stored(write).key}: SMTPDataError",)
    assert post.deliver() == Sent()  # not due again yet
    mailbox.refuses = ""
    clock.advance(minutes=2)
    assert post.deliver().rows == 1
    assert len(mailbox.letters) == 1
    assert stored(write).attempts == 2


def test_after_many_attempts_it_is_given_up(post, write, clock, mailbox) -> None:
    mailbox.refuses = "550 no such person"
    written(write, clock.now())
    for _ in range(MOST_ATTEMPTS + 3):
        post.deliver()
        clock.advance(hours=7)
    letter = stored(write)
    assert letter.attempts == MOST_ATTEMPTS
    assert letter.given_up_at is not None
    assert letter.sent_at is None


def test_the_reason_kept_does_not_repeat_what_the_server_said(post, write, clock, mailbox) -> None:
    mailbox.refuses = f"550 <{TO}> is unknown here"
    written(write, clock.now())
    post.deliver()
    assert stored(write).error == "SMTPDataError"


def test_with_the_server_away_the_first_letter_tells_and_the_others_wait_untried(
    engine, write, clock, tmp_path
) -> None:
    for _ in range(3):
        written(write, clock.now())
    away = settings_for(str(engine.url)).model_copy(
        update={"mail_url": SecretStr("smtp://127.0.0.1:9")}
    )
    sent = deliver(Outside(engine, REACTIONS, away), clock.now())
    assert (sent.rows, len(sent.failures)) == (0, 1)
    with write() as uow:
        attempts = uow.session.exec(select(OutboxMessage.attempts)).all()
    assert sorted(attempts) == [0, 0, 1]


def test_a_letter_that_cannot_be_written_holds_up_no_other(post, write, clock, mailbox) -> None:
    for fact in ("without_a_template", "without_one_either"):
        written(write, clock.now(), replace(LETTER, fact=fact))
    written(write, clock.now())
    sent = post.deliver()
    assert (sent.rows, len(sent.failures)) == (1, 2)
    assert len(mailbox.letters) == 1


def test_a_server_that_hangs_up_gets_the_other_letters_over_a_new_connection(
    engine, write, clock, settings
) -> None:
    class Short(Mailbox):
        """Two letters for each connection, as servers against floods allow."""

        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
            answer = await Mailbox.handle_DATA(self, server, session, envelope)
            if len(self.letters) % 2 == 0:
                server.transport.close()
            return answer

    for _ in range(6):
        written(write, clock.now())
    with mail_server(short := Short()) as url:
        to_it = settings.model_copy(update={"mail_url": SecretStr(url)})
        deliver(Outside(engine, REACTIONS, to_it), clock.now())
    assert len(short.letters) == 6


def test_a_process_that_dies_while_sending_leaves_the_letter_to_the_next(
    post, write, clock, mailbox
) -> None:
    """As after a crash: claimed, and neither sent nor failed."""
    written(write, clock.now())
    with write() as uow:
        letter = uow.session.exec(select(OutboxMessage)).one()
        letter.attempts, letter.due_at = 1, clock.now() + timedelta(minutes=1)
    post.deliver()
    assert mailbox.letters == []
    clock.advance(minutes=1)
    post.deliver()
    assert len(mailbox.letters) == 1


def test_no_transaction_is_open_while_a_letter_is_sent(engine, write, clock, settings) -> None:
    """Otherwise a slow mail server would hold up every writer."""
    written(write, clock.now())

    class Writing(Mailbox):
        async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
            written(write, clock.now() + timedelta(hours=1))
            return await Mailbox.handle_DATA(self, server, session, envelope)

    with mail_server(busy := Writing()) as url:
        to_it = settings.model_copy(update={"mail_url": SecretStr(url)})
        deliver(Outside(engine, REACTIONS, to_it), clock.now())
    assert len(busy.letters) == 1


@pytest.mark.parametrize(("refuses", "outcome"), [("", "done"), ("451 later", "failed")])
def test_the_clock_sends_them_and_its_run_tells_how_it_went(
    post, write, clock, mailbox, refuses, outcome
) -> None:
    mailbox.refuses = refuses
    written(write, clock.now())
    runner = Runner(post.engine, REACTIONS, clock, settings=post.settings)
    result = runner.run_by_hand(job_named("deliver_letters"), actor_id=None)
    assert result.outcome == outcome
    assert result.rows == (not refuses)


def test_a_deed_that_fails_sends_nothing(post, write, clock, mailbox) -> None:
    def failing() -> None:
        with write() as uow:
            write_letter(uow, LETTER, now=clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert post.deliver().rows == 0
    assert mailbox.letters == []


def test_a_centre_without_a_mail_server_sends_nothing_and_fails_nothing(
    engine, write, clock, tmp_path
) -> None:
    written(write, clock.now())
    silent = Post(engine, clock, settings_for(str(engine.url)), tmp_path)
    assert silent.deliver() == Sent()
    assert stored(write).attempts == 0


def test_letters_can_go_into_a_folder_that_only_its_owner_reads(
    engine, write, clock, tmp_path
) -> None:
    box = by_folder(engine, clock, settings_for(str(engine.url)), tmp_path / "letters")
    written(write, clock.now())
    assert box.link(to=TO).startswith("/links/password/")
    assert box.folder.stat().st_mode & 0o077 == 0


def test_letters_are_forgotten_in_time(write, clock) -> None:
    written(write, clock.now())
    with write() as uow:
        assert forget_letters(uow, clock.now() + KEPT_FOR - timedelta(seconds=1)) == 0
        assert forget_letters(uow, clock.now() + KEPT_FOR) == 1
