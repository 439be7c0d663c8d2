"""Where a lab cannot take another time of a company, its pages lead to proposing one."""

from tests.reservations.visiting import Visit, soup, text_of

LATER = {"start": "2026-11-25T01:00:00Z", "end": "2026-11-25T03:00:00Z"}


def test_the_lab_reads_propose_where_the_company_reads_move(visit: Visit) -> None:
    scene = visit.scene()
    here = f"/reservations/{visit.book(scene)}"
    for actor, offered, missing in (
        (scene.member, "/move", "/proposal"),
        (scene.manager, "/proposal", "/move"),
    ):
        shown = soup(visit.by(actor).get(here))
        assert len(shown.select(f"a[href='{here}{offered}']")) == 1
        assert not shown.select(f"a[href='{here}{missing}']")


def test_a_move_that_a_lab_begins_goes_on_as_a_proposal(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    client = visit.by(scene.manager)
    led = client.get(f"/reservations/{number}/move", params=LATER)
    assert led.status_code == 303
    form = soup(client.get(led.headers["location"]))
    assert form.find(id="starts_at")["value"] == "2026-11-25T09:00"  # type: ignore[index]
    assert form.find(id="ends_at")["value"] == "2026-11-25T11:00"  # type: ignore[index]


def test_a_lab_that_lengthens_is_told_to_propose(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    client = visit.by(scene.manager)
    refused = client.post(f"/reservations/{number}/end", data={"ends_at": "2026-11-24T15:00"})
    assert refused.status_code == 409
    assert "建议其他时段" in text_of(refused)
    less = client.post(f"/reservations/{number}/end", data={"ends_at": "2026-11-24T13:00"})
    assert less.status_code == 303
