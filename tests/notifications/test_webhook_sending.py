"""Webhooks: at least once, signed, in time, and never sent where they must not go."""

import hmac
import json
import socket
import threading
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic

import pytest
from sqlmodel import col, select

from booking.db.outside import Outside, Sent
from booking.notifications.actions import manage_webhooks as deeds
from booking.notifications.jobs import deliver_webhooks
from booking.notifications.models import OutboxMessage, Webhook, WebhookDelivery
from booking.notifications.rules import (
    MOST_ATTEMPTS,
    MOST_WEBHOOKS,
    PAUSED_AFTER,
    HookFact,
    HookFailure,
)
from booking.organisations.actions.verify import take_step
from booking.organisations.states import OrganisationStep
from booking.wiring import REACTIONS
from tests.support.receiver import Receiver, receiving


def test_a_fact_arrives_once_and_its_signature_is_that_of_the_shown_secret(centre, receiver):
    made = centre.add(receiver.url)
    centre.suspend()
    assert receiver.got == []
    assert centre.deliver() == Sent(1)
    centre.clock.advance(hours=1)
    centre.deliver()
    (got,) = receiver.got
    told = json.loads(got.body)
    reference, stamp = got.headers["x-booking-delivery"], got.headers["x-booking-timestamp"]
    signed = f"{reference}.{stamp}.".encode() + got.body
    expected = hmac.new(made.secret.encode(), signed, sha256).hexdigest()
    assert got.headers["x-booking-signature"] == f"v1={expected}"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert told == {
        "id": reference,
        "fact": "organisation.suspended",
        "at": "2026-11-23T01:00:00Z",
        "organisation_id": centre.company,
        "data": {},
    }


def test_nobody_is_told_of_others_or_of_what_was_not_chosen(centre, receiver):
    centre.add(receiver.url, HookFact.ORGANISATION_REINSTATED)
    centre.suspend(centre.other)
    centre.suspend()
    assert centre.told() == []


def test_a_deed_that_fails_tells_nothing(centre, receiver, write):
    centre.add(receiver.url)

    def suspends_and_fails() -> None:
        with write() as uow:
            step, now = OrganisationStep.SUSPEND, centre.clock.now()
            take_step(uow, centre.company, step, reason="未年检", actor=centre.staff, now=now)
            assert uow.session.exec(select(WebhookDelivery)).all()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        suspends_and_fails()
    assert centre.told() == []


def test_the_secret_lies_nowhere_readable(centre, receiver):
    made = centre.add(receiver.url)
    assert made.secret not in str(centre.webhook().model_dump())


def test_what_is_not_taken_is_tried_again_with_the_same_id_and_told(centre, receiver):
    receiver.status = 500
    centre.add(receiver.url)
    centre.suspend()
    assert centre.deliver() == Sent(0)
    assert centre.deliver() == Sent(0)  # not due again yet
    receiver.status = 200
    centre.clock.advance(minutes=2)
    assert centre.deliver() == Sent(1)
    first, second = receiver.got
    assert first.headers["x-booking-delivery"] == second.headers["x-booking-delivery"]
    assert first.body == second.body
    (row,) = centre.told()
    assert (row.attempts, row.status, row.failure) == (2, 200, None)


def test_a_crash_between_sending_and_recording_sends_it_again(centre, receiver):
    @dataclass(frozen=True, slots=True)
    class Dying(Outside):
        def deed(self):
            if receiver.got:
                raise KeyboardInterrupt
            return Outside.deed(self)

    centre.add(receiver.url)
    centre.suspend()
    with pytest.raises(KeyboardInterrupt):
        deliver_webhooks(Dying(centre.engine, REACTIONS, centre.settings), centre.clock.now())
    (row,) = centre.told()
    assert (row.sent_at, row.attempts) == (None, 1)
    centre.clock.advance(minutes=2)
    assert centre.deliver() == Sent(1)
    assert len({got.headers["x-booking-delivery"] for got in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_no_transaction_is_open_while_sending(centre, receiver):
    """On SQLite a second writer would wait; here it is the receiver that writes."""
    receiver.first = lambda: centre.suspend(centre.other)
    centre.add(receiver.url)
    centre.suspend()
    assert centre.deliver() == Sent(1)


def test_a_redirection_is_not_followed(centre, receiver):
    with receiving(Receiver()) as inside:
        receiver.status, receiver.headers = 307, {"location": inside.url}
        centre.add(receiver.url)
        centre.suspend()
        assert centre.deliver() == Sent(0)
        assert inside.got == []
    (row,) = centre.told()
    assert (row.status, row.failure) == (307, HookFailure.STATUS)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_a_private_place_is_refused_when_it_is_sent_to(centre, receiver, host):
    centre.settings = centre.settings.model_copy(update={"webhook_networks": ""})
    centre.add(f"http://{host}:{receiver.port}/")
    centre.suspend()
    assert centre.deliver() == Sent(0)
    assert receiver.got == []
    assert centre.told()[0].failure is HookFailure.ADDRESS


def test_a_name_that_is_not_known_is_told(centre):
    centre.add("http://nowhere.invalid/")
    centre.suspend()
    centre.deliver()
    assert centre.told()[0].failure is HookFailure.NO_HOST


def test_a_slow_receiver_ends_in_time_and_holds_up_nobody(centre, receiver, monkeypatch):
    monkeypatch.setattr("booking.notifications.channels.webhook.PATIENCE_SECONDS", 0.5)
    over = threading.Event()
    with receiving(Receiver(first=over.wait)) as slow:
        centre.add(slow.url)
        centre.add(receiver.url)
        centre.suspend()
        began = monotonic()
        assert centre.deliver() == Sent(1)
        took = monotonic() - began
        over.set()
    assert took < 5
    assert [row.failure for row in centre.told()] == [HookFailure.TIMEOUT, None]


def test_who_takes_everything_slowly_gets_one_in_each_run_and_others_all(
    centre, receiver, monkeypatch
):
    monkeypatch.setattr("booking.notifications.channels.webhook.SLOW_SECONDS", 0.2)
    over = threading.Event()
    with receiving(Receiver(first=lambda: over.wait(0.4))) as slow:
        made = [centre.add(slow.url), centre.add(receiver.url)]
        for webhook in made * 3:
            centre.test(webhook)
        assert centre.deliver() == Sent(4)
        assert (len(slow.got), len(receiver.got)) == (1, 3)
        over.set()
        assert centre.deliver() == Sent(2)


def test_names_that_nobody_answers_for_hold_up_nobody(centre, receiver, monkeypatch):
    monkeypatch.setattr("booking.notifications.channels.webhook.PATIENCE_SECONDS", 0.5)
    over, asked = threading.Event(), socket.getaddrinfo

    def answered(host: str, *rest: int, **options: int) -> object:
        return over.wait(30) if host.endswith(".invalid") else asked(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answered)
    for number in range(MOST_WEBHOOKS - 1):
        centre.add(f"https://slow{number}.invalid/")
    centre.add(receiver.url)
    centre.suspend()
    began = monotonic()
    assert centre.deliver() == Sent(1)
    took = monotonic() - began
    over.set()
    assert took < 5


def test_after_many_attempts_a_message_is_given_up(centre, receiver):
    receiver.status = 500
    centre.add(receiver.url)
    centre.suspend()
    for _ in range(MOST_ATTEMPTS + 1):
        centre.deliver()
        centre.clock.advance(hours=7)
        with centre.write() as uow:
            uow.session.exec(select(Webhook)).one().failing_since = None
    (row,) = centre.told()
    assert row.attempts == MOST_ATTEMPTS
    assert row.given_up_at is not None


def test_after_days_without_success_it_is_paused_and_its_administrators_get_a_letter(
    centre, receiver
):
    receiver.status = 500
    made = centre.add(receiver.url)
    centre.suspend()
    centre.deliver()
    centre.clock.advance(days=PAUSED_AFTER.days)
    centre.deliver()
    assert centre.webhook().paused_at is not None
    with centre.write() as uow:
        letters = uow.session.exec(
            select(OutboxMessage).where(col(OutboxMessage.fact) == "webhook_failing")
        ).all()
    assert [letter.email for letter in letters] == [centre.admin.email]
    centre.clock.advance(days=1)
    assert centre.deliver() == Sent(0)
    assert len(receiver.got) == 2
    receiver.status = 200
    with centre.write() as uow:
        deeds.resume_webhook(uow, made.webhook_id, actor=centre.admin, now=centre.clock.now())
    assert centre.deliver() == Sent(1)
    assert centre.webhook().failing_since is None
