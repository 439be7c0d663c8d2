"""What may stand in a text, and that no form and no body has a text of another kind."""

import ast
from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from booking.web.texts import prose, text, title
from tests.support.sources import called_name, calls, modules


class Sheet(BaseModel):
    """One field of each kind."""

    purpose: Annotated[str, text(20, shortest=1)] = "?"
    reason: Annotated[str, prose(20)] = ""
    heading: Annotated[str, title(20)] = "?"


def fault(**told: str) -> str:
    with pytest.raises(ValidationError) as refused:
        Sheet.model_validate(told)
    return refused.value.errors()[0]["type"]


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x1b", "\x1f", "\x7f"])
def test_control_characters_stand_nowhere(character: str) -> None:
    for field in Sheet.model_fields:
        assert fault(**{field: f"a{character}b"}) == "text.unreadable"


def test_a_lone_surrogate_is_no_text() -> None:
    assert fault(purpose="a\ud800") == "string_unicode"


def test_a_line_has_no_end_inside_and_prose_has() -> None:
    assert fault(purpose="a\nb") == fault(heading="a\rb") == "text.unreadable"
    assert Sheet(reason="a\r\nb\tc").reason == "a\nb\tc"
    assert Sheet(purpose="a\tb").purpose == "a\tb"


@pytest.mark.parametrize("character", ["\u202e", "\u202a", "\u2066", "\u2069"])
def test_a_name_turns_nothing_around(character: str) -> None:
    assert fault(heading=f"a{character}b") == "text.unreadable"
    assert Sheet(purpose=f"a{character}b").purpose == f"a{character}b"


@pytest.mark.parametrize("empty", ["\u200b\u200d", "\u202e\u202c", "\u2060 \u2060"])
def test_a_text_that_shows_nothing_says_nothing(empty: str) -> None:
    assert fault(purpose=empty) == "form.missing"


def test_every_text_from_outside_is_one_of_these() -> None:
    """Only a pattern, which says itself what may stand there, or a password needs no more."""
    others = [
        f"{path}:{call.lineno}"
        for path in modules()
        if path.name != "texts.py"
        for call in calls(path)
        if called_name(call) == "StringConstraints"
        and "pattern" not in {keyword.arg for keyword in call.keywords}
        and "1024" not in ast.unparse(call)
    ]
    assert others == []


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "不能显示的字符"), ("en", "cannot be shown")]
)
def test_the_field_says_so_in_both_languages(visitor, language: str, words: str) -> None:
    sent = {"purpose": "a\x00b", "samples": "1"}
    shown = visitor.post("/things", data=sent, headers={"accept-language": language})
    assert shown.status_code == 422
    assert words in shown.text
