"""Markup said in every text that can be written runs on no page and breaks none, in Chromium.

What Chromium opens is what the application answers; a violation of the policy counts as a success
of the attack, although the policy stopped it.
"""

import re
from collections.abc import Iterator, Mapping

import pytest
from httpx2 import Response
from playwright.sync_api import Dialog, Page
from playwright.sync_api import Route as Asked

from tests.access.ask import Ask
from tests.access.asking import Asking, Plan
from tests.access.world.people import VISITOR
from tests.hostile.corpus import EVALUATED, MARK, MARKUP
from tests.hostile.fields import filled, text_fields
from tests.hostile.planting import Spoiled

Answers = Mapping[str, Response]
SITE = "http://testserver"
_LISTEN = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
"""
_LOOK = """
    () => [
      ...window.violations,
      ...[...document.querySelectorAll(`[data-hostile]`)].map((found) => found.outerHTML),
      ...[...document.querySelectorAll("[href^='javascript:' i], [src^='javascript:' i]")]
        .map((found) => found.outerHTML),
      ...(document.querySelector("main") ? [] : ["no main"]),
    ]
"""


def pages_that_say_it(spoiled: Spoiled) -> Iterator[tuple[str, Response]]:
    """Each page that shows something of it, by an address of its own, and forms shown again."""
    for plan, _, answer in spoiled.answers:
        if is_page(answer) and MARK in answer.text:
            yield plan.path, answer
    asking = spoiled.asking
    forms = {field.route: field for field in text_fields(asking.app) if field.as_form}
    for number, one in enumerate(forms.values()):
        of_route = [field.name for field in text_fields(asking.app) if field.route == one.route]
        plan = filled(asking, one, dict.fromkeys(of_route, "".join(MARKUP) * 9))
        if is_page(answer := asking.answer(plan, one.who)):
            yield f"{plan.path}?{number}", answer


def is_page(answer: Response) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


def assets_of(asking: Asking, pages: Answers) -> Iterator[tuple[str, Response]]:
    """The styles and scripts that the pages ask for, as Chromium finds them."""
    named = {
        found for page in pages.values() for found in re.findall(r"/static/[^\"'\s>]+", page.text)
    }
    for path in sorted(named):
        yield path, asking.answer(Plan("GET", path, Ask(), ()), VISITOR)


@pytest.mark.slow
def test_nothing_of_it_runs_on_any_page(spoiled: Spoiled, page: Page) -> None:
    pages = dict(pages_that_say_it(spoiled))
    assert len(spoiled.planted) > 90
    assert sum("?" not in path for path in pages) > 15
    assert [path for path, answer in pages.items() if EVALUATED in answer.text] == []
    known = {**pages, **dict(assets_of(spoiled.asking, pages))}
    happened: list[str] = []

    def serve(asked: Asked) -> None:
        answer = known.get(asked.request.url.removeprefix(SITE))
        if answer is None:
            asked.fulfill(status=404, body="")
        else:
            asked.fulfill(status=200, headers=dict(answer.headers), body=answer.content)

    def dismiss(dialog: Dialog) -> None:
        happened.append(dialog.message)
        dialog.dismiss()

    page.route("**/*", serve)
    page.add_init_script(_LISTEN)
    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: happened.append(str(error)))
    for path in pages:
        page.goto(SITE + path, wait_until="load")
        happened += [f"{path}: {seen}" for seen in page.evaluate(_LOOK)]
    assert happened == []


@pytest.mark.slow
def test_a_page_that_ran_it_would_be_seen(page: Page) -> None:
    """The policy stops it, and what listens hears of it."""
    policy = {"content-security-policy": "script-src 'self'", "content-type": "text/html"}
    body = "<main>" + "".join(MARKUP)
    page.route("**/*", lambda asked: asked.fulfill(status=200, headers=policy, body=body))
    page.add_init_script(_LISTEN)
    page.goto(SITE)
    assert len(page.evaluate(_LOOK)) > 3
