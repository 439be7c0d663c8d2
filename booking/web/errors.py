"""Every refusal becomes an answer: JSON for programs, a fragment for htmx, a page for people."""

import logging
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from booking.kernel.errors import BookingError
from booking.web.addresses import methods_at
from booking.web.headers import CONTENT_SECURITY_POLICY
from booking.web.htmx import is_htmx
from booking.web.languages import is_api
from booking.web.problems import Problem, problem_of, problem_of_input, problem_of_kind
from booking.web.rendering import Page
from booking.web.retrying import WORTH_RETRYING, worth_retrying

PROBLEM_JSON = "application/problem+json"
SIGN_IN = "/sign-in"
SECOND_FACTOR_REQUIRED = "second_factor.required"
SECOND_FACTOR = "/account/second-factor"

_log = logging.getLogger("booking.web")

_HTTP_CODES = {
    400: ("invalid", "http.bad_request"),
    404: ("missing", "not_found"),
    405: ("invalid", "http.method_not_allowed"),
    408: ("invalid", "http.too_slow"),
    413: ("invalid", "http.too_large"),
}


def refusal(request: Request, error: BookingError) -> Response:
    """The answer to a domain error."""
    return answer(request, problem_of(error))


def refusal_of_status(request: Request, status: int) -> Response:
    """The answer to what HTTP itself forbids."""
    kind, code = _HTTP_CODES.get(status, ("invalid", "http.other"))
    return answer(request, Problem(status=status, code=code, kind=kind))


def answer(request: Request, problem: Problem) -> Response:
    """A problem in the form that the asker understands."""
    if wants_json(request):
        return JSONResponse(
            problem.as_json(), problem.status, headers=problem.headers, media_type=PROBLEM_JSON
        )
    if problem.status == 401:
        return _to_sign_in(request)
    if problem.code == SECOND_FACTOR_REQUIRED:
        return Page(request).redirect_to(SECOND_FACTOR)
    return Page(request).problem(problem)


def wants_json(request: Request) -> bool:
    """Below /api/ always; elsewhere when JSON is asked for and HTML is not."""
    accepted = request.headers.get("accept", "")
    return is_api(request.url.path) or ("json" in accepted and "text/html" not in accepted)


def _to_sign_in(request: Request) -> Response:
    url = request.url
    came_from = request.headers.get("hx-current-url") if is_htmx(request) else None
    here = came_from or (f"{url.path}?{url.query}" if url.query else url.path)
    if request.method != "GET" and came_from is None:
        here = "/"
    target = f"{SIGN_IN}?{urlencode({'next': _local(here)})}"
    if is_htmx(request):
        return Response(status_code=204, headers={"hx-redirect": target})
    return RedirectResponse(target, 303)


def _local(address: str) -> str:
    # htmx sends the whole address; only its path and query may come back.
    return "/" + address.split("://", 1)[-1].partition("/")[2] if "://" in address else address


def _refused(request: Request, error: Any) -> Response:
    return refusal(request, error)


def _ill_formed(request: Request, error: Any) -> Response:
    return answer(request, problem_of_input(error.errors()))


def _http(request: Request, error: Any) -> Response:
    response = refusal_of_status(request, error.status_code)
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        # The framework names the methods of the first route at this path only.
        allowed = methods_at(request.app.routes, request.url.path)
        response.headers["allow"] = ", ".join(allowed)
    return response


def _stale(request: Request, _: Any) -> Response:
    return answer(request, problem_of_kind("conflict", "record.changed"))


def _database_away(request: Request, error: Any) -> Response:
    setattr(request.state, WORTH_RETRYING, worth_retrying(error))
    _log.warning("the database did not answer in time", exc_info=error)
    return answer(request, problem_of_kind("unavailable", "database.unavailable"))


def _not_storable(request: Request, error: Any) -> Response:
    """A number that no row can bear finds none; text that no column can hold is not readable.

    SQLite's driver raises `OverflowError` by itself, PostgreSQL answers with a `DataError`.
    """
    if isinstance(error, OverflowError) and "SQLite" not in str(error):
        raise error
    if isinstance(error, OverflowError) or "out of range" in str(error.orig):
        return answer(request, problem_of_kind("missing", "not_found"))
    return answer(request, problem_of_kind("invalid", "http.bad_request"))


def _our_fault(request: Request, _: Any) -> Response:
    """Starlette logs it and answers with this outside all middleware, hence the header."""
    problem = Problem(status=500, code="internal", kind="internal")
    response = answer(request, problem)
    response.headers["content-security-policy"] = CONTENT_SECURITY_POLICY
    return response


def handle_errors(app: FastAPI) -> None:
    """Put the handlers in place."""
    app.add_exception_handler(BookingError, _refused)
    app.add_exception_handler(RequestValidationError, _ill_formed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(StaleDataError, _stale)
    for unfit in (OverflowError, DataError):
        app.add_exception_handler(unfit, _not_storable)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(away, _database_away)
    app.add_exception_handler(Exception, _our_fault)
