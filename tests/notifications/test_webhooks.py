"""Webhooks: who may add them, what pausing, renewing and removing do, how long they are kept."""

import hmac
import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlmodel import select

from booking.access.roles import Role
from booking.db.outside import Sent
from booking.jobs.runner import Runner
from booking.jobs.schedule import job_named
from booking.kernel.errors import Forbidden, NotFound
from booking.notifications.actions import manage_webhooks as deeds
from booking.notifications.errors import WebhookRefused
from booking.notifications.jobs import forget_letters
from booking.notifications.models import Webhook
from booking.notifications.queries import next_deliveries, webhook_for_update
from booking.notifications.rules import (
    KEPT_FOR,
    MOST_WEBHOOKS,
    HookFact,
    HookFailure,
)
from booking.organisations.actions.verify import take_step
from booking.organisations.states import OrganisationStep
from booking.wiring import REACTIONS
from tests.factories.accounts import SEAL, make_member
from tests.support.overtaking import overtaken


def test_a_paused_one_is_told_nothing_new(centre, receiver):
    made = centre.add(receiver.url)
    with centre.write() as uow:
        deeds.pause_webhook(uow, made.webhook_id, actor=centre.admin, now=centre.clock.now())
    centre.suspend()
    assert centre.told() == []


def test_a_renewed_secret_signs_from_then_on(centre, receiver):
    made = centre.add(receiver.url)
    with centre.write() as uow:
        renewed = deeds.renew_secret(
            uow, made.webhook_id, seal=SEAL, actor=centre.admin, now=centre.clock.now()
        )
    centre.test(made)
    centre.deliver()
    (got,) = receiver.got
    signed = f"{got.headers['x-booking-delivery']}.{got.headers['x-booking-timestamp']}.".encode()
    expected = hmac.new(renewed.secret.encode(), signed + got.body, sha256).hexdigest()
    assert renewed.secret != made.secret
    assert got.headers["x-booking-signature"] == f"v1={expected}"
    assert json.loads(got.body)["fact"] == "webhook.test"


def test_a_secret_copied_from_another_webhook_signs_nothing(centre, receiver):
    made, other = centre.add(receiver.url), centre.add(receiver.url)
    with centre.write() as uow:
        rows = {row.key: row for row in uow.session.exec(select(Webhook))}
        rows[other.webhook_id].sealed_secret = rows[made.webhook_id].sealed_secret
    centre.test(other)
    assert centre.deliver() == Sent(0)
    assert receiver.got == []
    assert centre.told()[0].failure is HookFailure.SECRET


def test_what_was_removed_is_told_nothing_and_leaves_nothing(centre, receiver):
    made = centre.add(receiver.url)
    centre.suspend()
    with centre.write() as uow:
        deeds.remove_webhook(uow, made.webhook_id, actor=centre.admin, now=centre.clock.now())
    assert centre.deliver() == Sent(0)
    assert (receiver.got, centre.told()) == ([], [])


def test_what_is_removed_just_now_stops_no_deed_that_would_tell_it(centre):
    made = centre.add("http://lims.example.com/")
    now = centre.clock.now()
    overtaken(
        centre.engine,
        lambda uow: deeds.remove_webhook(uow, made.webhook_id, actor=centre.admin, now=now),
        lambda uow: take_step(
            uow,
            centre.company,
            OrganisationStep.SUSPEND,
            reason="未年检",
            actor=centre.staff,
            now=now,
        ),
    )
    assert centre.told() == []


def test_what_is_removed_while_it_is_told_is_no_failure(centre, receiver):
    made = centre.add(receiver.url)
    centre.suspend()
    now = centre.clock.now()
    sent = overtaken(
        centre.engine,
        lambda uow: webhook_for_update(uow.session, made.webhook_id, centre.admin),
        lambda _: centre.deliver(),
        then=lambda uow: deeds.remove_webhook(uow, made.webhook_id, actor=centre.admin, now=now),
    )
    assert sent == Sent(len(receiver.got))
    assert centre.told() == []


def test_who_takes_nothing_comes_after_everybody_else(centre):
    """However much waits for it, and however long it has waited."""
    failing, sound = centre.add("http://slow.example.com/"), centre.add("http://lims.example.com/")
    centre.test(failing)
    with centre.write() as uow:
        uow.session.get_one(Webhook, failing.webhook_id).failing_since = centre.clock.now()
    centre.clock.advance(minutes=1)
    centre.test(sound)
    with centre.write() as uow:
        ((_, first),) = next_deliveries(uow.session, centre.clock.now(), but_not=(), limit=1)
    assert first.key == sound.webhook_id


def test_only_who_manages_the_organisation_and_may_read_the_facts_adds_one(centre, write):
    with write() as uow:
        member = make_member(uow, centre.company)
        stranger = make_member(uow, centre.other, Role.COMPANY_ADMIN)
    url = "http://lims.example.com/"
    with pytest.raises(Forbidden):
        centre.add(url, actor=member)
    with pytest.raises(NotFound):
        centre.add(url, actor=stranger)
    narrow = replace(centre.admin, scopes=centre.admin.permissions - {"statement:read"})
    with pytest.raises(Forbidden):
        centre.add(url, HookFact.STATEMENT_PAID, actor=narrow)


def test_an_organisation_has_only_so_many(centre):
    for _ in range(MOST_WEBHOOKS):
        centre.add("http://lims.example.com/")
    with pytest.raises(WebhookRefused):
        centre.add("http://lims.example.com/")


def test_the_job_sends_what_is_due_and_another_forgets_what_is_old(centre, receiver, write):
    centre.add(receiver.url)
    centre.suspend()
    runner = Runner(centre.engine, REACTIONS, centre.clock, settings=centre.settings)
    assert runner.run_due(job_named("deliver_webhooks")).rows == 1
    with write() as uow:
        forget_letters(uow, centre.clock.now() + KEPT_FOR - timedelta(seconds=1))
    assert len(centre.told()) == 1
    with write() as uow:
        forget_letters(uow, centre.clock.now() + KEPT_FOR)
    assert centre.told() == []
