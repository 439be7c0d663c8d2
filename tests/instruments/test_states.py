"""The life of a card."""

import pytest

from booking.instruments.states import FINAL, TRANSITIONS, Action, InstrumentState, after


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ([Action.SUBMIT, Action.PUBLISH], InstrumentState.PUBLISHED),
        ([Action.SUBMIT, Action.RETURN, Action.SUBMIT], InstrumentState.SUBMITTED),
        ([Action.SUBMIT, Action.PUBLISH, Action.SUSPEND, Action.RESUME], InstrumentState.PUBLISHED),
        (
            [Action.SUBMIT, Action.PUBLISH, Action.SUSPEND, Action.PUBLISH],
            InstrumentState.PUBLISHED,
        ),
        ([Action.SUBMIT, Action.PUBLISH, Action.SUSPEND, Action.RETIRE], InstrumentState.RETIRED),
        ([Action.PUBLISH], None),
        ([Action.SUBMIT, Action.PUBLISH, Action.SUBMIT], None),
        ([Action.SUBMIT, Action.PUBLISH, Action.RETIRE, Action.RESUME], None),
    ],
)
def test_the_life_of_a_card(path: list[Action], end: InstrumentState | None) -> None:
    state: InstrumentState | None = InstrumentState.DRAFT
    for action in path:
        assert state is not None
        state = after(state, action)
    assert state is end


def test_every_state_is_reached_and_only_retirement_is_final() -> None:
    assert set(InstrumentState) - {InstrumentState.DRAFT} == set(TRANSITIONS.values())
    assert set(InstrumentState) - FINAL == {state for state, _ in TRANSITIONS}
