"""Every text that a route takes, found in its signature, so that a new one is covered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args, get_origin, get_type_hints

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from booking.access.roles import Role
from booking.web.forms import Filled
from tests.access.asking import NOT_FOUND, PASSES, RULES, Asking, Case, Plan
from tests.access.doors import table
from tests.access.inventory import Route
from tests.access.world.people import SCOPES, VISITOR, WHO
from tests.access.world.records import NONE, OWN


@dataclass(frozen=True)
class Field:
    """A text field of a route's form or body, with somebody who may send it."""

    route: Route
    name: str
    as_form: bool
    case: Case
    who: str

    def plan(self, asking: Asking, said: str) -> Plan:
        """The request that passes, with this said in the field."""
        return filled(asking, self, {self.name: said})

    def __str__(self) -> str:
        return f"{self.route.method} {self.route.path} {self.name}"


def who_passes(row: Mapping[str, str]) -> str:
    """Somebody who passes a route: the centre, whom fewest rules hold back, if it does."""
    order = [who for who in (Role.CENTRE_ADMIN.value, *WHO) if who not in SCOPES]
    passing = [who for who in order if row[who] == PASSES]
    # Whom only a rule refuses has passed the door all the same.
    stopped = [who for who in order if row[who] in {RULES, NOT_FOUND}]
    return next(iter((*passing, *stopped)), VISITOR)


def filled(asking: Asking, field: Field, said: Mapping[str, str]) -> Plan:
    """The request that passes, with these things said instead."""
    plan = asking.plan(field.case, field.who)
    ask = plan.ask
    if field.as_form:
        return replace(plan, ask=replace(ask, form={**(ask.form or {}), **said}))
    body = ask.json if isinstance(ask.json, dict) else {}
    return replace(plan, ask=replace(ask, json={**body, **said}))


def keeps_nothing(field: Field) -> bool:
    """Whether a form is only tried: whatever was typed is shown again, with what is wrong of it."""
    return field.route.path.endswith("/draft")


def text_fields(app: FastAPI) -> Iterator[Field]:
    """Every field of text of every route that changes something, asked by who passes it."""
    rows = table()
    for path, method, route in routes_of(app):
        if method == "GET":
            continue
        at = Route(path, method)
        case = next((Case(at, kind) for kind in (OWN, NONE) if Case(at, kind) in rows), None)
        if case is None:
            continue
        who = who_passes(rows[case])
        for name, as_form in _texts(route):
            yield Field(at, name, as_form, case, who)


def queries(app: FastAPI) -> Iterator[tuple[Route, str]]:
    """Every query parameter of every route."""
    for path, method, route in routes_of(app):
        for name in sorted(set(_queries(route.dependant))):
            yield Route(path, method), name


def _queries(needs: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in needs.query_params)
    for inner in needs.dependencies:
        yield from _queries(inner)


def routes_of(app: FastAPI) -> Iterator[tuple[str, str, APIRoute]]:
    """Every route of ours with its signature."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            for method in sorted(context.original_route.methods or ()):
                yield context.path or "", method, context.original_route


def takes_json(route: APIRoute) -> bool:
    """Whether it reads a JSON body into a model of ours."""
    return any(not as_form for _, as_form in _models(route))


def _texts(route: APIRoute) -> Iterator[tuple[str, bool]]:
    for model, as_form in _models(route):
        for name, known in model.model_fields.items():
            if _is_text(known.annotation):
                yield known.alias or name, as_form


def _models(route: APIRoute) -> Iterator[tuple[type[BaseModel], bool]]:
    for name, hint in get_type_hints(route.endpoint, include_extras=False).items():
        if name == "return":
            continue
        # `Filled[M]` is the form M; a model by itself is a body.
        for inner, as_form in ((hint, False), *((each, True) for each in get_args(hint))):
            is_form = as_form and get_origin(hint) is Filled
            if isinstance(inner, type) and issubclass(inner, BaseModel) and as_form == is_form:
                yield inner, is_form


def _is_text(annotation: Any) -> bool:
    if annotation is str:
        return True
    return any(_is_text(inner) for inner in get_args(annotation)) and not _is_file(annotation)


def _is_file(annotation: Any) -> bool:
    return any(
        isinstance(one, type) and issubclass(one, UploadFile) for one in get_args(annotation)
    )
