"""Every route says in its signature who may pass."""

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from booking.access import guards
from booking.app import create_app
from booking.settings import Settings

# Served by the framework and by Starlette itself: no reader of records behind them.
WITHOUT_RECORDS = {"openapi", "static"}
CHANGED_BY_ANYBODY = {
    "/api/v1/subsidy-evaluations",
    "/api/v1/tokens",
    "/invitation/account",
    "/password/forgotten",
    "/password/new",
    "/register",
    "/register/confirmation",
    "/sign-in",
    "/sign-in/code",
    # A file is hashed and forgotten; it is sent, so it cannot be asked for by GET.
    "/verify/{number}",
    # Whoever has a letter stops what it is about; its link is signed for that search.
    "/saved-searches/letter/pause",
    "/saved-searches/letter/removal",
}
# What somebody may do who still has to set up a second factor.
OPEN_TO_THE_HELD_BACK = {
    "/account/second-factor",
    "/account/second-factor/confirmation",
    "/sign-out",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(database_url="sqlite://", secret_key="only-for-tests"))


def doors_of(dependant: Dependant) -> list[object]:
    """The doors named in a route's own signature."""
    asked = [dependency.call for dependency in dependant.dependencies]
    plain = {door.dependency for door in (guards.signed_in, guards.arriving, guards.PUBLIC)}
    return [call for call in asked if call in plain or hasattr(call, "permissions")]


def doors_of_every_route(app: FastAPI) -> dict[tuple[str, str], list[object]]:
    """Method and path of every route of ours, with its doors."""
    return {
        (method, context.path or ""): doors_of(context.original_route.dependant)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.original_route.methods or ()
    }


def test_every_route_has_exactly_one_door(app):
    counted = {route: len(doors) for route, doors in doors_of_every_route(app).items()}
    assert {route: count for route, count in counted.items() if count != 1} == {}


def test_the_inventory_of_routes_is_not_empty(app):
    paths = {path for _, path in doors_of_every_route(app)}
    assert len(paths) > 60
    assert {"/healthz", "/api/v1/reservations", "/api/v1/audit", "/charges"} <= paths


def test_nothing_is_served_around_the_doors(app):
    around = {
        context.name
        for context in iter_route_contexts(app.routes)
        if not isinstance(context.original_route, APIRoute)
    }
    assert around <= WITHOUT_RECORDS


def test_nothing_is_changed_through_a_public_door_but_what_leads_to_a_sign_in(app):
    public = {
        path
        for (method, path), doors in doors_of_every_route(app).items()
        if method in UNSAFE and guards.PUBLIC.dependency in doors
    }
    assert public <= CHANGED_BY_ANYBODY


def test_who_is_held_back_passes_the_few_doors_that_help(app):
    doors = doors_of_every_route(app)
    assert {
        path for (_, path), asked in doors.items() if guards.arriving.dependency in asked
    } == OPEN_TO_THE_HELD_BACK
