"""A small application that has nothing but the toolkit, and a few doors to knock at."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from booking.kernel.errors import Alternative, BookingError, Conflict, RulesBroken, Violation
from booking.kernel.timespan import TimeSpan
from booking.settings import Settings
from booking.web.forms import Filled, Line, filled_in
from booking.web.json import AwareMoment, YuanStr
from booking.web.manners import takes_bodies_of
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.setup import equip
from tests.support.clock import FrozenClock
from tests.support.templates import COMPILED

SPAN = TimeSpan(
    datetime.fromisoformat("2026-11-23T14:00+08:00"),
    datetime.fromisoformat("2026-11-23T16:30+08:00"),
)


class Kind(BaseModel):
    """A body with everything that may be ambiguous."""

    starts_at: AwareMoment
    price: YuanStr
    samples: int = 1


class Sheet(BaseModel):
    """A form."""

    purpose: Line
    samples: int = 1


class Upload(Sheet):
    """A form with a file."""

    photo: UploadFile | None = None


class Taken(BookingError):
    """For tests: somebody was faster."""

    kind = "conflict"
    code = "record.changed"


class Away(BookingError):
    """For tests: not now."""

    kind = "unavailable"
    code = "database.unavailable"


router = APIRouter()


@router.get("/things/{thing_id}", name="thing")
def thing(thing_id: int, page: PageDep) -> Response:
    return page.render("styleguide_stub.html", fragment="part", word=f"thing {thing_id}")


@router.post("/things", name="make_thing")
def make(form: Annotated[Filled[Sheet], filled_in(Sheet)], page: PageDep) -> Response:
    page.if_refused("form_stub.html", fragment="sheet", form=form)
    sheet = form.checked
    if sheet.purpose == "taken":
        raise Taken
    return page.redirect("thing", sheet.samples)


@router.post("/uploads")
@takes_bodies_of(150_000)
def upload(form: Annotated[Filled[Upload], filled_in(Upload)], page: PageDep) -> Response:
    page.if_refused("form_stub.html", fragment="sheet", form=form)
    sheet = form.checked
    return JSONResponse([sheet.photo.filename if sheet.photo else "", form.chosen("photo")])


@router.post("/plain")
def plain(purpose: Annotated[str, Form()]) -> Response:
    return JSONResponse(purpose)


@router.get("/broken/{how}")
def broken(how: str) -> None:
    if how == "rules":
        error = RulesBroken(
            [Violation("form.too_large", {"field": "samples", "limit": 3}, overridable=True)],
            [Alternative(7, SPAN)],
        )
        error.conflicts = (Conflict(SPAN, "occupied"),)
        raise error
    if how == "away":
        raise Away
    if how == "database":
        raise OperationalError("select", {}, RuntimeError("gone"))
    raise ZeroDivisionError


api = APIRouter()


@api.post("/kinds")
def kinds(kind: Kind) -> Kind:
    return kind


@api.get("/list")
def listed(window: WindowDep) -> dict[str, object]:
    rows = [n for n in range(10) if window.after is None or n > int(str(window.after[0]))]
    cut = window.cut(rows[: window.take], key=lambda n: (n,))
    return {"items": list(cut.items), "next_cursor": cut.next_cursor}


@api.get("/whoami")
def whoami(request: Request) -> str:
    return request.headers.get("authorization", "")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def application(clock: FrozenClock, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The toolkit over a folder of templates of its own beside the real ones."""
    settings = Settings(database_url="sqlite://", secret_key="only-for-tests", development=True)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.engine, app.state.read_engine = None, None
    app.state.clock, app.state.reactions = clock, {}
    app.include_router(router)
    app.include_router(api, prefix="/api/v1")
    equip(app, settings, largest_body=100_000)
    app.state.templates.bytecode_cache = COMPILED
    stubs = tmp_path_factory.mktemp("templates")
    (stubs / "styleguide_stub.html").write_text(
        '{% extends "base.html" %}{% block title %}Stub{% endblock %}'
        "{% block main %}{% block part %}<p id=part>{{ word }}</p>{% endblock %}{% endblock %}"
    )
    (stubs / "form_stub.html").write_text(
        '{% extends "base.html" %}{% block title %}Form{% endblock %}'
        '{% block main %}{% block sheet %}<form id=sheet>{{ ui.field(form, "purpose", "P") }}'
        '{{ ui.field(form, "samples", "S") }}'
        '{{ ui.file_field(form, "photo", "F", {"accept": "", "kinds_text": "PNG", '
        '"largest_text": "5 MB"}) }}</form>{% endblock %}{% endblock %}'
    )
    app.state.templates.loader.searchpath.append(str(stubs))
    return app


@pytest.fixture
def visitor(application: FastAPI) -> Iterator[TestClient]:
    """A browser that follows nothing by itself and sees what it would see in production."""
    with TestClient(application, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened
