"""The table of doors: who passes which route, as a file people can read and change on purpose.

`python -m tests.access.doors` prints the rows that `doors.csv` lacks, as the door in the code and
the table of roles propose them (append them with `>>`), and names the rows that are out of date.
"""

import csv
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from booking.access import guards
from booking.access.permissions import Permission
from booking.access.roles import ROLE_PERMISSIONS, Role
from booking.app import create_app
from booking.settings import Settings

TABLE = Path(__file__).with_name("doors.csv")
VISITOR = "visitor"
WHO = (VISITOR, *(role.value for role in Role))
COLUMNS = ("method", "path", "door", *WHO)
PASSES, REFUSED, ASKED = "yes", "no", "sign in"


@dataclass(frozen=True, order=True)
class Route:
    """One method of one path."""

    path: str
    method: str

    @property
    def address(self) -> str:
        """With numbers of records that nobody has."""
        pieces = self.path.split("{")
        return pieces[0] + "".join("999999999" + piece.split("}", 1)[1] for piece in pieces[1:])


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


def table() -> dict[Route, Mapping[str, str]]:
    """What the file says."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {Route(row["path"], row["method"]): row for row in csv.DictReader(file)}


def proposed(route: Route, door: str) -> dict[str, str]:
    """The row that follows from the door and the table of roles."""
    row = {"method": route.method, "path": route.path, "door": door}
    return row | {who: _passage(door, who) for who in WHO}


def _passage(door: str, who: str) -> str:
    if door == "public":
        return PASSES
    if who == VISITOR:
        return ASKED
    if door in {"signed in", "arriving"}:
        return PASSES
    any_of = {Permission(name) for name in door.split("|")}
    return PASSES if any_of & ROLE_PERMISSIONS[Role(who)] else REFUSED


def main() -> None:
    """Print what is missing, in the form of the file."""
    app = create_app(Settings(database_url="sqlite://", secret_key="only-to-list-routes"))
    known, there = table(), inventory(app)
    out = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    for route in sorted(there.keys() - known.keys()):
        out.writerow(proposed(route, there[route]))
    for route in sorted(known.keys() - there.keys()):
        sys.stderr.write(f"gone: {route.method} {route.path}\n")
    for route in sorted(known.keys() & there.keys()):
        if known[route]["door"] != there[route]:
            sys.stderr.write(f"other door: {route.method} {route.path}: {there[route]}\n")


if __name__ == "__main__":
    main()
