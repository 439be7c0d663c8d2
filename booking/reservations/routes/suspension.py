"""What suspending an organisation would do, said before it is done."""

from typing import Annotated

from fastapi import APIRouter, Response

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.instruments.queries.cards import published_of_provider
from booking.kernel.errors import NotFound
from booking.organisations.queries import organisation_summary
from booking.organisations.states import OrganisationStep, after
from booking.reservations.queries.lists import ahead_of_organisation
from booking.web.clock import ClockDep
from booking.web.forms import blank
from booking.web.rendering import PageDep
from booking.web.transactions import Reading

router = APIRouter()

Verifier = Annotated[Actor, requires(Permission.ORGANISATION_VERIFY)]


@router.get("/organisations/{organisation_id}/suspension", name="organisation_suspension")
def suspension_page(
    organisation_id: int, session: Reading, page: PageDep, clock: ClockDep, actor: Verifier
) -> Response:
    """The bookings that would be cancelled, the instruments that would leave the catalogue."""
    found = organisation_summary(session, organisation_id)
    if after(found.state, OrganisationStep.SUSPEND) is None:
        raise NotFound(organisation_id=organisation_id)
    return page.render(
        "reservations/suspension.html",
        organisation=found,
        ahead=ahead_of_organisation(session, organisation_id, clock.now()),
        cards=published_of_provider(session, organisation_id),
        form=blank(step=OrganisationStep.SUSPEND),
    )
