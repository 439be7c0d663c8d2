"""Page of a lab's operators and accessories: who or what serves which of its instruments."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.actions.offer_helpers import Helper, keep_helper
from booking.instruments.forms.helpers import HelperPage
from booking.instruments.models.unit import UnitKind
from booking.instruments.queries.helpers import HELPERS, helpers_of_lab
from booking.instruments.queries.kept import lab_kept_by, wholes_for
from booking.instruments.queries.rosters import operators_among_people
from booking.web.clock import ClockDep
from booking.web.forms import Filled, blank, filled_in
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Keeper = Annotated[Actor, requires(Permission.INSTRUMENT_MANAGE)]
_PAGE: Final = "instruments/manage/operators.html"
_PATH: Final = "/manage/labs/{lab_id}/operators"


@router.get(_PATH, name="lab_operators")
def operators_page(
    lab_id: int,
    session: Reading,
    page: PageDep,
    actor: Keeper,
    unit: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    shown = _shown(session, lab_id, actor)
    chosen = next((one for one in shown["helpers"] if one.id == unit), None)
    if chosen is None:
        form = blank(kind=UnitKind.OPERATOR, active=True)
    else:
        form = blank(
            unit_id=chosen.id,
            kind=chosen.kind,
            label=chosen.label,
            active=chosen.active,
            person_id=chosen.person_id or "",
            instruments=[key for key, _ in chosen.instruments],
        )
    return page.render(_PAGE, **shown, form=form)


@router.post(_PATH, name="lab_operators_keep")
def keep(
    lab_id: int,
    form: Annotated[Filled[HelperPage], filled_in(HelperPage)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    page.if_refused(_PAGE, **_shown(uow.session, lab_id, actor), form=form)
    told = form.checked
    wanted = Helper(
        kind=told.kind,
        label=told.label,
        instrument_ids=told.instruments,
        active=told.active,
        person_id=told.person_id,
    )
    keep_helper(uow, lab_id, wanted, unit_id=told.unit_id, actor=actor, now=clock.now())
    return page.redirect("lab_operators", lab_id)


def _shown(session: Session, lab_id: int, actor: Actor) -> dict[str, Any]:
    return {
        "lab": lab_kept_by(session, lab_id, actor),
        "helpers": helpers_of_lab(session, lab_id),
        "kinds": HELPERS,
        "people": operators_among_people(session, lab_id),
        "instruments": wholes_for(session, lab_id),
    }
