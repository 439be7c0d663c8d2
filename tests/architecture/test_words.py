"""Every code that a person may be shown has words in Chinese and in English."""

import ast
import re

import pytest
from pydantic import BaseModel

from booking.jobs.schedule import JOBS
from booking.kernel.errors import BookingError
from booking.kernel.events import Event
from booking.web.i18n import LANGUAGES, Language, translations
from tests.support.sources import (
    TEMPLATES,
    called_name,
    calls,
    import_everything,
    modules,
    subclasses,
)

# The codes that the interface promises; some are put together at run time.
OTHERS_RELY_ON = frozenset(
    {
        "opening.closed",
        "opening.no_calendar",
        "notice.too_short",
        "horizon.too_far",
        "grid.off",
        "duration.too_short",
        "duration.too_long",
        "quota.person",
        "quota.organisation",
        "gap.person",
        "gap.organisation",
        "training.missing",
        "training.expires",
        "training.unused",
        "instrument.unpublished",
        "organisation.unverified",
        "credit.too_low",
        "mode.not_offered",
        "span.in_past",
        "reservation.slot_taken",
        "reservation.rules_broken",
        "idempotency.mismatch",
        "time.offset_missing",
    }
)
FORMS_OF_PEOPLE = frozenset(
    f"booking.{room}.forms"
    for room in (
        *("accounts", "credit", "notifications", "organisations", "reservations", "training"),
    )
)
# Sent along by pages and programs, filled in by nobody.
UNSEEN = frozenset({"next", "step", "replaces", "back_to_day"})
_SENTENCE = re.compile(r"""\b_\(\s*("([^"\\]|\\.)*"|'([^'\\]|\\.)*')""")


def error_codes() -> set[str]:
    import_everything()
    return {BookingError.code} | {kind.code for kind in subclasses(BookingError)}


def violation_codes() -> set[str]:
    """The codes written where a rule reports what it found."""
    return {
        call.args[0].value
        for path in modules()
        for call in calls(path)
        if called_name(call) == "Violation"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def sentences() -> set[str]:
    """What templates say in so many words."""
    return {
        ast.literal_eval(match[1])
        for path in (*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt"))
        for match in _SENTENCE.finditer(path.read_text("utf-8"))
    }


def form_fields() -> set[str]:
    """What people fill in about themselves and each other; a refusal names it."""
    import_everything()
    return {
        field
        for form in subclasses(BaseModel)
        if form.__module__ in FORMS_OF_PEOPLE
        for field in form.model_fields
        if field not in UNSEEN
    }


def changed_fields() -> set[str]:
    """What facts say to have changed, where it is written out."""
    return {
        key.value
        for path in modules()
        for call in calls(path)
        for given in call.keywords
        if given.arg == "changes" and isinstance(given.value, ast.Dict)
        for key in given.value.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def event_codes() -> set[str]:
    import_everything()
    return {f"code:event.{kind.name}" for kind in subclasses(Event) if "name" in vars(kind)}


def subject_nouns() -> set[str]:
    """What kinds of records facts are about, where it is written out."""
    return {
        said.partition(":")[0]
        for path in modules()
        for call in calls(path)
        for given in call.keywords
        if given.arg == "subject"
        for said in beginnings(given.value)
        if ":" in said
    }


def beginnings(text: ast.expr) -> list[str]:
    """How a text may begin, as it is written."""
    return [
        node.value
        for node in ast.walk(text)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def untold(language: Language, messages: set[str]) -> list[str]:
    known = translations(language)._catalog
    return sorted(message for message in messages if not known.get(message))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_words(language):
    assert len(error_codes()) > 20
    assert untold(language, {f"code:{code}" for code in error_codes()}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_broken_rule_has_words(language):
    assert {"notice.too_short", "grid.off"} <= violation_codes()
    codes = violation_codes() | OTHERS_RELY_ON
    assert untold(language, {f"code:{code}" for code in codes}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_words_for_the_audit_trail(language):
    assert untold(language, event_codes()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_people_fill_in_has_a_name(language):
    assert {"delegate", "colleague", "email"} <= form_fields()
    assert untold(language, {f"field:{field}" for field in form_fields()}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_that_the_trail_tells_of_has_a_name(language):
    assert {"state", "role", "webhook"} <= changed_fields()
    assert untold(language, {f"field:{field}" for field in changed_fields()}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_record_that_the_trail_tells_of_has_a_name(language):
    assert {"invoice", "prepayment", "quote", "statement"} <= subject_nouns()
    assert untold(language, {f"code:audit.noun.{noun}" for noun in subject_nouns()}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_job_has_a_name(language):
    assert untold(language, {f"code:jobs.job.{job.id}" for job in JOBS}) == []


def test_every_sentence_of_pages_and_letters_is_translated():
    assert len(sentences()) > 100
    assert untold("zh_CN", sentences()) == []
