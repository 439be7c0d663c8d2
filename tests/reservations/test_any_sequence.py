"""Whatever people and the clock do, in whatever order, the invariants hold."""

import sys

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.engine import Engine

from tests.reservations.sequence.lab import Lab
from tests.reservations.sequence.together import Asking, Together
from tests.reservations.sequence.use import Use

# Some of the fifty come to nothing: more than five thousand steps on each database.
SEQUENCES = 120
STEPS = 50


class AnySequence(Use, Together, Asking, Lab):
    """Some days of a lab and two companies."""


@pytest.mark.slow
def test_any_sequence_of_deeds_keeps_the_invariants(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    AnySequence.steps.clear()
    AnySequence.facts.clear()
    run_state_machine_as_test(
        lambda: AnySequence(engine),  # type: ignore[arg-type]  # any maker of machines will do
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    counted = AnySequence.steps
    with capsys.disabled():
        sys.stdout.write(f"\n{engine.dialect.name}: {dict(counted)}\n")
        sys.stdout.write(f"{dict(AnySequence.facts.most_common())}\n")
    assert counted["done"] > counted["steps"] / 5, "hardly anything was allowed"
