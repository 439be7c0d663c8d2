"""Whatever people and the clock do, in whatever order, the invariants hold."""

import sys

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.engine import Engine

from tests.reservations.sequence.asking import Answering
from tests.reservations.sequence.entrusting import Entrusting, Judging
from tests.reservations.sequence.facts import MUST_HAPPEN, listed
from tests.reservations.sequence.lab import Lab
from tests.reservations.sequence.openings import Openings
from tests.reservations.sequence.together import Together
from tests.reservations.sequence.use import Use
from tests.support.databases import Copies

SEQUENCES = 170
STEPS = 50
AT_LEAST = 5000


class AnySequence(Use, Together, Answering, Entrusting, Judging, Lab, Openings):
    """Some days of a lab and two companies."""


@pytest.mark.slow
def test_any_sequence_of_deeds_keeps_the_invariants(
    engine: Engine, copies: Copies, capsys: pytest.CaptureFixture[str]
) -> None:
    AnySequence.steps.clear()
    AnySequence.facts.clear()

    def afresh() -> AnySequence:
        copies.sweep()
        return AnySequence(engine)

    run_state_machine_as_test(
        afresh,  # type: ignore[arg-type]  # any maker of machines will do
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            # The same sequences in every run: what must happen in them does.
            derandomize=True,
            phases=(Phase.generate, Phase.shrink),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    steps, facts = AnySequence.steps, AnySequence.facts
    with capsys.disabled():
        sys.stdout.write(f"\n{engine.dialect.name}: {dict(steps)}\n{listed(facts)}\n")
    missing = sorted(what for what in MUST_HAPPEN if not facts[what])
    assert not missing, f"never happened: {', '.join(missing)}\n{listed(facts)}"
    assert steps["steps"] >= AT_LEAST
    assert steps["done"] > steps["refused"], "hardly anything was allowed"
