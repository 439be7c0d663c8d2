"""Every route there is, with the door in its signature."""

from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from booking.access import guards


@dataclass(frozen=True, order=True)
class Route:
    """One method of one path."""

    path: str
    method: str


def inventory(app: FastAPI) -> dict[Route, str]:
    """Every route of ours with the door in its signature."""
    return {
        Route(context.path or "", method): _door(context.original_route)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in sorted(context.original_route.methods or ())
    }


def _door(route: APIRoute) -> str:
    for dependency in route.dependant.dependencies:
        if dependency.call is guards.PUBLIC.dependency:
            return "public"
        if dependency.call is guards.signed_in.dependency:
            return "signed in"
        if dependency.call is guards.arriving.dependency:
            return "arriving"
        if any_of := getattr(dependency.call, "permissions", ()):
            return "|".join(permission.value for permission in any_of)
    return "none"
