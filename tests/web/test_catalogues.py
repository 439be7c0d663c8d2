"""Chinese is complete, English is complete, and they say the same things about the same values."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from booking.settings import REPOSITORY
from booking.web.i18n import LANGUAGES, catalogue_files

_NAMED = re.compile(r"%\((\w+)\)s")
_TEMPLATES = sorted((REPOSITORY / "templates").rglob("*.html"))


@cache
def entries(language):
    found = []
    for path in catalogue_files(language):
        with path.open("rb") as file:
            found += [(path.name, message) for message in read_po(file) if message.id]
    return found


def sentences(path: Path) -> set[str]:
    """What a template says: calls of gettext and trans blocks."""
    options = {"silent": "false", "trimmed": "false"}
    keywords = ("_", "gettext", "ngettext")
    with path.open("rb") as file:
        found = [message for _, _, message, _ in babel_extract(file, keywords, [], options)]
    return {str(one if isinstance(one, str) else (one or ("",))[0]) for one in found}


@pytest.mark.parametrize("path", _TEMPLATES, ids=lambda path: path.stem)
def test_every_sentence_of_a_template_has_chinese_words(path):
    told = {str(message.id) for _, message in entries("zh_CN")}
    assert sentences(path) - told == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_translated_twice_in_different_words(language):
    told: dict[object, set[object]] = {}
    for _, message in entries(language):
        told.setdefault(str(message.id), set()).add(str(message.string))
    assert [name for name, texts in told.items() if len(texts) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty(language):
    assert [(room, m.id) for room, m in entries(language) if not m.string] == []


def test_codes_are_told_in_both_languages():
    told = {
        language: {str(m.id) for _, m in entries(language) if str(m.id).startswith("code:")}
        for language in LANGUAGES
    }
    assert told["zh_CN"] ^ told["en"] == set()


def test_both_languages_name_the_same_values():
    used = {
        language: {
            str(m.id): Counter(set(_NAMED.findall(str(m.string)))) for _, m in entries(language)
        }
        for language in LANGUAGES
    }
    shared = used["zh_CN"].keys() & used["en"].keys()
    assert [name for name in shared if used["zh_CN"][name] != used["en"][name]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_can_be_filled_in(language):
    class Anything(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return name

    for _, message in entries(language):
        texts = message.string if isinstance(message.string, tuple | list) else [message.string]
        for text in texts:
            assert text % Anything() is not None, message.id
