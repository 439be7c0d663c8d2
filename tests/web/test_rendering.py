"""Whole pages, fragments, and the way on."""

import pytest

from booking.web.i18n import begin_speaking


def test_a_browser_gets_the_whole_page(visitor):
    answer = visitor.get("/things/7")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "HX-Request" in answer.headers["vary"]


def test_htmx_gets_the_block(visitor):
    answer = visitor.get("/things/7", headers={"HX-Request": "true"})
    assert answer.text == "<p id=part>thing 7</p>"


@pytest.mark.parametrize("why", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_visit_and_a_history_restore_get_the_whole_page(visitor, why):
    answer = visitor.get("/things/7", headers={"HX-Request": "true", why: "true"})
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_deed_leads_to_its_page(visitor):
    form = {"purpose": "x", "samples": "7"}
    answer = visitor.post("/things", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/things/7")
    answer = visitor.post("/things", data=form, headers={"HX-Request": "true"})
    assert answer.headers["hx-redirect"] == "/things/7"


def test_every_part_can_be_drawn(visitor):
    answer = visitor.get("/styleguide")
    assert answer.status_code == 200
    assert "style=" not in answer.text


def test_what_the_house_has_to_say_stands_on_every_page(visitor, application):
    assert "site-notice" not in visitor.get("/things/7").text
    application.state.notice = lambda: "<b>closed</b> today"
    assert "&lt;b&gt;closed&lt;/b&gt; today" in visitor.get("/things/7").text


def test_words_of_a_constant_are_in_the_language_of_each_visitor(application):
    told = application.state.templates.from_string('{{ "kind.missing"|words }}')
    begin_speaking("zh_CN")
    chinese = told.render()
    begin_speaking("en")
    assert told.render() != chinese
    begin_speaking("zh_CN")
