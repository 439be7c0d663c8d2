"""Pictures and papers of a card: hung up by who keeps it, seen by whom they are meant for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from booking.access.actor import Actor
from booking.db.transactions import UnitOfWork
from booking.files.models import StoredFile
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.tables import PAPER, PICTURE
from booking.instruments.rules.attachments import MOST_PICTURES, Audience, may_read
from booking.instruments.states import InstrumentState
from tests.factories.accounts import be, make_lab_person, make_member, open_session
from tests.factories.files import JPEG, pdf, png
from tests.factories.instruments import make_instrument, make_lab, make_provider
from tests.support.clock import FrozenClock

Write = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass
class Place:
    """A published instrument, who keeps it, and a way to become somebody."""

    instrument_id: int
    keeper: Actor
    stranger: Actor
    company: Actor
    become: Callable[[Actor], None]

    @property
    def manage(self) -> str:
        return f"/manage/instruments/{self.instrument_id}"


@pytest.fixture
def place(client: TestClient, write: Write, clock: FrozenClock) -> Place:
    with write() as uow:
        lab = make_lab(uow).key
        made = make_instrument(uow, lab_id=lab, name="扫描电镜")
        told = (
            made.key,
            make_lab_person(uow, lab),
            make_lab_person(uow, make_lab(uow).key),
            make_member(uow, make_provider(uow).key),
        )

    def become(actor: Actor) -> None:
        with write() as uow:
            be(client, open_session(uow, actor, now=clock.now()))

    become(told[1])
    return Place(*told, become)


def hang(client: TestClient, place: Place, content: bytes = JPEG, caption: str = "") -> None:
    sent = client.post(
        f"{place.manage}/pictures", data={"caption": caption}, files={"photo": ("a.jpg", content)}
    )
    assert sent.status_code == 303, sent.text


def lay(client: TestClient, place: Place, audience: str = "everybody") -> None:
    sent = client.post(
        f"{place.manage}/papers",
        data={"title": f"操作规程 {audience}", "kind": "sop", "audience": audience},
        files={"paper": ("sop.pdf", pdf())},
    )
    assert sent.status_code == 303, sent.text


def shown(client: TestClient, place: Place) -> BeautifulSoup:
    return BeautifulSoup(client.get(f"/instruments/{place.instrument_id}").text, "html.parser")


def captions(client: TestClient, place: Place) -> list[str]:
    return [str(image["alt"]) for image in shown(client, place).select(".pictures img")]


def test_a_picture_hung_up_is_seen_by_everybody(client: TestClient, place: Place) -> None:
    hang(client, place, caption="样品室")
    client.cookies.clear()
    (image,) = shown(client, place).select(".pictures img")
    assert image["alt"] == "样品室"
    answer = client.get(str(image["src"]))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.headers["content-disposition"].startswith("inline")


def test_a_picture_of_a_draft_is_the_labs_alone(
    client: TestClient, write: Write, place: Place
) -> None:
    hang(client, place)
    with write() as uow:
        uow.session.get_one(Instrument, place.instrument_id).state = InstrumentState.DRAFT
        number = uow.session.execute(sa.select(PICTURE.c.id)).scalar_one()
    kept = client.get(f"/pictures/{number}")
    assert (kept.status_code, kept.headers["cache-control"]) == (200, "private, no-store")
    place.become(place.company)
    assert client.get(f"/pictures/{number}").status_code == 404


def test_another_picture_can_stand_first_and_each_can_be_taken_down(
    client: TestClient, write: Write, place: Place
) -> None:
    for caption in "甲乙丙":
        hang(client, place, caption=caption)
    with write() as uow:
        first, _, third = uow.session.execute(
            sa.select(PICTURE.c.id).order_by(PICTURE.c.position)
        ).scalars()
    assert client.post(f"/pictures/{third}/first").status_code == 303
    assert captions(client, place) == ["丙", "甲", "乙"]
    assert client.post(f"/pictures/{first}/removal").status_code == 303
    assert captions(client, place) == ["丙", "乙"]
    assert client.post(f"/pictures/{first}/removal").status_code == 404
    place.become(place.stranger)
    assert client.post(f"/pictures/{third}/removal").status_code == 403
    assert captions(client, place) == ["丙", "乙"]


def test_a_card_takes_only_so_many_pictures_and_keeps_nothing_of_one_more(
    client: TestClient, write: Write, place: Place
) -> None:
    for _ in range(MOST_PICTURES):
        hang(client, place)
    sent = client.post(f"{place.manage}/pictures", files={"photo": ("a.jpg", JPEG)})
    assert sent.status_code == 409
    assert f"已达上限 {MOST_PICTURES} 个" in sent.text
    with write() as uow:
        count = sa.select(sa.func.count()).select_from(StoredFile)
        assert uow.session.execute(count).scalar_one() == 2 * MOST_PICTURES


def test_what_is_no_photo_is_refused_and_the_caption_stays(
    client: TestClient, place: Place
) -> None:
    sent = client.post(
        f"{place.manage}/pictures", data={"caption": "样品室"}, files={"photo": ("a.jpg", pdf())}
    )
    assert sent.status_code == 422
    assert "这里只接受" in sent.text
    nothing = client.post(f"{place.manage}/pictures", data={"caption": "样品室"})
    assert nothing.status_code == 422
    read = BeautifulSoup(nothing.text, "html.parser")
    assert read.select_one("#caption")["value"] == "样品室"  # type: ignore[index]


READERS = {"everybody": (200, 200, 200), "signed_in": (200, 200, 404), "lab": (200, 404, 404)}


@pytest.mark.parametrize("audience", READERS)
def test_a_paper_is_read_by_whom_it_is_for(
    client: TestClient, write: Write, place: Place, audience: str
) -> None:
    lay(client, place, audience)
    with write() as uow:
        number = uow.session.execute(sa.select(PAPER.c.id)).scalar_one()
    answers, seen = [], []
    for actor in (place.keeper, place.company, None):
        client.cookies.clear()
        if actor:
            place.become(actor)
        answers.append(client.get(f"/papers/{number}").status_code)
        seen.append(f"操作规程 {audience}" in shown(client, place).text)
    assert tuple(answers) == READERS[audience]
    assert seen == [answer == 200 for answer in answers]


def test_a_paper_is_never_opened_in_the_page_and_can_be_taken_away(
    client: TestClient, write: Write, place: Place
) -> None:
    lay(client, place)
    with write() as uow:
        number = uow.session.execute(sa.select(PAPER.c.id)).scalar_one()
    assert client.get(f"/papers/{number}").headers["content-disposition"].startswith("attachment")
    place.become(place.stranger)
    assert client.post(f"/papers/{number}/removal").status_code == 403
    place.become(place.keeper)
    assert client.post(f"/papers/{number}/removal").status_code == 303
    assert client.get(f"/papers/{number}").status_code == 404


def test_of_the_labs_own_papers_others_are_not_told(
    client: TestClient, write: Write, place: Place
) -> None:
    lay(client, place, "lab")
    with write() as uow:
        number = uow.session.execute(sa.select(PAPER.c.id)).scalar_one()
    place.become(place.stranger)
    assert client.post(f"/papers/{number}/removal").status_code == 404


def test_only_papers_are_taken_for_papers(client: TestClient, place: Place) -> None:
    sent = client.post(
        f"{place.manage}/papers", data={"title": "规程"}, files={"paper": ("a.pdf", png())}
    )
    assert sent.status_code == 422
    assert 'value="规程"' in sent.text


@pytest.mark.parametrize(
    ("audience", "signed_in", "insider", "reads"),
    [
        (Audience.EVERYBODY, False, False, True),
        (Audience.SIGNED_IN, False, False, False),
        (Audience.SIGNED_IN, True, False, True),
        (Audience.LAB, True, False, False),
        (Audience.LAB, True, True, True),
    ],
)
def test_who_may_read_what(audience: Audience, signed_in: bool, insider: bool, reads: bool) -> None:
    assert may_read(audience, signed_in=signed_in, insider=insider) is reads
