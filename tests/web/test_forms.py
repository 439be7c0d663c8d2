"""Nothing typed is ever lost."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from pydantic import BaseModel
from starlette.datastructures import FormData

from booking.web.forms import FormInvalid, LocalMoment, YuanField, blank, parse


class Card(BaseModel):
    name: str
    starts_at: LocalMoment | None = None
    price: YuanField | None = None
    modes: list[str] = []


def test_an_empty_field_was_not_filled_in():
    read = parse(Card, FormData([("name", "  "), ("price", "")]))
    assert list(read.faults) == ["name"]
    with pytest.raises(FormInvalid):
        _ = read.checked


def test_a_time_without_offset_is_local():
    card = parse(Card, FormData([("name", "a"), ("starts_at", "2026-11-23T14:00")])).checked
    assert card.starts_at == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["2026-11-23", "20261123", "2026-W48-1"])
def test_a_day_without_a_time_is_not_taken_for_its_midnight(typed):
    read = parse(Card, FormData([("name", "a"), ("starts_at", typed)]))
    assert [fault.code for fault in read.faults["starts_at"]] == ["time.not_a_time"]


def test_amounts_are_in_yuan_and_many_choices_make_a_list():
    card = parse(Card, FormData([("name", "a"), ("price", "12.5"), ("modes", "x"), ("modes", "y")]))
    assert (card.checked.price, card.checked.modes) == (1250, ["x", "y"])


def test_a_blank_form_shows_what_it_starts_from():
    form = blank(at=datetime(2026, 11, 23, 6, 0, tzinfo=UTC), many=["a", "b"], off=False, on=True)
    assert form.value("at") == "2026-11-23T14:00"
    assert form.values("many") == ["a", "b"]
    assert (form.value("off"), form.value("on"), form.value("unknown")) == ("", "on", "")


def shown(answer):
    soup = BeautifulSoup(answer.text, "html.parser")
    return soup, {field["name"]: field["value"] for field in soup.select("input[name][value]")}


def test_a_faulty_form_comes_back_with_its_words_and_faults(visitor):
    answer = visitor.post("/things", data={"purpose": "fracture", "samples": "many"})
    soup, values = shown(answer)
    assert answer.status_code == 422
    assert values == {"purpose": "fracture", "samples": "many"}
    assert soup.select_one("#samples")["aria-invalid"] == "true"
    assert soup.select_one("#samples-fault").text == "填写有误"
    assert soup.html is not None


def test_htmx_gets_the_faulty_form_alone(visitor):
    form = {"purpose": "", "samples": "1"}
    answer = visitor.post("/things", data=form, headers={"HX-Request": "true"})
    soup, _ = shown(answer)
    assert answer.status_code == 422
    assert "hx-retarget" not in answer.headers
    assert soup.html is None
    assert soup.select_one("#purpose-fault")


def test_a_refused_deed_shows_the_form_again_with_the_reason(visitor):
    answer = visitor.post("/things", data={"purpose": "taken", "samples": "3"})
    soup, values = shown(answer)
    assert answer.status_code == 409
    assert values["samples"] == "3"
    assert "刷新" in soup.select_one("#problems").text


def test_a_plain_form_parameter_is_told_what_is_missing(visitor):
    answer = visitor.post("/plain", data={})
    assert answer.status_code == 422
    assert "请填写此项" in answer.text


def test_a_file_is_read_with_the_rest_of_its_form(visitor):
    told = {"purpose": "fracture"}
    sent = visitor.post("/uploads", data=told, files={"photo": ("a.png", b"x" * 2_000_000)})
    assert sent.status_code == 413
    sent = visitor.post("/uploads", data=told, files={"photo": ("a.png", b"x" * 120_000)})
    assert sent.json() == ["a.png", "a.png"]
    assert visitor.post("/uploads", data=told, files={"photo": ("", b"")}).json() == ["", ""]


def test_what_was_typed_beside_a_file_stays_and_the_file_is_asked_for_again(visitor):
    told = {"purpose": "fracture", "samples": "many"}
    answer = visitor.post("/uploads", data=told, files={"photo": ("成像.png", b"x")})
    soup, _ = shown(answer)
    assert answer.status_code == 422
    assert soup.select_one("#purpose")["value"] == "fracture"
    assert "请重新选择文件 成像.png" in soup.select_one("#photo-hint").text


def test_a_form_without_a_file_takes_none(visitor):
    sent = visitor.post("/things", data={"purpose": "a"}, files={"photo": ("a.png", b"x")})
    assert sent.status_code == 400
