"""Saved searches: one's own list, a new one from the catalogue, what is done to one."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import signed_in
from booking.instruments.forms.finding import SubsidiesDep
from booking.kernel.clock import local
from booking.needs.actions.save_search import (
    pause_search,
    remove_search,
    rename_search,
    resume_search,
    save_search,
)
from booking.needs.forms import SearchForm, SearchNameForm
from booking.needs.queries.searches import SearchRow, oneself, searches_of
from booking.needs.rules.saving import MOST_SEARCHES, TIMES, asks_times, kept_of
from booking.organisations.queries import LabSummary, labs_by_id
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

F = TypeVar("F", bound=BaseModel)

Person = Annotated[Actor, signed_in]
_LIST, _NEW = "needs/searches.html", "needs/new_search.html"


@router.get("/saved-searches", name="saved_searches")
def list_page(session: Reading, page: PageDep, actor: Person) -> Response:
    """One's own, by name; never more than a page."""
    return page.render(_LIST, form=blank(), **_shown(session, actor))


def _shown(session: Session, actor: Actor) -> Mapping[str, Any]:
    searches = searches_of(session, actor)
    return {
        "searches": searches,
        "labs": _labs(session, searches),
        "most": MOST_SEARCHES,
        "refused": None,
    }


def _labs(session: Session, searches: Sequence[SearchRow]) -> Mapping[str, LabSummary]:
    ids = {int(one.asked["lab"]) for one in searches if "lab" in one.asked}
    return {str(lab_id): lab for lab_id, lab in labs_by_id(session, ids).items()}


@router.get("/saved-searches/new", name="saved_search_new")
def new_page(request: Request, session: Reading, page: PageDep, actor: Person) -> Response:
    """What would be saved, and a name for it."""
    oneself(actor)
    asked = dict(request.query_params)
    kept = kept_of(asked)
    times = {name: asked[name] for name in TIMES if asked.get(name)}
    form = blank(search_name=asked.get("q", "")[:60].strip(), **kept, **times)
    return page.render(_NEW, form=form, **_asked(session, form))


def _asked(session: Session, form: Filled[F]) -> Mapping[str, Any]:
    typed = {name: form.value(name) for name in form.typed}
    asked = kept_of(typed)
    lab = asked.get("lab", "")
    known = labs_by_id(session, [int(lab)] if lab.isdecimal() and len(lab) < 19 else [])
    return {
        "asked": asked,
        "labs": {str(one): found for one, found in known.items()},
        "times_asked": asks_times(typed),
    }


@router.post("/saved-searches", name="saved_search_create")
def create(
    form: Annotated[Filled[SearchForm], filled_in(SearchForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    programmes: SubsidiesDep,
    actor: Person,
) -> Response:
    """From now on its person is told of what is new."""
    page.if_refused(_NEW, form=form, **_asked(session, form))
    wish, now = form.checked, clock.now()
    paying = programmes.assumed(session, actor, day=local(now).date()).schemes
    asked = wish.model_dump(mode="json")
    save_search(uow, wish.search_name, asked, schemes=paying, actor=actor, now=now)
    return page.redirect("saved_searches")


@router.post("/saved-searches/{search_id}/name", name="saved_search_rename")
def rename(
    search_id: int,
    form: Annotated[Filled[SearchNameForm], filled_in(SearchNameForm)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Person,
) -> Response:
    """Another name for the same search."""
    shown = {**_shown(session, actor), "refused": search_id}
    page.if_refused(_LIST, form=form, **shown)
    name = form.checked.search_name
    rename_search(uow, search_id, name, actor=actor, now=clock.now())
    return page.redirect("saved_searches")


@router.post("/saved-searches/{search_id}/pause", name="saved_search_pause")
def pause(
    search_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Person
) -> Response:
    """No more letters about it."""
    pause_search(uow, search_id, actor=actor, now=clock.now())
    return page.redirect("saved_searches")


@router.post("/saved-searches/{search_id}/resumption", name="saved_search_resume")
def resume(
    search_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Person
) -> Response:
    """Letters again, about what is new from now on."""
    resume_search(uow, search_id, actor=actor, now=clock.now())
    return page.redirect("saved_searches")


@router.post("/saved-searches/{search_id}/removal", name="saved_search_remove")
def remove(
    search_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Person
) -> Response:
    """It is not kept any longer."""
    remove_search(uow, search_id, actor=actor, now=clock.now())
    return page.redirect("saved_searches")
