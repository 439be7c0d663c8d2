"""The table of notices says what the reactions do, and every fact of it can be told."""

import re

import pytest

from booking.kernel.events import Event
from booking.notifications.rules import DAILY_LETTER, HookFact
from booking.notifications.rules.letters import NoticeFact
from booking.notifications.rules.standing import Audience
from booking.notifications.rules.table import CHOOSABLE, FIXED, NOTICES, concerns
from booking.web.i18n import LANGUAGES, translations
from booking.wiring import REACTIONS
from tests.support.sources import TEMPLATES

EMAIL = TEMPLATES / "email"
# Reactions of the room that write no letter.
_OTHER = {"tell_webhooks", "forget_letters_to"}


def told_of() -> set[str]:
    """The facts to which a reaction writes letters."""
    return {
        event.name
        for event, reactions in REACTIONS.items()
        if event is not Event
        and any(
            react.__module__.startswith("booking.notifications") and react.__name__ not in _OTHER
            for react in reactions
        )
    }


def test_the_table_names_exactly_the_facts_that_letters_are_written_of() -> None:
    named = {fact for notice in NOTICES.values() for fact in notice.facts}
    assert named == told_of()
    assert len(named) > 50


def test_every_letter_has_a_row_and_every_row_a_letter() -> None:
    letters = {place.name for place in EMAIL.iterdir()} - {DAILY_LETTER}
    assert letters == {fact.value for fact in NoticeFact}
    assert set(NOTICES) == set(NoticeFact)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_has_words(language: str) -> None:
    known = translations(language)._catalog
    for fact in NoticeFact:
        assert known.get(f"code:notifications.notice_fact.{fact.value}"), fact


@pytest.mark.parametrize("fact", [fact for fact in NoticeFact if NOTICES[fact].in_app])
def test_what_is_shown_in_the_application_leads_somewhere(fact: NoticeFact) -> None:
    assert re.fullmatch(r"(/[a-z-]+|/\{[a-z_]+\})+", NOTICES[fact].path)


def test_security_cannot_be_switched_off() -> None:
    secured = {NoticeFact.PASSWORD_CHANGED, NoticeFact.SIGN_IN_CHANGED, NoticeFact.VIEWED_AS}
    assert secured <= FIXED
    assert not secured & set(CHOOSABLE)
    assert all(NOTICES[fact].urgent for fact in FIXED)


def test_programs_are_told_of_what_their_organisation_is() -> None:
    assert HookFact.RESERVATION_MOVED in NOTICES[NoticeFact.BOOKING].hooks
    assert NOTICES[NoticeFact.TRAINING_ASKED].hooks == ()


@pytest.mark.parametrize(
    ("fact", "roles", "told"),
    [
        (NoticeFact.BOOKING, set(), True),
        (NoticeFact.FAULT_REPORTED, set(), False),
        (NoticeFact.FAULT_REPORTED, {Audience.LAB.value}, True),
        (NoticeFact.REGISTRATION_WAITING, {Audience.LAB.value}, False),
        (NoticeFact.STATEMENT_STEP, {Audience.FINANCE.value}, True),
        (NoticeFact.INSTRUMENT_STEP, {Audience.CENTRE.value}, True),
    ],
)
def test_only_who_may_be_told_chooses(fact: NoticeFact, roles: set[str], told: bool) -> None:
    assert concerns(NOTICES[fact], roles) is told
