"""What goes with the addresses of yearly sheets and reports."""

from collections.abc import Callable

from tests.access.ask import Ask, At, as_form
from tests.access.world.records import Value

_PROVIDER = "organisations/{organisation_id}/labs"
_YEAR = "AY2025"


def _of(at: At) -> dict[str, Value]:
    return {"organisation": at(_PROVIDER), "period": _YEAR}


REPORTS: dict[str, Callable[[At], Ask]] = {
    "GET /reports/provider-year": lambda at: Ask(query={**_of(at), "period": "2026"}),
    "GET /reports/provider-year.pdf": lambda at: Ask(query={**_of(at), "period": "2026"}),
    "GET /reports/sj3": lambda at: Ask(query=_of(at)),
    "GET /reports/sj3.txt": lambda at: Ask(query=_of(at)),
    "GET /reports/sj3.xlsx": lambda at: Ask(query=_of(at)),
    "POST /reports/sj3/school": lambda at: Ask(form={**_of(at), "school_code": "10699"}),
    "POST /reports/sj3/submissions": lambda at: Ask(form=_of(at)),
    "POST /instruments/{instrument_id}/year": as_form(period=_YEAR, papers_core="4"),
}
