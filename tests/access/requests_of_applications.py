"""What is asked of the routes of applications."""

from collections.abc import Callable

from tests.access.ask import Ask, At, File, as_form, as_json
from tests.access.bodies import ORGANISATION, WHY
from tests.access.world.applications import NOT_BEGUN
from tests.access.world.records import Value
from tests.factories.files import pdf

REVOCATION = {"first_day": "2027-03-01", **WHY}


def _begun(at: At) -> dict[str, Value]:
    return {"programme": NOT_BEGUN, "organisation_id": at(ORGANISATION)}


def _paper(_: At) -> Ask:
    return Ask(form={"code": "contract"}, file=File("file", "new.pdf", pdf()))


APPLICATIONS: dict[str, Callable[[At], Ask]] = {
    "POST /api/v1/applications": lambda at: Ask(json=_begun(at)),
    "POST /api/v1/applications/{application_id}/papers": _paper,
    "POST /api/v1/applications/{application_id}/refusal": as_json(WHY),
    "POST /api/v1/applications/{application_id}/return": as_json(WHY),
    "POST /api/v1/applications/{application_id}/revocation": as_json(REVOCATION),
    "POST /applications": lambda at: Ask(form=_begun(at)),
    "POST /applications/{application_id}/note": as_form(note="说明"),
    "POST /applications/{application_id}/papers": _paper,
    "POST /applications/{application_id}/refusal": as_form(**WHY),
    "POST /applications/{application_id}/return": as_form(**WHY),
    "POST /applications/{application_id}/revocation": as_form(**REVOCATION),
    "POST /applications/{application_id}/submission": as_form(note="说明"),
}
