"""The table of doors: who passes each route for which record, as a file people can read.

`doors.csv` has a row for every route and every kind of record that it can name: one's `own`, a
`guest`'s (another company at our lab), an`other`'s (another company at another lab, another lab,
another provider), a `hidden` one (others', and not public), an `absent` one. A cell says what
happens to that person: `yes`, `no` (403), `not found`, `rules` (may know of it, and is told why it
cannot be done), `sign in`.

`python -m tests.access.doors` asks the routes that lack a row, over the same world as the test,
prints their rows (append them with `>>`), and says which cells are not what the door and the table
of roles would lead one to expect: read those, and mend the code where the cell is wrong. A route
that needs a body gets one in `requests.py`; a route that names a new kind of record gets a line in
`world/making.py`. Rows that are out of date are named as well.
"""

import csv
import sys
from collections.abc import Mapping
from pathlib import Path

from booking.access.permissions import Permission
from booking.access.roles import CENTRE_ROLES, ROLE_PERMISSIONS, Role
from tests.access.asking import (
    NOT_FOUND,
    PASSES,
    REFUSED,
    SIGN_IN,
    Asking,
    Case,
    passage,
    scratch,
)
from tests.access.inventory import Route, inventory
from tests.access.world.people import PROVIDER_ADMIN, SCOPES, VISITOR, WHO
from tests.access.world.records import ABSENT, NONE, OWN

TABLE = Path(__file__).with_name("doors.csv")
COLUMNS = ("method", "path", "record", "door", *WHO)


def table() -> dict[Case, Mapping[str, str]]:
    """What the file says."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            Case(Route(row["path"], row["method"]), row["record"]): row
            for row in csv.DictReader(file)
        }


def expected(case: Case, door: str, who: str) -> str:
    """What the door and the table of roles lead one to expect."""
    if not _opens(door, who):
        return SIGN_IN if who == VISITOR else REFUSED
    sees_all = who in CENTRE_ROLES or case.kind in {OWN, NONE}
    return PASSES if sees_all and case.kind != ABSENT else NOT_FOUND


def _opens(door: str, who: str) -> bool:
    if door == "public" or who == VISITOR:
        return door == "public"
    if door in {"signed in", "arriving"}:
        return True
    role, *scopes = SCOPES.get(who, (Role.COMPANY_ADMIN if who == PROVIDER_ADMIN else who,))
    held = ROLE_PERMISSIONS[Role(role)]
    any_of = {Permission(name) for name in door.split("|")}
    return bool(any_of & (held.intersection(scopes) if scopes else held))


def main() -> None:
    """Print what is missing, in the form of the file."""
    with scratch() as asking:
        known, there = table(), inventory(asking.app)
        wanted = {case for route in there for case in asking.cases(route)}
        _print_missing(asking, sorted(wanted - known.keys()), there)
    for case in sorted(known.keys() - wanted):
        sys.stderr.write(f"gone: {case.route.method} {case.route.path} {case.kind}\n")
    for case in sorted(known.keys() & wanted):
        if known[case]["door"] != there[case.route]:
            sys.stderr.write(f"other door: {case.route.method} {case.route.path}\n")


def _print_missing(asking: Asking, missing: list[Case], doors: Mapping[Route, str]) -> None:
    out = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    for case in missing:
        route, door = case.route, doors[case.route]
        row = {who: passage(asking.answer(asking.plan(case, who), who)) for who in WHO}
        place = {"method": route.method, "path": route.path, "record": case.kind, "door": door}
        out.writerow({**place, **row})
        odd = {who: got for who, got in row.items() if got != expected(case, door, who)}
        if odd:
            sys.stderr.write(f"judge: {route.method} {route.path} {case.kind}: {odd}\n")


if __name__ == "__main__":
    main()
