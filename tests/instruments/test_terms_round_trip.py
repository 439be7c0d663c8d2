"""What a program said is on the page: sent back as it came, a list or a policy is the same."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from booking.db.transactions import UnitOfWork
from booking.instruments.rules.customer import PRICE_CLASSES, RULE_CLASSES
from tests.factories.accounts import be, make_lab_person, open_session
from tests.factories.instruments import make_instrument
from tests.support.clock import FrozenClock
from tests.support.typing_in import typed_on

Write = Callable[[], AbstractContextManager[UnitOfWork]]
Said = dict[str, Any]
# Every example loads two pages: what is found is shown as it is found.
FEW = settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def number(client: TestClient, write: Write, clock: FrozenClock) -> int:
    """An instrument whose manager is signed in."""
    with write() as uow:
        made = make_instrument(uow)
        be(client, open_session(uow, make_lab_person(uow, made.lab_id), now=clock.now()))
        return made.key


def chosen(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[Said]:
    """Some of what may be said."""
    return st.fixed_dictionaries({}, optional=known)


minutes = st.integers(0, 527_040)
days = st.integers(0, 3660)
own = chosen(
    notice_minutes=minutes,
    shortest_minutes=st.integers(1, 30),
    longest_minutes=st.integers(10_000, 89_280),
)
quotas = st.fixed_dictionaries(
    {
        "per": st.sampled_from(("person", "organisation")),
        "measure": st.sampled_from(("hours", "count")),
        "period": st.sampled_from(("day", "week", "month", "open")),
        "limit": st.integers(0, 100_000),
    },
    optional={"customer_class": st.sampled_from(("", *RULE_CLASSES))},
)


def clock_of(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


peaks = st.builds(
    lambda weekdays, begin, length: {
        "weekdays": sorted(weekdays),
        "from": clock_of(begin),
        "to": clock_of((begin + length) % 1440),
    },
    st.sets(st.integers(1, 7), min_size=1),
    st.integers(0, 1439),
    st.integers(1, 1439),
)
policies = chosen(
    grid_minutes=st.integers(1, 1440),
    shortest_minutes=st.integers(1, 480),
    longest_minutes=st.integers(480, 89_280),
    notice_minutes=minutes,
    horizon_days=st.dictionaries(st.sampled_from(RULE_CLASSES), days),
    buffer_before_minutes=st.integers(0, 1440),
    buffer_after_minutes=st.integers(0, 1440),
    approval=st.sampled_from(("none", "first", "always")),
    approval_hours=st.integers(1, 1488),
    training_required=st.booleans(),
    training_unused_days=st.none() | st.integers(1, 3660),
    quotas=st.lists(quotas, max_size=20),
    uncounted_off_peak=st.booleans(),
    uncounted_within_minutes=minutes,
    peak_hours=st.lists(peaks, max_size=4),
    person_gap_minutes=st.integers(0, 89_280),
    organisation_gap_minutes=st.integers(0, 89_280),
    free_cancel_minutes=minutes,
    late_cancel_percent=st.integers(0, 100),
    no_show_grace_minutes=st.integers(0, 1440),
    no_show_percent=st.integers(0, 100),
    follows_statutory_calendar=st.booleans(),
    guaranteed_outside_hours_per_week=st.integers(0, 168),
    guaranteed_release_minutes=minutes,
    confirm_days=st.integers(0, 366),
    per_class=st.dictionaries(st.sampled_from(RULE_CLASSES), own),
)


def sent_back(client: TestClient, here: str, language: str) -> None:
    """The page's form as a browser sends it when nobody touched it."""
    page = client.get(here, headers={"accept-language": language})
    typed = {name: texts for name, texts in typed_on(page.text, here).items() if name != "more"}
    answer = client.post(here, data=typed)
    assert answer.status_code == 303, answer.text


@given(policy=policies, language=st.sampled_from(("zh-CN", "en")))
@FEW
def test_a_policy_sent_back_as_it_came_says_the_same(
    client: TestClient, clock: FrozenClock, number: int, policy: Said, language: str
) -> None:
    clock.advance(minutes=1)
    card = f"/api/v1/instruments/{number}"
    told = client.put(f"{card}/policy", json=policy)
    assert told.status_code == 200, told.text
    clock.advance(minutes=1)
    sent_back(client, f"/manage/instruments/{number}/policy", language)
    assert client.get(card).json()["policy"] == told.json()


yuan = st.integers(0, 10_000_000).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")
priced = st.none() | yuan
# In steps of three minutes: what two decimals of an hour can say.
over = st.integers(1, 29_760).map(lambda threes: f"{threes / 20:.2f}")
steps = st.lists(
    st.fixed_dictionaries({"over_hours": over, "hour": yuan}),
    max_size=10,
    unique_by=lambda step: step["over_hours"],
)
items = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(("金靶", "A", "a b", "“铜”网", "<b>")), "price": yuan},
        optional={"unit": st.sampled_from(("", "片", "mL"))},
    ),
    max_size=5,
    unique_by=lambda item: item["name"],
)
listed = chosen(
    hour=priced,
    steps=steps,
    day=priced,
    sample=priced,
    staff_hour=priced,
    minimum=priced,
    free_minutes=st.integers(0, 1440),
    late_cancel=priced,
    no_show=priced,
    consumables=items,
)


bands = st.builds(
    lambda weekdays, begin, length, factor: {
        "weekdays": weekdays,
        "from": clock_of(begin),
        "to": clock_of(min(begin + length, 1440)),
        "factor": factor,
    },
    st.lists(st.integers(1, 7), min_size=1, max_size=7),
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.sampled_from(("0.5", "1", "1.25", "3.0000")),
)
tariffs = st.fixed_dictionaries(
    {"classes": st.dictionaries(st.sampled_from(PRICE_CLASSES), listed, min_size=1)},
    optional={
        "basis": st.sampled_from(("reserved", "actual", "larger")),
        "round_up_minutes": st.integers(1, 1440),
        "vat_rate": st.sampled_from(("0", "0.06", "0.1300")),
        "vat_included": st.booleans(),
        "peak": st.lists(bands, max_size=1),
    },
)


def told_by(client: TestClient, number: int) -> Said:
    """The newest list, its items in one order: on the page all classes share their rows."""
    newest: Said = client.get(f"/api/v1/instruments/{number}/tariffs").json()["items"][0]
    for prices in newest["classes"].values():
        prices["consumables"].sort(key=lambda item: item["name"])
    return newest


@given(tariff=tariffs, language=st.sampled_from(("zh-CN", "en")))
@FEW
def test_a_price_list_sent_back_as_it_came_says_the_same(
    client: TestClient, clock: FrozenClock, number: int, tariff: Said, language: str
) -> None:
    since = clock.advance(minutes=1).isoformat()
    here = f"/api/v1/instruments/{number}/tariffs"
    told = client.post(here, json=tariff | {"valid_from": since})
    assert told.status_code == 201, told.text
    before = told_by(client, number)
    clock.advance(minutes=1)
    sent_back(client, f"/manage/instruments/{number}/tariffs", language)
    after = told_by(client, number)
    own = {"id", "valid_from"}
    assert {k: v for k, v in after.items() if k not in own} == {
        k: v for k, v in before.items() if k not in own
    }
