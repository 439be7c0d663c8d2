"""The rules tried on a company: every rule answers, nothing is held, nothing of others is told."""

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from booking.audit.models import AuditEntry
from booking.instruments.models.hold import SlotHold
from booking.instruments.models.policy import BookingPolicy
from booking.reservations.models.reservation import Reservation
from tests.factories.accounts import be, open_session
from tests.factories.instruments import add_policy, make_instrument
from tests.factories.organisations import make_organisation
from tests.factories.reservation_values import between
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
TUESDAY = {"starts_at": "2026-11-24T14:00", "ends_at": "2026-11-24T18:00"}


@pytest.fixture
def scene(client, write, clock):
    clock.at("2026-11-23T09:00+08:00")
    quota = {"per": "organisation", "measure": "hours", "period": "week", "limit": 5}
    with write() as uow:
        made = make_scene(uow, policy={"quotas": [quota], "notice_minutes": 120})
        make_reservation(uow, made, between("11-25 12:00", "14:00"), now=MONDAY)
        names = made.instrument.key, made.company.name, made.company.uscc
    with write() as uow:
        be(client, open_session(uow, made.manager, now=clock.now()))
    return names


def said(client, instrument, **asked) -> str:
    answer = client.get(f"/manage/instruments/{instrument}/rules-test", params=asked)
    assert answer.status_code == 200
    (main,) = BeautifulSoup(answer.text, "html.parser").select("main")
    return " ".join(main.text.split())


def test_every_rule_answers_with_the_figures_of_the_company(client, scene):
    instrument, name, _ = scene
    text = said(client, instrument, company=name, **TUESDAY)
    assert "不能预约；实验室写明理由可以特批" in text
    assert "未超出限额：" in text
    assert "在开放时间内" in text
    allowed = said(client, instrument, company=name, **TUESDAY | {"ends_at": "2026-11-24T16:00"})
    assert "可以预约" in allowed
    assert "不能预约" not in allowed


def test_a_company_is_found_by_its_credit_code_and_not_by_a_part_of_its_name(client, scene):
    instrument, name, uscc = scene
    assert "规则怎么说" in said(client, instrument, company=uscc, **TUESDAY)
    part = said(client, instrument, company=name[:-1], **TUESDAY)
    assert "没有登记这个名称或代码的单位" in part


def test_nothing_is_kept_or_held(client, write, scene):
    instrument, name, _ = scene

    def rows() -> tuple[int, int]:
        with write() as uow:
            counts = (sa.select(sa.func.count()).select_from(m) for m in (Reservation, SlotHold))
            return tuple(uow.session.execute(one).scalar_one() for one in counts)

    before = rows()
    said(client, instrument, company=name, **TUESDAY)
    assert rows() == before


def test_another_company_is_only_said_to_be_in_the_way(client, write, scene):
    instrument, name, _ = scene
    with write() as uow:
        other = make_organisation(uow).name
    taken = {"starts_at": "2026-11-25T12:00", "ends_at": "2026-11-25T13:00"}
    text = said(client, instrument, company=other, **taken)
    assert "占用" in text
    assert name not in text.split("规则怎么说")[1]


def test_a_version_that_is_ahead_can_be_tried(client, write, scene):
    instrument, name, _ = scene
    with write() as uow:
        ahead = add_policy(
            uow,
            instrument,
            valid_from=moment("2026-12-01T00:00"),
            longest_minutes=60,
            follows_statutory_calendar=False,
        ).key
    text = said(client, instrument, company=name, version=ahead, **TUESDAY)
    assert "时长符合规定：" in text
    assert "未超出限额：" not in text


def test_who_keeps_another_instrument_tries_nothing_here(client, write, scene):
    with write() as uow:
        other = make_instrument(uow).key
    answer = client.get(f"/manage/instruments/{other}/rules-test")
    assert answer.status_code == 404


TYPED = {"grid_minutes": "30", "shortest_minutes": "30", "longest_minutes": "1 小时"}


def tried(client, instrument, company, **typed):
    """The page of the rules with what they would say to a company on Tuesday afternoon."""
    on = {"try_company": company, "try_start": TUESDAY["starts_at"], "try_end": TUESDAY["ends_at"]}
    answer = client.post(
        f"/manage/instruments/{instrument}/rules-test/draft", data=TYPED | on | typed
    )
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def told(page) -> str:
    return " ".join(page.select_one("#trial").text.split())


def test_rules_are_tried_as_they_are_typed_and_stay_typed(client, scene):
    instrument, name, _ = scene
    page = tried(client, instrument, name)
    # The kept rules have a weekly limit and none of an hour; the typed ones the other way round.
    assert "时长符合规定：" in told(page)
    assert "未超出限额：" not in told(page)
    assert "不能预约；实验室写明理由可以特批" in told(page)
    assert page.select_one("#longest_minutes")["value"] == "1 小时"
    limit = {"quota1_limit": "5", "longest_minutes": "1 天"}
    other = told(tried(client, instrument, name, **limit))
    assert "未超出限额：" in other
    assert "时长符合规定：" not in other


def test_with_a_script_the_answer_comes_alone(client, scene):
    instrument, name, _ = scene
    on = {"try_company": name, "try_start": TUESDAY["starts_at"], "try_end": TUESDAY["ends_at"]}
    here = f"/manage/instruments/{instrument}/rules-test/draft"
    wanted = {"HX-Request": "true", "HX-Target": "trying"}

    def answered(**typed: str) -> BeautifulSoup:
        answer = client.post(here, data=TYPED | on | typed, headers=wanted)
        return BeautifulSoup(answer.text, "html.parser")

    page = answered()
    assert page.select_one("#grid_minutes") is None
    assert "时长符合规定：" in told(page)
    assert page.select_one(f"#try_company[value='{name}']")
    # The fields are not in the answer, so it says what is wrong with them.
    assert "最长预约：填写有误" in answered(longest_minutes="很久").text
    assert answered(try_company="没有登记的单位").select_one("#try_company[aria-invalid]")


def test_the_typed_calendar_counts_not_the_kept_one(client, scene):
    instrument, name, _ = scene
    long = {"longest_minutes": "1 天"}
    assert "可以预约" in told(tried(client, instrument, name, **long))
    follows = told(tried(client, instrument, name, follows_statutory_calendar="true", **long))
    # Nobody has entered the calendar of the year that the typed rules would follow.
    assert "不能预约" in follows


def test_trying_keeps_no_version_and_holds_nothing(client, write, scene):
    instrument, name, _ = scene

    def rows() -> tuple[int, ...]:
        kinds = (BookingPolicy, Reservation, SlotHold, AuditEntry)
        with write() as uow:
            counts = (sa.select(sa.func.count()).select_from(kind) for kind in kinds)
            return tuple(uow.session.execute(one).scalar_one() for one in counts)

    before = rows()
    tried(client, instrument, name)
    assert rows() == before


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"try_company": ""}, "try_company"),
        ({"try_company": "没有登记的单位"}, "try_company"),
        ({"try_start": ""}, "try_start"),
        ({"try_end": "2026-11-24T13:00"}, "try_end"),
        ({"longest_minutes": "很久"}, "longest_minutes"),
    ],
)
def test_what_cannot_be_tried_says_what_is_missing(client, scene, typed, field):
    instrument, name, _ = scene
    page = tried(client, instrument, name, **typed)
    assert page.select_one(f"#{field}")["aria-invalid"] == "true"
    assert told(page) == ""


def test_gaps_and_relief_are_tried_as_they_are_typed(client, scene):
    instrument, name, _ = scene
    day = {"longest_minutes": "1 天", "quota1_limit": "5"}
    assert "未超出限额：" in told(tried(client, instrument, name, **day))
    # The wish lies between two and six in the afternoon.
    evening = {"peak1_weekdays": "2", "peak1_from": "18:00", "peak1_to": "22:00"}
    spared = tried(client, instrument, name, uncounted_off_peak="true", **evening, **day)
    assert "未超出限额：" not in told(spared)
    apart = told(tried(client, instrument, name, organisation_gap_minutes="1 天", **day))
    assert "与已有预约保持间隔：" in apart
    assert "同一单位的两次预约至少间隔 24 小时" in apart
