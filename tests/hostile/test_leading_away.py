"""No address and no header leads somebody to another site, or puts one into what we say."""

from dataclasses import replace
from unittest.mock import patch
from urllib.parse import urljoin, urlsplit

import pytest
from httpx2 import Response
from pydantic import SecretStr
from sqlmodel import Session, select

from booking.notifications.composing import compose
from booking.notifications.models import OutboxMessage
from tests.access.ask import Ask
from tests.access.asking import Asking, Case, Plan
from tests.access.bodies import SELF
from tests.access.doors import table
from tests.access.world.people import VISITOR
from tests.access.world.records import NONE, OWN
from tests.hostile.corpus import ELSEWHERE
from tests.hostile.fields import who_passes

HOST = "evil.example"
PRETENDED = {
    "host": HOST,
    "x-forwarded-host": HOST,
    "x-forwarded-server": HOST,
    "forwarded": f"host={HOST}",
    "x-original-url": f"http://{HOST}/",
    "x-rewrite-url": "/account",
}


def leads_to(answer: Response) -> str:
    """The host that a browser goes to from our site."""
    # As browsers read addresses: backslashes are slashes, blanks inside are nothing.
    target = answer.headers.get("location") or answer.headers.get("hx-redirect") or "/"
    target = target.replace("\\", "/").replace("\t", "").replace("\n", "")
    return urlsplit(urljoin("http://testserver/", target)).hostname or ""


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_to_pages_of_ours(here: Asking, target: str) -> None:
    form = {"email": SELF, "password": "demo-demo-demo", "next": target}
    answer = here.answer(Plan("POST", "/sign-in", Ask(form=form), ()), VISITOR)
    assert answer.status_code == 303
    assert leads_to(answer) == "testserver"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_the_switch_of_languages_stays_here(here: Asking, target: str) -> None:
    plan = Plan("GET", "/" + target.lstrip("/"), Ask(query={"lang": "en"}), ())
    assert leads_to(here.answer(plan, VISITOR)) == "testserver"


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("header", ["hx-current-url", "referer"])
def test_whoever_has_to_sign_in_comes_back_here(here: Asking, header: str, target: str) -> None:
    headers = {header: target.encode("ascii").decode(), "hx-request": "true"}
    answer = here.answer(Plan("GET", "/account", Ask(headers=headers), ()), VISITOR)
    assert leads_to(answer) == "testserver"
    assert "evil.example" not in urlsplit(answer.headers["hx-redirect"]).path


@pytest.mark.slow
def test_no_page_repeats_the_host_that_was_pretended(here: Asking) -> None:
    said = []
    for case, row in table().items():
        if case.route.method != "GET" or case.kind not in {OWN, NONE}:
            continue
        for who in {who_passes(row), VISITOR}:
            plan = here.plan(Case(case.route, case.kind), who)
            sent = replace(plan, ask=replace(plan.ask, headers={**plan.ask.headers, **PRETENDED}))
            answer = here.answer(sent, who)
            if HOST in answer.text or HOST in " ".join(answer.headers.values()):
                said.append(f"{who}: {plan.path}")
    assert said == []


def test_a_letter_leads_to_where_the_settings_say(
    here: Asking,
) -> None:
    """It is written by the job, from `public_url`; what the request said of us is not kept."""
    writing = here.app.state.settings.model_copy(update={"mail_url": SecretStr("smtp://x")})
    state = patch.object(here.app.state, "settings", writing)
    plan = Plan("POST", "/password/forgotten", Ask(form={"email": SELF}, headers=PRETENDED), ())
    with state, here.undoing():
        assert here.done(plan, VISITOR).status_code == 200
        with Session(here.connection, join_transaction_mode="create_savepoint") as session:
            waiting = session.exec(
                select(OutboxMessage).where(OutboxMessage.fact == "password_link")
            ).all()
            letters = [compose(one, writing).get_content() for one in waiting]
    assert any("http://testserver/links/" in letter for letter in letters)
    assert not any(HOST in letter for letter in letters)
