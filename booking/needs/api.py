"""JSON: one's own saved searches."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

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
from booking.needs.forms import NewSearch, SearchChange
from booking.needs.queries.searches import own_search, searches_of
from booking.web.clock import ClockDep
from booking.web.idempotency import Once
from booking.web.json import AwareMoment
from booking.web.transactions import Reading, Transaction

router = APIRouter(tags=["needs"])

Person = Annotated[Actor, signed_in]


class SearchOut(BaseModel):
    """A saved search; `asked` is what the address of the catalogue would ask."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    asked: dict[str, str]
    paused: bool
    created_at: AwareMoment


class SearchList(BaseModel):
    """All of one's own; there are few."""

    items: list[SearchOut]


@router.get("/saved-searches")
def list_searches(session: Reading, actor: Person) -> SearchList:
    """One's own, by name. Not for tokens: what somebody looks for is read in person alone."""
    return SearchList(items=[SearchOut.model_validate(one) for one in searches_of(session, actor)])


@router.post("/saved-searches", status_code=201, response_model=SearchOut)
def create_search(
    body: NewSearch,
    uow: Transaction,
    once: Once,
    clock: ClockDep,
    programmes: SubsidiesDep,
    actor: Person,
) -> Response:
    """From now on its person is told of what is new. Times are not kept."""

    def deed() -> tuple[int, SearchOut]:
        now = clock.now()
        paying = programmes.assumed(uow.session, actor, day=local(now).date()).schemes
        asked = body.asked.model_dump(mode="json")
        saved = save_search(uow, body.name, asked, schemes=paying, actor=actor, now=now)
        return 201, SearchOut.model_validate(saved)

    return once.answer(deed)


@router.patch("/saved-searches/{search_id}")
def change_search(
    search_id: int, body: SearchChange, uow: Transaction, clock: ClockDep, actor: Person
) -> SearchOut:
    """Another name, paused or not; what is left out stays."""
    now = clock.now()
    own_search(uow.session, search_id, actor)
    if body.name is not None:
        rename_search(uow, search_id, body.name, actor=actor, now=now)
    if body.paused is not None:
        deed = pause_search if body.paused else resume_search
        deed(uow, search_id, actor=actor, now=now)
    return SearchOut.model_validate(own_search(uow.session, search_id, actor))


@router.delete("/saved-searches/{search_id}", status_code=204)
def delete_search(search_id: int, uow: Transaction, clock: ClockDep, actor: Person) -> None:
    """It is not kept any longer, with all that is noted of it."""
    remove_search(uow, search_id, actor=actor, now=clock.now())
