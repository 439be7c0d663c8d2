"""What goes with the addresses of yearly sheets and reports."""

from collections.abc import Callable

from tests.access.ask import Ask, At, as_form
from tests.access.world.records import Value

_PROVIDER = "organisations/{organisation_id}/labs"
_YEAR = "AY2025"


def _of(at: At) -> dict[str, Value]:
    return {"organisation": at(_PROVIDER), "period": _YEAR}


def _quarter(at: At) -> dict[str, Value]:
    return {"organisation": at(_PROVIDER), "period": "2026-Q3", "kind": "service"}


def _whose(at: At) -> dict[str, Value]:
    return {"organisation": at(_PROVIDER)}


def _figures(at: At) -> dict[str, Value]:
    """Of the unit there is a record whatever was used."""
    return {**_quarter(at), "period": "2025", "kind": "unit", "subject": str(at(_PROVIDER))}


REPORTS: dict[str, Callable[[At], Ask]] = {
    "GET /reports/provider-year": lambda at: Ask(query={**_of(at), "period": "2026"}),
    "GET /reports/provider-year.pdf": lambda at: Ask(query={**_of(at), "period": "2026"}),
    "GET /reports/sj3": lambda at: Ask(query=_of(at)),
    "GET /reports/sj3.txt": lambda at: Ask(query=_of(at)),
    "GET /reports/sj3.xlsx": lambda at: Ask(query=_of(at)),
    "POST /reports/sj3/school": lambda at: Ask(form={**_of(at), "school_code": "10699"}),
    "POST /reports/sj3/submissions": lambda at: Ask(form=_of(at)),
    "GET /filed-reports": lambda at: Ask(query=_quarter(at)),
    "GET /filed-reports.csv": lambda at: Ask(query=_quarter(at)),
    "GET /filed-reports.xlsx": lambda at: Ask(query=_quarter(at)),
    "GET /filed-reports/entry": lambda at: Ask(query=_figures(at)),
    "POST /filed-reports/entry": lambda at: Ask(form={**_figures(at), "Patent": "4"}),
    "POST /filed-reports/submissions": lambda at: Ask(form=_quarter(at)),
    "GET /api/v1/filed-reports": lambda at: Ask(query=_whose(at)),
    "GET /api/v1/filed-reports/{kind}/{period}": lambda at: Ask(query=_whose(at)),
    "GET /api/v1/filed-reports/{kind}/{period}/records": lambda at: Ask(query=_whose(at)),
    "POST /api/v1/filed-reports/{kind}/{period}/submission": lambda at: Ask(json=_whose(at)),
    "POST /instruments/{instrument_id}/year": as_form(period=_YEAR, papers_core="4"),
}
