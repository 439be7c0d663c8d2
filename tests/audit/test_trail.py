"""Every fact leaves an entry; those who may read find it, nobody can rewrite it."""

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from sqlmodel import col

from booking.access.roles import Role
from booking.audit.models import AuditEntry
from booking.reservations.actions.cancel import cancel
from tests.factories.accounts import be, bearer, make_staff, open_session
from tests.factories.reservations import make_reservation, make_scene, told_of
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")


def test_a_change_of_state_is_recorded_with_actor_time_cause_and_both_values(uow):
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, made.number, actor=scene.member, now=MONDAY, reason="样品未到")
    asked = sa.select(AuditEntry).where(col(AuditEntry.name) == "reservation.cancelled")
    entry = uow.session.execute(asked).scalar_one()
    assert (entry.actor_id, entry.at, entry.cause) == (scene.member.id, MONDAY, "样品未到")
    assert entry.changes["state"] == ["confirmed", "cancelled"]
    assert told_of(uow.session, made.number) == ["reservation.confirmed", "reservation.cancelled"]


def test_amounts_are_told_in_yuan(uow):
    scene = make_scene(uow, policy={"late_cancel_percent": 30})
    made = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, made.number, actor=scene.member, now=moment("2026-11-24T11:00"))
    asked = sa.select(AuditEntry).where(col(AuditEntry.name) == "charge.made")
    assert uow.session.execute(asked).scalar_one().changes == {"amount": [None, "480.00"]}


@pytest.mark.parametrize(
    "rewriting", ["UPDATE audit_entry SET cause = ''", "DELETE FROM audit_entry"]
)
def test_the_database_refuses_to_rewrite_the_trail(uow, rewriting):
    make_scene(uow)
    uow.session.flush()
    with pytest.raises(sa.exc.DatabaseError, match="append_only"):
        uow.session.execute(sa.text(rewriting))


@pytest.fixture
def read(write, clock, client):
    """Somebody made and cancelled a booking; read the trail as a person of some role."""
    with write() as uow:
        scene = make_scene(uow)
        made = make_reservation(uow, scene, now=clock.now())
        cancel(uow, made.number, actor=scene.member, now=clock.now())
        readers = {
            role.value: bearer(uow, make_staff(uow, role), now=clock.now())
            for role in (Role.FINANCE, Role.CENTRE_ADMIN, Role.AUDITOR)
        }
        readers["company_member"] = bearer(uow, scene.member, now=clock.now())
        facts = {"subject": f"reservation:{made.number}", "actor": scene.member.email}

    def ask(role: str = "auditor", **params: str):
        params = {name: facts.get(value, value) for name, value in params.items()}
        return client.get("/api/v1/audit", params=params, headers=readers[role])

    return ask


@pytest.mark.parametrize("role", ["finance", "centre_admin", "auditor"])
def test_finance_admin_and_auditor_read_the_trail(read, role):
    names = [item["name"] for item in read(role, subject="subject").json()["items"]]
    assert names == ["reservation.cancelled", "reservation.confirmed"]


def test_a_company_does_not_read_the_trail(read):
    assert read("company_member").status_code == 403


def test_the_trail_of_a_person_is_found_by_address(read):
    items = read(actor="actor", subject="subject").json()["items"]
    assert len(items) == 2
    assert read(actor="nobody@example.com").json()["items"] == []


def test_the_trail_is_narrowed_to_a_half_open_stretch_of_time(read):
    at_that_moment = {"start": "2026-11-23T01:00:00Z", "end": "2026-11-23T01:00:01Z"}
    assert read(subject="subject", **at_that_moment).json()["items"]
    before = {"end": "2026-11-23T01:00:00Z"}
    assert read(subject="subject", **before).json()["items"] == []
    assert read(start="2026-11-23T09:00:00").json()["code"] == "time.offset_missing"


def test_the_trail_is_read_piece_by_piece_without_gap_or_repetition(read):
    whole = [item["id"] for item in read().json()["items"]]
    pieces: list[int] = []
    cursor = None
    while cursor or not pieces:
        piece = read(limit="3", **({"cursor": cursor} if cursor else {})).json()
        pieces += [item["id"] for item in piece["items"]]
        cursor = piece["next_cursor"]
    assert pieces == whole == sorted(whole, reverse=True)


def test_the_page_shows_who_did_what(write, clock, client):
    with write() as uow:
        scene = make_scene(uow)
        make_reservation(uow, scene, now=clock.now())
        secret = open_session(uow, make_staff(uow, Role.AUDITOR), now=clock.now())
    be(client, secret)
    page = BeautifulSoup(client.get("/audit").text, "html.parser")
    rows = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
    assert any("预约已确认" in row and scene.member.name in row for row in rows)
    assert client.get("/audit?start=2026-02-31&actor=nobody").status_code == 200


def test_a_stretch_that_ends_before_it_begins_is_refused(read, write, clock, client):
    refused = read(start="2026-11-24T00:00:00Z", end="2026-11-23T00:00:00Z")
    assert (refused.status_code, refused.json()["code"]) == (422, "audit.span_backwards")
    with write() as uow:
        be(client, open_session(uow, make_staff(uow, Role.AUDITOR), now=clock.now()))
    page = client.get("/audit?start=2026-11-24&end=2026-11-23")
    assert page.status_code == 422
    assert "结束时间早于开始时间" in page.text
    assert 'value="2026-11-24"' in page.text
    assert client.get("/audit?start=2026-11-23&end=2026-11-23").status_code == 200


def test_programs_read_on_whose_behalf_and_in_which_request(read):
    item = read(subject="subject").json()["items"][0]
    assert (item["on_behalf_of"], item["request_id"]) == ("", "")
