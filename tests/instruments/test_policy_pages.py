"""The booking rules as sentences: lengths as people say them, quotas in rows, nothing lost."""

import pytest
from sqlmodel import col, select

from booking.instruments.forms.policy_page import minutes_of
from booking.instruments.models.policy import BookingPolicy
from tests.factories.instruments import add_policy
from tests.instruments.test_tariff_pages import here, soup, value  # noqa: F401 - a fixture


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90),
        ("30 分钟", 30),
        ("1.5 小时", 90),
        ("2天", 2880),
        ("2 小时 30 分钟", 150),
        ("2 h", 120),
        ("1 day 2 hours", 1560),
        ("0", 0),
        # Not whole minutes, and no length at all: left for the field to refuse.
        ("0.3", "0.3"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_lengths_are_typed_as_people_say_them(typed, minutes):
    assert minutes_of(typed) == minutes


@pytest.mark.parametrize("typed", ["1" * 20_000 + "x", "1 " * 10_000 + "x", "1h " * 10_000 + "?"])
def test_a_length_that_never_ends_is_given_up_at_once(typed):
    assert minutes_of(typed) == typed


TYPED = {
    "grid_minutes": "30",
    "shortest_minutes": "1 小时",
    "longest_minutes": "2 天",
    "notice_minutes": "2 小时",
    "notice_minutes_academic": "0",
    "longest_minutes_internal": "4 小时",
    "quota1_per": "organisation",
    "quota1_measure": "hours",
    "quota1_period": "week",
    "quota1_limit": "12",
    "quota2_limit": "",
    "quota3_per": "person",
    "quota3_measure": "count",
    "quota3_period": "day",
    "quota3_limit": "1",
    "quota3_customer_class": "academic",
    "guaranteed_outside_hours_per_week": "10",
    "guaranteed_release_minutes": "2 天",
}


@pytest.fixture
def rules(here):  # noqa: F811 - pytest's way of naming fixtures
    return here.replace("/tariffs", "/policy")


def test_the_sentences_are_kept_as_the_api_has_them(client, write, rules):
    assert client.post(rules, data=TYPED).status_code == 303
    with write() as uow:
        newest = select(BookingPolicy).order_by(col(BookingPolicy.valid_from).desc())
        row = uow.session.exec(newest).first()
        assert (row.shortest_minutes, row.longest_minutes, row.notice_minutes) == (60, 2880, 120)
        assert row.per_class == {
            "academic": {"notice_minutes": 0},
            "internal": {"longest_minutes": 240},
        }
        assert row.quotas == [
            {"per": "organisation", "measure": "hours", "period": "week", "limit": 12},
            {
                "per": "person",
                "measure": "count",
                "period": "day",
                "limit": 1,
                "customer_class": "academic",
            },
        ]
        assert row.guaranteed_outside_hours_per_week == 10
    read = soup(client.get(rules).text)
    names = ("longest_minutes", "notice_minutes_academic", "quota2_limit")
    assert [value(read, name) for name in names] == ["2 天", "0 分钟", "1"]


def test_the_same_sent_twice_is_one_version_and_the_page_says_so(client, write, rules):
    def versions() -> int:
        with write() as uow:
            return len(uow.session.exec(select(BookingPolicy)).all())

    first = client.post(rules, data=TYPED)
    written = versions()
    second = client.post(rules, data=TYPED)
    assert versions() == written
    assert "没有写入新版本" not in client.get(first.headers["location"]).text
    assert "没有写入新版本" in client.get(second.headers["location"]).text


def test_rules_of_a_class_that_nobody_can_be_are_named(client, write, rules, clock):
    horizons = {"student": 30, "enterprise": 60}
    with write() as uow:
        add_policy(uow, int(rules.split("/")[3]), valid_from=clock.now(), horizon_days=horizons)
    page = client.get(rules).text
    assert "没有 student 这类客户" in page
    assert value(soup(page), "horizon_enterprise") == "60"


@pytest.mark.parametrize(
    "changes",
    [
        {"longest_minutes": "很久"},
        {"longest_minutes": "30"},
        {"longest_minutes_internal": "30"},
        {"quota1_limit": "-1"},
        {"person_gap_minutes": "一会儿"},
        {"peak1_from": "25:00"},
    ],
)
def test_what_cannot_be_kept_stays_as_it_was_typed(client, rules, changes):
    refused = client.post(rules, data=TYPED | changes)
    assert refused.status_code == 422
    (name,) = changes
    assert value(soup(refused.text), name) == changes[name]
    assert value(soup(refused.text), "notice_minutes") == "2 小时"


def test_one_more_limit_is_had_without_a_script(client, rules):
    more = client.post(f"{rules}/draft", data=TYPED | {"more": "quota"})
    read = soup(more.text)
    assert read.select_one("#quota4_limit") is not None
    assert value(read, "longest_minutes") == "2 天"


def test_the_history_tells_what_changed_and_takes_back_what_is_ahead(client, rules):
    ahead = TYPED | {"valid_from": "2027-01-01"}
    assert client.post(rules, data=ahead).status_code == 303
    text = " ".join(soup(client.get(rules).text).text.split())
    assert "最长时长由 8 小时 改为 2 天。" in text
    assert (
        "新增限额（每单位, 小时, 每周）：12。" in text
        or "新增限额（每单位、小时、每周）：12。" in text
    )
    assert "高校院所" in text
    start = {"valid_from": "2027-01-01T00:00:00+08:00"}
    assert client.post(f"{rules}/withdrawal", data=start).status_code == 303
    assert "已撤回" in client.get(rules).text
    assert client.post(f"{rules}/withdrawal", data=start).status_code == 404
    assert client.post(rules, data=ahead).status_code == 303


PEAKS = {
    "uncounted_off_peak": "true",
    "uncounted_within_minutes": "2 小时",
    "person_gap_minutes": "1 天",
    "organisation_gap_minutes": "30",
    "peak1_weekdays": ["1", "2"],
    "peak1_from": "9:00",
    "peak1_to": "18:00",
    "peak2_weekdays": ["5"],
    "peak2_from": "22:00",
    "peak2_to": "06:00",
}


def test_gaps_and_what_limits_spare_are_kept_and_shown_again(client, write, rules):
    assert client.post(rules, data=TYPED | PEAKS).status_code == 303
    with write() as uow:
        newest = select(BookingPolicy).order_by(col(BookingPolicy.valid_from).desc())
        row = uow.session.exec(newest).first()
        assert (row.uncounted_off_peak, row.uncounted_within_minutes) == (True, 120)
        assert (row.person_gap_minutes, row.organisation_gap_minutes) == (1440, 30)
        assert row.peak_hours == [
            {"weekdays": [1, 2], "from": "09:00", "to": "18:00"},
            {"weekdays": [5], "from": "22:00", "to": "06:00"},
        ]
    page = client.get(rules)
    read = soup(page.text)
    assert value(read, "person_gap_minutes") == "24 小时"
    assert value(read, "peak2_to") == "06:00"
    ticked = read.select("input[name=peak1_weekdays][checked]")
    assert [box["value"] for box in ticked] == ["1", "2"]
    assert "周一、周二 09:00–18:00; 周五 22:00–06:00" in " ".join(read.text.split())


@pytest.mark.parametrize(
    "changes",
    [
        {"peak1_weekdays": []},
        {"peak1_to": ""},
        {"peak1_from": ""},
        {"peak1_to": "09:00"},
    ],
)
def test_half_a_peak_is_refused_and_stays_typed(client, rules, changes):
    refused = client.post(rules, data=TYPED | PEAKS | changes)
    assert refused.status_code == 422
    assert value(soup(refused.text), "peak2_from") == "22:00"


def test_one_more_peak_is_had_without_a_script(client, rules):
    read = soup(client.post(f"{rules}/draft", data=TYPED | PEAKS | {"more": "peak"}).text)
    assert read.select_one("#peak3_from") is not None
    assert value(read, "peak1_from") == "9:00"
