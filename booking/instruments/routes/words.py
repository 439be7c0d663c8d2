"""Page of the centre: what else things are called, and what measures which quantity."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.manage_synonyms import add_pair, remove_pair
from booking.instruments.queries.words import pairs_with
from booking.instruments.rules.lexicon import Relation
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.paging import WindowDep
from booking.web.rendering import PageDep
from booking.web.texts import text
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Editor = Annotated[Actor, requires(Permission.INSTRUMENT_PUBLISH)]
_PAGE: Final = "instruments/manage/words.html"


class PairForm(BaseModel):
    """A word, another, and how they are related."""

    word: Annotated[str, text(50)]
    same_as: Annotated[str, text(50)]
    relation: Relation = Relation.SAME


@router.get("/manage/words", name="search_words")
def words_page(
    session: Reading,
    page: PageDep,
    window: WindowDep,
    _: Editor,
    q: Annotated[str, Query(max_length=50)] = "",
) -> Response:
    cut = window.cut(
        pairs_with(session, q, after_id=window.after_id or 0, limit=window.take),
        key=lambda pair: (pair.id,),
    )
    return page.render(
        _PAGE,
        form=blank(q=q, relation=Relation.SAME),
        q=q,
        pairs=cut.items,
        next_url=page.url("search_words", q=q, cursor=cut.next_cursor) if cut.next_cursor else "",
        relations=tuple(Relation),
    )


@router.post("/manage/words", name="search_words_add")
def add(
    form: Annotated[Filled[PairForm], filled_in(PairForm)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Editor,
) -> Response:
    page.if_refused(_PAGE, form=form, q="", pairs=(), next_url="", relations=tuple(Relation))
    pair = form.checked
    words = (pair.word, pair.same_as, pair.relation)
    add_pair(uow, words, actor=actor, now=clock.now())
    return page.redirect("search_words", q=pair.word)


@router.post("/manage/words/{pair_id}/remove", name="search_words_remove")
def remove(
    pair_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Editor
) -> Response:
    word = remove_pair(uow, pair_id, actor=actor, now=clock.now())
    return page.redirect("search_words", q=word)
