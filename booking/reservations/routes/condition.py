"""Photos of the instrument before and after a use, on a page of their own."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import RESERVATION_PARTIES, Permission
from booking.files.actions.receive import receive_picture
from booking.files.exports import served
from booking.files.forms import VaultDep, takes_file
from booking.files.rules.kinds import ALLOWED, Use
from booking.kernel.errors import NotFound
from booking.reservations.actions.rights import sees_condition
from booking.reservations.actions.show_condition import MOST_PHOTOS, SHOWN_IN, show_condition
from booking.reservations.forms.presence import PhotoForm
from booking.reservations.queries.lists import reservation_seen_by
from booking.reservations.queries.loading import reservation_by_number
from booking.reservations.queries.photos import photo_with_booking, photos_of
from booking.reservations.states import Taken
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.RESERVATION_READ)]
Party = Annotated[Actor, requires(*RESERVATION_PARTIES)]
PAGE = "reservations/condition.html"


@router.get("/reservations/{number}/photos", name="reservation_photos")
def index(number: str, session: Reading, page: PageDep, actor: Reader) -> Response:
    """What the company and the lab have shown."""
    return page.render(PAGE, form=blank(), **_shown(session, number, actor))


@router.post("/reservations/{number}/photos", name="reservation_photo_add")
@takes_file(Use.PHOTO)
def add(
    number: str,
    form: Annotated[Filled[PhotoForm], filled_in(PhotoForm)],
    uow: Transaction,
    page: PageDep,
    vault: VaultDep,
    clock: ClockDep,
    actor: Party,
) -> Response:
    """Show one more."""
    page.if_refused(PAGE, form=form, **_shown(uow.session, number, actor))
    told = form.checked
    sent = receive_picture(vault, told.photo)
    show_condition(uow, number, sent, taken=told.taken, actor=actor, now=clock.now())
    return page.redirect("reservation_photos", number)


@router.get("/condition-photos/{photo_id}", name="condition_photo")
def photo(
    photo_id: int,
    session: Reading,
    vault: VaultDep,
    actor: Reader,
    size: Annotated[str, Query(max_length=10)] = "large",
) -> Response:
    """The picture itself."""
    booked, file = photo_with_booking(session, photo_id, small=size == "small")
    if not sees_condition(actor, booked):
        raise NotFound(photo_id=photo_id)
    return served(vault, file, inline=True)


def _shown(session: Session, number: str, actor: Actor) -> dict[str, Any]:
    seen = reservation_seen_by(session, number, actor)
    if not sees_condition(actor, reservation_by_number(session, number)):
        raise NotFound(number=number)
    return {
        "seen": seen,
        "photos": photos_of(session, seen.id),
        "kinds": [taken for taken in Taken if seen.state in SHOWN_IN[taken]],
        "photo_allowed": ALLOWED[Use.PHOTO],
        "most": MOST_PHOTOS,
    }
