"""The life of a reservation is exactly the table of domain.md §4."""

import pytest

from booking.reservations.states import (
    COUNTING,
    FINAL,
    HOLDING,
    TRANSITIONS,
    Action,
    State,
    after,
    open_actions,
)


@pytest.mark.parametrize(
    ("state", "action", "expected"),
    [
        (State.REQUESTED, Action.APPROVE, State.CONFIRMED),
        (State.REQUESTED, Action.REJECT, State.REJECTED),
        (State.REQUESTED, Action.EXPIRE, State.EXPIRED),
        (State.REQUESTED, Action.CANCEL, State.CANCELLED),
        (State.REQUESTED, Action.CHECK_IN, None),
        (State.CONFIRMED, Action.CHECK_IN, State.IN_USE),
        (State.CONFIRMED, Action.CANCEL, State.CANCELLED),
        (State.CONFIRMED, Action.MISS, State.MISSED),
        (State.CONFIRMED, Action.APPROVE, None),
        (State.IN_USE, Action.CHECK_OUT, State.COMPLETED),
        (State.IN_USE, Action.CANCEL, None),
        (State.COMPLETED, Action.SETTLE, State.SETTLED),
        (State.COMPLETED, Action.DISPUTE, State.DISPUTED),
        (State.DISPUTED, Action.RESOLVE, State.COMPLETED),
        (State.DISPUTED, Action.SETTLE, None),
    ],
)
def test_an_action_leads_where_the_table_says(
    state: State, action: Action, expected: State | None
) -> None:
    assert after(state, action) is expected


@pytest.mark.parametrize("state", sorted(FINAL - {State.SETTLED}))
def test_nothing_can_be_done_to_what_is_over(state: State) -> None:
    assert open_actions(state) == frozenset()


def test_what_was_charged_is_only_put_right_and_stays_charged() -> None:
    assert open_actions(State.SETTLED) == {Action.CORRECT}
    assert after(State.SETTLED, Action.CORRECT) is State.SETTLED


@pytest.mark.parametrize("state", sorted(set(State) - FINAL))
def test_every_living_state_leads_somewhere(state: State) -> None:
    assert open_actions(state)


def test_every_state_can_be_reached() -> None:
    reached = {State.REQUESTED, State.CONFIRMED} | set(TRANSITIONS.values())
    assert reached == set(State)


def test_time_is_held_until_it_is_given_back() -> None:
    assert {State.REJECTED, State.EXPIRED, State.CANCELLED, State.MISSED} == set(State) - HOLDING
    assert {State.MISSED} == COUNTING - HOLDING
