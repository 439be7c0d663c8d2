"""Who did it, and for whom: told by the deed, chained, hidden by no borrowed account."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse
from sqlmodel import col, select

from booking.audit.models import AuditEntry
from booking.audit.rules import ORIGIN, link_hash
from booking.kernel.events import Event
from booking.organisations.actions.add_qualification import Claim, add_qualification
from booking.reservations.actions.cancel import cancel
from booking.reservations.actions.reserve import reserve
from booking.web.tracing import Trace, Traced, _current, acts_through_another, real_person
from tests.factories.accounts import make_staff
from tests.factories.reservation_values import between
from tests.factories.reservations import make_reservation, make_scene
from tests.support.clock import moment
from tests.support.serving import in_a_thread

MONDAY = moment("2026-11-23T09:00")


class Happened(Event):
    """Any fact."""


def last_entry(uow) -> AuditEntry:
    entry: AuditEntry = uow.session.exec(
        select(AuditEntry).order_by(col(AuditEntry.id).desc())
    ).first()
    return entry


def test_a_lab_books_on_behalf_of_the_holder(uow):
    scene = make_scene(uow)
    make_reservation(uow, scene, now=MONDAY)
    assert last_entry(uow).on_behalf_of == ""
    wish = scene.wish(between("11-24 14:00", "16:00"), on_behalf_of=scene.member.id)
    reserve(uow, wish, actor=scene.manager, now=MONDAY)
    entry = last_entry(uow)
    assert (entry.actor_id, entry.on_behalf_of) == (scene.manager.id, f"user:{scene.member.id}")


@pytest.mark.parametrize(("who", "for_holder"), [("admin", True), ("manager", False)])
def test_a_colleague_acts_for_the_holder_and_the_lab_for_itself(uow, who, for_holder):
    scene = make_scene(uow)
    made = make_reservation(uow, scene, now=MONDAY)
    cancel(uow, made.number, actor=getattr(scene, who), now=MONDAY, reason="样品未到")
    assert last_entry(uow).on_behalf_of == (f"user:{scene.member.id}" if for_holder else "")


@pytest.mark.parametrize("by_centre", [True, False])
def test_the_centre_enters_a_qualification_on_behalf_of_the_organisation(uow, by_centre):
    scene = make_scene(uow)
    actor = make_staff(uow) if by_centre else scene.admin
    claim = Claim(code="high_tech", valid_from=MONDAY.date())
    add_qualification(uow, scene.company.key, claim, actor=actor, now=MONDAY)
    expected = f"organisation:{scene.company.key}" if by_centre else ""
    assert last_entry(uow).on_behalf_of == expected


def test_what_was_chained_before_there_was_a_behalf_still_proves():
    old = {"id": 1, "cause": "", "request_id": ""}
    assert link_hash(ORIGIN, old) == link_hash(ORIGIN, {**old, "on_behalf_of": ""})
    assert link_hash(ORIGIN, old) != link_hash(ORIGIN, {**old, "on_behalf_of": "user:1"})


@pytest.fixture
def in_request() -> Iterator[None]:
    token = _current.set(Trace("r1"))
    yield
    _current.reset(token)


@pytest.mark.parametrize(
    ("actor_id", "on_behalf_of", "real", "told"),
    [
        (5, "", 9, (9, "user:5")),
        (5, "user:7", 9, (9, "user:5 user:7")),
        (9, "user:7", 9, (9, "user:7")),
        (5, "user:7", None, (5, "user:7")),
        (None, "", 9, (None, "")),
    ],
)
def test_a_borrowed_account_hides_nobody(uow, in_request, actor_id, on_behalf_of, real, told):
    acts_through_another(real)
    uow.announce(Happened(at=MONDAY, subject="x:1", actor_id=actor_id, on_behalf_of=on_behalf_of))
    entry = last_entry(uow)
    assert (entry.actor_id, entry.on_behalf_of) == told


def test_nobody_acts_through_another_outside_of_a_request():
    with pytest.raises(LookupError):
        acts_through_another(5)
    assert real_person() is None


# ── over HTTP: the door says it in one thread, the deed asks in another ──────────────────────────


def borrowing_app(meet: Callable[[], object]) -> FastAPI:
    """A door that takes the real person from the address, and routes of every kind."""
    app = FastAPI()
    app.add_middleware(Traced)

    def door(real: int | None = None) -> None:
        acts_through_another(real)

    @app.get("/threaded")
    def threaded(_: None = Depends(door)) -> int | None:
        meet()
        return real_person()

    @app.get("/async")
    async def awaited(_: None = Depends(door)) -> int | None:
        return real_person()

    @app.get("/streamed")
    def streamed(_: None = Depends(door)) -> StreamingResponse:
        return StreamingResponse(str(real_person()) for _ in range(1))

    @app.get("/open")
    def unguarded() -> int | None:
        return real_person()

    return app


@pytest.mark.parametrize("path", ["/threaded", "/async", "/streamed"])
def test_what_the_door_found_out_is_known_to_the_deed_and_forgotten_after_it(path):
    with in_a_thread(borrowing_app(lambda: None)) as url, httpx.Client(base_url=url) as client:
        assert client.get(path, params={"real": 9}).json() == 9
        assert client.get("/open").json() is None


def test_requests_at_the_same_time_do_not_see_each_other():
    together = Barrier(8, timeout=20)
    with in_a_thread(borrowing_app(together.wait)) as url, ThreadPoolExecutor(8) as pool:

        def ask(real: int) -> int:
            answer = httpx.get(f"{url}/threaded", params={"real": real}, timeout=30)
            return int(answer.text)

        assert list(pool.map(ask, range(100, 108))) == list(range(100, 108))
