"""Pictures and papers of a card: shown to whom they are meant for, hung up by who keeps it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import PUBLIC, requires
from booking.access.permissions import Permission
from booking.files.actions.receive import receive, receive_picture
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, Use
from booking.instruments.actions.attach import (
    PaperWish,
    add_paper,
    add_picture,
    remove_paper,
    remove_picture,
    show_first,
)
from booking.instruments.forms.attachments import PaperPage, PicturePage
from booking.instruments.queries.attachments import (
    paper_seen_by,
    papers_for,
    picture_seen_by,
    pictures_of,
)
from booking.instruments.routes.management import kept_card
from booking.instruments.rules.attachments import Audience, PaperKind
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Visitor = Annotated[Actor | None, PUBLIC]
Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_PAGE = "instruments/manage/attachments.html"


@router.get("/pictures/{picture_id}", name="picture")
def picture(
    picture_id: int,
    session: Reading,
    vault: VaultDep,
    visitor: Visitor,
    size: Annotated[str, Query(max_length=10)] = "large",
) -> Response:
    shown = picture_seen_by(session, picture_id, visitor, small=size == "small")
    return served(vault, shown.file, inline=True, is_public=shown.is_public)


@router.get("/papers/{paper_id}", name="paper")
def paper(paper_id: int, session: Reading, vault: VaultDep, visitor: Visitor) -> Response:
    shown = paper_seen_by(session, paper_id, visitor)
    return served(vault, shown.file, is_public=shown.is_public)


@router.get("/manage/instruments/{instrument_id}/attachments", name="instrument_attachments")
def attachments_page(
    instrument_id: int, session: Reading, page: PageDep, actor: Keeper
) -> Response:
    return page.render(_PAGE, **_shown(session, instrument_id, actor))


@router.post("/manage/instruments/{instrument_id}/pictures", name="picture_add")
@takes_file(Use.PHOTO)
def hang_picture(
    instrument_id: int,
    form: Annotated[Filled[PicturePage], filled_in(PicturePage)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    page.if_refused(_PAGE, **{**_shown(session, instrument_id, actor), "form": form})
    told = form.checked
    sent = receive_picture(vault, told.photo)
    now, caption = clock.now(), told.caption
    add_picture(uow, instrument_id, sent, actor=actor, now=now, caption=caption)
    return page.redirect("instrument_attachments", instrument_id)


@router.post("/pictures/{picture_id}/first", name="picture_first")
def put_first(
    picture_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    instrument_id = show_first(uow, picture_id, actor=actor, now=clock.now())
    return page.redirect("instrument_attachments", instrument_id)


@router.post("/pictures/{picture_id}/removal", name="picture_remove")
def take_picture_down(
    picture_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    instrument_id = remove_picture(uow, picture_id, actor=actor, now=clock.now())
    return page.redirect("instrument_attachments", instrument_id)


@router.post("/manage/instruments/{instrument_id}/papers", name="paper_add")
@takes_file(Use.PAPER)
def lay_paper(
    instrument_id: int,
    form: Annotated[Filled[PaperPage], filled_in(PaperPage)],
    session: Reading,
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    page.if_refused(_PAGE, **{**_shown(session, instrument_id, actor), "paper_form": form})
    told = form.checked
    wish = PaperWish(
        file=receive(vault, told.paper, Use.PAPER),
        title=told.title,
        kind=told.kind,
        audience=told.audience,
    )
    add_paper(uow, instrument_id, wish, actor=actor, now=clock.now())
    return page.redirect("instrument_attachments", instrument_id)


@router.post("/papers/{paper_id}/removal", name="paper_remove")
def take_paper_away(
    paper_id: int, uow: Transaction, page: PageDep, clock: ClockDep, actor: Keeper
) -> Response:
    instrument_id = remove_paper(uow, paper_id, actor=actor, now=clock.now())
    return page.redirect("instrument_attachments", instrument_id)


def _shown(session: Session, instrument_id: int, actor: Actor) -> dict[str, Any]:
    kept = kept_card(session, instrument_id, actor)
    return {
        "kept": kept,
        "pictures": pictures_of(session, instrument_id),
        "papers": papers_for(session, kept.seen, actor),
        "form": blank(),
        "paper_form": blank(),
        "photo_allowed": ALLOWED[Use.PHOTO],
        "paper_allowed": ALLOWED[Use.PAPER],
        "kinds": tuple(PaperKind),
        "audiences": tuple(Audience),
    }
