"""Series on pages: what is shown beforehand, and kept when refused."""

from tests.factories.reservation_values import between
from tests.factories.reservations import Scene
from tests.reservations.visiting import ASKED, SPAN, Visit, key_of, soup, text_of

SECOND = between("12-01 12:00", "14:00")
FILLED = {**SPAN, "frequency": "weekly", "every": "1", "until": "2026-12-08", "purpose": "断口"}


def path_of(scene: Scene) -> str:
    return f"/instruments/{scene.instrument.key}/series"


def test_every_time_is_shown_before_it_is_booked(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene, SECOND)
    client = visit.by(scene.member)
    seen = client.get(path_of(scene), params=FILLED)
    assert seen.status_code == 200
    assert "3 次中有 2 次空闲" in text_of(seen)
    assert "3,200.00" in text_of(seen)
    assert "这段时间已被占用" in text_of(seen)


def test_a_series_that_is_sent_twice_is_booked_once(visit: Visit) -> None:
    scene = visit.scene(units=2)
    client = visit.by(scene.member)
    keys = [key_of(client.get(path_of(scene), params={**FILLED, "once": "k"})) for _ in range(2)]
    assert len({*keys, "k"}) == 3
    sent = {**FILLED, "once": keys[0]}
    first, again = (client.post(path_of(scene), data=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    other = client.post(path_of(scene), data={**sent, "once": keys[1]})
    assert other.headers["location"] != first.headers["location"]


def test_a_refused_series_keeps_what_was_typed(visit: Visit) -> None:
    scene = visit.scene()
    visit.book(scene, SECOND)
    client = visit.by(scene.member)
    refused = client.post(path_of(scene), data={**FILLED, "once": "k"})
    assert (refused.status_code, key_of(refused)) == (409, "k")
    assert soup(refused).find(id="purpose")["value"] == "断口"  # type: ignore[index]
    booked = client.post(path_of(scene), data={**FILLED, "only_free": "on"})
    assert booked.status_code == 303
    page = client.get(booked.headers["location"])
    assert "未预约成功" in text_of(page)
    assert "时间已被占用" in text_of(page)


def test_several_days_of_the_week_are_one_series(visit: Visit) -> None:
    scene = visit.scene()
    client = visit.by(scene.member)
    asked = {**FILLED, "weekdays": ["1", "3"], "until": "2026-12-03"}
    assert "4 次中有 4 次空闲" in text_of(client.get(path_of(scene), params=asked))


def test_a_rule_that_makes_no_series_is_explained(visit: Visit) -> None:
    scene = visit.scene()
    client = visit.by(scene.member)
    asked = {**FILLED, "weekdays": ["2"]}
    assert "第一次不符合规则本身" in text_of(client.get(path_of(scene), params=asked))
    assert client.post(path_of(scene), data=asked).status_code == 422


def test_a_series_is_decided_moved_and_cancelled_on_its_pages(visit: Visit) -> None:
    scene = visit.scene(policy=ASKED)
    client = visit.by(scene.member)
    address = client.post(path_of(scene), data=FILLED).headers["location"]
    client = visit.by(scene.manager)
    assert "同意全部 3 次" in text_of(client.get(address))
    assert client.post(f"{address}/approval").status_code == 303
    client = visit.by(scene.member)
    page = soup(client.get(address))
    number = page.select_one("th a")["href"].split("/")[-1]  # type: ignore[index,union-attr]
    booking = client.get(f"/reservations/{number}")
    assert "属于系列" in text_of(booking)
    form = soup(client.get(f"/reservations/{number}/move?scope=following"))
    assert form.select_one("input[name=scope][checked]")["value"] == "following"  # type: ignore[index]
    later = {"starts_at": "2026-11-24T13:00", "ends_at": "2026-11-24T15:00", "scope": "all"}
    assert client.post(f"/reservations/{number}/move", data=later).status_code == 303
    assert text_of(client.get(address)).count("13:00–15:00") == 3
    cancelled = client.post(f"/reservations/{number}/cancellation", data={"scope": "all"})
    assert cancelled.status_code == 303
    assert text_of(client.get(address)).count("已取消") == 3


def test_the_queue_of_the_lab_shows_a_series_once_and_decides_it_once(visit: Visit) -> None:
    scene = visit.scene(policy=ASKED)
    alone = visit.book(scene, between("11-25 09:00", "11:00"))
    client = visit.by(scene.member)
    first, second = (
        client.post(path_of(scene), data={**FILLED, "starts_at": start, "ends_at": end})
        for start, end in (
            ("2026-11-24T12:00", "2026-11-24T14:00"),
            ("2026-11-26T12:00", "2026-11-26T14:00"),
        )
    )
    client = visit.by(scene.manager)
    queue = client.get("/approvals")
    assert len(soup(queue).select("#queue tbody tr")) == 3
    assert "共 3 次，最后一次 12月8日" in text_of(queue)
    assert "合计 4,800.00 元" in text_of(queue)
    actions = [str(form["action"]) for form in soup(queue).select("form[action$='/approval']")]
    assert f"/reservations/{alone}/approval" in actions
    assert client.post(f"{first.headers['location']}/approval").status_code == 303
    assert f"{second.headers['location']}/approval" in actions
    why = {"reason": "检修"}
    assert client.post(f"{second.headers['location']}/rejection", data=why).status_code == 303
    left = soup(client.get("/approvals"))
    assert len(left.select("#queue tbody tr")) == 1
    assert left.select_one(f"a[href='/reservations/{alone}']")


def test_a_refused_move_says_which_time_is_in_the_way(visit: Visit) -> None:
    scene = visit.scene(policy={"horizon_days": {"enterprise": 15}})
    client = visit.by(scene.member)
    address = client.post(path_of(scene), data=FILLED).headers["location"]
    page = soup(client.get(address))
    number = page.select_one("th a")["href"].split("/")[-1]  # type: ignore[index,union-attr]
    later = {"starts_at": "2026-11-26T12:00", "ends_at": "2026-11-26T14:00", "scope": "all"}
    refused = client.post(f"/reservations/{number}/move", data=later)
    assert refused.status_code == 422
    assert "12月10日" in text_of(refused)


def test_the_lab_books_a_series_for_somebody_against_a_rule(visit: Visit) -> None:
    scene = visit.scene(policy={"longest_minutes": 60})
    member = visit.by(scene.member)
    assert soup(member.get(path_of(scene))).find(id="override_reason") is None
    client = visit.by(scene.manager)
    for_whom = {**FILLED, "on_behalf_of": scene.member.email}
    seen = client.get(path_of(scene), params=for_whom)
    assert "3 次中有 0 次空闲" in text_of(seen)
    with_reason = {**for_whom, "override_reason": "设备验收"}
    seen = client.get(path_of(scene), params=with_reason)
    assert "3 次中有 3 次空闲" in text_of(seen)
    assert "已破例" in text_of(seen)
    assert soup(seen).find(id="override_reason")["value"] == "设备验收"  # type: ignore[index]
    booked = client.post(path_of(scene), data=with_reason)
    assert booked.status_code == 303
    page = soup(client.get(booked.headers["location"]))
    number = page.select_one("th a")["href"]  # type: ignore[index]
    assert "设备验收" in text_of(client.get(str(number)))


def test_a_series_for_nobody_that_is_known_is_explained(visit: Visit) -> None:
    scene = visit.scene()
    client = visit.by(scene.manager)
    seen = client.get(path_of(scene), params={**FILLED, "on_behalf_of": "nobody@example.com"})
    assert seen.status_code == 200
    assert "没有找到" in text_of(seen)
    refused = client.post(path_of(scene), data={**FILLED, "on_behalf_of": "nobody@example.com"})
    assert refused.status_code == 404
    assert soup(refused).find(id="on_behalf_of")["value"] == "nobody@example.com"  # type: ignore[index]
