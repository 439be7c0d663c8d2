"""Programs that send what the OpenAPI allows and what it forbids are answered as it says.

By all checks of schemathesis, as nobody and in three roles, naming records that are there and some
that are not. The suite looks at the same few requests each time; at more with
`BOOKING_API_EXAMPLES=200 pytest tests/hostile/test_openapi.py`.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from sqlmodel import Session
from starlette.types import Receive, Scope, Send

from booking.access.roles import Role
from booking.db.transactions import UnitOfWork
from booking.wiring import REACTIONS
from tests.access.asking import Asking, in_place
from tests.access.world.people import VISITOR, WHO
from tests.access.world.records import ABSENT, GUEST, OTHER, OWN, names_in
from tests.factories.accounts import bearer
from tests.support.clock import FrozenClock

EXAMPLES = int(os.environ.get("BOOKING_API_EXAMPLES", "2"))
# Of the edges of each operation's schema, so many; all of them in a long run.
EDGES = 16 if EXAMPLES < 10 else None
ROLES = (Role.CENTRE_ADMIN, Role.COMPANY_ADMIN, Role.LAB_MANAGER)
PEOPLE = (*(role.value for role in ROLES), VISITOR)
# Our own most often: only there something happens.
NAMED = (OWN, OWN, OWN, OTHER, OWN, GUEST, ABSENT)
# All checks are on, and one refusal is waived: see `is_the_same_in_text`. One check is told that a
# schema cannot say everything: what is well formed the rules may still refuse (422: closed at that
# hour), and so may `If-Match` (412).
CONFIG = {
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "409", "412", "422"]
        },
    },
    # The suite is the same each time.
    "seed": 1,
}
# Open to all and without a parameter: no request there can be wrong.
NOTHING_TO_SEND = ["GET /api/v1/open/subsidies"]
FEW = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Api:
    """The operations that the document describes, and who asks for them."""

    asking: Asking
    schema: Any
    headers: dict[str, dict[str, str]]

    @property
    def operations(self) -> Iterator[Any]:
        return (found.ok() for found in self.schema.get_all_operations())

    def edges(self, operation: Any) -> Iterator[Any]:
        """Requests at the edges of the schema, and just over them."""
        found = self.schema.iter_coverage_cases(
            operation,
            generation_modes=list(GenerationMode),
            generation_config=self.schema.config.generation,
        )
        return islice(found, 0, None if EDGES is None else 4 * EDGES, 1 if EDGES is None else 4)

    def name(self, case: Any, kind: str, who: str) -> None:
        """Let a request name records of the world."""
        for one in names_in(case.operation.path, self.asking.world.records):
            known = one.record.value(kind, who if who in WHO else VISITOR)
            case.path_parameters[one.parameter.strip("{}")] = known

    def failures(self, case: Any, who: str) -> Iterator[str]:
        """What is wrong with the answer to a request."""
        try:
            case.call_and_validate(headers={**self.headers[who]})
        except FailureGroup as found:
            for failure in found.exceptions:
                if not is_the_same_in_text(failure):
                    yield f"{who}: {case.as_curl_command()}: {failure}"


def is_the_same_in_text(failure: Exception) -> bool:
    """`"5"` is read as 5 and `0` as false, for bodies are read by the models of the forms.

    The only refusal that is waived; a number that is read as a day is not waived, it is refused
    (`tests/web/test_moments.py`).
    """
    return type(failure).__name__ == "AcceptedNegativeData" and "Incorrect type" in str(failure)


@pytest.fixture(scope="module")
def api(asking: Asking) -> Api:
    """The API as nobody and as programs of people, who may all that their roles may."""
    with Session(asking.connection) as session:
        uow = UnitOfWork(session, REACTIONS)
        actors, now = asking.world.people.actors, FrozenClock().now()
        made = {role.value: bearer(uow, actors[role], now=now) for role in ROLES}
        session.commit()

    async def undoing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError("the world keeps the database open")
        with in_place(), asking.undoing():
            await asking.app(scope, receive, send)

    config = SchemathesisConfig.from_dict(CONFIG)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", undoing, config=config)
    # The checks take the header away by this spelling.
    tokens = {who: {"Authorization": sent["authorization"]} for who, sent in made.items()}
    return Api(asking, schema, {VISITOR: {}, **tokens})


@pytest.mark.slow
def test_at_the_edges_of_the_schema(api: Api) -> None:
    people, kinds = cycle(PEOPLE), cycle(NAMED)
    failures: list[str] = []
    asked = 0
    for operation in api.operations:
        for case in api.edges(operation):
            who = next(people)
            if case.path_parameters:
                api.name(case, next(kinds), who)
            failures += api.failures(case, who)
            asked += 1
    assert asked > 6 * len(list(api.operations))
    assert failures == []


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_with_whatever_the_schema_allows_and_forbids(api: Api, mode: GenerationMode) -> None:
    failures: list[str] = []
    nothing_to_send: list[str] = []
    for operation in api.operations:
        cases = operation.as_strategy(generation_mode=mode)

        @FEW
        @given(case=cases, who=st.sampled_from(PEOPLE), kind=st.sampled_from(NAMED))
        def ask(case: Any, who: str, kind: str) -> None:
            if case.path_parameters and mode is GenerationMode.POSITIVE:
                api.name(case, kind, who)
            failures.extend(api.failures(case, who))

        try:
            ask()
        except Unsatisfiable:
            nothing_to_send.append(operation.label)
    assert failures == []
    assert nothing_to_send == (NOTHING_TO_SEND if mode is GenerationMode.NEGATIVE else [])
