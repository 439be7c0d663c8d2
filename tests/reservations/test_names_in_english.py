"""Whoever reads English is told the English names of instruments, where there are any."""

import pytest

from booking.access.actor import Actor
from tests.factories.reservations import Scene
from tests.reservations.visiting import Visit, text_of

NOON = {"starts_at": "2026-11-24T12:00", "ends_at": "2026-11-24T14:00"}


@pytest.fixture
def scene(visit: Visit) -> Scene:
    made = visit.scene()
    with visit.write() as uow:
        card = uow.session.merge(made.instrument)
        card.name, card.name_en = "示例扫描电镜", "Example SEM"
    return made


def read(visit: Visit, who: Actor, path: str, language: str) -> str:
    """A page as somebody reads it in a language that they chose."""
    client = visit.by(who)
    client.get("/", params={"lang": language})
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return text_of(answer)


@pytest.mark.parametrize(("language", "name"), [("en", "Example SEM"), ("zh", "示例扫描电镜")])
@pytest.mark.parametrize(
    ("path", "staff"),
    [
        ("/quotes", False),
        ("/instruments/{id}/series", False),
        ("/joint-bookings/new?instrument={id}", False),
        ("/day", True),
        ("/manage/instruments", True),
        ("/manage/instruments/{id}", True),
        ("/manage/instruments/{id}/policy", True),
        ("/manage/instruments/{id}/rules-test", True),
    ],
)
def test_an_instrument_is_called_as_its_reader_speaks(
    visit: Visit, scene: Scene, path: str, staff: bool, language: str, name: str
) -> None:
    key = scene.instrument.key
    visit.by(scene.member).post(f"/instruments/{key}/quotes", data=NOON)
    who = scene.manager if staff else scene.member
    other = {"Example SEM", "示例扫描电镜"} - {name}
    said = read(visit, who, path.format(id=key), language)
    assert name in said
    assert not any(one in said for one in other)


def test_what_somebody_who_leaves_hands_on_is_called_so_too(visit: Visit, scene: Scene) -> None:
    visit.book(scene)
    path = f"/account/organisations/{scene.company.key}/departure"
    said = read(visit, scene.member, path, "en")
    assert "Example SEM" in said
    assert "示例扫描电镜" not in said
