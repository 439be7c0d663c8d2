"""Foreign origins, headers, languages, static files."""

import pytest

FORM = {"purpose": "x", "samples": "1"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://testserver"}, 303),
        ({"origin": "http://testserver:81"}, 403),
        ({"origin": "http://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
    ],
)
def test_only_our_own_pages_may_act(visitor, headers, status):
    assert visitor.post("/things", data=FORM, headers=headers).status_code == status


def test_anybody_may_read_from_anywhere(visitor):
    assert visitor.get("/things/1", headers={"sec-fetch-site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/things/1", "/nowhere", "/api/v1/list"])
def test_every_answer_carries_the_policy(visitor, path):
    headers = visitor.get(path).headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-cache"


def test_what_was_made_for_somebody_is_kept_by_nobody(visitor):
    signed_in = visitor.get("/things/1", headers={"cookie": "session=abc"})
    assert signed_in.headers["cache-control"] == "private, no-store"


def test_pages_speak_chinese_unless_asked_otherwise(visitor):
    assert '<html lang="zh-CN">' in visitor.get("/things/1").text
    english = visitor.get("/things/1", headers={"accept-language": "en"})
    assert '<html lang="en">' in english.text


def test_the_switch_keeps_the_language_and_the_page_without_a_script(visitor):
    answer = visitor.get("/things/1?a=%E4%B8%AD&lang=en")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/things/1?a=%E4%B8%AD"
    assert '<html lang="en">' in visitor.get("/things/1").text


def test_the_switch_leads_nowhere_else(visitor):
    answer = visitor.get("http://testserver//elsewhere.example/x?lang=en")
    assert answer.headers["location"].startswith("/elsewhere.example")


def test_static_files_keep_for_ever_under_their_fingerprint(visitor, application):
    address = application.state.templates.globals["static"]("app.css")
    answer = visitor.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert ".week-day" in answer.text
    stale = address.replace(address.split(".")[-2], "0" * 12)
    assert visitor.get(stale).headers["cache-control"] == "no-cache"


def test_nothing_but_assets_is_served(visitor):
    assert visitor.get("/static/vendor/VENDOR.md").status_code == 404
    assert visitor.get("/static/vendor/fonts/NotoSansSC-Regular.ttf").status_code == 404
    assert visitor.get("/static/../pyproject.toml").status_code == 404


def test_the_style_is_light(application):
    assets = application.router.routes
    mounted = next(route.app for route in assets if getattr(route, "name", "") == "static")
    assert len(mounted._assets["app.css"].squeezed) < 25_000
