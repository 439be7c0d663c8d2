"""Photos from before and after a use: who shows them, who looks at them."""

import pytest
from starlette.testclient import TestClient

from booking.access.roles import Role
from booking.reservations.actions.check_in import check_in
from booking.reservations.actions.check_out import check_out
from tests.factories.accounts import make_staff
from tests.factories.files import JPEG, pdf
from tests.factories.reservations import NOON
from tests.reservations.visiting import Visit, soup


def send(client: TestClient, number: str, taken: str = "before", content: bytes = JPEG) -> int:
    answer = client.post(
        f"/reservations/{number}/photos",
        data={"taken": taken},
        files={"photo": ("a.jpg", content)},
        follow_redirects=False,
    )
    return answer.status_code


def addresses(client: TestClient, number: str) -> list[str]:
    page = soup(client.get(f"/reservations/{number}/photos"))
    return [str(link["src"]) for link in page.select("figure img")]


def test_both_sides_look_at_what_either_shows(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    assert send(visit.by(scene.member), number) == 303
    assert send(visit.by(scene.manager), number) == 303
    for who in (scene.member, scene.admin, scene.manager):
        client = visit.by(who)
        shown = addresses(client, number)
        assert len(shown) == 2
        assert client.get(shown[0]).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("role", [Role.CENTRE_ADMIN, Role.FINANCE, Role.AUDITOR])
def test_whoever_reads_every_booking_looks_at_no_photo(visit: Visit, role: Role) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    send(visit.by(scene.member), number)
    (address,) = addresses(visit.by(scene.member), number)
    with visit.write() as uow:
        reader = make_staff(uow, role)
    client = visit.by(reader)
    assert client.get(f"/reservations/{number}").status_code == 200
    assert client.get(f"/reservations/{number}/photos").status_code == 404
    assert client.get(address).status_code == 404


def test_another_company_looks_at_no_photo(visit: Visit) -> None:
    scene, elsewhere = visit.scene(), visit.scene()
    number = visit.book(scene)
    send(visit.by(scene.member), number)
    (address,) = addresses(visit.by(scene.member), number)
    assert visit.by(elsewhere.member).get(address).status_code == 404
    assert visit.by(elsewhere.manager).get(address).status_code == 404


def test_a_few_photos_are_enough(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    client = visit.by(scene.member)
    assert [send(client, number) for _ in range(5)] == [303, 303, 303, 303, 409]


def test_only_photos_are_taken(visit: Visit) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    assert send(visit.by(scene.member), number, content=pdf()) == 422


def test_photos_from_before_come_before_and_those_from_after_until_it_is_settled(
    visit: Visit,
) -> None:
    scene = visit.scene()
    number = visit.book(scene)
    assert send(visit.by(scene.member), number, "after") == 409
    with visit.write() as uow:
        check_in(uow, number, actor=scene.member, now=NOON.start)
        check_out(uow, number, None, actor=scene.member, now=NOON.end)
    client = visit.by(scene.member)
    assert (send(client, number, "before"), send(client, number, "after")) == (409, 303)
