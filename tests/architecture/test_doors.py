"""Every route says in its signature who may pass."""

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from booking.access import guards
from booking.app import create_app
from booking.settings import Settings

# Served by the framework and by Starlette itself: no reader of records behind them.
WITHOUT_RECORDS = {"openapi", "static"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(database_url="sqlite://", secret_key="only-for-tests"))


def doors_of(dependant: Dependant) -> list[object]:
    """The doors named in a route's own signature."""
    asked = [dependency.call for dependency in dependant.dependencies]
    plain = {guards.signed_in.dependency, guards.PUBLIC.dependency}
    return [call for call in asked if call in plain or hasattr(call, "permission")]


def api_routes(app: FastAPI) -> list[APIRoute]:
    return [route for route in app.routes if isinstance(route, APIRoute)]


def test_every_route_has_exactly_one_door(app):
    without = [
        f"{sorted(route.methods)} {route.path}: {len(doors_of(route.dependant))} doors"
        for route in api_routes(app)
        if len(doors_of(route.dependant)) != 1
    ]
    assert without == []


def test_the_inventory_of_routes_is_not_empty(app):
    paths = {route.path for route in api_routes(app)}
    assert len(paths) > 60
    assert {"/healthz", "/api/v1/reservations", "/api/v1/audit"} <= paths


def test_nothing_is_served_around_the_doors(app):
    around = {
        route.name
        for route in app.routes
        if isinstance(route, Route | Mount) and not isinstance(route, APIRoute)
    }
    assert around <= WITHOUT_RECORDS


def test_nothing_is_changed_through_a_public_door_but_a_sign_in(app):
    public = {
        route.path
        for route in api_routes(app)
        if UNSAFE & route.methods and guards.PUBLIC.dependency in doors_of(route.dependant)
    }
    assert public <= {"/sign-in", "/api/v1/tokens", "/language"}
